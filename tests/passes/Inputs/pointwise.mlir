// Pointwise kernels as codegen gets them: softmax cross-entropy with its
// gradient (one parallel dimension, the columns inside), accuracy by argmax, a
// column sum with the update of a bias, the sum of a vector, and scalars.
#mn = affine_map<(m, n) -> (m, n)>
#m = affine_map<(m, n) -> (m)>
#nm = affine_map<(m, n) -> (n, m)>
#scalar = affine_map<(m, n) -> ()>
#i = affine_map<(i) -> (i)>
#none = affine_map<(i) -> ()>
#empty = affine_map<() -> ()>
module @mlp attributes {dlc.model = "mlp", dlc.batch = 64 : i64} {
  // p = 1: the row. loss[m] = log(sum exp(x - max)) - x[label];
  // dx = (softmax - onehot) * scale.
  func.func private @mlp.loss(%x: tensor<64x10xf32>, %label: tensor<64xi32>, %scale: tensor<f32>)
      -> (tensor<64xf32>, tensor<64x10xf32>)
      attributes {dlc.kernel = "loss", dlc.line = 9 : i64, dlc.phase = "forward",
                  dlc.flops = 7000 : i64, dlc.bytes = 5636 : i64, dlc.parallel_dims = 1 : i64} {
    %ninf = arith.constant 0xFF800000 : f32
    %zero = arith.constant 0.0 : f32
    %rows = tensor.empty() : tensor<64xf32>
    %full = tensor.empty() : tensor<64x10xf32>
    %bools = tensor.empty() : tensor<64x10xi8>
    %max0 = linalg.fill {dlc.rows = array<i64: 1>} ins(%ninf : f32) outs(%rows : tensor<64xf32>) -> tensor<64xf32>
    %max = linalg.generic {indexing_maps = [#mn, #m], iterator_types = ["parallel", "reduction"]}
        ins(%x : tensor<64x10xf32>) outs(%max0 : tensor<64xf32>) attrs = {dlc.rows = array<i64: 1, 0>} {
    ^bb0(%e: f32, %acc: f32):
      %0 = arith.maximumf %acc, %e : f32
      linalg.yield %0 : f32
    } -> tensor<64xf32>
    %z = linalg.generic {indexing_maps = [#mn, #m, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%x, %max : tensor<64x10xf32>, tensor<64xf32>) outs(%full : tensor<64x10xf32>)
        attrs = {dlc.rows = array<i64: 1, 0>} {
    ^bb0(%l: f32, %r: f32, %out: f32):
      %0 = arith.subf %l, %r : f32
      linalg.yield %0 : f32
    } -> tensor<64x10xf32>
    %e = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%z : tensor<64x10xf32>) outs(%full : tensor<64x10xf32>) attrs = {dlc.rows = array<i64: 1, 0>} {
    ^bb0(%l: f32, %out: f32):
      %0 = math.exp %l : f32
      linalg.yield %0 : f32
    } -> tensor<64x10xf32>
    %sum0 = linalg.fill {dlc.rows = array<i64: 1>} ins(%zero : f32) outs(%rows : tensor<64xf32>) -> tensor<64xf32>
    %sum = linalg.generic {indexing_maps = [#mn, #m], iterator_types = ["parallel", "reduction"]}
        ins(%e : tensor<64x10xf32>) outs(%sum0 : tensor<64xf32>) attrs = {dlc.rows = array<i64: 1, 0>} {
    ^bb0(%in: f32, %acc: f32):
      %0 = arith.addf %acc, %in : f32
      linalg.yield %0 : f32
    } -> tensor<64xf32>
    %lse = linalg.generic {indexing_maps = [#i, #i], iterator_types = ["parallel"]}
        ins(%sum : tensor<64xf32>) outs(%rows : tensor<64xf32>) attrs = {dlc.rows = array<i64: 1>} {
    ^bb0(%l: f32, %out: f32):
      %0 = math.log %l : f32
      linalg.yield %0 : f32
    } -> tensor<64xf32>
    // An iota is linalg.index; a broadcast is the operand's map.
    %hit = linalg.generic {indexing_maps = [#m, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%label : tensor<64xi32>) outs(%bools : tensor<64x10xi8>) attrs = {dlc.rows = array<i64: 1, 0>} {
    ^bb0(%r: i32, %out: i8):
      %c = linalg.index 1 : index
      %l = arith.index_cast %c : index to i32
      %0 = arith.cmpi eq, %l, %r : i32
      %1 = arith.extui %0 : i1 to i8
      linalg.yield %1 : i8
    } -> tensor<64x10xi8>
    %picked = linalg.generic {indexing_maps = [#mn, #mn, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%hit, %z : tensor<64x10xi8>, tensor<64x10xf32>) outs(%full : tensor<64x10xf32>)
        attrs = {dlc.rows = array<i64: 1, 0>} {
    ^bb0(%c1: i8, %l: f32, %out: f32):
      %r = arith.constant 0.0 : f32
      %cond = arith.trunci %c1 : i8 to i1
      %0 = arith.select %cond, %l, %r : f32
      linalg.yield %0 : f32
    } -> tensor<64x10xf32>
    %pick0 = linalg.fill {dlc.rows = array<i64: 1>} ins(%zero : f32) outs(%rows : tensor<64xf32>) -> tensor<64xf32>
    %pick = linalg.generic {indexing_maps = [#mn, #m], iterator_types = ["parallel", "reduction"]}
        ins(%picked : tensor<64x10xf32>) outs(%pick0 : tensor<64xf32>) attrs = {dlc.rows = array<i64: 1, 0>} {
    ^bb0(%in: f32, %acc: f32):
      %0 = arith.addf %acc, %in : f32
      linalg.yield %0 : f32
    } -> tensor<64xf32>
    %loss = linalg.generic {indexing_maps = [#i, #i, #i], iterator_types = ["parallel"]}
        ins(%lse, %pick : tensor<64xf32>, tensor<64xf32>) outs(%rows : tensor<64xf32>)
        attrs = {dlc.rows = array<i64: 1>} {
    ^bb0(%l: f32, %r: f32, %out: f32):
      %0 = arith.subf %l, %r : f32
      linalg.yield %0 : f32
    } -> tensor<64xf32>
    %soft = linalg.generic {indexing_maps = [#mn, #m, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%e, %sum : tensor<64x10xf32>, tensor<64xf32>) outs(%full : tensor<64x10xf32>)
        attrs = {dlc.rows = array<i64: 1, 0>} {
    ^bb0(%l: f32, %r: f32, %out: f32):
      %0 = arith.divf %l, %r : f32
      linalg.yield %0 : f32
    } -> tensor<64x10xf32>
    %one = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%hit : tensor<64x10xi8>) outs(%full : tensor<64x10xf32>) attrs = {dlc.rows = array<i64: 1, 0>} {
    ^bb0(%c1: i8, %out: f32):
      %l = arith.constant 1.0 : f32
      %r = arith.constant 0.0 : f32
      %cond = arith.trunci %c1 : i8 to i1
      %0 = arith.select %cond, %l, %r : f32
      linalg.yield %0 : f32
    } -> tensor<64x10xf32>
    %d = linalg.generic {indexing_maps = [#mn, #mn, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%soft, %one : tensor<64x10xf32>, tensor<64x10xf32>) outs(%full : tensor<64x10xf32>)
        attrs = {dlc.rows = array<i64: 1, 0>} {
    ^bb0(%l: f32, %r: f32, %out: f32):
      %0 = arith.subf %l, %r : f32
      linalg.yield %0 : f32
    } -> tensor<64x10xf32>
    %dx = linalg.generic {indexing_maps = [#mn, #scalar, #mn], iterator_types = ["parallel", "parallel"]}
        ins(%d, %scale : tensor<64x10xf32>, tensor<f32>) outs(%full : tensor<64x10xf32>)
        attrs = {dlc.rows = array<i64: 1, 0>} {
    ^bb0(%l: f32, %r: f32, %out: f32):
      %0 = arith.mulf %l, %r : f32
      linalg.yield %0 : f32
    } -> tensor<64x10xf32>
    return %loss, %dx : tensor<64xf32>, tensor<64x10xf32>
  }

  // argmax(x) == label per row, as f32: the marked reduction has two results.
  func.func private @mlp.accuracy(%x: tensor<64x10xf32>, %label: tensor<64xi32>) -> tensor<64xf32>
      attributes {dlc.kernel = "accuracy", dlc.line = 10 : i64, dlc.phase = "forward",
                  dlc.flops = 768 : i64, dlc.bytes = 3072 : i64, dlc.parallel_dims = 1 : i64} {
    %ninf = arith.constant 0xFF800000 : f32
    %c0 = arith.constant 0 : i32
    %values = tensor.empty() : tensor<64xf32>
    %indices = tensor.empty() : tensor<64xi32>
    %bools = tensor.empty() : tensor<64xi8>
    %v0 = linalg.fill {dlc.rows = array<i64: 1>} ins(%ninf : f32) outs(%values : tensor<64xf32>) -> tensor<64xf32>
    %i0 = linalg.fill {dlc.rows = array<i64: 1>} ins(%c0 : i32) outs(%indices : tensor<64xi32>) -> tensor<64xi32>
    %best:2 = linalg.generic {indexing_maps = [#mn, #m, #m], iterator_types = ["parallel", "reduction"]}
        ins(%x : tensor<64x10xf32>) outs(%v0, %i0 : tensor<64xf32>, tensor<64xi32>)
        attrs = {dlc.arg_reduce = "max", dlc.rows = array<i64: 1, 0>} {
    ^bb0(%e: f32, %v: f32, %i: i32):
      %n = linalg.index 1 : index
      %ni = arith.index_cast %n : index to i32
      %gt = arith.cmpf ogt, %e, %v : f32
      %nan = arith.cmpf uno, %e, %e : f32
      %ord = arith.cmpf ord, %v, %v : f32
      %first = arith.andi %nan, %ord : i1
      %take = arith.ori %gt, %first : i1
      %v1 = arith.select %take, %e, %v : f32
      %i1 = arith.select %take, %ni, %i : i32
      linalg.yield %v1, %i1 : f32, i32
    } -> (tensor<64xf32>, tensor<64xi32>)
    %hit = linalg.generic {indexing_maps = [#i, #i, #i], iterator_types = ["parallel"]}
        ins(%best#1, %label : tensor<64xi32>, tensor<64xi32>) outs(%bools : tensor<64xi8>)
        attrs = {dlc.rows = array<i64: 1>} {
    ^bb0(%l: i32, %r: i32, %out: i8):
      %0 = arith.cmpi eq, %l, %r : i32
      %1 = arith.extui %0 : i1 to i8
      linalg.yield %1 : i8
    } -> tensor<64xi8>
    %f = linalg.generic {indexing_maps = [#i, #i], iterator_types = ["parallel"]}
        ins(%hit : tensor<64xi8>) outs(%values : tensor<64xf32>) attrs = {dlc.rows = array<i64: 1>} {
    ^bb0(%l: i8, %out: f32):
      %c = arith.trunci %l : i8 to i1
      %0 = arith.uitofp %c : i1 to f32
      linalg.yield %0 : f32
    } -> tensor<64xf32>
    return %f : tensor<64xf32>
  }

  // p = 1: the column n = d0; d1 = the batch, which stops at the rows given.
  // b' = b - lr * sum over the batch of dy.
  func.func private @mlp.dense.bias.update(%dy: tensor<64x300xf32>, %b: tensor<300xf32>, %lr: tensor<f32>)
      -> tensor<300xf32>
      attributes {dlc.kernel = "dense.bias.update", dlc.line = 4 : i64, dlc.phase = "update",
                  dlc.flops = 19800 : i64, dlc.bytes = 79204 : i64, dlc.parallel_dims = 1 : i64} {
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<300xf32>
    %g0 = linalg.fill {dlc.rows = array<i64: 0>} ins(%zero : f32) outs(%empty : tensor<300xf32>) -> tensor<300xf32>
    %g = linalg.generic {indexing_maps = [#nm, #m], iterator_types = ["parallel", "reduction"]}
        ins(%dy : tensor<64x300xf32>) outs(%g0 : tensor<300xf32>) attrs = {dlc.rows = array<i64: 0, 1>} {
    ^bb0(%in: f32, %acc: f32):
      %0 = arith.addf %acc, %in : f32
      linalg.yield %0 : f32
    } -> tensor<300xf32>
    %step = linalg.generic {indexing_maps = [#none, #i, #i], iterator_types = ["parallel"]}
        ins(%lr, %g : tensor<f32>, tensor<300xf32>) outs(%empty : tensor<300xf32>)
        attrs = {dlc.rows = array<i64: 0>} {
    ^bb0(%l: f32, %r: f32, %out: f32):
      %0 = arith.mulf %l, %r : f32
      linalg.yield %0 : f32
    } -> tensor<300xf32>
    %b1 = linalg.generic {indexing_maps = [#i, #i, #i], iterator_types = ["parallel"]}
        ins(%b, %step : tensor<300xf32>, tensor<300xf32>) outs(%empty : tensor<300xf32>)
        attrs = {dlc.rows = array<i64: 0>} {
    ^bb0(%l: f32, %r: f32, %out: f32):
      %0 = arith.subf %l, %r : f32
      linalg.yield %0 : f32
    } -> tensor<300xf32>
    return %b1 : tensor<300xf32>
  }

  // p = 0: the mean over the given rows; the last generics have no loops.
  func.func private @mlp.loss.mean(%x: tensor<64xf32>, %rows: tensor<i64>) -> tensor<f32>
      attributes {dlc.kernel = "loss.mean", dlc.line = 9 : i64, dlc.phase = "forward",
                  dlc.flops = 66 : i64, dlc.bytes = 268 : i64, dlc.parallel_dims = 0 : i64} {
    %zero = arith.constant 0.0 : f32
    %empty = tensor.empty() : tensor<f32>
    %s0 = linalg.fill {dlc.rows = array<i64>} ins(%zero : f32) outs(%empty : tensor<f32>) -> tensor<f32>
    %s = linalg.generic {indexing_maps = [#i, #none], iterator_types = ["reduction"]}
        ins(%x : tensor<64xf32>) outs(%s0 : tensor<f32>) attrs = {dlc.rows = array<i64: 1>} {
    ^bb0(%in: f32, %acc: f32):
      %0 = arith.addf %acc, %in : f32
      linalg.yield %0 : f32
    } -> tensor<f32>
    %n = linalg.generic {indexing_maps = [#empty, #empty], iterator_types = []}
        ins(%rows : tensor<i64>) outs(%empty : tensor<f32>) attrs = {dlc.rows = array<i64>} {
    ^bb0(%l: i64, %out: f32):
      %0 = arith.sitofp %l : i64 to f32
      linalg.yield %0 : f32
    } -> tensor<f32>
    %mean = linalg.generic {indexing_maps = [#empty, #empty, #empty], iterator_types = []}
        ins(%s, %n : tensor<f32>, tensor<f32>) outs(%empty : tensor<f32>) attrs = {dlc.rows = array<i64>} {
    ^bb0(%l: f32, %r: f32, %out: f32):
      %0 = arith.divf %l, %r : f32
      linalg.yield %0 : f32
    } -> tensor<f32>
    return %mean : tensor<f32>
  }
}
