// RUN: dlcc-opt '--pass-pipeline=builtin.module(func.func(dlc-simplify-graph))' \
// RUN:   %s | FileCheck %s
// A product with one-hot vectors picks rows of the other side.

// CHECK-LABEL: func.func @on_the_left
// CHECK-SAME: (%[[I:.*]]: tensor<4xi32> {{.*}}, %[[W:.*]]: tensor<7x3xf32>)
func.func @on_the_left(%i: tensor<4xi32> {dlc.bound = 7 : i64},
                       %w: tensor<7x3xf32>) -> tensor<4x3xf32> {
  // CHECK-NEXT: %[[Y:.*]] = dlc.gather %[[W]], %[[I]] axis 0 batch 0
  // CHECK-NEXT: return %[[Y]]
  %n = dlc.iota 1 : tensor<4x7xi32>
  %b = dlc.broadcast %i [0] : tensor<4xi32> to tensor<4x7xi32>
  %c = dlc.compare eq %b, %n : tensor<4x7xi32>
  %h = dlc.cast %c : tensor<4x7xi1> to tensor<4x7xf32>
  %y = dlc.contract %h [] [1], %w [] [0] : tensor<4x7xf32>, tensor<7x3xf32>
  return %y : tensor<4x3xf32>
}

// The table is [out, in], the vectors stand on the right and are transposed.
// CHECK-LABEL: func.func @on_the_right
// CHECK-SAME: (%[[I:.*]]: tensor<4x2xi64> {{.*}}, %[[W:.*]]: tensor<3x7xf32>)
func.func @on_the_right(%i: tensor<4x2xi64> {dlc.bound = 5 : i64},
                        %w: tensor<3x7xf32>) -> tensor<3x2x4xf32> {
  // CHECK-DAG: %[[J:.*]] = dlc.transpose %[[I]] [1, 0]
  // CHECK-DAG: %[[T:.*]] = dlc.transpose %[[W]] [1, 0]
  // CHECK: %[[G:.*]] = dlc.gather %[[T]], %[[J]] axis 0 batch 0
  // CHECK-NEXT: %[[Y:.*]] = dlc.transpose %[[G]] [2, 0, 1]
  // CHECK-NEXT: return %[[Y]]
  %n = dlc.iota 2 : tensor<4x2x7xi64>
  %b = dlc.broadcast %i [0, 1] : tensor<4x2xi64> to tensor<4x2x7xi64>
  %c = dlc.compare eq %n, %b : tensor<4x2x7xi64>
  %h = dlc.cast %c : tensor<4x2x7xi1> to tensor<4x2x7xf32>
  %t = dlc.transpose %h [1, 2, 0] : tensor<4x2x7xf32>
  %u = dlc.transpose %t [0, 2, 1] : tensor<2x7x4xf32>
  %y = dlc.contract %w [] [1], %u [] [2] : tensor<3x7xf32>, tensor<2x4x7xf32>
  return %y : tensor<3x2x4xf32>
}

// An index that may lie beyond has no 1 in its vector.
// CHECK-LABEL: func.func @not_bounded
func.func @not_bounded(%i: tensor<4xi32> {dlc.bound = 8 : i64},
                       %w: tensor<7x3xf32>) -> tensor<4x3xf32> {
  // CHECK: %[[G:.*]] = dlc.gather
  // CHECK: %[[M:.*]] = dlc.and
  // CHECK: dlc.broadcast %[[M]]
  // CHECK: %[[Y:.*]] = dlc.select %{{.*}}, %[[G]]
  // CHECK: return %[[Y]]
  %n = dlc.iota 1 : tensor<4x7xi32>
  %b = dlc.broadcast %i [0] : tensor<4xi32> to tensor<4x7xi32>
  %c = dlc.compare eq %b, %n : tensor<4x7xi32>
  %h = dlc.cast %c : tensor<4x7xi1> to tensor<4x7xf32>
  %y = dlc.contract %h [] [1], %w [] [0] : tensor<4x7xf32>, tensor<7x3xf32>
  return %y : tensor<4x3xf32>
}

// Summed over the indices instead: counts of classes, no gather.
// CHECK-LABEL: func.func @over_the_rows
func.func @over_the_rows(%i: tensor<4xi32> {dlc.bound = 7 : i64},
                         %w: tensor<4x3xf32>) -> tensor<7x3xf32> {
  // CHECK-NOT: dlc.gather
  // CHECK: dlc.contract
  %n = dlc.iota 1 : tensor<4x7xi32>
  %b = dlc.broadcast %i [0] : tensor<4xi32> to tensor<4x7xi32>
  %c = dlc.compare eq %b, %n : tensor<4x7xi32>
  %h = dlc.cast %c : tensor<4x7xi1> to tensor<4x7xf32>
  %y = dlc.contract %h [] [0], %w [] [0] : tensor<4x7xf32>, tensor<4x3xf32>
  return %y : tensor<7x3xf32>
}
