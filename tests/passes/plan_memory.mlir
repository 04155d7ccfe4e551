// RUN: dlcc-opt --dlc-order-updates --dlc-plan-memory %s | FileCheck %s
// RUN: dlcc-opt --dlc-order-updates --dlc-plan-memory %s | dlcc-opt | FileCheck %s

// Variables: the tensor of 64 bytes first, no gaps; the region's size is theirs.
// CHECK: module @m attributes
// CHECK-SAME: dlc.arena_bytes = 192
// CHECK-SAME: dlc.scratch_bytes = 128
// CHECK-SAME: {bytes = 12 : i64, kind = #dlc.kind<parameter>, name = "odd", offset = 64 : i64, type = tensor<3xf32>}
// CHECK-SAME: {bytes = 64 : i64, kind = #dlc.kind<parameter>, name = "w", offset = 0 : i64, trainable, type = tensor<4x4xf32>}
// CHECK-SAME: dlc.weight_bytes = 76

#mn = affine_map<(m, n) -> (m, n)>
#nm = affine_map<(m, n) -> (n, m)>
module @m attributes {dlc.model = "m", dlc.batch = 4 : i64} {
  dlc.variable parameter @odd : tensor<3xf32>
  dlc.variable parameter @w : tensor<4x4xf32> {trainable}

  // Two values live at once, then results take the places of dying operands:
  // 128 bytes, and behind them the output left null.
  // CHECK: func.func @train(%[[X:.*]]: memref<4x4xf32> {dlc.name = "x"}, %[[Y:.*]]: memref<16xf32> {dlc.name = "y"}, %[[W:.*]]: memref<76xi8>, {{.*}}: memref<0xi8>, {{.*}}: memref<0xi8>, {{.*}}: memref<48xi8>, %[[ARENA:.*]]: memref<192xi8>)
  // CHECK-SAME: dlc.inputs = 1 : i64, dlc.spill_offset = 128 : i64
  func.func @train(%x: tensor<4x4xf32> {dlc.name = "x"}) -> (tensor<16xf32> {dlc.name = "y"}) attributes {dlc.entry = "train"} {
    %w = dlc.read @w : tensor<4x4xf32>
    // CHECK: call @add({{.*}}) {dlc.offsets = array<i64: 0>}
    %a = call @add(%w, %x) : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %w1 = call @add(%w, %a) : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    // The reader comes before the update, which writes the weight in place.
    // CHECK: call @add({{.*}}) {dlc.offsets = array<i64: 64>}
    // CHECK: %[[OLD:.*]] = memref.view %[[W]][%c0{{.*}}][]
    // CHECK: %[[NEW:.*]] = memref.view %[[W]][%c0{{.*}}][]
    // CHECK: call @add(%[[OLD]], %{{.*}}, %[[NEW]]) {dlc.offsets = array<i64: -1>}
    %b = call @add(%w, %a) : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    // CHECK: call @add({{.*}}) {dlc.offsets = array<i64: 64>}
    %c = call @add(%b, %x) : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    // The returned value is made where the caller wants it.
    // CHECK: %[[OUT:.*]] = memref.expand_shape %[[Y]]
    // CHECK: call @add({{.*}}, %[[OUT]]) {dlc.offsets = array<i64: -1>}
    %d = call @add(%c, %x) : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %y = tensor.collapse_shape %d [[0, 1]] : tensor<4x4xf32> into tensor<16xf32>
    dlc.write @w, %w1 : tensor<4x4xf32>
    return %y : tensor<16xf32>
  }

  // A kernel that reads the variable at other points than it writes, and a
  // returned input: both are copied.
  // CHECK: func.func @copies
  // CHECK: call @turn({{.*}}) {dlc.offsets = array<i64: 0>}
  // CHECK: call @m.copy({{.*}}) {dlc.offsets = array<i64: -1>}
  // CHECK: call @m.copy_1(%[[IN:.*]], %{{.*}}) {dlc.offsets = array<i64: -1>}
  func.func @copies(%x: tensor<4x4xf32> {dlc.name = "x", dlc.tensor = tensor<4x4xf32, #dlc.dims<"batch", "">>})
      -> (tensor<4x4xf32> {dlc.name = "y", dlc.tensor = tensor<4x4xf32, #dlc.dims<"batch", "">>})
      attributes {dlc.entry = "forward"} {
    %w = dlc.read @w : tensor<4x4xf32>
    %t = call @turn(%w) : (tensor<4x4xf32>) -> tensor<4x4xf32>
    dlc.write @w, %t : tensor<4x4xf32>
    return %x : tensor<4x4xf32>
  }

  // CHECK: func.func private @add(%[[A:.*]]: memref<4x4xf32>, %{{.*}}: memref<4x4xf32>, %[[R:.*]]: memref<4x4xf32>)
  // CHECK: bufferization.to_tensor %[[A]] restrict
  // CHECK: bufferization.materialize_in_destination %{{.*}} in restrict writable %[[R]]
  func.func private @add(%x: tensor<4x4xf32>, %y: tensor<4x4xf32>) -> tensor<4x4xf32>
      attributes {dlc.kernel = "add", dlc.parallel_dims = 2 : i64, dlc.scratch = 128 : i64} {
    %e = tensor.empty() : tensor<4x4xf32>
    %r = linalg.generic {indexing_maps = [#mn, #mn, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%x, %y : tensor<4x4xf32>, tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) {
    ^bb0(%l: f32, %m: f32, %out: f32):
      %0 = arith.addf %l, %m : f32
      linalg.yield %0 : f32
    } -> tensor<4x4xf32>
    return %r : tensor<4x4xf32>
  }
  func.func private @turn(%x: tensor<4x4xf32>) -> tensor<4x4xf32>
      attributes {dlc.kernel = "turn", dlc.parallel_dims = 2 : i64} {
    %e = tensor.empty() : tensor<4x4xf32>
    %r = linalg.generic {indexing_maps = [#nm, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%x : tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) attrs = {dlc.rows = array<i64: 0, 0>} {
    ^bb0(%l: f32, %out: f32):
      linalg.yield %l : f32
    } -> tensor<4x4xf32>
    return %r : tensor<4x4xf32>
  }
  // The copy of an input touches only the rows given.
  // CHECK: func.func private @m.copy_1
  // CHECK: dlc.rows = array<i64: 1, 0>
}
