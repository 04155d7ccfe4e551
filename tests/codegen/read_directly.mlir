// RUN: dlcc-opt %s --dlc-lower-kernels --split-input-file | FileCheck %s

// The rows of both operands are read as they lie.
// CHECK-LABEL: func.func private @whole(
// CHECK-NOT: call @pack
// CHECK: call @microkernel_f32_4x8_rows64_step16_ahead
// CHECK-NOT: call @pack
// CHECK: return
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func private @whole(%a: memref<8x64xf32>, %b: memref<64x16xf32>, %c: memref<8x16xf32>)
    attributes {dlc.kernel = "whole"} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %a restrict : memref<8x64xf32> to tensor<8x64xf32>
  %1 = bufferization.to_tensor %b restrict : memref<64x16xf32> to tensor<64x16xf32>
  %e = tensor.empty() : tensor<8x16xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<8x16xf32>) -> tensor<8x16xf32>
  %s = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%0, %1 : tensor<8x64xf32>, tensor<64x16xf32>) outs(%s0 : tensor<8x16xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %2 = arith.mulf %x, %y : f32
    %3 = arith.addf %o, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<8x16xf32>
  bufferization.materialize_in_destination %s in restrict writable %c : (tensor<8x16xf32>, memref<8x16xf32>) -> ()
  return
}

// -----

// Rows of a power of two fall on the same sets of the cache.
// CHECK-LABEL: func.func private @conflicts(
// CHECK: call @pack_f32_rows_8(
// CHECK: call @microkernel_f32_4x8_rows64_ahead
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func private @conflicts(%a: memref<8x64xf32>, %b: memref<64x4096xf32>, %c: memref<8x4096xf32>)
    attributes {dlc.kernel = "conflicts"} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %a restrict : memref<8x64xf32> to tensor<8x64xf32>
  %1 = bufferization.to_tensor %b restrict : memref<64x4096xf32> to tensor<64x4096xf32>
  %e = tensor.empty() : tensor<8x4096xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<8x4096xf32>) -> tensor<8x4096xf32>
  %s = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%0, %1 : tensor<8x64xf32>, tensor<64x4096xf32>) outs(%s0 : tensor<8x4096xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %2 = arith.mulf %x, %y : f32
    %3 = arith.addf %o, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<8x4096xf32>
  bufferization.materialize_in_destination %s in restrict writable %c : (tensor<8x4096xf32>, memref<8x4096xf32>) -> ()
  return
}

// -----

// The caller's array ends with the rows of the call: where a tile does not have
// all of its four, those that are there are listed.
// CHECK-LABEL: func.func private @given(
// CHECK: call @microkernel_f32_4x8_rows64_step16_ahead
// CHECK: call @microkernel_f32_4x8_line_step16_ahead
// CHECK-NOT: call @microkernel
// CHECK: return
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func private @given(%a: memref<8x64xf32>, %b: memref<64x16xf32>, %c: memref<8x16xf32>)
    attributes {dlc.kernel = "given"} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %a restrict : memref<8x64xf32> to tensor<8x64xf32>
  %1 = bufferization.to_tensor %b restrict : memref<64x16xf32> to tensor<64x16xf32>
  %e = tensor.empty() : tensor<8x16xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<8x16xf32>) -> tensor<8x16xf32>
  %s = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%0, %1 : tensor<8x64xf32>, tensor<64x16xf32>) outs(%s0 : tensor<8x16xf32>)
      attrs = {dlc.rows = array<i64: 1, 0, 0>} {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %2 = arith.mulf %x, %y : f32
    %3 = arith.addf %o, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<8x16xf32>
  bufferization.materialize_in_destination %s in restrict writable %c : (tensor<8x16xf32>, memref<8x16xf32>) -> ()
  return
}
