// RUN: not dlcc-opt --dlc-split-batch --split-input-file %s 2>&1 | FileCheck %s

// Each sentence names the op of the text that needs all rows at once.
// CHECK: m.dlm:3:1: error: the batch cannot be gone through in parts: 'norm' needs a sum over all rows for each of them
#rows = #dlc.dims<"batch", "">
module @m attributes {dlc.batch = 4 : i64} {
  func.func @forward(%x: tensor<4x3xf32, #rows>) -> tensor<4x3xf32, #rows> attributes {dlc.entry = "forward", dlc.parts = 2 : i64} {
    %sum = dlc.reduce sum %x [0] : tensor<4x3xf32, #rows> loc("norm"("m.dlm":3:1))
    %sums = dlc.broadcast %sum [1] : tensor<3xf32> to tensor<4x3xf32, #rows> loc("norm"("m.dlm":3:1))
    %y = dlc.sub %x, %sums : tensor<4x3xf32, #rows> loc("norm"("m.dlm":3:1))
    return %y : tensor<4x3xf32, #rows>
  }
}

// -----

// CHECK: m.dlm:4:1: error: the batch cannot be gone through in parts: 'largest' needs all rows at once
#rows = #dlc.dims<"batch", "">
module @m attributes {dlc.batch = 4 : i64} {
  func.func @forward(%x: tensor<4x3xf32, #rows>) -> tensor<3xf32> attributes {dlc.entry = "forward", dlc.parts = 2 : i64} {
    %y = dlc.reduce max %x [0] : tensor<4x3xf32, #rows> loc("largest"("m.dlm":4:1))
    return %y : tensor<3xf32>
  }
}

// -----

// CHECK: m.dlm:5:1: error: the batch cannot be gone through in parts: 'pairs' has every row meet every other
#rows = #dlc.dims<"batch", "">
module @m attributes {dlc.batch = 4 : i64} {
  func.func @forward(%x: tensor<4x3xf32, #rows>) -> tensor<f32> attributes {dlc.entry = "forward", dlc.parts = 2 : i64} {
    %p = dlc.contract %x [] [1], %x [] [1] : tensor<4x3xf32, #rows>, tensor<4x3xf32, #rows> loc("pairs"("m.dlm":5:1))
    %y = dlc.reduce sum %p [0, 1] : tensor<4x4xf32, #dlc.dims<"batch", "batch">>
    return %y : tensor<f32>
  }
}

// -----

// CHECK: m.dlm:6:1: error: the batch cannot be gone through in parts: 'number' needs all rows at once
#rows = #dlc.dims<"batch">
module @m attributes {dlc.batch = 4 : i64} {
  func.func @forward(%x: tensor<4xi32, #rows>) -> tensor<4xi32, #rows> attributes {dlc.entry = "forward", dlc.parts = 2 : i64} {
    %i = dlc.iota 0 : tensor<4xi32, #rows> loc("number"("m.dlm":6:1))
    %y = dlc.add %x, %i : tensor<4xi32, #rows>
    return %y : tensor<4xi32, #rows>
  }
}

// -----

// CHECK: m.dlm:7:1: error: the batch cannot be gone through in parts: 'recurrence' carries a sum over rows from step to step
#rows = #dlc.dims<"batch", "">
#steps = #dlc.dims<"", "batch", "">
module @m attributes {dlc.batch = 4 : i64} {
  func.func @forward(%x: tensor<4x3xf32, #rows>, %s: tensor<3xf32>) -> tensor<3xf32> attributes {dlc.entry = "forward", dlc.parts = 2 : i64} {
    %xs = dlc.broadcast %x [1, 2] : tensor<4x3xf32, #rows> to tensor<5x4x3xf32, #steps>
    %last = dlc.scan 5 (%x_t in %xs : tensor<5x4x3xf32, #steps>) carry (%s_t from %s : tensor<3xf32>) -> (tensor<3xf32>) {
      %0 = dlc.reduce sum %x_t [0] : tensor<4x3xf32, #rows>
      %1 = dlc.add %s_t, %0 : tensor<3xf32>
      dlc.yield %1 : tensor<3xf32>
    } loc("recurrence"("m.dlm":7:1))
    return %last : tensor<3xf32>
  }
}

// -----

// CHECK: m.dlm:8:1: error: the batch cannot be gone through in parts: 'kept' does not have its rows one after the other
#columns = #dlc.dims<"", "batch">
module @m attributes {dlc.batch = 4 : i64} {
  dlc.variable state @kept : tensor<3x4xf32, #columns>
  func.func @forward(%x: tensor<4xf32, #dlc.dims<"batch">>) -> tensor<4xf32, #dlc.dims<"batch">> attributes {dlc.entry = "forward", dlc.parts = 2 : i64} {
    %k = dlc.read @kept : tensor<3x4xf32, #columns> loc("kept"("m.dlm":8:1))
    %s = dlc.reduce sum %k [0] : tensor<3x4xf32, #columns>
    %y = dlc.add %x, %s : tensor<4xf32, #dlc.dims<"batch">>
    return %y : tensor<4xf32, #dlc.dims<"batch">>
  }
}
