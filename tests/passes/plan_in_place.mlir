// RUN: dlcc-opt --dlc-order-updates --dlc-plan-memory %s | FileCheck %s

// A kernel that reduces rows may store its result where an operand lay, if no
// pass over the row reads the operand after the one that stores.

#mn = affine_map<(m, n) -> (m, n)>
#m = affine_map<(m, n) -> (m)>
#mab = affine_map<(m, a, b) -> (m, a, b)>
#mb = affine_map<(m, a, b) -> (m, b)>
module @m attributes {dlc.model = "m", dlc.batch = 4 : i64} {
  // CHECK: func.func @forward
  func.func @forward(%x: tensor<4x4xf32> {dlc.name = "x"}) -> (tensor<4x4xf32> {dlc.name = "y"}) attributes {dlc.entry = "forward"} {
    // CHECK: call @twice({{.*}}) {dlc.offsets = array<i64: 0>}
    %a = call @twice(%x) : (tensor<4x4xf32>) -> tensor<4x4xf32>
    // CHECK: call @centre({{.*}}) {dlc.offsets = array<i64: 0>}
    %b = call @centre(%a) : (tensor<4x4xf32>) -> tensor<4x4xf32>
    // The result is read again, so it is stored before the last pass.
    // CHECK: call @spread({{.*}}) {dlc.offsets = array<i64: 64, {{[0-9]+}}>}
    %c, %s = call @spread(%b) : (tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4xf32>)
    %d = call @twice(%c) : (tensor<4x4xf32>) -> tensor<4x4xf32>
    return %d : tensor<4x4xf32>
  }

  // One of the passes goes over the rows in another order.
  // CHECK: func.func @evaluate
  func.func @evaluate(%x: tensor<4x2x3xf32> {dlc.name = "x"}) -> (tensor<4x3xf32> {dlc.name = "y"}) attributes {dlc.entry = "evaluate"} {
    // CHECK: call @inner({{.*}}) {dlc.offsets = array<i64: -1, 0>}
    %s, %a = call @inner(%x) : (tensor<4x2x3xf32>) -> (tensor<4x3xf32>, tensor<4x2x3xf32>)
    // CHECK: call @inner({{.*}}) {dlc.offsets = array<i64: {{[0-9]+}}, 128>}
    %t, %b = call @inner(%a) : (tensor<4x2x3xf32>) -> (tensor<4x3xf32>, tensor<4x2x3xf32>)
    return %s : tensor<4x3xf32>
  }

  func.func private @twice(%x: tensor<4x4xf32>) -> tensor<4x4xf32>
      attributes {dlc.kernel = "twice", dlc.parallel_dims = 2 : i64} {
    %e = tensor.empty() : tensor<4x4xf32>
    %r = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%x : tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) {
    ^bb0(%l: f32, %out: f32):
      %0 = arith.addf %l, %l : f32
      linalg.yield %0 : f32
    } -> tensor<4x4xf32>
    return %r : tensor<4x4xf32>
  }
  func.func private @centre(%x: tensor<4x4xf32>) -> tensor<4x4xf32>
      attributes {dlc.kernel = "centre", dlc.parallel_dims = 1 : i64} {
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<4x4xf32>
    %f = tensor.empty() : tensor<4xf32>
    %s0 = linalg.fill ins(%zero : f32) outs(%f : tensor<4xf32>) -> tensor<4xf32>
    %s = linalg.generic {indexing_maps = [#mn, #m], iterator_types = ["parallel", "reduction"]}
        ins(%x : tensor<4x4xf32>) outs(%s0 : tensor<4xf32>) {
    ^bb0(%l: f32, %out: f32):
      %0 = arith.addf %out, %l : f32
      linalg.yield %0 : f32
    } -> tensor<4xf32>
    %r = linalg.generic {indexing_maps = [#mn, #m, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%x, %s : tensor<4x4xf32>, tensor<4xf32>) outs(%e : tensor<4x4xf32>) {
    ^bb0(%l: f32, %sum: f32, %out: f32):
      %0 = arith.subf %l, %sum : f32
      linalg.yield %0 : f32
    } -> tensor<4x4xf32>
    return %r : tensor<4x4xf32>
  }
  func.func private @spread(%x: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4xf32>)
      attributes {dlc.kernel = "spread", dlc.parallel_dims = 1 : i64} {
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<4x4xf32>
    %f = tensor.empty() : tensor<4xf32>
    %s0 = linalg.fill ins(%zero : f32) outs(%f : tensor<4xf32>) -> tensor<4xf32>
    %r = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%x : tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) {
    ^bb0(%l: f32, %out: f32):
      %0 = arith.mulf %l, %l : f32
      linalg.yield %0 : f32
    } -> tensor<4x4xf32>
    %s = linalg.generic {indexing_maps = [#mn, #m], iterator_types = ["parallel", "reduction"]}
        ins(%r : tensor<4x4xf32>) outs(%s0 : tensor<4xf32>) {
    ^bb0(%l: f32, %out: f32):
      %0 = arith.addf %out, %l : f32
      linalg.yield %0 : f32
    } -> tensor<4xf32>
    return %r, %s : tensor<4x4xf32>, tensor<4xf32>
  }
  func.func private @inner(%x: tensor<4x2x3xf32>) -> (tensor<4x3xf32>, tensor<4x2x3xf32>)
      attributes {dlc.kernel = "inner", dlc.parallel_dims = 1 : i64} {
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<4x2x3xf32>
    %f = tensor.empty() : tensor<4x3xf32>
    %s0 = linalg.fill ins(%zero : f32) outs(%f : tensor<4x3xf32>) -> tensor<4x3xf32>
    %s = linalg.generic {indexing_maps = [#mab, #mb], iterator_types = ["parallel", "reduction", "parallel"]}
        ins(%x : tensor<4x2x3xf32>) outs(%s0 : tensor<4x3xf32>) {
    ^bb0(%l: f32, %out: f32):
      %0 = arith.addf %out, %l : f32
      linalg.yield %0 : f32
    } -> tensor<4x3xf32>
    %r = linalg.generic {indexing_maps = [#mab, #mab], iterator_types = ["parallel", "parallel", "parallel"]}
        ins(%x : tensor<4x2x3xf32>) outs(%e : tensor<4x2x3xf32>) {
    ^bb0(%l: f32, %out: f32):
      %0 = arith.addf %l, %l : f32
      linalg.yield %0 : f32
    } -> tensor<4x2x3xf32>
    return %s, %r : tensor<4x3xf32>, tensor<4x2x3xf32>
  }
}
