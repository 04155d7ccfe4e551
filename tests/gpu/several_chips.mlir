// RUN: dlcc-opt %s --dlc-gpu-lower-kernels | FileCheck %s

// Each chip has a module with the same functions and launches of its own: by
// warp groups in tiles of 128 by 256, by warps in tiles of 128 by 128.
// CHECK: func.func private @product(
// CHECK-SAME: dlc.launches = {{\[\[}}{block = 256 : i64, entry = "product", grid = array<i64: 128, 1, 1>, shared = 49152 : i64}],
// CHECK-SAME: [{block = 256 : i64, entry = "product", grid = array<i64: 256, 1, 1>, shared = 32768 : i64}]]
// CHECK: gpu.module @kernels.sm_90a
// CHECK: llvm.func @product(
// CHECK: nvvm.wgmma.mma_async
// CHECK: gpu.module @kernels.sm_90 {
// CHECK-NOT: nvvm.wgmma
// CHECK: llvm.func @product(
// CHECK: nvvm.mma.sync
// CHECK-NOT: nvvm.wgmma
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
#sm_90a = #dlc.target<kind = "cuda", triple = "nvptx64-nvidia-cuda", cpu = "sm_90a", features = "", vector_bytes = 16, registers = 255, alignment = 256, l1_bytes = 232448, l2_bytes = 52428800, l3_bytes = 0>
#sm_90 = #dlc.target<kind = "cuda", triple = "nvptx64-nvidia-cuda", cpu = "sm_90", features = "", vector_bytes = 16, registers = 255, alignment = 256, l1_bytes = 232448, l2_bytes = 52428800, l3_bytes = 0>
module attributes {dlc.target = #sm_90a, dlc.levels = [#sm_90a, #sm_90]} {
func.func @entry(%x: memref<2048x2048xf32>, %w: memref<2048x2048xf32>, %y: memref<2048x2048xf32>) attributes {dlc.entry = "forward"} {
  call @product(%x, %w, %y) : (memref<2048x2048xf32>, memref<2048x2048xf32>, memref<2048x2048xf32>) -> ()
  return
}
func.func private @product(%x: memref<2048x2048xf32>, %w: memref<2048x2048xf32>, %y: memref<2048x2048xf32>)
    attributes {dlc.kernel = "product", dlc.unit = "tf32"} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %x restrict : memref<2048x2048xf32> to tensor<2048x2048xf32>
  %1 = bufferization.to_tensor %w restrict : memref<2048x2048xf32> to tensor<2048x2048xf32>
  %e = tensor.empty() : tensor<2048x2048xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<2048x2048xf32>) -> tensor<2048x2048xf32>
  %s = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%0, %1 : tensor<2048x2048xf32>, tensor<2048x2048xf32>) outs(%s0 : tensor<2048x2048xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %2 = arith.mulf %a, %b : f32
    %3 = arith.addf %acc, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<2048x2048xf32>
  bufferization.materialize_in_destination %s in restrict writable %y : (tensor<2048x2048xf32>, memref<2048x2048xf32>) -> ()
  return
}
}
