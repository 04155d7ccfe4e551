// The kernel list as codegen gets it: a dense layer with relu (forward), its
// weight gradient with the momentum update (the gradient never touches
// memory), and the gradient of its input with the activation's gradient.
#x = affine_map<(m, n, k) -> (m, k)>
#w = affine_map<(m, n, k) -> (n, k)>
#wt = affine_map<(m, n, k) -> (k, n)>
#y = affine_map<(m, n, k) -> (m, n)>
#xt = affine_map<(m, n, k) -> (k, m)>
#mn = affine_map<(m, n) -> (m, n)>
#n = affine_map<(m, n) -> (n)>
#scalar = affine_map<(m, n) -> ()>
module @mlp attributes {dlc.model = "mlp", dlc.batch = 64 : i64} {
  dlc.variable parameter @dense.weight : tensor<300x784xf32> {trainable}
  dlc.variable parameter @dense.bias : tensor<300xf32> {trainable}

  func.func @forward(%image: tensor<64x784xf32> {dlc.name = "image", dlc.tensor = tensor<64x784xf32, #dlc.dims<"batch", "">>})
      -> (tensor<64x300xf32> {dlc.name = "y", dlc.tensor = tensor<64x300xf32, #dlc.dims<"batch", "">>})
      attributes {dlc.entry = "forward"} {
    %w = dlc.read @dense.weight : tensor<300x784xf32>
    %b = dlc.read @dense.bias : tensor<300xf32>
    %y = call @mlp.dense.relu(%image, %w, %b)
        : (tensor<64x784xf32>, tensor<300x784xf32>, tensor<300xf32>) -> tensor<64x300xf32>
    return %y : tensor<64x300xf32>
  }

  func.func private @mlp.dense.relu(%x: tensor<64x784xf32>, %w: tensor<300x784xf32>, %b: tensor<300xf32>)
      -> tensor<64x300xf32>
      attributes {dlc.kernel = "dense.relu", dlc.line = 4 : i64, dlc.phase = "forward",
                  dlc.flops = 30144000 : i64, dlc.bytes = 1219504 : i64} {
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<64x300xf32>
    %init = linalg.fill {dlc.rows = array<i64: 1, 0>} ins(%zero : f32) outs(%empty : tensor<64x300xf32>) -> tensor<64x300xf32>
    %p = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%x, %w : tensor<64x784xf32>, tensor<300x784xf32>) outs(%init : tensor<64x300xf32>)
        attrs = {dlc.rows = array<i64: 1, 0, 0>} {
    ^bb0(%l: f32, %r: f32, %acc: f32):
      %0 = arith.mulf %l, %r : f32
      %1 = arith.addf %acc, %0 : f32
      linalg.yield %1 : f32
    } -> tensor<64x300xf32>
    %s = linalg.generic {indexing_maps = [#mn, #n, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%p, %b : tensor<64x300xf32>, tensor<300xf32>) outs(%empty : tensor<64x300xf32>)
        attrs = {dlc.rows = array<i64: 1, 0>} {
    ^bb0(%l: f32, %r: f32, %out: f32):
      %0 = arith.addf %l, %r : f32
      linalg.yield %0 : f32
    } -> tensor<64x300xf32>
    // Bools between ops are i8, 0 or 1: extui where made, trunci where used.
    %bools = tensor.empty() : tensor<64x300xi8>
    %c = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%s : tensor<64x300xf32>) outs(%bools : tensor<64x300xi8>)
        attrs = {dlc.rows = array<i64: 1, 0>} {
    ^bb0(%l: f32, %out: i8):
      %r = arith.constant 0.0 : f32
      %0 = arith.cmpf ogt, %l, %r : f32
      %1 = arith.extui %0 : i1 to i8
      linalg.yield %1 : i8
    } -> tensor<64x300xi8>
    %y = linalg.generic {indexing_maps = [#mn, #mn, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%c, %s : tensor<64x300xi8>, tensor<64x300xf32>) outs(%empty : tensor<64x300xf32>)
        attrs = {dlc.rows = array<i64: 1, 0>} {
    ^bb0(%c1: i8, %l: f32, %out: f32):
      %r = arith.constant 0.0 : f32
      %cond = arith.trunci %c1 : i8 to i1
      %0 = arith.select %cond, %l, %r : f32
      linalg.yield %0 : f32
    } -> tensor<64x300xf32>
    return %y : tensor<64x300xf32>
  }

  // dW[o, i] = sum over b of dY[b, o] * X[b, i]; v' = mu v + dW; w' = w - lr v'.
  // The contracted dimension is the batch, so it stops at the rows given.
  func.func private @mlp.dense.weight.update(%dy: tensor<64x300xf32>, %x: tensor<64x784xf32>,
      %w: tensor<300x784xf32>, %v: tensor<300x784xf32>, %mu: tensor<f32>, %lr: tensor<f32>)
      -> (tensor<300x784xf32>, tensor<300x784xf32>)
      attributes {dlc.kernel = "dense.weight.update", dlc.line = 4 : i64, dlc.phase = "update",
                  dlc.flops = 31046400 : i64, dlc.bytes = 4040712 : i64} {
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<300x784xf32>
    %init = linalg.fill {dlc.rows = array<i64: 0, 0>} ins(%zero : f32) outs(%empty : tensor<300x784xf32>) -> tensor<300x784xf32>
    %g = linalg.generic {indexing_maps = [#xt, #wt, #y], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%dy, %x : tensor<64x300xf32>, tensor<64x784xf32>) outs(%init : tensor<300x784xf32>)
        attrs = {dlc.rows = array<i64: 0, 0, 1>} {
    ^bb0(%l: f32, %r: f32, %acc: f32):
      %0 = arith.mulf %l, %r : f32
      %1 = arith.addf %acc, %0 : f32
      linalg.yield %1 : f32
    } -> tensor<300x784xf32>
    %mv = linalg.generic {indexing_maps = [#scalar, #mn, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%mu, %v : tensor<f32>, tensor<300x784xf32>) outs(%empty : tensor<300x784xf32>)
        attrs = {dlc.rows = array<i64: 0, 0>} {
    ^bb0(%l: f32, %r: f32, %out: f32):
      %0 = arith.mulf %l, %r : f32
      linalg.yield %0 : f32
    } -> tensor<300x784xf32>
    %v1 = linalg.generic {indexing_maps = [#mn, #mn, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%mv, %g : tensor<300x784xf32>, tensor<300x784xf32>) outs(%empty : tensor<300x784xf32>)
        attrs = {dlc.rows = array<i64: 0, 0>} {
    ^bb0(%l: f32, %r: f32, %out: f32):
      %0 = arith.addf %l, %r : f32
      linalg.yield %0 : f32
    } -> tensor<300x784xf32>
    %step = linalg.generic {indexing_maps = [#scalar, #mn, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%lr, %v1 : tensor<f32>, tensor<300x784xf32>) outs(%empty : tensor<300x784xf32>)
        attrs = {dlc.rows = array<i64: 0, 0>} {
    ^bb0(%l: f32, %r: f32, %out: f32):
      %0 = arith.mulf %l, %r : f32
      linalg.yield %0 : f32
    } -> tensor<300x784xf32>
    %w1 = linalg.generic {indexing_maps = [#mn, #mn, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%w, %step : tensor<300x784xf32>, tensor<300x784xf32>) outs(%empty : tensor<300x784xf32>)
        attrs = {dlc.rows = array<i64: 0, 0>} {
    ^bb0(%l: f32, %r: f32, %out: f32):
      %0 = arith.subf %l, %r : f32
      linalg.yield %0 : f32
    } -> tensor<300x784xf32>
    return %w1, %v1 : tensor<300x784xf32>, tensor<300x784xf32>
  }

  // dX[b, i] = sum over o of dY[b, o] * W[o, i], kept where x > 0.
  func.func private @mlp.dense.backward(%dy: tensor<64x300xf32>, %w: tensor<300x784xf32>, %x: tensor<64x784xf32>)
      -> tensor<64x784xf32>
      attributes {dlc.kernel = "dense.backward", dlc.line = 4 : i64, dlc.phase = "backward",
                  dlc.flops = 30206144 : i64, dlc.bytes = 1419008 : i64} {
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<64x784xf32>
    %init = linalg.fill {dlc.rows = array<i64: 1, 0>} ins(%zero : f32) outs(%empty : tensor<64x784xf32>) -> tensor<64x784xf32>
    %g = linalg.generic {indexing_maps = [#x, #wt, #y], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%dy, %w : tensor<64x300xf32>, tensor<300x784xf32>) outs(%init : tensor<64x784xf32>)
        attrs = {dlc.rows = array<i64: 1, 0, 0>} {
    ^bb0(%l: f32, %r: f32, %acc: f32):
      %0 = arith.mulf %l, %r : f32
      %1 = arith.addf %acc, %0 : f32
      linalg.yield %1 : f32
    } -> tensor<64x784xf32>
    %bools = tensor.empty() : tensor<64x784xi8>
    %c = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%x : tensor<64x784xf32>) outs(%bools : tensor<64x784xi8>)
        attrs = {dlc.rows = array<i64: 1, 0>} {
    ^bb0(%l: f32, %out: i8):
      %r = arith.constant 0.0 : f32
      %0 = arith.cmpf ogt, %l, %r : f32
      %1 = arith.extui %0 : i1 to i8
      linalg.yield %1 : i8
    } -> tensor<64x784xi8>
    %dx = linalg.generic {indexing_maps = [#mn, #mn, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%c, %g : tensor<64x784xi8>, tensor<64x784xf32>) outs(%empty : tensor<64x784xf32>)
        attrs = {dlc.rows = array<i64: 1, 0>} {
    ^bb0(%c1: i8, %l: f32, %out: f32):
      %r = arith.constant 0.0 : f32
      %cond = arith.trunci %c1 : i8 to i1
      %0 = arith.select %cond, %l, %r : f32
      linalg.yield %0 : f32
    } -> tensor<64x784xf32>
    return %dx : tensor<64x784xf32>
  }
}
