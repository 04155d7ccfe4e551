// RUN: dlcc-opt --dlc-order-updates --dlc-plan-memory %s | FileCheck %s

// What an output's kernel overwrites with it lies in the caller's memory, as
// far back as that goes.

#mn = affine_map<(m, n) -> (m, n)>
module @m attributes {dlc.model = "m", dlc.batch = 4 : i64} {
  // CHECK: func.func @forward(%{{.*}}: memref<4x4xf32> {dlc.name = "x"}, %[[Y:[a-z0-9_]+]]: memref<4x4xf32>
  func.func @forward(%x: tensor<4x4xf32> {dlc.name = "x"}) -> (tensor<4x4xf32> {dlc.name = "y"}) attributes {dlc.entry = "forward"} {
    // CHECK: call @rows(%{{.*}}, %[[Y]]) {dlc.offsets = array<i64: -1>}
    %a = call @rows(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32>
    // CHECK: call @rows(%[[Y]], %[[Y]]) {dlc.offsets = array<i64: -1>}
    %b = call @rows(%a) : (tensor<4x4xf32>) -> tensor<4x4xf32>
    // CHECK: call @rows(%[[Y]], %[[Y]]) {dlc.offsets = array<i64: -1>}
    %c = call @rows(%b) : (tensor<4x4xf32>) -> tensor<4x4xf32>
    return %c : tensor<4x4xf32>
  }

  // A value that is read again, or for two operands, or written as a whole
  // where the caller has room for the rows that it gives, stays in the arena.
  // CHECK: func.func @evaluate(%{{.*}}, %[[Y:[a-z0-9_]+]]: memref<4x4xf32> {dlc.name = "y"}, %[[Z:[a-z0-9_]+]]: memref<4x4xf32>
  func.func @evaluate(%x: tensor<4x4xf32> {dlc.name = "x"}) -> (tensor<4x4xf32> {dlc.name = "y"}, tensor<4x4xf32> {dlc.name = "z"}) attributes {dlc.entry = "evaluate"} {
    // CHECK: call @rows({{.*}}) {dlc.offsets = array<i64: {{[0-9]+}}>}
    %a = call @rows(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32>
    // CHECK: call @rows(%{{.*}}, %[[Y]])
    %y = call @rows(%a) : (tensor<4x4xf32>) -> tensor<4x4xf32>
    // CHECK: call @whole({{.*}}) {dlc.offsets = array<i64: {{[0-9]+}}>}
    %b = call @whole(%a) : (tensor<4x4xf32>) -> tensor<4x4xf32>
    // CHECK: call @rows(%{{.*}}, %[[Z]])
    %z = call @rows(%b) : (tensor<4x4xf32>) -> tensor<4x4xf32>
    return %y, %z : tensor<4x4xf32>, tensor<4x4xf32>
  }

  func.func private @rows(%x: tensor<4x4xf32>) -> tensor<4x4xf32>
      attributes {dlc.kernel = "rows", dlc.parallel_dims = 2 : i64} {
    %e = tensor.empty() : tensor<4x4xf32>
    %r = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%x : tensor<4x4xf32>) outs(%e : tensor<4x4xf32>)
        attrs = {dlc.rows = array<i64: 1, 0>} {
    ^bb0(%l: f32, %out: f32):
      %0 = arith.addf %l, %l : f32
      linalg.yield %0 : f32
    } -> tensor<4x4xf32>
    return %r : tensor<4x4xf32>
  }
  func.func private @whole(%x: tensor<4x4xf32>) -> tensor<4x4xf32>
      attributes {dlc.kernel = "whole", dlc.parallel_dims = 2 : i64} {
    %e = tensor.empty() : tensor<4x4xf32>
    %r = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%x : tensor<4x4xf32>) outs(%e : tensor<4x4xf32>)
        attrs = {dlc.rows = array<i64: 0, 0>} {
    ^bb0(%l: f32, %out: f32):
      %0 = arith.mulf %l, %l : f32
      linalg.yield %0 : f32
    } -> tensor<4x4xf32>
    return %r : tensor<4x4xf32>
  }
}
