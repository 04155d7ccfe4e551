// RUN: dlcc-opt %s | dlcc-opt | FileCheck %s
// RUN: dlcc-opt --canonicalize %s | FileCheck %s --check-prefix=CANON

// CHECK-LABEL: func.func @both
// CHECK: %{{.*}}:2 = dlc.scan 8 reverse (%[[X:.*]] in %{{.*}} : tensor<8x4xf32>) carry (%[[H:.*]] from %{{.*}} : tensor<4xf32>) use (%{{.*}} as %[[W:.*]] : tensor<4xf32>) -> (tensor<8x4xf32>, tensor<4xf32>) {
// CHECK-NEXT: %[[A:.*]] = dlc.mul %[[H]], %[[W]]
// CHECK-NEXT: %[[B:.*]] = dlc.add %[[A]], %[[X]]
// CHECK-NEXT: dlc.yield %[[B]], %[[B]] : tensor<4xf32>, tensor<4xf32>
func.func @both(%x: tensor<8x4xf32>, %h0: tensor<4xf32>, %w: tensor<4xf32>)
    -> (tensor<8x4xf32>, tensor<4xf32>) {
  %ys, %h = dlc.scan 8 reverse (%x_t in %x : tensor<8x4xf32>)
      carry (%h_t from %h0 : tensor<4xf32>) use (%w as %c : tensor<4xf32>)
      -> (tensor<8x4xf32>, tensor<4xf32>) {
    %0 = dlc.mul %h_t, %c : tensor<4xf32>
    %1 = dlc.add %0, %x_t : tensor<4xf32>
    dlc.yield %1, %1 : tensor<4xf32>, tensor<4xf32>
  }
  return %ys, %h : tensor<8x4xf32>, tensor<4xf32>
}

// What no used result needs goes: an output, a carried value that only feeds
// it, and the input that only this one reads.
// CANON-LABEL: func.func @unused
// CANON-SAME: (%[[X:.*]]: tensor<3x2xf32>, %[[Z:.*]]: tensor<3x2xf32>, %[[H:.*]]: tensor<2xf32>)
// CANON: %[[R:.*]] = dlc.scan 3 (%{{.*}} in %[[X]] : tensor<3x2xf32>) carry (%{{.*}} from %[[H]] : tensor<2xf32>) -> (tensor<2xf32>) {
// CANON-NEXT: dlc.add
// CANON-NEXT: dlc.yield
// CANON: return %[[R]]
func.func @unused(%x: tensor<3x2xf32>, %z: tensor<3x2xf32>, %h0: tensor<2xf32>)
    -> tensor<2xf32> {
  %ys, %h, %g = dlc.scan 3 (%x_t in %x : tensor<3x2xf32>,
                            %z_t in %z : tensor<3x2xf32>)
      carry (%h_t from %h0 : tensor<2xf32>, %g_t from %h0 : tensor<2xf32>)
      -> (tensor<3x2xf32>, tensor<2xf32>, tensor<2xf32>) {
    %0 = dlc.add %h_t, %x_t : tensor<2xf32>
    %1 = dlc.mul %g_t, %z_t : tensor<2xf32>
    dlc.yield %1, %0, %1 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
  }
  return %h : tensor<2xf32>
}

// A carried value that never changes is captured, and captured once; its last
// value is its first.
// CANON-LABEL: func.func @unchanged
// CANON-SAME: (%[[X:.*]]: tensor<3x2xf32>, %[[W:.*]]: tensor<2xf32>)
// CANON: %[[Y:.*]] = dlc.scan 3 (%{{.*}} in %[[X]] : tensor<3x2xf32>) use (%[[W]] as %[[C:.*]] : tensor<2xf32>) -> (tensor<3x2xf32>) {
// CANON-NEXT: dlc.mul %{{.*}}, %[[C]]
// CANON-NEXT: dlc.add %{{.*}}, %[[C]]
// CANON-NEXT: dlc.yield
// CANON: return %[[Y]], %[[W]]
func.func @unchanged(%x: tensor<3x2xf32>, %w: tensor<2xf32>)
    -> (tensor<3x2xf32>, tensor<2xf32>) {
  %ys, %h = dlc.scan 3 (%x_t in %x : tensor<3x2xf32>)
      carry (%h_t from %w : tensor<2xf32>) use (%w as %c : tensor<2xf32>)
      -> (tensor<3x2xf32>, tensor<2xf32>) {
    %0 = dlc.mul %x_t, %c : tensor<2xf32>
    %1 = dlc.add %0, %h_t : tensor<2xf32>
    dlc.yield %1, %h_t : tensor<2xf32>, tensor<2xf32>
  }
  return %ys, %h : tensor<3x2xf32>, tensor<2xf32>
}

// A stack of an input's slices is the input; equal stacks are one.
// CANON-LABEL: func.func @stacks
// CANON-SAME: (%[[X:.*]]: tensor<3x2xf32>, %[[H:.*]]: tensor<2xf32>)
// CANON: %[[Y:[0-9a-z_]+]]:2 = dlc.scan 3
// CANON-SAME: -> (tensor<3x2xf32>, tensor<2xf32>) {
// CANON: return %[[X]], %[[Y]]#0, %[[Y]]#0
func.func @stacks(%x: tensor<3x2xf32>, %h0: tensor<2xf32>)
    -> (tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>) {
  %xs, %ys, %zs, %h = dlc.scan 3 (%x_t in %x : tensor<3x2xf32>)
      carry (%h_t from %h0 : tensor<2xf32>)
      -> (tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>, tensor<2xf32>) {
    %0 = dlc.add %h_t, %x_t : tensor<2xf32>
    dlc.yield %x_t, %0, %0, %0 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>,
                                 tensor<2xf32>
  }
  return %xs, %ys, %zs : tensor<3x2xf32>, tensor<3x2xf32>, tensor<3x2xf32>
}
