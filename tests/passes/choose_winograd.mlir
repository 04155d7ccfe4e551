// RUN: dlcc-opt --dlc-choose-winograd --split-input-file %s | FileCheck %s

// 3 by 3 in tiles of 4 by 4; the filters come in order.
// CHECK-LABEL: func.func @forward
// CHECK-SAME: %[[F:[a-z0-9]+]]: tensor<64x32x3x3xf32>
// CHECK: %[[W:.*]] = dlc.window
// CHECK-NEXT: %[[T:.*]] = dlc.transpose %[[F]] [2, 3, 1, 0] {dlc.stored}
// CHECK-NEXT: %[[Y:.*]] = dlc.contract %[[W]] [] [4, 5, 3], %[[T]] [] [0, 1, 2] {dlc.winograd = array<i64: 4, 3>}
// CHECK-NEXT: return %[[Y]]
func.func @forward(%x: tensor<8x34x34x32xf32>, %f: tensor<64x32x3x3xf32>)
    -> tensor<8x32x32x64xf32> {
  %w = dlc.window %x [1, 2] [3, 3] [1, 1] [1, 1] : tensor<8x34x34x32xf32>
  %y = dlc.contract %w [] [4, 5, 3], %f [] [2, 3, 1]
      : tensor<8x32x32x32x3x3xf32>, tensor<64x32x3x3xf32>
  return %y : tensor<8x32x32x64xf32>
}

// -----

// An image of few places hardly fills larger tiles, which are less exact.
// CHECK-LABEL: func.func @small_image
// CHECK: dlc.contract {{.*}} {dlc.winograd = array<i64: 2, 3>}
func.func @small_image(%x: tensor<64x8x8x64xf32>, %f: tensor<64x64x3x3xf32>)
    -> tensor<64x6x6x64xf32> {
  %w = dlc.window %x [1, 2] [3, 3] [1, 1] [1, 1] : tensor<64x8x8x64xf32>
  %y = dlc.contract %w [] [4, 5, 3], %f [] [2, 3, 1]
      : tensor<64x6x6x64x3x3xf32>, tensor<64x64x3x3xf32>
  return %y : tensor<64x6x6x64xf32>
}

// -----

// The gradient of an input: windows of 5 by 5 read from their far end.
// CHECK-LABEL: func.func @input_gradient
// CHECK: dlc.transpose %{{.*}} [2, 3, 0, 1] {dlc.stored}
// CHECK: dlc.contract {{.*}} {dlc.winograd = array<i64: 2, 5>}
func.func @input_gradient(%y: tensor<8x36x36x64xf32>,
                          %f: tensor<64x32x5x5xf32>)
    -> tensor<8x32x32x32xf32> {
  %w = dlc.window %y [1, 2] [5, 5] [1, 1] [-1, -1] : tensor<8x36x36x64xf32>
  %x = dlc.contract %w [] [4, 5, 3], %f [] [2, 3, 0]
      : tensor<8x32x32x64x5x5xf32>, tensor<64x32x5x5xf32>
  return %x : tensor<8x32x32x32xf32>
}

// -----

// The gradient of filters, many enough for tasks: the window to the left, its
// own axes first.
// CHECK-LABEL: func.func @filter_gradient
// CHECK-SAME: %[[DY:[a-z0-9]+]]: tensor<8x32x32x128xf32>
// CHECK: %[[W:.*]] = dlc.window
// CHECK-NEXT: %[[T:.*]] = dlc.transpose %[[W]] [0, 1, 2, 4, 5, 3]
// CHECK-NEXT: %[[G:.*]] = dlc.contract %[[T]] [] [0, 1, 2], %[[DY]] [] [0, 1, 2] {dlc.winograd = array<i64: 3, 4>}
// CHECK-NEXT: dlc.transpose %[[G]] [3, 2, 0, 1]
func.func @filter_gradient(%x: tensor<8x34x34x64xf32>,
                           %dy: tensor<8x32x32x128xf32>)
    -> tensor<128x64x3x3xf32> {
  %w = dlc.window %x [1, 2] [3, 3] [1, 1] [1, 1] : tensor<8x34x34x64xf32>
  %g = dlc.contract %dy [] [0, 1, 2], %w [] [0, 1, 2]
      : tensor<8x32x32x128xf32>, tensor<8x32x32x64x3x3xf32>
  return %g : tensor<128x64x3x3xf32>
}

// -----

// Few filters: lines are summed in parts.
// CHECK-LABEL: func.func @few_filters
// CHECK-SAME: %[[DY:[a-z0-9]+]]: tensor<64x16x16x32xf32>
// CHECK: %[[W:.*]] = dlc.window
// CHECK-NEXT: %[[P:.*]] = dlc.window %[[W]] [1] [2] [2] [1]
// CHECK-NEXT: %[[R:.*]] = dlc.reshape %[[DY]] : tensor<64x16x16x32xf32> to tensor<64x8x2x16x32xf32>
// CHECK-NEXT: %[[T:.*]] = dlc.transpose %[[P]] [1, 0, 6, 2, 4, 5, 3]
// CHECK-NEXT: %[[G:.*]] = dlc.contract %[[T]] [0] [1, 2, 3], %[[R]] [1] [0, 2, 3] {dlc.winograd = array<i64: 5, 2>}
// CHECK-NEXT: %[[S:.*]] = dlc.reduce sum %[[G]] [0]
// CHECK-NEXT: dlc.transpose %[[S]] [3, 2, 0, 1]
func.func @few_filters(%x: tensor<64x20x20x32xf32>,
                       %dy: tensor<64x16x16x32xf32>)
    -> tensor<32x32x5x5xf32> {
  %w = dlc.window %x [1, 2] [5, 5] [1, 1] [1, 1] : tensor<64x20x20x32xf32>
  %g = dlc.contract %dy [] [0, 1, 2], %w [] [0, 1, 2]
      : tensor<64x16x16x32xf32>, tensor<64x16x16x32x5x5xf32>
  return %g : tensor<32x32x5x5xf32>
}

// -----

// One image has too few places to make up for transforming many filters.
// CHECK-LABEL: func.func @one_image
// CHECK-NOT: dlc.winograd
func.func @one_image(%x: tensor<1x15x15x256xf32>, %f: tensor<384x256x3x3xf32>)
    -> tensor<1x13x13x384xf32> {
  %w = dlc.window %x [1, 2] [3, 3] [1, 1] [1, 1] : tensor<1x15x15x256xf32>
  %y = dlc.contract %w [] [4, 5, 3], %f [] [2, 3, 1]
      : tensor<1x13x13x256x3x3xf32>, tensor<384x256x3x3xf32>
  return %y : tensor<1x13x13x384xf32>
}

// -----

// Not worth it or not possible: few channels, strides, dilations, other
// windows, other types, channels that are not innermost in memory.
// CHECK-LABEL: func.func @others
// CHECK-NOT: dlc.winograd
func.func @others(%few: tensor<8x34x34x3xf32>, %x: tensor<8x34x34x32xf32>,
                  %f3: tensor<64x3x3x3xf32>, %f: tensor<64x32x3x3xf32>,
                  %f7: tensor<64x32x7x7xf32>, %x64: tensor<8x34x34x32xf64>,
                  %f64: tensor<64x32x3x3xf64>, %first: tensor<8x32x34x34xf32>)
    -> (tensor<8x32x32x64xf32>, tensor<8x16x16x64xf32>,
        tensor<8x30x30x64xf32>, tensor<8x28x28x64xf32>,
        tensor<8x32x32x64xf64>, tensor<8x32x32x64xf32>) {
  %w0 = dlc.window %few [1, 2] [3, 3] [1, 1] [1, 1] : tensor<8x34x34x3xf32>
  %y0 = dlc.contract %w0 [] [4, 5, 3], %f3 [] [2, 3, 1]
      : tensor<8x32x32x3x3x3xf32>, tensor<64x3x3x3xf32>
  %w1 = dlc.window %x [1, 2] [3, 3] [2, 2] [1, 1] : tensor<8x34x34x32xf32>
  %y1 = dlc.contract %w1 [] [4, 5, 3], %f [] [2, 3, 1]
      : tensor<8x16x16x32x3x3xf32>, tensor<64x32x3x3xf32>
  %w2 = dlc.window %x [1, 2] [3, 3] [1, 1] [2, 2] : tensor<8x34x34x32xf32>
  %y2 = dlc.contract %w2 [] [4, 5, 3], %f [] [2, 3, 1]
      : tensor<8x30x30x32x3x3xf32>, tensor<64x32x3x3xf32>
  %w3 = dlc.window %x [1, 2] [7, 7] [1, 1] [1, 1] : tensor<8x34x34x32xf32>
  %y3 = dlc.contract %w3 [] [4, 5, 3], %f7 [] [2, 3, 1]
      : tensor<8x28x28x32x7x7xf32>, tensor<64x32x7x7xf32>
  %w4 = dlc.window %x64 [1, 2] [3, 3] [1, 1] [1, 1] : tensor<8x34x34x32xf64>
  %y4 = dlc.contract %w4 [] [4, 5, 3], %f64 [] [2, 3, 1]
      : tensor<8x32x32x32x3x3xf64>, tensor<64x32x3x3xf64>
  %t = dlc.transpose %first [0, 2, 3, 1] : tensor<8x32x34x34xf32>
  %w5 = dlc.window %t [1, 2] [3, 3] [1, 1] [1, 1] : tensor<8x34x34x32xf32>
  %y5 = dlc.contract %w5 [] [4, 5, 3], %f [] [2, 3, 1]
      : tensor<8x32x32x32x3x3xf32>, tensor<64x32x3x3xf32>
  return %y0, %y1, %y2, %y3, %y4, %y5
      : tensor<8x32x32x64xf32>, tensor<8x16x16x64xf32>,
        tensor<8x30x30x64xf32>, tensor<8x28x28x64xf32>,
        tensor<8x32x32x64xf64>, tensor<8x32x32x64xf32>
}
