// Sums over windows of a product are convolutions; slices move to operands.
// RUN: dlcc-opt --dlc-simplify-graph %s | FileCheck %s

// The gradient of a convolution with stride 2 and padding 1 by its input: zeros
// stand between the elements of dy, and no tensor of all windows exists.
// CHECK-LABEL: func.func @data_gradient
// CHECK: %[[P:.*]] = dlc.pad %arg0, %{{.*}} [0, 1, 1, 0] [0, 1, 1, 0] [0, 1, 1, 0] : tensor<2x4x4x5xf32>
// CHECK: %[[W:.*]] = dlc.window %[[P]] [1, 2] [3, 3] [1, 1] [-1, -1] : tensor<2x9x9x5xf32>
// CHECK: dlc.contract %[[W]] [] [4, 5, 3], %arg1 [] [2, 3, 0] : tensor<2x7x7x5x3x3xf32>, tensor<5x3x3x3xf32>
// CHECK-NOT: dlc.unwindow
// CHECK-NOT: dlc.slice
func.func @data_gradient(%dy: tensor<2x4x4x5xf32>, %w: tensor<5x3x3x3xf32>) -> tensor<2x7x7x3xf32> {
  %d = dlc.contract %dy [] [3], %w [] [0] : tensor<2x4x4x5xf32>, tensor<5x3x3x3xf32>
  %x = dlc.unwindow %d [1, 2] [2, 2] [1, 1] : tensor<2x4x4x3x3x3xf32> to tensor<2x9x9x3xf32>
  %s = dlc.slice %x [0, 1, 1, 0] [2, 7, 7, 3] [1, 1, 1, 1] : tensor<2x9x9x3xf32>
  return %s : tensor<2x7x7x3xf32>
}

// What other ops read as well stays as it is.
// CHECK-LABEL: func.func @shared_product
// CHECK: dlc.contract %arg0 [] [2], %arg1 [] [0]
// CHECK: dlc.unwindow
func.func @shared_product(%dy: tensor<2x4x5xf32>, %w: tensor<5x3x3xf32>) -> (tensor<2x6x3xf32>, tensor<2x4x3x3xf32>) {
  %d = dlc.contract %dy [] [2], %w [] [0] : tensor<2x4x5xf32>, tensor<5x3x3xf32>
  %x = dlc.unwindow %d [1] [1] [1] : tensor<2x4x3x3xf32> to tensor<2x6x3xf32>
  return %x, %d : tensor<2x6x3xf32>, tensor<2x4x3x3xf32>
}

// Every second row of a product is the product of every second row.
// CHECK-LABEL: func.func @sliced_product
// CHECK: %[[A:.*]] = dlc.slice %arg0 [1, 0] [3, 4] [2, 1] : tensor<7x4xf32>
// CHECK: %[[B:.*]] = dlc.slice %arg1 [2, 0] [3, 4] [1, 1] : tensor<6x4xf32>
// CHECK: dlc.contract %[[A]] [] [1], %[[B]] [] [1]
func.func @sliced_product(%x: tensor<7x4xf32>, %y: tensor<6x4xf32>) -> tensor<3x3xf32> {
  %c = dlc.contract %x [] [1], %y [] [1] : tensor<7x4xf32>, tensor<6x4xf32>
  %s = dlc.slice %c [1, 2] [3, 3] [2, 1] : tensor<7x6xf32>
  return %s : tensor<3x3xf32>
}

// Every second place of a window with stride 3 has stride 6.
// CHECK-LABEL: func.func @sliced_window
// CHECK: %[[S:.*]] = dlc.slice %arg0 [3] [11] [1] : tensor<20xf32>
// CHECK: dlc.window %[[S]] [0] [5] [6] [1] : tensor<11xf32>
func.func @sliced_window(%x: tensor<20xf32>) -> tensor<2x5xf32> {
  %w = dlc.window %x [0] [5] [3] [1] : tensor<20xf32>
  %s = dlc.slice %w [1, 0] [2, 5] [2, 1] : tensor<6x5xf32>
  return %s : tensor<2x5xf32>
}

// The gradient of a sum over five channels around each one is such a sum, too.
// CHECK-LABEL: func.func @equal_windows
// CHECK: %[[P:.*]] = dlc.pad %arg0, %{{.*}} [0, 2] [0, 2] [0, 0] : tensor<3x8xf32>
// CHECK: %[[W:.*]] = dlc.window %[[P]] [1] [5] [1] [1] : tensor<3x12xf32>
// CHECK: %[[S:.*]] = dlc.reduce sum %[[W]] [2] : tensor<3x8x5xf32>
// CHECK: return %[[S]]
func.func @equal_windows(%dy: tensor<3x8xf32>) -> tensor<3x8xf32> {
  %b = dlc.broadcast %dy [0, 1] : tensor<3x8xf32> to tensor<3x8x5xf32>
  %x = dlc.unwindow %b [1] [1] [1] : tensor<3x8x5xf32> to tensor<3x12xf32>
  %s = dlc.slice %x [0, 2] [3, 8] [1, 1] : tensor<3x12xf32>
  return %s : tensor<3x8xf32>
}

// Windows apart leave elements that fewer of them see.
// CHECK-LABEL: func.func @equal_windows_apart
// CHECK: dlc.unwindow
func.func @equal_windows_apart(%dy: tensor<3x8xf32>) -> tensor<3x19xf32> {
  %b = dlc.broadcast %dy [0, 1] : tensor<3x8xf32> to tensor<3x8x5xf32>
  %x = dlc.unwindow %b [1] [2] [1] : tensor<3x8x5xf32> to tensor<3x19xf32>
  return %x : tensor<3x19xf32>
}

// A transposition goes behind the sum, which is taken into the product then.
// CHECK-LABEL: func.func @transposed_windows
// CHECK: %[[C:.*]] = dlc.contract
// CHECK: %[[T:.*]] = dlc.transpose %[[C]] [0, 3, 1, 2] : tensor<2x6x6x3xf32>
// CHECK: return %[[T]]
func.func @transposed_windows(%dy: tensor<2x4x4x5xf32>, %w: tensor<5x3x3x3xf32>) -> tensor<2x3x6x6xf32> {
  %d = dlc.contract %dy [] [3], %w [] [0] : tensor<2x4x4x5xf32>, tensor<5x3x3x3xf32>
  %t = dlc.transpose %d [0, 3, 1, 2, 4, 5] : tensor<2x4x4x3x3x3xf32>
  %x = dlc.unwindow %t [2, 3] [1, 1] [1, 1] : tensor<2x3x4x4x3x3xf32> to tensor<2x3x6x6xf32>
  return %x : tensor<2x3x6x6xf32>
}
