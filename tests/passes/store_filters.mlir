// RUN: dlcc-opt --dlc-store-filters %s | FileCheck %s

// The filter is brought into the order of the contraction, its outputs behind.
// CHECK-LABEL: func.func @convolution
// CHECK-SAME: %[[F:[a-z0-9]+]]: tensor<16x3x5x5xf32>
// CHECK: %[[W:.*]] = dlc.window
// CHECK-NEXT: %[[T:.*]] = dlc.transpose %[[F]] [2, 3, 1, 0] {dlc.stored}
// CHECK-NEXT: dlc.contract %[[W]] [] [4, 5, 3], %[[T]] [] [0, 1, 2]
func.func @convolution(%x: tensor<4x36x36x3xf32>, %f: tensor<16x3x5x5xf32>)
    -> tensor<4x32x32x16xf32> {
  %w = dlc.window %x [1, 2] [5, 5] [1, 1] [1, 1] : tensor<4x36x36x3xf32>
  %y = dlc.contract %w [] [4, 5, 3], %f [] [2, 3, 1]
      : tensor<4x32x32x3x5x5xf32>, tensor<16x3x5x5xf32>
  return %y : tensor<4x32x32x16xf32>
}

// Groups stay in front.
// CHECK-LABEL: func.func @groups
// CHECK: %[[T:.*]] = dlc.transpose %{{.*}} [0, 3, 4, 2, 1] {dlc.stored} : tensor<2x8x3x5x5xf32>
// CHECK-NEXT: dlc.contract %{{.*}} [3] [5, 6, 4], %[[T]] [0] [1, 2, 3]
func.func @groups(%x: tensor<4x36x36x2x3xf32>, %f: tensor<2x8x3x5x5xf32>)
    -> tensor<2x4x32x32x8xf32> {
  %w = dlc.window %x [1, 2] [5, 5] [1, 1] [1, 1] : tensor<4x36x36x2x3xf32>
  %y = dlc.contract %w [3] [5, 6, 4], %f [0] [3, 4, 2]
      : tensor<4x32x32x2x3x5x5xf32>, tensor<2x8x3x5x5xf32>
  return %y : tensor<2x4x32x32x8xf32>
}

// One image has too few places to make up for a kernel of its own; a filter of
// one place is in order.
// CHECK-LABEL: func.func @as_they_are
// CHECK-NOT: dlc.transpose
func.func @as_they_are(%x: tensor<1x36x36x3xf32>, %f: tensor<16x3x5x5xf32>,
                       %z: tensor<4x36x36x3xf32>, %g: tensor<16x3x1x1xf32>)
    -> (tensor<1x32x32x16xf32>, tensor<4x36x36x16xf32>) {
  %w = dlc.window %x [1, 2] [5, 5] [1, 1] [1, 1] : tensor<1x36x36x3xf32>
  %y = dlc.contract %w [] [4, 5, 3], %f [] [2, 3, 1]
      : tensor<1x32x32x3x5x5xf32>, tensor<16x3x5x5xf32>
  %v = dlc.window %z [1, 2] [1, 1] [1, 1] [1, 1] : tensor<4x36x36x3xf32>
  %u = dlc.contract %v [] [4, 5, 3], %g [] [2, 3, 1]
      : tensor<4x36x36x3x1x1xf32>, tensor<16x3x1x1xf32>
  return %y, %u : tensor<1x32x32x16xf32>, tensor<4x36x36x16xf32>
}
