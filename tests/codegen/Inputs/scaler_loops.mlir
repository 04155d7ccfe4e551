// A planned model whose kernels are in loop form, written by hand in the LLVM
// dialect: y = relu(x * scale), one task a row; train_step moves scale by the
// mean of x, which it reports as loss.
module @scaler attributes {
    dlc.model = "scaler", dlc.batch = 8 : i64, dlc.learning_rate = 0.5 : f64,
    dlc.weight_bytes = 4 : i64, dlc.optimizer_bytes = 0 : i64,
    dlc.state_bytes = 0 : i64, dlc.arena_bytes = 256 : i64,
    dlc.scratch_bytes = 0 : i64,
    dlc.variables = [{name = "scale", kind = #dlc<kind parameter>,
                      type = tensor<f32>, trainable, offset = 0 : i64, bytes = 4 : i64}]} {
  func.func @init(
      %weights: memref<4xi8>, %optimizer: memref<0xi8>, %state: memref<0xi8>,
      %control: memref<40xi8>, %arena: memref<256xi8>)
      attributes {dlc.entry = "init", dlc.inputs = 0 : i64, dlc.spill_offset = 128 : i64} {
    %c0 = arith.constant 0 : index
    %scale = memref.view %weights[%c0][] : memref<4xi8> to memref<f32>
    call @scaler.one.planned(%scale) : (memref<f32>) -> ()
    return
  }

  func.func @forward(
      %x: memref<8x4xf32> {dlc.name = "x", dlc.tensor = tensor<8x4xf32, #dlc.dims<"batch", "">>},
      %y: memref<8x4xf32> {dlc.name = "y", dlc.tensor = tensor<8x4xf32, #dlc.dims<"batch", "">>},
      %weights: memref<4xi8>, %optimizer: memref<0xi8>, %state: memref<0xi8>,
      %control: memref<40xi8>, %arena: memref<256xi8>)
      attributes {dlc.entry = "forward", dlc.inputs = 1 : i64, dlc.spill_offset = 128 : i64} {
    %c0 = arith.constant 0 : index
    %scale = memref.view %weights[%c0][] : memref<4xi8> to memref<f32>
    %t = memref.view %arena[%c0][] : memref<256xi8> to memref<8x4xf32>
    call @scaler.mul.planned(%x, %scale, %t) {dlc.offsets = array<i64: 0>}
        : (memref<8x4xf32>, memref<f32>, memref<8x4xf32>) -> ()
    call @scaler.relu.planned(%t, %y) {dlc.offsets = array<i64: -1>}
        : (memref<8x4xf32>, memref<8x4xf32>) -> ()
    return
  }

  func.func @train_step(
      %x: memref<8x4xf32> {dlc.name = "x", dlc.tensor = tensor<8x4xf32, #dlc.dims<"batch", "">>},
      %label: memref<8xi32> {dlc.name = "label", dlc.bound = 3 : i64, dlc.tensor = tensor<8xi32, #dlc.dims<"batch">>},
      %loss: memref<f32> {dlc.name = "loss", dlc.tensor = tensor<f32>},
      %rate: memref<f32> {dlc.name = "rate", dlc.tensor = tensor<f32>},
      %weights: memref<4xi8>, %optimizer: memref<0xi8>, %state: memref<0xi8>,
      %control: memref<40xi8>, %arena: memref<256xi8>)
      attributes {dlc.entry = "train", dlc.inputs = 2 : i64, dlc.spill_offset = 128 : i64} {
    %c0 = arith.constant 0 : index
    %c32 = arith.constant 32 : index
    %scale = memref.view %weights[%c0][] : memref<4xi8> to memref<f32>
    %factor = memref.view %control[%c32][] : memref<40xi8> to memref<f32>
    call @scaler.step.planned(%x, %factor, %scale, %loss, %rate) {dlc.offsets = array<i64: -1, -1, -1>}
        : (memref<8x4xf32>, memref<f32>, memref<f32>, memref<f32>, memref<f32>) -> ()
    return
  }

  func.func private @scaler.one.planned(memref<f32>)
      attributes {dlc.loop_form = @scaler.one}
  func.func private @scaler.mul.planned(memref<8x4xf32>, memref<f32>, memref<8x4xf32>)
      attributes {dlc.loop_form = @scaler.mul}
  func.func private @scaler.relu.planned(memref<8x4xf32>, memref<8x4xf32>)
      attributes {dlc.loop_form = @scaler.relu}
  func.func private @scaler.step.planned(memref<8x4xf32>, memref<f32>, memref<f32>, memref<f32>, memref<f32>)
      attributes {dlc.loop_form = @scaler.step}

  llvm.func @scaler.one(%buffers: !llvm.ptr, %rows: i64, %task: i64, %scratch: !llvm.ptr)
      attributes {dlc.kernel = "one", dlc.line = 2 : i64, dlc.phase = "init", dlc.tasks = 1 : i64} {
    %one = llvm.mlir.constant(1.0 : f32) : f32
    %p = llvm.load %buffers : !llvm.ptr -> !llvm.ptr
    llvm.store %one, %p : f32, !llvm.ptr
    llvm.return
  }

  llvm.func @scaler.mul(%buffers: !llvm.ptr, %rows: i64, %task: i64, %scratch: !llvm.ptr)
      attributes {dlc.kernel = "mul", dlc.line = 3 : i64, dlc.phase = "forward", dlc.tasks = 8 : i64,
                  dlc.flops = 32 : i64, dlc.bytes = 260 : i64} {
    %beyond = llvm.icmp "sge" %task, %rows : i64
    llvm.cond_br %beyond, ^end, ^work
  ^work:
    %x = llvm.load %buffers : !llvm.ptr -> !llvm.ptr
    %ps = llvm.getelementptr %buffers[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
    %s = llvm.load %ps : !llvm.ptr -> !llvm.ptr
    %py = llvm.getelementptr %buffers[2] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
    %y = llvm.load %py : !llvm.ptr -> !llvm.ptr
    %c4 = llvm.mlir.constant(4 : i64) : i64
    %at = llvm.mul %task, %c4 : i64
    %xr = llvm.getelementptr %x[%at] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %yr = llvm.getelementptr %y[%at] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %scale = llvm.load %s : !llvm.ptr -> f32
    %undef = llvm.mlir.undef : vector<4xf32>
    %i0 = llvm.mlir.constant(0 : i32) : i32
    %first = llvm.insertelement %scale, %undef[%i0 : i32] : vector<4xf32>
    %all = llvm.shufflevector %first, %undef [0, 0, 0, 0] : vector<4xf32>
    %v = llvm.load %xr {alignment = 4 : i64} : !llvm.ptr -> vector<4xf32>
    %r = llvm.fmul %v, %all : vector<4xf32>
    llvm.store %r, %yr {alignment = 4 : i64} : vector<4xf32>, !llvm.ptr
    llvm.br ^end
  ^end:
    llvm.return
  }

  llvm.func @scaler.relu(%buffers: !llvm.ptr, %rows: i64, %task: i64, %scratch: !llvm.ptr)
      attributes {dlc.kernel = "relu", dlc.line = 3 : i64, dlc.phase = "forward", dlc.tasks = 8 : i64,
                  dlc.flops = 32 : i64, dlc.bytes = 256 : i64} {
    %beyond = llvm.icmp "sge" %task, %rows : i64
    llvm.cond_br %beyond, ^end, ^work
  ^work:
    %x = llvm.load %buffers : !llvm.ptr -> !llvm.ptr
    %py = llvm.getelementptr %buffers[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
    %y = llvm.load %py : !llvm.ptr -> !llvm.ptr
    %c4 = llvm.mlir.constant(4 : i64) : i64
    %at = llvm.mul %task, %c4 : i64
    %xr = llvm.getelementptr %x[%at] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %yr = llvm.getelementptr %y[%at] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %zero = llvm.mlir.constant(dense<0.0> : vector<4xf32>) : vector<4xf32>
    %v = llvm.load %xr {alignment = 4 : i64} : !llvm.ptr -> vector<4xf32>
    %c = llvm.fcmp "ogt" %v, %zero : vector<4xf32>
    %r = llvm.select %c, %v, %zero : vector<4xi1>, vector<4xf32>
    llvm.store %r, %yr {alignment = 4 : i64} : vector<4xf32>, !llvm.ptr
    llvm.br ^end
  ^end:
    llvm.return
  }

  // loss = x[0]; rate = the learning rate's scale; scale -= x[0] * rate.
  llvm.func @scaler.step(%buffers: !llvm.ptr, %rows: i64, %task: i64, %scratch: !llvm.ptr)
      attributes {dlc.kernel = "step", dlc.line = 5 : i64, dlc.phase = "update", dlc.tasks = 1 : i64} {
    %x = llvm.load %buffers : !llvm.ptr -> !llvm.ptr
    %pf = llvm.getelementptr %buffers[1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
    %f = llvm.load %pf : !llvm.ptr -> !llvm.ptr
    %ps = llvm.getelementptr %buffers[2] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
    %s = llvm.load %ps : !llvm.ptr -> !llvm.ptr
    %pl = llvm.getelementptr %buffers[3] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
    %l = llvm.load %pl : !llvm.ptr -> !llvm.ptr
    %pr = llvm.getelementptr %buffers[4] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
    %rp = llvm.load %pr : !llvm.ptr -> !llvm.ptr
    %x0 = llvm.load %x : !llvm.ptr -> f32
    %rate = llvm.load %f : !llvm.ptr -> f32
    %scale = llvm.load %s : !llvm.ptr -> f32
    %d = llvm.fmul %x0, %rate : f32
    %new = llvm.fsub %scale, %d : f32
    llvm.store %new, %s : f32, !llvm.ptr
    llvm.store %x0, %l : f32, !llvm.ptr
    llvm.store %rate, %rp : f32, !llvm.ptr
    llvm.return
  }
}
