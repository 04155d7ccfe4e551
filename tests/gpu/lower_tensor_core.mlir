// RUN: dlcc-opt %s --dlc-gpu-lower-kernels --split-input-file | FileCheck %s

// Factors that are rounded to bf16 are so in pairs on their way from shared
// memory to the tensor core, whose sums are in f32.
// CHECK-LABEL: llvm.func @rounded(
// CHECK: scf.for
// CHECK:   nvvm.barrier0
// CHECK:   %[[PAIR:.*]] = nvvm.convert.f32x2.to.bf16x2 %{{.*}}, %{{.*}} {rnd = #nvvm.fp_rnd_mode<rn>} : vector<2xbf16>
// CHECK:   %[[REGISTER:.*]] = llvm.bitcast %[[PAIR]] : vector<2xbf16> to i32
// CHECK:   nvvm.mma.sync A[%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}] B[%{{.*}}, %{{.*}}] C[%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}]
// CHECK-SAME: multiplicandAPtxType = #nvvm.mma_type<bf16>
// CHECK-SAME: shape = #nvvm.shape<m = 16, n = 8, k = 16>
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
