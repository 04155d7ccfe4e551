// RUN: dlcc-opt %s --dlc-gpu-lower-kernels --split-input-file | FileCheck %s

// Factors are rounded to bf16 in pairs, once, on their way through registers
// into shared memory; a stage is loaded before the products of the one before it
// and stored behind them. Fragments come by ldmatrix, sums are in f32.
// CHECK-LABEL: llvm.func @rounded(
// CHECK: nvvm.convert.f32x2.to.bf16x2
// CHECK: scf.for
// CHECK:   nvvm.barrier0
// CHECK:   llvm.load {{.*}} : !llvm.ptr<1> -> f32
// CHECK:   arith.xori
// CHECK:   nvvm.ldmatrix {{.*}}num = 4 : i32
// CHECK-NOT: nvvm.convert
// CHECK:   nvvm.mma.sync A[%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}] B[%{{.*}}, %{{.*}}] C[%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}]
// CHECK-SAME: multiplicandAPtxType = #nvvm.mma_type<bf16>
// CHECK-SAME: shape = #nvvm.shape<m = 16, n = 8, k = 16>
// CHECK:   %[[PAIR:.*]] = nvvm.convert.f32x2.to.bf16x2 %{{.*}}, %{{.*}} {rnd = #nvvm.fp_rnd_mode<rn>} : vector<2xbf16>
// CHECK:   llvm.bitcast %[[PAIR]] : vector<2xbf16> to i32
// CHECK:   llvm.store {{.*}} : vector<{{.*}}xi32>, !llvm.ptr<3>
// CHECK-NOT: math.fma
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
module attributes {dlc.target = #dlc.target<kind = "cuda", triple = "nvptx64-nvidia-cuda", cpu = "sm_90", features = "", vector_bytes = 16, registers = 255, alignment = 256, l1_bytes = 232448, l2_bytes = 52428800, l3_bytes = 0>} {
func.func private @rounded(%x: memref<33x65xf32>, %w: memref<65x47xf32>, %y: memref<33x47xf32>)
    attributes {dlc.kernel = "rounded", dlc.unit = "bf16"} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %x restrict : memref<33x65xf32> to tensor<33x65xf32>
  %1 = bufferization.to_tensor %w restrict : memref<65x47xf32> to tensor<65x47xf32>
  %e = tensor.empty() : tensor<33x47xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<33x47xf32>) -> tensor<33x47xf32>
  %s = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%0, %1 : tensor<33x65xf32>, tensor<65x47xf32>) outs(%s0 : tensor<33x47xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %an = arith.truncf %a : f32 to bf16
    %bn = arith.truncf %b : f32 to bf16
    %aw = arith.extf %an : bf16 to f32
    %bw = arith.extf %bn : bf16 to f32
    %2 = arith.mulf %aw, %bw : f32
    %3 = arith.addf %acc, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<33x47xf32>
  bufferization.materialize_in_destination %s in restrict writable %y : (tensor<33x47xf32>, memref<33x47xf32>) -> ()
  return
}
}

// -----

// To tf32 likewise, one by one, and groups of four are aligned loads where k
// lies along memory.
// CHECK-LABEL: llvm.func @single(
// CHECK: scf.for
// CHECK:   llvm.load {{.*}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<4xf32>
// CHECK:   nvvm.ldmatrix
// CHECK:   nvvm.mma.sync
// CHECK-SAME: multiplicandAPtxType = #nvvm.mma_type<tf32>
// CHECK-SAME: shape = #nvvm.shape<m = 16, n = 8, k = 8>
// CHECK:   nvvm.convert.float.to.tf32 %{{.*}} {rnd = #nvvm.fp_rnd_mode<rna>}
// CHECK:   llvm.store {{.*}} {alignment = 16 : i64} : vector<4xi32>, !llvm.ptr<3>
#mk = affine_map<(m, n, k) -> (m, k)>
#nk = affine_map<(m, n, k) -> (n, k)>
#mn = affine_map<(m, n, k) -> (m, n)>
module attributes {dlc.target = #dlc.target<kind = "cuda", triple = "nvptx64-nvidia-cuda", cpu = "sm_80", features = "", vector_bytes = 16, registers = 255, alignment = 256, l1_bytes = 166912, l2_bytes = 41943040, l3_bytes = 0>} {
func.func @entry(%x: memref<2048x2048xf32>, %w: memref<2048x2048xf32>, %y: memref<2048x2048xf32>) attributes {dlc.entry = "forward"} {
  call @single(%x, %w, %y) : (memref<2048x2048xf32>, memref<2048x2048xf32>, memref<2048x2048xf32>) -> ()
  return
}
func.func private @single(%x: memref<2048x2048xf32>, %w: memref<2048x2048xf32>, %y: memref<2048x2048xf32>)
    attributes {dlc.kernel = "single", dlc.unit = "tf32"} {
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
}

// -----

// On a chip that has them, groups of four warps multiply while the threads
// round and store what the next stage gets. Their stores are fenced before the
// barrier, and sums are waited for behind them.
// CHECK-LABEL: llvm.func @grouped(
// CHECK: nvvm.fence.proxy
// CHECK: scf.for
// CHECK:   nvvm.barrier0
// CHECK:   llvm.ptrtoint %{{.*}} : !llvm.ptr<3> to i64
// CHECK:   nvvm.wgmma.fence.aligned
// CHECK:   nvvm.wgmma.mma_async {{.*}}<m = 64, n = 256, k = 8>, D[<f32>, <one>], A[<tf32>, <one>, <row>], B[<tf32>, <one>, <col>]
// CHECK:   nvvm.wgmma.mma_async
// CHECK:   nvvm.wgmma.commit.group.sync.aligned
// CHECK:   llvm.store {{.*}} !llvm.ptr<3>
// CHECK:   nvvm.fence.proxy
// CHECK:   nvvm.wgmma.wait.group.sync.aligned 0
// CHECK:   scf.yield
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
module attributes {dlc.target = #dlc.target<kind = "cuda", triple = "nvptx64-nvidia-cuda", cpu = "sm_90a", features = "", vector_bytes = 16, registers = 255, alignment = 256, l1_bytes = 166912, l2_bytes = 41943040, l3_bytes = 0>} {
func.func @entry(%x: memref<2048x2048xf32>, %w: memref<2048x2048xf32>, %y: memref<2048x2048xf32>) attributes {dlc.entry = "forward"} {
  call @grouped(%x, %w, %y) : (memref<2048x2048xf32>, memref<2048x2048xf32>, memref<2048x2048xf32>) -> ()
  return
}
func.func private @grouped(%x: memref<2048x2048xf32>, %w: memref<2048x2048xf32>, %y: memref<2048x2048xf32>)
    attributes {dlc.kernel = "grouped", dlc.unit = "tf32"} {
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
