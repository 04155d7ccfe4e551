// RUN: dlcc-opt --dlc-split-sums --split-input-file %s | FileCheck %s

// The weights' gradient of a small convolution is summed line by line: the
// lines become the first dimension of the result, the window stands on the
// left with its channels innermost, and the sum comes back in order.
// CHECK-LABEL: func.func @gradient_of_a_filter
// CHECK-SAME: (%[[DY:[a-z0-9]+]]: tensor<64x32x32x16xf32, {{.*}}>, %[[X:[a-z0-9]+]]: tensor<64x36x36x3xf32,
// CHECK: %[[W:.*]] = dlc.window %[[X]]
// CHECK-NEXT: %[[T:.*]] = dlc.transpose %[[W]] [1, 0, 2, 4, 5, 3]
// CHECK-NEXT: %[[P:.*]] = dlc.contract %[[T]] [0] [1, 2], %[[DY]] [1] [0, 2]
// CHECK-NEXT: %[[S:.*]] = dlc.reduce sum %[[P]] [0] : tensor<32x5x5x3x16xf32>
// CHECK-NEXT: %[[G:.*]] = dlc.transpose %[[S]] [3, 2, 0, 1]
// CHECK-NEXT: return %[[G]] : tensor<16x3x5x5xf32>
#rows = #dlc.dims<"batch", "", "", "">
module attributes {dlc.batch = 64 : i64} {
  func.func @gradient_of_a_filter(%dy: tensor<64x32x32x16xf32, #rows>,
                                  %x: tensor<64x36x36x3xf32, #rows>)
      -> tensor<16x3x5x5xf32> {
    %w = dlc.window %x [1, 2] [5, 5] [1, 1] [1, 1]
        : tensor<64x36x36x3xf32, #rows>
    %g = dlc.contract %dy [] [0, 1, 2], %w [] [0, 1, 2]
        : tensor<64x32x32x16xf32, #rows>,
          tensor<64x32x32x3x5x5xf32, #dlc.dims<"batch", "", "", "", "", "">>
    return %g : tensor<16x3x5x5xf32>
  }
}

// -----

// Without a window the factors keep their places.
// CHECK-LABEL: func.func @product
// CHECK-NEXT: %[[P:.*]] = dlc.contract %{{.*}} [0] [1], %{{.*}} [0] [1]
// CHECK-NEXT: dlc.reduce sum %[[P]] [0] : tensor<128x32x24xf32>
func.func @product(%a: tensor<128x256x32xf32>, %b: tensor<128x256x24xf32>)
    -> tensor<32x24xf32> {
  %g = dlc.contract %a [] [0, 1], %b [] [0, 1]
      : tensor<128x256x32xf32>, tensor<128x256x24xf32>
  return %g : tensor<32x24xf32>
}

// -----

// Rows that a call leaves out cannot be a dimension of the result: the places
// are, though they come second.
// CHECK-LABEL: func.func @rows_stay
// CHECK-NEXT: dlc.contract %{{.*}} [1] [0], %{{.*}} [1] [0]
#rows = #dlc.dims<"batch", "", "">
module attributes {dlc.batch = 512 : i64} {
  func.func @rows_stay(%a: tensor<512x64x32xf32, #rows>,
                       %b: tensor<512x64x24xf32, #rows>) -> tensor<32x24xf32> {
    %g = dlc.contract %a [] [0, 1], %b [] [0, 1]
        : tensor<512x64x32xf32, #rows>, tensor<512x64x24xf32, #rows>
    return %g : tensor<32x24xf32>
  }
}

// -----

// A sum of all places, as a bias' gradient is.
// CHECK-LABEL: func.func @gradient_of_a_bias
// CHECK-NEXT: %[[P:.*]] = dlc.reduce sum %{{.*}} [0, 2] : tensor<64x32x32x16xf32,
// CHECK-NEXT: dlc.reduce sum %[[P]] [0] : tensor<32x16xf32>
module attributes {dlc.batch = 64 : i64} {
  func.func @gradient_of_a_bias(
      %dy: tensor<64x32x32x16xf32, #dlc.dims<"batch", "", "", "">>)
      -> tensor<16xf32> {
    %s = dlc.reduce sum %dy [0, 1, 2]
        : tensor<64x32x32x16xf32, #dlc.dims<"batch", "", "", "">>
    return %s : tensor<16xf32>
  }
}

// -----

// Few terms, many results, one dimension: as they are.
// CHECK-LABEL: func.func @not_worth_it
// CHECK-NEXT: dlc.contract %{{.*}} [] [0, 1]
// CHECK-NEXT: dlc.contract %{{.*}} [] [0, 1]
// CHECK-NEXT: dlc.reduce sum %{{.*}} [0, 1]
// CHECK-NEXT: return
func.func @not_worth_it(%a: tensor<8x8x4xf32>, %b: tensor<32x8x4096xf32>)
    -> (tensor<4x4xf32>, tensor<4096x4096xf32>, tensor<4xf32>) {
  %0 = dlc.contract %a [] [0, 1], %a [] [0, 1]
      : tensor<8x8x4xf32>, tensor<8x8x4xf32>
  %1 = dlc.contract %b [] [0, 1], %b [] [0, 1]
      : tensor<32x8x4096xf32>, tensor<32x8x4096xf32>
  %2 = dlc.reduce sum %a [0, 1] : tensor<8x8x4xf32>
  return %0, %1, %2 : tensor<4x4xf32>, tensor<4096x4096xf32>, tensor<4xf32>
}
