// RUN: dlcc-opt %s --dlc-lower-kernels --split-input-file | FileCheck %s

// Three rows, and weights that lie along k: inner products. The rest of k, which
// is no multiple of 16, is masked; lanes are added by halves.
// CHECK-LABEL: func.func private @dot_f32_{{[0-9]x[0-9]}}_columns(
// CHECK: scf.for {{.*}} iter_args
// CHECK: llvm.intr.masked.load
// CHECK: vector.shuffle {{.*}} [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23]
// CHECK: vector.shuffle {{.*}} [8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31]
// CHECK: arith.addf
// CHECK-LABEL: func.func private @few_rows(
// CHECK-NOT: call @pack
// CHECK: call @dot_f32_{{[0-9]x[0-9]}}_columns(
// CHECK-NOT: call @microkernel
// CHECK: return
#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func private @few_rows(%a: memref<3x100xf32>, %b: memref<50x100xf32>, %c: memref<3x50xf32>)
    attributes {dlc.kernel = "few_rows"} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %a restrict : memref<3x100xf32> to tensor<3x100xf32>
  %1 = bufferization.to_tensor %b restrict : memref<50x100xf32> to tensor<50x100xf32>
  %e = tensor.empty() : tensor<3x50xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<3x50xf32>) -> tensor<3x50xf32>
  %s = linalg.generic {indexing_maps = [#a, #b, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%0, %1 : tensor<3x100xf32>, tensor<50x100xf32>) outs(%s0 : tensor<3x50xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %2 = arith.mulf %x, %y : f32
    %3 = arith.addf %o, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<3x50xf32>
  bufferization.materialize_in_destination %s in restrict writable %c : (tensor<3x50xf32>, memref<3x50xf32>) -> ()
  return
}

// -----

// Three columns: the few are copied to lie along k.
// CHECK-LABEL: func.func private @few_columns(
// CHECK-NOT: call
// CHECK: scf.for
// CHECK: scf.for
// CHECK: llvm.load
// CHECK: llvm.store
// CHECK: call @dot_f32_{{[0-9]x[0-9]}}_rows(
#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func private @few_columns(%a: memref<50x100xf32>, %b: memref<100x3xf32>, %c: memref<50x3xf32>)
    attributes {dlc.kernel = "few_columns"} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %a restrict : memref<50x100xf32> to tensor<50x100xf32>
  %1 = bufferization.to_tensor %b restrict : memref<100x3xf32> to tensor<100x3xf32>
  %e = tensor.empty() : tensor<50x3xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<50x3xf32>) -> tensor<50x3xf32>
  %s = linalg.generic {indexing_maps = [#a, #b, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%0, %1 : tensor<50x100xf32>, tensor<100x3xf32>) outs(%s0 : tensor<50x3xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %2 = arith.mulf %x, %y : f32
    %3 = arith.addf %o, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<50x3xf32>
  bufferization.materialize_in_destination %s in restrict writable %c : (tensor<50x3xf32>, memref<50x3xf32>) -> ()
  return
}

// -----

// Three columns, and rows that do not lie along k: the transposed product, whose
// tiles are turned before the epilogue.
// CHECK-LABEL: func.func private @transposed(
// CHECK: call @microkernel_f32_
// CHECK: call @pack_f32_
// CHECK: return
#a = affine_map<(m, n, k) -> (k, m)>
#b = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func private @transposed(%a: memref<300x200xf32>, %b: memref<300x3xf32>, %c: memref<200x3xf32>)
    attributes {dlc.kernel = "transposed"} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %a restrict : memref<300x200xf32> to tensor<300x200xf32>
  %1 = bufferization.to_tensor %b restrict : memref<300x3xf32> to tensor<300x3xf32>
  %e = tensor.empty() : tensor<200x3xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<200x3xf32>) -> tensor<200x3xf32>
  %s = linalg.generic {indexing_maps = [#a, #b, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%0, %1 : tensor<300x200xf32>, tensor<300x3xf32>) outs(%s0 : tensor<200x3xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %2 = arith.mulf %x, %y : f32
    %3 = arith.addf %o, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<200x3xf32>
  bufferization.materialize_in_destination %s in restrict writable %c : (tensor<200x3xf32>, memref<200x3xf32>) -> ()
  return
}

// -----

// Too little to add up lanes for.
// CHECK-LABEL: func.func private @shallow(
// CHECK-NOT: call @dot
// CHECK: call @microkernel_f32_
#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func private @shallow(%a: memref<3x20xf32>, %b: memref<50x20xf32>, %c: memref<3x50xf32>)
    attributes {dlc.kernel = "shallow"} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %a restrict : memref<3x20xf32> to tensor<3x20xf32>
  %1 = bufferization.to_tensor %b restrict : memref<50x20xf32> to tensor<50x20xf32>
  %e = tensor.empty() : tensor<3x50xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<3x50xf32>) -> tensor<3x50xf32>
  %s = linalg.generic {indexing_maps = [#a, #b, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%0, %1 : tensor<3x20xf32>, tensor<50x20xf32>) outs(%s0 : tensor<3x50xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %2 = arith.mulf %x, %y : f32
    %3 = arith.addf %o, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<3x50xf32>
  bufferization.materialize_in_destination %s in restrict writable %c : (tensor<3x50xf32>, memref<3x50xf32>) -> ()
  return
}
