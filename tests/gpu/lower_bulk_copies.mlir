// RUN: dlcc-opt %s --dlc-gpu-lower-kernels | FileCheck %s

// Where both factors have k along memory a warp of its own copies boxes of them,
// four stages ahead of those that multiply.
// CHECK: func.func private @product(
// CHECK-SAME: block = 288 : i64
// CHECK-SAME: maps = [{box = array<i64: 32, 128>, buffer = 0 : i64, element = tf32, extents = array<i64: 2048, 2048>, offset = 0 : i64, row_bytes = 8192 : i64, rows_of_row = 0 : i64},
// CHECK-SAME:         {box = array<i64: 32, 256>, buffer = 1 : i64, element = tf32,
// CHECK-SAME: shared = 196672 : i64
// CHECK: llvm.func @product({{.*}}, %{{.*}}: i32, %[[A:.*]]: !llvm.ptr {llvm.align = 64 : i64, llvm.byval = !llvm.array<128 x i8>, nvvm.grid_constant}, %[[B:[^:]*]]: !llvm.ptr
// CHECK-SAME: nvvm.reqntid = array<i32: 288>
// CHECK-COUNT-8: nvvm.mbarrier.init
// CHECK: nvvm.fence.mbarrier.init
// CHECK: nvvm.barrier0

// The copier waits for a place from the fifth stage on.
// CHECK: scf.for
// CHECK: scf.if
// CHECK: nvvm.mbarrier.try_wait.parity
// CHECK: nvvm.mbarrier.arrive.expect_tx %{{.*}}, %c49152_i32
// CHECK: nvvm.cp.async.bulk.tensor.shared.cluster.global %{{.*}}, %[[A]]
// CHECK: nvvm.cp.async.bulk.tensor.shared.cluster.global %{{.*}}, %[[B]]

// CHECK: scf.for
// CHECK: nvvm.mbarrier.try_wait.parity
// CHECK: nvvm.wgmma.fence.aligned
// CHECK-COUNT-4: nvvm.wgmma.mma_async
// CHECK: nvvm.wgmma.wait.group.sync.aligned 0
// CHECK: nvvm.mbarrier.arrive %
// CHECK-NOT: nvvm.barrier0

// A box begins at a multiple of 16 bytes: rows of 1022 numbers do not, and come
// through registers.
// CHECK: llvm.func @unaligned({{.*}}, %{{.*}}: i32) attributes
// CHECK-NOT: mbarrier
#mk = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>
module attributes {dlc.target = #dlc.target<kind = "cuda", triple = "nvptx64-nvidia-cuda", cpu = "sm_90a", features = "", vector_bytes = 16, registers = 255, alignment = 256, l1_bytes = 232448, l2_bytes = 52428800, l3_bytes = 0>} {
func.func @entry(%x: memref<2048x2048xf32>, %w: memref<2048x2048xf32>, %y: memref<2048x2048xf32>,
                 %u: memref<2048x1022xf32>, %v: memref<2048x1022xf32>) attributes {dlc.entry = "forward"} {
  call @product(%x, %w, %y) : (memref<2048x2048xf32>, memref<2048x2048xf32>, memref<2048x2048xf32>) -> ()
  call @unaligned(%u, %v, %y) : (memref<2048x1022xf32>, memref<2048x1022xf32>, memref<2048x2048xf32>) -> ()
  return
}
func.func private @product(%x: memref<2048x2048xf32>, %w: memref<2048x2048xf32>, %y: memref<2048x2048xf32>)
    attributes {dlc.kernel = "product", dlc.unit = "tf32"} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %x restrict : memref<2048x2048xf32> to tensor<2048x2048xf32>
  %1 = bufferization.to_tensor %w restrict : memref<2048x2048xf32> to tensor<2048x2048xf32>
  %e = tensor.empty() : tensor<2048x2048xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<2048x2048xf32>) -> tensor<2048x2048xf32>
  %s = linalg.generic {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%0, %1 : tensor<2048x2048xf32>, tensor<2048x2048xf32>) outs(%s0 : tensor<2048x2048xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %2 = arith.mulf %a, %b : f32
    %3 = arith.addf %acc, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<2048x2048xf32>
  bufferization.materialize_in_destination %s in restrict writable %y : (tensor<2048x2048xf32>, memref<2048x2048xf32>) -> ()
  return
}
func.func private @unaligned(%x: memref<2048x1022xf32>, %w: memref<2048x1022xf32>, %y: memref<2048x2048xf32>)
    attributes {dlc.kernel = "unaligned", dlc.unit = "tf32"} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %x restrict : memref<2048x1022xf32> to tensor<2048x1022xf32>
  %1 = bufferization.to_tensor %w restrict : memref<2048x1022xf32> to tensor<2048x1022xf32>
  %e = tensor.empty() : tensor<2048x2048xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<2048x2048xf32>) -> tensor<2048x2048xf32>
  %s = linalg.generic {indexing_maps = [#mk, #nk, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%0, %1 : tensor<2048x1022xf32>, tensor<2048x1022xf32>) outs(%s0 : tensor<2048x2048xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %2 = arith.mulf %a, %b : f32
    %3 = arith.addf %acc, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<2048x2048xf32>
  bufferization.materialize_in_destination %s in restrict writable %y : (tensor<2048x2048xf32>, memref<2048x2048xf32>) -> ()
  return
}
}
