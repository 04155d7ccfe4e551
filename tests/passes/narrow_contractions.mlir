// --precision=bf16: what is multiplied in a sum of products is rounded.
// RUN: dlcc-opt %s -dlc-narrow-contractions -canonicalize | FileCheck %s

#row = affine_map<(m, n, k) -> (m, k)>
#column = affine_map<(m, n, k) -> (k, n)>
#result = affine_map<(m, n, k) -> (m, n)>
#both = affine_map<(m, n) -> (m, n)>
#first = affine_map<(m, n) -> (m)>

// Sums stay in f32, and canonicalisation keeps the rounding.
// CHECK-LABEL: func.func @product
// CHECK: ^bb0(%[[A:.*]]: f32, %[[B:.*]]: f32, %[[SUM:.*]]: f32):
// CHECK-NEXT: %[[NARROW:.*]] = arith.truncf %[[A]] : f32 to bf16
// CHECK-NEXT: %[[X:.*]] = arith.extf %[[NARROW]] : bf16 to f32
// CHECK-NEXT: %[[OTHER:.*]] = arith.truncf %[[B]] : f32 to bf16
// CHECK-NEXT: %[[Y:.*]] = arith.extf %[[OTHER]] : bf16 to f32
// CHECK-NEXT: %[[P:.*]] = arith.mulf %[[X]], %[[Y]] : f32
// CHECK-NEXT: %[[S:.*]] = arith.addf %[[SUM]], %[[P]] : f32
// CHECK-NEXT: linalg.yield %[[S]] : f32
func.func @product(%a: tensor<4x8xf32>, %b: tensor<8x5xf32>, %c: tensor<4x5xf32>) -> tensor<4x5xf32> {
  %p = linalg.generic {indexing_maps = [#row, #column, #result],
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : tensor<4x8xf32>, tensor<8x5xf32>) outs(%c : tensor<4x5xf32>) {
  ^bb0(%x: f32, %y: f32, %sum: f32):
    %0 = arith.mulf %x, %y : f32
    %1 = arith.addf %sum, %0 : f32
    linalg.yield %1 : f32
  } -> tensor<4x5xf32>
  return %p : tensor<4x5xf32>
}

// Doubles, integers, and what is narrow in memory stay as they are.
// CHECK-LABEL: func.func @others
// CHECK-NOT: arith.truncf
// CHECK: return
func.func @others(%a: tensor<4x8xf64>, %b: tensor<8x5xf64>, %c: tensor<4x5xf64>,
                  %d: tensor<4x8xf16>, %e: tensor<8x5xf16>, %f: tensor<4x5xf32>)
    -> (tensor<4x5xf64>, tensor<4x5xf32>) {
  %p = linalg.generic {indexing_maps = [#row, #column, #result],
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%a, %b : tensor<4x8xf64>, tensor<8x5xf64>) outs(%c : tensor<4x5xf64>) {
  ^bb0(%x: f64, %y: f64, %sum: f64):
    %0 = arith.mulf %x, %y : f64
    %1 = arith.addf %sum, %0 : f64
    linalg.yield %1 : f64
  } -> tensor<4x5xf64>
  %q = linalg.generic {indexing_maps = [#row, #column, #result],
      iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%d, %e : tensor<4x8xf16>, tensor<8x5xf16>) outs(%f : tensor<4x5xf32>) {
  ^bb0(%x: f16, %y: f16, %sum: f32):
    %0 = arith.extf %x : f16 to f32
    %1 = arith.extf %y : f16 to f32
    %2 = arith.mulf %0, %1 : f32
    %3 = arith.addf %sum, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<4x5xf32>
  return %p, %q : tensor<4x5xf64>, tensor<4x5xf32>
}

// A product that sums nothing, and a sum without a product.
// CHECK-LABEL: func.func @parts
// CHECK-NOT: arith.truncf
// CHECK: return
func.func @parts(%a: tensor<4x5xf32>, %b: tensor<4x5xf32>, %c: tensor<4xf32>)
    -> (tensor<4x5xf32>, tensor<4xf32>) {
  %p = linalg.generic {indexing_maps = [#both, #both, #both],
      iterator_types = ["parallel", "parallel"]}
      ins(%a, %b : tensor<4x5xf32>, tensor<4x5xf32>) outs(%a : tensor<4x5xf32>) {
  ^bb0(%x: f32, %y: f32, %z: f32):
    %0 = arith.mulf %x, %y : f32
    %1 = arith.addf %z, %0 : f32
    linalg.yield %1 : f32
  } -> tensor<4x5xf32>
  %s = linalg.generic {indexing_maps = [#both, #first],
      iterator_types = ["parallel", "reduction"]}
      ins(%a : tensor<4x5xf32>) outs(%c : tensor<4xf32>) {
  ^bb0(%x: f32, %sum: f32):
    %0 = arith.addf %sum, %x : f32
    linalg.yield %0 : f32
  } -> tensor<4xf32>
  return %p, %s : tensor<4x5xf32>, tensor<4xf32>
}
