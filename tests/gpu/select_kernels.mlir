// RUN: dlcc-opt %s --dlc-gpu-select-kernels | FileCheck %s --check-prefix=F32
// RUN: dlcc-opt %s --dlc-gpu-select-kernels=tensor-float | FileCheck %s --check-prefix=TF32

// Factors of f32 stay what they are unless that is allowed to change.
// F32: func.func private @product
// F32-SAME: dlc.algorithm = "fma {{[0-9]+x[0-9]+}}"
// F32-SAME: dlc.scratch = 0 : i64
// F32-NOT: dlc.unit
// F32-SAME: dlc.tasks =
// TF32: func.func private @product
// TF32-SAME: dlc.algorithm = "tf32 mma {{[0-9]+x[0-9]+}}"
// TF32-SAME: dlc.unit = "tf32"
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
module attributes {dlc.target = #dlc.target<kind = "cuda", triple = "nvptx64-nvidia-cuda", cpu = "sm_90", features = "", vector_bytes = 16, registers = 255, alignment = 256, l1_bytes = 232448, l2_bytes = 52428800, l3_bytes = 0>} {
func.func private @product(%x: tensor<33x65xf32>, %w: tensor<65x47xf32>) -> tensor<33x47xf32>
    attributes {dlc.kernel = "product"} {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<33x47xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<33x47xf32>) -> tensor<33x47xf32>
  %s = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x, %w : tensor<33x65xf32>, tensor<65x47xf32>) outs(%s0 : tensor<33x47xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %2 = arith.mulf %a, %b : f32
    %3 = arith.addf %acc, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<33x47xf32>
  return %s : tensor<33x47xf32>
}
}
