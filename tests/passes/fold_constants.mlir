// Ops on constants become constants, as the oracle computes them.
// RUN: dlcc-opt %s -dlc-fold-constants | FileCheck %s
// RUN: dlcc-opt %s -dlc-fold-constants=max-elements=3 | FileCheck %s --check-prefix=SMALL

// CHECK-LABEL: func.func @arithmetic
// CHECK-NEXT: dlc.constant dense<[2.500000e+00, 5.000000e+00, 7.500000e+00, 1.000000e+01]>
// SMALL-LABEL: func.func @arithmetic
// SMALL: dlc.mul
func.func @arithmetic() -> tensor<4xf32> {
  %a = dlc.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %b = dlc.constant dense<2.5> : tensor<4xf32>
  %0 = dlc.mul %a, %b : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// A number everywhere stays a scalar and its broadcast, whatever its size.
// CHECK-LABEL: func.func @uniform
// CHECK-NEXT: %[[C:.*]] = dlc.constant dense<1.41421354> : tensor<f32>
// CHECK-NEXT: dlc.broadcast %[[C]] [] : tensor<f32> to tensor<64x784xf32, #dlc.dims<"batch", "">>
func.func @uniform() -> tensor<64x784xf32, #dlc.dims<"batch", "">> {
  %a = dlc.constant dense<2.0> : tensor<f32>
  %b = dlc.broadcast %a [] : tensor<f32> to tensor<64x784xf32, #dlc.dims<"batch", "">>
  %0 = dlc.sqrt %b : tensor<64x784xf32, #dlc.dims<"batch", "">>
  return %0 : tensor<64x784xf32, #dlc.dims<"batch", "">>
}

// CHECK-LABEL: func.func @moved_and_reduced
// CHECK-NEXT: dlc.constant dense<[4, 6]> : tensor<2xi32>
func.func @moved_and_reduced() -> tensor<2xi32> {
  %a = dlc.constant dense<[[1, 3], [2, 4]]> : tensor<2x2xi32>
  %0 = dlc.transpose %a [1, 0] : tensor<2x2xi32>
  %1 = dlc.reduce sum %0 [0] : tensor<2x2xi32>
  %2 = dlc.constant dense<[[1, 1], [0, 0]]> : tensor<2x2xi32>
  %3 = dlc.reduce sum %2 [0] : tensor<2x2xi32>
  %4 = dlc.reduce sum %a [0] : tensor<2x2xi32>
  %5 = dlc.add %4, %3 : tensor<2xi32>
  %6 = dlc.constant dense<[0, -2]> : tensor<2xi32>
  %7 = dlc.add %5, %6 : tensor<2xi32>
  return %7 : tensor<2xi32>
}

// CHECK-LABEL: func.func @random_stays
// CHECK: dlc.random
func.func @random_stays() -> tensor<2xf32> {
  %s = dlc.constant dense<1> : tensor<i64>
  %0 = dlc.random uniform(%s, %s) path 1 : tensor<i64>, tensor<i64> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
