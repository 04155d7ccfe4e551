// RUN: dlcc-opt --dlc-fuse-ops %s | FileCheck %s

module attributes {dlc.model = "m", dlc.batch = 2 : i64} {
dlc.variable parameter @u : tensor<4x4xf32>

// A transposed weight is read inside. A kernel of the body makes each value
// that is stacked: of a carried value it is a copy, and the value that is both
// stacked and carried lies in the stack. The function's argument is copied,
// since slices are places in the arena.
// CHECK-LABEL: func.func @cell(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<5x2x4xf32> {{.*}}, %[[H0:[a-z0-9]+]]: tensor<2x4xf32>
// CHECK-NEXT: %[[U:.*]] = dlc.read @u
// CHECK-NEXT: %[[COPY:.*]] = dlc.kernel "broadcast"(%[[X]] as
// CHECK-NEXT: dlc.broadcast
// CHECK-NEXT: dlc.yield
// CHECK-NEXT: }
// CHECK-NEXT: dlc.scan 5 (%[[X_T:.*]] in %[[COPY]] : tensor<5x2x4xf32>) carry (%[[H_T:.*]] from %[[H0]] : tensor<2x4xf32>) use (%[[U]] as %[[U_I:.*]] : tensor<4x4xf32>)
// CHECK-NEXT: %[[H:.*]] = dlc.kernel "matmul_tanh"({{.*}}%[[H_T]] as
// CHECK-NEXT: dlc.transpose
// CHECK-NEXT: dlc.contract
// CHECK-NEXT: dlc.add
// CHECK-NEXT: dlc.tanh
// CHECK-NEXT: dlc.yield
// CHECK-NEXT: }
// CHECK-NEXT: %[[BEFORE:.*]] = dlc.kernel "broadcast_1"(%[[H_T]] as
// CHECK-NEXT: dlc.broadcast
// CHECK-NEXT: dlc.yield
// CHECK-NEXT: }
// CHECK-NEXT: dlc.yield %[[H]], %[[BEFORE]], %[[H]]
func.func @cell(%x: tensor<5x2x4xf32> {dlc.name = "x"},
                %h0: tensor<2x4xf32> {dlc.name = "h0"})
    -> (tensor<5x2x4xf32> {dlc.name = "y"}) attributes {dlc.entry = "forward"} {
  %u = dlc.read @u : tensor<4x4xf32>
  %t = dlc.transpose %u [1, 0] : tensor<4x4xf32>
  %ys, %before, %h = dlc.scan 5 (%x_t in %x : tensor<5x2x4xf32>)
      carry (%h_t from %h0 : tensor<2x4xf32>)
      use (%t as %u_i : tensor<4x4xf32>)
      -> (tensor<5x2x4xf32>, tensor<5x2x4xf32>, tensor<2x4xf32>) {
    %0 = dlc.contract %h_t [] [1], %u_i [] [0] : tensor<2x4xf32>, tensor<4x4xf32>
    %1 = dlc.add %0, %x_t : tensor<2x4xf32>
    %2 = dlc.tanh %1 : tensor<2x4xf32>
    dlc.yield %2, %h_t, %2 : tensor<2x4xf32>, tensor<2x4xf32>, tensor<2x4xf32>
  }
  %y = dlc.add %ys, %before : tensor<5x2x4xf32>
  return %y : tensor<5x2x4xf32>
}

// The inner scan goes through the outer one's slice where it lies. What it ends
// with is carried on by a copy: its own memory is the next step's, too.
// CHECK-LABEL: func.func @nested(
// CHECK: %[[Z:.*]] = dlc.kernel "exp"
// CHECK: %[[ROWS:.*]] = dlc.scan 3 (%[[ROW:.*]] in %[[Z]] : tensor<3x5x4xf32>) carry (%[[A:.*]] from
// CHECK-NEXT: %[[INNER:.*]] = dlc.scan 5 reverse (%[[V:.*]] in %[[ROW]] : tensor<5x4xf32>) carry (%[[B:.*]] from %[[A]] : tensor<4xf32>)
// CHECK-NEXT: %[[SUM:.*]] = dlc.kernel "add_1"
// CHECK: dlc.yield %[[SUM]]
// CHECK-NEXT: }
// CHECK-NEXT: %[[NEXT:.*]] = dlc.kernel "broadcast{{.*}}"(%[[INNER]] as
// CHECK: dlc.yield %[[NEXT]]
func.func @nested(%x: tensor<3x5x4xf32> {dlc.name = "x"},
                  %h0: tensor<4xf32> {dlc.name = "h0"})
    -> (tensor<4xf32> {dlc.name = "y"}) attributes {dlc.entry = "forward"} {
  %z = dlc.exp %x : tensor<3x5x4xf32>
  %h = dlc.scan 3 (%row in %z : tensor<3x5x4xf32>)
      carry (%a from %h0 : tensor<4xf32>) -> (tensor<4xf32>) {
    %i = dlc.scan 5 reverse (%v in %row : tensor<5x4xf32>)
        carry (%b from %a : tensor<4xf32>) -> (tensor<4xf32>) {
      %0 = dlc.add %b, %v : tensor<4xf32>
      dlc.yield %0 : tensor<4xf32>
    }
    dlc.yield %i : tensor<4xf32>
  }
  return %h : tensor<4xf32>
}
}
