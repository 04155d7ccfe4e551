// RUN: dlcc-opt '--pass-pipeline=builtin.module(func.func(dlc-hoist-from-scans,dlc-simplify-graph))' \
// RUN:   %s | FileCheck %s

// The product of a slice is one product of the stack; that of what is carried
// stays in the loop.
// CHECK-LABEL: func.func @product_of_a_slice
// CHECK-SAME: (%[[X:.*]]: tensor<5x2x3xf32>, %[[H:.*]]: tensor<2x4xf32>, %[[W:.*]]: tensor<4x3xf32>, %[[U:.*]]: tensor<4x4xf32>)
// CHECK-NEXT: %[[P:.*]] = dlc.contract %[[X]] [] [2], %[[W]] [] [1]
// CHECK-NEXT: dlc.scan 5 (%[[P_T:.*]] in %[[P]] : tensor<5x2x4xf32>) carry (%[[H_T:.*]] from %[[H]] : tensor<2x4xf32>) use (%[[U]] as %[[U_I:.*]] : tensor<4x4xf32>)
// CHECK-NEXT: %[[Q:.*]] = dlc.contract %[[H_T]] [] [1], %[[U_I]] [] [1]
// CHECK-NEXT: dlc.add %[[P_T]], %[[Q]]
// CHECK-NEXT: dlc.yield
func.func @product_of_a_slice(%x: tensor<5x2x3xf32>, %h0: tensor<2x4xf32>,
                              %w: tensor<4x3xf32>, %u: tensor<4x4xf32>)
    -> tensor<5x2x4xf32> {
  %ys, %h = dlc.scan 5 (%x_t in %x : tensor<5x2x3xf32>)
      carry (%h_t from %h0 : tensor<2x4xf32>)
      use (%w as %w_i : tensor<4x3xf32>, %u as %u_i : tensor<4x4xf32>)
      -> (tensor<5x2x4xf32>, tensor<2x4xf32>) {
    %0 = dlc.contract %x_t [] [1], %w_i [] [1] : tensor<2x3xf32>, tensor<4x3xf32>
    %1 = dlc.contract %h_t [] [1], %u_i [] [1] : tensor<2x4xf32>, tensor<4x4xf32>
    %2 = dlc.add %0, %1 : tensor<2x4xf32>
    dlc.yield %2, %2 : tensor<2x4xf32>, tensor<2x4xf32>
  }
  return %ys : tensor<5x2x4xf32>
}

// With the weight on the left the steps come to lie between, and are brought
// back to the front.
// CHECK-LABEL: func.func @weight_on_the_left
// CHECK-SAME: (%[[X:.*]]: tensor<5x3xf32>, %[[H:.*]]: tensor<4xf32>, %[[W:.*]]: tensor<4x3xf32>)
// CHECK-NEXT: %[[P:.*]] = dlc.contract %[[X]] [] [1], %[[W]] [] [1]
// CHECK-NEXT: dlc.scan 5 (%{{.*}} in %[[P]] : tensor<5x4xf32>)
// CHECK-NOT: dlc.contract
func.func @weight_on_the_left(%x: tensor<5x3xf32>, %h0: tensor<4xf32>,
                              %w: tensor<4x3xf32>) -> tensor<4xf32> {
  %h = dlc.scan 5 (%x_t in %x : tensor<5x3xf32>)
      carry (%h_t from %h0 : tensor<4xf32>) use (%w as %w_i : tensor<4x3xf32>)
      -> (tensor<4xf32>) {
    %0 = dlc.contract %w_i [] [1], %x_t [] [0] : tensor<4x3xf32>, tensor<3xf32>
    %1 = dlc.add %h_t, %0 : tensor<4xf32>
    dlc.yield %1 : tensor<4xf32>
  }
  return %h : tensor<4xf32>
}

// What no step changes is computed once; a loop that is left with nothing of
// its own goes.
// CHECK-LABEL: func.func @invariant
// CHECK-SAME: (%[[X:.*]]: tensor<5x3xf32>, %[[W:.*]]: tensor<4x3xf32>, %[[V:.*]]: tensor<3xf32>)
// CHECK-NEXT: %[[E:.*]] = dlc.exp %[[V]]
// CHECK-NEXT: %[[B:.*]] = dlc.broadcast %[[E]] [1]
// CHECK-NEXT: %[[M:.*]] = dlc.mul %[[X]], %[[B]]
// CHECK-NEXT: %[[Y:.*]] = dlc.contract %[[M]] [] [1], %[[W]] [] [1]
// CHECK-NEXT: return %[[Y]]
func.func @invariant(%x: tensor<5x3xf32>, %w: tensor<4x3xf32>,
                     %v: tensor<3xf32>) -> tensor<5x4xf32> {
  %ys = dlc.scan 5 (%x_t in %x : tensor<5x3xf32>)
      use (%w as %w_i : tensor<4x3xf32>, %v as %v_i : tensor<3xf32>)
      -> (tensor<5x4xf32>) {
    %0 = dlc.exp %v_i : tensor<3xf32>
    %1 = dlc.mul %x_t, %0 : tensor<3xf32>
    %2 = dlc.contract %w_i [] [1], %1 [] [0] : tensor<4x3xf32>, tensor<3xf32>
    dlc.yield %2 : tensor<4xf32>
  }
  return %ys : tensor<5x4xf32>
}

// A product of two slices is one with a batch of the steps.
// CHECK-LABEL: func.func @both_slices
// CHECK-NEXT: dlc.contract %{{.*}} [0] [2], %{{.*}} [0] [1]
// CHECK-NEXT: return
func.func @both_slices(%x: tensor<5x2x3xf32>, %y: tensor<5x3x4xf32>)
    -> tensor<5x2x4xf32> {
  %ys = dlc.scan 5 (%x_t in %x : tensor<5x2x3xf32>,
                    %y_t in %y : tensor<5x3x4xf32>) -> (tensor<5x2x4xf32>) {
    %0 = dlc.contract %x_t [] [1], %y_t [] [0] : tensor<2x3xf32>, tensor<3x4xf32>
    dlc.yield %0 : tensor<2x4xf32>
  }
  return %ys : tensor<5x2x4xf32>
}
