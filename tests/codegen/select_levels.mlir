// RUN: dlcc-opt %s --dlc-select-kernels | FileCheck %s

// Each level has tiles and tasks of its own; on the kernel stand those of the
// first, and the most scratch that one of them needs.
// CHECK-LABEL: func.func private @product
// CHECK-SAME: dlc.choices = [{dlc.product = "{{[^"]+}}", dlc.scratch = {{[0-9]+}} : i64, dlc.tasks = [[TASKS:[0-9]+]] : i64, dlc.tiles = array<i64: [[TILES:[^>]+]]>},
// CHECK-SAME: {dlc.product = "{{[^"]+}}", dlc.scratch = [[MOST:[0-9]+]] : i64, dlc.tasks = {{[0-9]+}} : i64, dlc.tiles = array<i64: {{[^>]+}}>}]
// CHECK-SAME: dlc.scratch = [[MOST]] : i64
// CHECK-SAME: dlc.tasks = [[TASKS]] : i64
// CHECK-SAME: dlc.tiles = array<i64: [[TILES]]>
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
#wide = #dlc.target<kind = "cpu", triple = "x86_64-unknown-linux-gnu",
    cpu = "x86-64-v4", features = "+avx512bw,+avx512dq,+avx512f,+avx512vl",
    vector_bytes = 64, registers = 32, alignment = 64, l1_bytes = 32768,
    l2_bytes = 65536, l3_bytes = 33554432>
#narrow = #dlc.target<kind = "cpu", triple = "x86_64-unknown-linux-gnu",
    cpu = "x86-64-v3", features = "+avx2,+fma",
    vector_bytes = 32, registers = 16, alignment = 64, l1_bytes = 32768,
    l2_bytes = 4194304, l3_bytes = 33554432>
module attributes {dlc.target = #narrow, dlc.levels = [#narrow, #wide]} {
  func.func private @product(%a: tensor<1024x2048xf32>, %b: tensor<2048x2048xf32>)
      -> tensor<1024x2048xf32> attributes {dlc.kernel = "product"} {
    %zero = arith.constant 0.0 : f32
    %e = tensor.empty() : tensor<1024x2048xf32>
    %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1024x2048xf32>) -> tensor<1024x2048xf32>
    %c = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
        ins(%a, %b : tensor<1024x2048xf32>, tensor<2048x2048xf32>) outs(%f : tensor<1024x2048xf32>) {
    ^bb0(%l: f32, %r: f32, %o: f32):
      %0 = arith.mulf %l, %r : f32
      %1 = arith.addf %o, %0 : f32
      linalg.yield %1 : f32
    } -> tensor<1024x2048xf32>
    return %c : tensor<1024x2048xf32>
  }
}
