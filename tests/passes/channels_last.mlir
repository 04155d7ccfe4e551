// Transpositions of convolutions' results move behind what reads them.
// RUN: dlcc-opt --dlc-channels-last --dlc-simplify-graph %s | FileCheck %s

// Bias, activation and pooling run with the channels last; the flattening
// needs the model's order.
// CHECK-LABEL: func.func @pooled
// CHECK: %[[Y:.*]] = dlc.contract
// CHECK: %[[B:.*]] = dlc.broadcast %{{.*}} [3] : tensor<4xf32> to tensor<2x6x6x4xf32>
// CHECK: %[[A:.*]] = dlc.add %[[Y]], %[[B]] : tensor<2x6x6x4xf32>
// CHECK: %[[T:.*]] = dlc.tanh %[[A]] : tensor<2x6x6x4xf32>
// CHECK: %[[P:.*]] = dlc.pad %[[T]], %{{.*}} [0, 1, 0, 0] [0, 1, 0, 0] [0, 0, 0, 0]
// CHECK: %[[W:.*]] = dlc.window %[[P]] [1, 2] [2, 2] [2, 2] [1, 1] : tensor<2x8x6x4xf32>
// CHECK: %[[M:.*]] = dlc.reduce max %[[W]] [4, 5] : tensor<2x4x3x4x2x2xf32>
// CHECK: %[[F:.*]] = dlc.transpose %[[M]] [0, 3, 1, 2] : tensor<2x4x3x4xf32>
// CHECK: dlc.reshape %[[F]] : tensor<2x4x4x3xf32> to tensor<2x48xf32>
func.func @pooled(%x: tensor<2x6x6x3xf32>, %w: tensor<4x3xf32>,
                  %b: tensor<4xf32>, %low: tensor<f32>) -> tensor<2x48xf32> {
  %c = dlc.contract %x [] [3], %w [] [1] : tensor<2x6x6x3xf32>, tensor<4x3xf32>
  %y = dlc.transpose %c [0, 3, 1, 2] : tensor<2x6x6x4xf32>
  %bias = dlc.broadcast %b [1] : tensor<4xf32> to tensor<2x4x6x6xf32>
  %a = dlc.add %y, %bias : tensor<2x4x6x6xf32>
  %t = dlc.tanh %a : tensor<2x4x6x6xf32>
  %p = dlc.pad %t, %low [0, 0, 1, 0] [0, 0, 1, 0] [0, 0, 0, 0] : tensor<2x4x6x6xf32>, tensor<f32>
  %s = dlc.window %p [2, 3] [2, 2] [2, 2] [1, 1] : tensor<2x4x8x6xf32>
  %m = dlc.reduce max %s [4, 5] : tensor<2x4x4x3x2x2xf32>
  %f = dlc.reshape %m : tensor<2x4x4x3xf32> to tensor<2x48xf32>
  return %f : tensor<2x48xf32>
}

// A statistic of each channel has no order left; another image is brought
// into it.
// CHECK-LABEL: func.func @normalised
// CHECK: %[[Y:.*]] = dlc.contract
// CHECK: %[[S:.*]] = dlc.reduce sum %[[Y]] [0, 1, 2] : tensor<2x6x6x4xf32>
// CHECK: %[[B:.*]] = dlc.broadcast %[[S]] [3] : tensor<4xf32> to tensor<2x6x6x4xf32>
// CHECK: %[[D:.*]] = dlc.sub %[[Y]], %[[B]]
// CHECK: %[[O:.*]] = dlc.transpose %{{.*}} [0, 2, 3, 1] : tensor<2x4x6x6xf32>
// CHECK: %[[R:.*]] = dlc.add %[[D]], %[[O]] : tensor<2x6x6x4xf32>
// CHECK: dlc.slice %[[R]] [0, 1, 2, 0] [2, 4, 2, 4] [1, 1, 2, 1]
// CHECK: %[[T:.*]] = dlc.transpose %{{.*}} [0, 3, 1, 2]
// CHECK: return %[[T]]
func.func @normalised(%x: tensor<2x6x6x3xf32>, %w: tensor<4x3xf32>,
                      %other: tensor<2x4x6x6xf32>) -> tensor<2x4x4x2xf32> {
  %c = dlc.contract %x [] [3], %w [] [1] : tensor<2x6x6x3xf32>, tensor<4x3xf32>
  %y = dlc.transpose %c [0, 3, 1, 2] : tensor<2x6x6x4xf32>
  %s = dlc.reduce sum %y [0, 2, 3] : tensor<2x4x6x6xf32>
  %b = dlc.broadcast %s [1] : tensor<4xf32> to tensor<2x4x6x6xf32>
  %d = dlc.sub %y, %b : tensor<2x4x6x6xf32>
  %r = dlc.add %d, %other : tensor<2x4x6x6xf32>
  %z = dlc.slice %r [0, 0, 1, 2] [2, 4, 4, 2] [1, 1, 1, 2] : tensor<2x4x6x6xf32>
  return %z : tensor<2x4x4x2xf32>
}

// Branches join; what a model transposes itself stays.
// CHECK-LABEL: func.func @joined
// CHECK: %[[J:.*]] = dlc.concat 3, %{{.*}}, %{{.*}} : tensor<2x6x6x4xf32>, tensor<2x6x6x4xf32>
// CHECK: dlc.transpose %[[J]] [0, 3, 1, 2]
// CHECK-LABEL: func.func @own
// CHECK: %[[T:.*]] = dlc.transpose %{{.*}} [1, 0] : tensor<2x3xf32>
// CHECK: dlc.exp %[[T]] : tensor<3x2xf32>
func.func @joined(%x: tensor<2x6x6x3xf32>, %w: tensor<4x3xf32>) -> tensor<2x8x6x6xf32> {
  %c = dlc.contract %x [] [3], %w [] [1] : tensor<2x6x6x3xf32>, tensor<4x3xf32>
  %y = dlc.transpose %c [0, 3, 1, 2] : tensor<2x6x6x4xf32>
  %e = dlc.exp %y : tensor<2x4x6x6xf32>
  %j = dlc.concat 1, %y, %e : tensor<2x4x6x6xf32>, tensor<2x4x6x6xf32>
  return %j : tensor<2x8x6x6xf32>
}
func.func @own(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
  %t = dlc.transpose %x [1, 0] : tensor<2x3xf32>
  %e = dlc.exp %t : tensor<3x2xf32>
  return %e : tensor<3x2xf32>
}

// Groups of channels, and places apart, are split where they stand.
// CHECK-LABEL: func.func @split
// CHECK: %[[Y:.*]] = dlc.contract
// CHECK: %[[G:.*]] = dlc.reshape %[[Y]] : tensor<2x6x6x4xf32> to tensor<2x6x6x2x2xf32>
// CHECK: %[[I:.*]] = dlc.reduce sum %[[G]] [4] : tensor<2x6x6x2x2xf32>
// CHECK: %[[S:.*]] = dlc.reduce sum %[[I]] [1, 2] : tensor<2x6x6x2xf32>
// CHECK: %[[B:.*]] = dlc.broadcast %[[S]] [0, 3] : tensor<2x2xf32> to tensor<2x6x6x2x2xf32>
// CHECK: %[[D:.*]] = dlc.sub %[[G]], %[[B]] : tensor<2x6x6x2x2xf32>
// CHECK: %[[A:.*]] = dlc.reshape %[[D]] : tensor<2x6x6x2x2xf32> to tensor<2x6x1x6x1x4xf32>
// CHECK: %[[R:.*]] = dlc.broadcast %[[A]] [0, 1, 2, 3, 4, 5] : tensor<2x6x1x6x1x4xf32> to tensor<2x6x3x6x2x4xf32>
// CHECK: %[[J:.*]] = dlc.reshape %[[R]] : tensor<2x6x3x6x2x4xf32> to tensor<2x18x12x4xf32>
// CHECK: %[[T:.*]] = dlc.transpose %[[J]] [0, 3, 1, 2]
// CHECK: return %[[T]]
func.func @split(%x: tensor<2x6x6x3xf32>, %w: tensor<4x3xf32>) -> tensor<2x4x18x12xf32> {
  %c = dlc.contract %x [] [3], %w [] [1] : tensor<2x6x6x3xf32>, tensor<4x3xf32>
  %y = dlc.transpose %c [0, 3, 1, 2] : tensor<2x6x6x4xf32>
  %g = dlc.reshape %y : tensor<2x4x6x6xf32> to tensor<2x2x2x6x6xf32>
  %s = dlc.reduce sum %g [2, 3, 4] : tensor<2x2x2x6x6xf32>
  %b = dlc.broadcast %s [0, 1] : tensor<2x2xf32> to tensor<2x2x2x6x6xf32>
  %d = dlc.sub %g, %b : tensor<2x2x2x6x6xf32>
  %a = dlc.reshape %d : tensor<2x2x2x6x6xf32> to tensor<2x4x6x1x6x1xf32>
  %r = dlc.broadcast %a [0, 1, 2, 3, 4, 5] : tensor<2x4x6x1x6x1xf32> to tensor<2x4x6x3x6x2xf32>
  %j = dlc.reshape %r : tensor<2x4x6x3x6x2xf32> to tensor<2x4x18x12xf32>
  return %j : tensor<2x4x18x12xf32>
}
