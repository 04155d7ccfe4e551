// RUN: dlcc-opt %s --dlc-gpu-lower-kernels --canonicalize --cse | FileCheck %s

// Tiles of both operands pass through shared memory in stages, copied behind
// the threads' backs; k is split, so that the chip is busy, and a second launch
// adds up the parts in order.
// CHECK: func.func private @product(memref<256x4096xf32>, memref<4096x256xf32>, memref<256x256xf32>)
// CHECK-SAME: dlc.launches = {{\[\[}}{block = 256 : i64, entry = "product", grid = array<i64: [[BLOCKS:[0-9]+]], 1, 1>, shared = {{[1-9][0-9]*}} : i64},
// CHECK-SAME: {block = 256 : i64, entry = "product$sum", grid = array<i64: 64, 1, 1>, shared = 0 : i64}]
// CHECK: llvm.mlir.global external @dlcc$dynamic() {addr_space = 3 : i32, alignment = 1024 : i64} : !llvm.array<0 x i8>
// CHECK: llvm.func @product(
// CHECK: nvvm.cp.async.shared.global {{.*}}, 4, cache = ca
// CHECK: nvvm.cp.async.shared.global {{.*}}, 16, cache = cg
// CHECK: nvvm.cp.async.commit.group
// CHECK: scf.for
// CHECK:   nvvm.cp.async.wait.group 1
// CHECK:   nvvm.barrier0
// CHECK:   nvvm.cp.async.shared.global
// CHECK:   nvvm.cp.async.commit.group
// CHECK:   llvm.load {{.*}} {alignment = 16 : i64} : !llvm.ptr<3> -> vector<4xf32>
// CHECK:   math.fma {{.*}} : vector<4xf32>
// CHECK: nvvm.cp.async.wait.group 0
// CHECK: llvm.func @product$sum(
// CHECK: scf.for
// CHECK:   arith.addf {{.*}} : vector<4xf32>
// CHECK: llvm.store {{.*}} {alignment = 16 : i64} : vector<4xf32>, !llvm.ptr<1>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
module attributes {dlc.target = #dlc.target<kind = "cuda", triple = "nvptx64-nvidia-cuda", cpu = "sm_90", features = "", vector_bytes = 16, registers = 255, alignment = 256, l1_bytes = 232448, l2_bytes = 52428800, l3_bytes = 0>} {
func.func @entry(%x: memref<256x4096xf32>, %w: memref<4096x256xf32>, %y: memref<256x256xf32>) attributes {dlc.entry = "forward"} {
  call @product(%x, %w, %y) : (memref<256x4096xf32>, memref<4096x256xf32>, memref<256x256xf32>) -> ()
  return
}
func.func private @product(%x: memref<256x4096xf32>, %w: memref<4096x256xf32>, %y: memref<256x256xf32>)
    attributes {dlc.kernel = "product"} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %x restrict : memref<256x4096xf32> to tensor<256x4096xf32>
  %1 = bufferization.to_tensor %w restrict : memref<4096x256xf32> to tensor<4096x256xf32>
  %e = tensor.empty() : tensor<256x256xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<256x256xf32>) -> tensor<256x256xf32>
  %s = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%0, %1 : tensor<256x4096xf32>, tensor<4096x256xf32>) outs(%s0 : tensor<256x256xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %2 = arith.mulf %a, %b : f32
    %3 = arith.addf %acc, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<256x256xf32>
  bufferization.materialize_in_destination %s in restrict writable %y : (tensor<256x256xf32>, memref<256x256xf32>) -> ()
  return
}
}
