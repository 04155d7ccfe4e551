// Reductions and contractions keep their text; types follow from dims.
// RUN: dlcc-opt %s | dlcc-opt | FileCheck %s
// RUN: dlcc-opt %s -mlir-print-op-generic | dlcc-opt | FileCheck %s

// CHECK-LABEL: func.func @reductions
func.func @reductions(%x: tensor<4x3xf32, #dlc.dims<"batch", "">>) -> tensor<f32> {
  // CHECK: dlc.reduce sum %{{.*}} [1] : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %0 = dlc.reduce sum %x [1] : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.reduce prod %{{.*}} [0] : tensor<4xf32, #dlc.dims<"batch">>
  %1 = dlc.reduce prod %0 [0] : tensor<4xf32, #dlc.dims<"batch">>
  // CHECK: dlc.reduce max %{{.*}} [0, 1]
  %2 = dlc.reduce max %x [0, 1] : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.reduce min
  %3 = dlc.reduce min %x [] : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.arg_reduce max %{{.*}} 1
  // CHECK: dlc.neg %{{.*}} : tensor<4xi32, #dlc.dims<"batch">>
  %4 = dlc.arg_reduce max %x 1 : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %5 = dlc.neg %4 : tensor<4xi32, #dlc.dims<"batch">>
  return %1 : tensor<f32>
}

// CHECK-LABEL: func.func @contractions
func.func @contractions(%x: tensor<64x784xf32, #dlc.dims<"batch", "">>,
                        %w: tensor<300x784xf32>, %a: tensor<2x5x3xf64>,
                        %b: tensor<3x2x7xf64>) -> tensor<2x5x7xf64> {
  // CHECK: dlc.contract %{{.*}} [] [1], %{{.*}} [] [1] : tensor<64x784xf32, #dlc.dims<"batch", "">>, tensor<300x784xf32>
  // CHECK: dlc.neg %{{.*}} : tensor<64x300xf32, #dlc.dims<"batch", "">>
  %0 = dlc.contract %x [] [1], %w [] [1] : tensor<64x784xf32, #dlc.dims<"batch", "">>, tensor<300x784xf32>
  %1 = dlc.neg %0 : tensor<64x300xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.contract %{{.*}} [0] [2], %{{.*}} [1] [0] : tensor<2x5x3xf64>, tensor<3x2x7xf64>
  %2 = dlc.contract %a [0] [2], %b [1] [0] : tensor<2x5x3xf64>, tensor<3x2x7xf64>
  return %2 : tensor<2x5x7xf64>
}
