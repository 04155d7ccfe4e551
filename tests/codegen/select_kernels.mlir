// RUN: dlcc-opt %s --dlc-select-kernels --split-input-file | FileCheck %s

// 2^19 elements of 8 bytes and two operations are 470 microseconds: 23 tasks.
// Nothing is kept between passes.
// CHECK-LABEL: func.func private @relu
// CHECK-SAME: dlc.scratch = 0 : i64
// CHECK-SAME: dlc.tasks = 23 : i64
#mn = affine_map<(m, n) -> (m, n)>
func.func private @relu(%x: tensor<1024x512xf32>) -> tensor<1024x512xf32>
    attributes {dlc.kernel = "relu", dlc.parallel_dims = 2 : i64} {
  %e = tensor.empty() : tensor<1024x512xf32>
  %y = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<1024x512xf32>) outs(%e : tensor<1024x512xf32>) {
  ^bb0(%l: f32, %o: f32):
    %zero = arith.constant 0.0 : f32
    %0 = arith.cmpf ogt, %l, %zero : f32
    %1 = arith.select %0, %l, %zero : f32
    linalg.yield %1 : f32
  } -> tensor<1024x512xf32>
  return %y : tensor<1024x512xf32>
}

// -----

// Too little work to share.
// CHECK-LABEL: func.func private @small
// CHECK-SAME: dlc.tasks = 1 : i64
#i = affine_map<(i) -> (i)>
func.func private @small(%x: tensor<300xf32>) -> tensor<300xf32>
    attributes {dlc.kernel = "small", dlc.parallel_dims = 1 : i64} {
  %e = tensor.empty() : tensor<300xf32>
  %y = linalg.generic {indexing_maps = [#i, #i], iterator_types = ["parallel"]}
      ins(%x : tensor<300xf32>) outs(%e : tensor<300xf32>) {
  ^bb0(%l: f32, %o: f32):
    %0 = arith.negf %l : f32
    linalg.yield %0 : f32
  } -> tensor<300xf32>
  return %y : tensor<300xf32>
}

// -----

// What is one task of cheap work is two of exponentials.
// CHECK-LABEL: func.func private @cheap
// CHECK-SAME: dlc.tasks = 1 : i64
// CHECK-LABEL: func.func private @dear
// CHECK-SAME: dlc.tasks = 2 : i64
#i = affine_map<(i) -> (i)>
func.func private @cheap(%x: tensor<32768xf32>) -> tensor<32768xf32>
    attributes {dlc.kernel = "cheap", dlc.parallel_dims = 1 : i64} {
  %e = tensor.empty() : tensor<32768xf32>
  %y = linalg.generic {indexing_maps = [#i, #i], iterator_types = ["parallel"]}
      ins(%x : tensor<32768xf32>) outs(%e : tensor<32768xf32>) {
  ^bb0(%l: f32, %o: f32):
    %0 = arith.negf %l : f32
    linalg.yield %0 : f32
  } -> tensor<32768xf32>
  return %y : tensor<32768xf32>
}
func.func private @dear(%x: tensor<32768xf32>) -> tensor<32768xf32>
    attributes {dlc.kernel = "dear", dlc.parallel_dims = 1 : i64} {
  %e = tensor.empty() : tensor<32768xf32>
  %y = linalg.generic {indexing_maps = [#i, #i], iterator_types = ["parallel"]}
      ins(%x : tensor<32768xf32>) outs(%e : tensor<32768xf32>) {
  ^bb0(%l: f32, %o: f32):
    %0 = math.exp %l : f32
    linalg.yield %0 : f32
  } -> tensor<32768xf32>
  return %y : tensor<32768xf32>
}

// -----

// A row of exponentials is read by the pass that sums it and by the one that
// divides: 100 of four bytes, rounded up to whole cache lines.
// CHECK-LABEL: func.func private @softmax
// CHECK-SAME: dlc.scratch = 448 : i64
#mn = affine_map<(m, n) -> (m, n)>
#m = affine_map<(m, n) -> (m)>
func.func private @softmax(%x: tensor<64x100xf32>) -> tensor<64x100xf32>
    attributes {dlc.kernel = "softmax", dlc.parallel_dims = 1 : i64} {
  %zero = arith.constant 0.0 : f32
  %rows = tensor.empty() : tensor<64xf32>
  %full = tensor.empty() : tensor<64x100xf32>
  %e = linalg.generic {indexing_maps = [#mn, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<64x100xf32>) outs(%full : tensor<64x100xf32>) {
  ^bb0(%l: f32, %o: f32):
    %0 = math.exp %l : f32
    linalg.yield %0 : f32
  } -> tensor<64x100xf32>
  %sum0 = linalg.fill ins(%zero : f32) outs(%rows : tensor<64xf32>) -> tensor<64xf32>
  %sum = linalg.generic {indexing_maps = [#mn, #m], iterator_types = ["parallel", "reduction"]}
      ins(%e : tensor<64x100xf32>) outs(%sum0 : tensor<64xf32>) {
  ^bb0(%in: f32, %acc: f32):
    %0 = arith.addf %acc, %in : f32
    linalg.yield %0 : f32
  } -> tensor<64xf32>
  %y = linalg.generic {indexing_maps = [#mn, #m, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%e, %sum : tensor<64x100xf32>, tensor<64xf32>) outs(%full : tensor<64x100xf32>) {
  ^bb0(%l: f32, %r: f32, %o: f32):
    %0 = arith.divf %l, %r : f32
    linalg.yield %0 : f32
  } -> tensor<64x100xf32>
  return %y : tensor<64x100xf32>
}
