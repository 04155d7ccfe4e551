// The planned form: buffers at fixed offsets, kernels in destination-passing
// form. What SelectKernels wrote (dlc.tasks, dlc.scratch) stands on the
// kernels; entry arguments are inputs, outputs, then the five regions.
//
// A result may lie in the memory of an operand (a weight and its new value):
// the planner does that only where both are read and written at the same
// point, so a kernel loads everything a point needs before it stores there.
#i = affine_map<(i, j) -> (i, j)>
#none = affine_map<(i, j) -> ()>
module @scaler attributes {
    dlc.model = "scaler", dlc.batch = 8 : i64,
    dlc.weight_bytes = 64 : i64, dlc.optimizer_bytes = 0 : i64,
    dlc.state_bytes = 0 : i64, dlc.arena_bytes = 256 : i64,
    dlc.scratch_bytes = 0 : i64,
    dlc.variables = [{name = "scale", kind = #dlc.kind<parameter>,
                      type = tensor<f32>, trainable, offset = 0 : i64, bytes = 4 : i64}]} {
  // dlc.inputs: how many leading arguments are inputs; dlc.tensor: the argument
  // as users see it (named dimensions, unsigned integers, bools);
  // dlc.spill_offset: arena bytes for outputs that the caller leaves null.
  func.func @forward(
      %x: memref<8x4xf32> {dlc.name = "x", dlc.tensor = tensor<8x4xf32, #dlc.dims<"batch", "">>},
      %y: memref<8x4xf32> {dlc.name = "y", dlc.tensor = tensor<8x4xf32, #dlc.dims<"batch", "">>},
      %weights: memref<64xi8>, %optimizer: memref<0xi8>, %state: memref<0xi8>,
      %control: memref<48xi8>, %arena: memref<256xi8>)
      attributes {dlc.entry = "forward", dlc.inputs = 1 : i64,
                  dlc.spill_offset = 128 : i64} {
    %c0 = arith.constant 0 : index
    %scale = memref.view %weights[%c0][] : memref<64xi8> to memref<f32>
    %t = memref.view %arena[%c0][] : memref<256xi8> to memref<8x4xf32>
    call @scaler.mul(%x, %scale, %t) {dlc.offsets = array<i64: 0>}
        : (memref<8x4xf32>, memref<f32>, memref<8x4xf32>) -> ()
    // -1: the result does not lie in the arena.
    call @scaler.exp(%t, %y) {dlc.offsets = array<i64: -1>}
        : (memref<8x4xf32>, memref<8x4xf32>) -> ()
    return
  }

  func.func private @scaler.mul(%x: memref<8x4xf32>, %s: memref<f32>, %out: memref<8x4xf32>)
      attributes {dlc.kernel = "mul", dlc.line = 2 : i64, dlc.phase = "forward",
                  dlc.flops = 32 : i64, dlc.bytes = 260 : i64, dlc.parallel_dims = 2 : i64,
                  dlc.tasks = 1 : i64, dlc.scratch = 0 : i64} {
    %0 = bufferization.to_tensor %x restrict : memref<8x4xf32> to tensor<8x4xf32>
    %1 = bufferization.to_tensor %s restrict : memref<f32> to tensor<f32>
    %empty = tensor.empty() : tensor<8x4xf32>
    %r = linalg.generic {indexing_maps = [#i, #none, #i], iterator_types = ["parallel", "parallel"]}
        ins(%0, %1 : tensor<8x4xf32>, tensor<f32>) outs(%empty : tensor<8x4xf32>)
        attrs = {dlc.rows = array<i64: 1, 0>} {
    ^bb0(%a: f32, %b: f32, %o: f32):
      %2 = arith.mulf %a, %b : f32
      linalg.yield %2 : f32
    } -> tensor<8x4xf32>
    bufferization.materialize_in_destination %r in restrict writable %out : (tensor<8x4xf32>, memref<8x4xf32>) -> ()
    return
  }

  func.func private @scaler.exp(%x: memref<8x4xf32>, %out: memref<8x4xf32>)
      attributes {dlc.kernel = "exp", dlc.line = 3 : i64, dlc.phase = "forward",
                  dlc.flops = 32 : i64, dlc.bytes = 256 : i64, dlc.parallel_dims = 2 : i64,
                  dlc.tasks = 1 : i64, dlc.scratch = 0 : i64} {
    %0 = bufferization.to_tensor %x restrict : memref<8x4xf32> to tensor<8x4xf32>
    %empty = tensor.empty() : tensor<8x4xf32>
    %r = linalg.generic {indexing_maps = [#i, #i], iterator_types = ["parallel", "parallel"]}
        ins(%0 : tensor<8x4xf32>) outs(%empty : tensor<8x4xf32>)
        attrs = {dlc.rows = array<i64: 1, 0>} {
    ^bb0(%a: f32, %o: f32):
      %1 = math.exp %a : f32
      linalg.yield %1 : f32
    } -> tensor<8x4xf32>
    bufferization.materialize_in_destination %r in restrict writable %out : (tensor<8x4xf32>, memref<8x4xf32>) -> ()
    return
  }
}
