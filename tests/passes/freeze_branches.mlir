// The loss on the branch it took: what is decided is written by one function
// and read by the other, where what is left is smooth.
// RUN: dlcc-opt --dlc-expose-gradients %s | FileCheck %s

module attributes {dlc.model = "t"} {
// CHECK-DAG: dlc.variable state @branch.0 : tensor<4x3xf32>
// CHECK-DAG: dlc.variable state @branch.1 : tensor<4x3xf32>
// CHECK-DAG: dlc.variable state @branch.2 : tensor<4x3xf32>
// CHECK-DAG: dlc.variable state @branch.3 : tensor<4x3xi1>
// CHECK-DAG: dlc.variable state @branch.4 : tensor<4x3xf32>
// CHECK-DAG: dlc.variable state @branch.5 : tensor<4x3xf32>
// CHECK-NOT: dlc.variable state

// CHECK-LABEL: func.func @loss
// CHECK-NOT: dlc.write

// CHECK-LABEL: func.func @branches(
// CHECK-SAME: %[[X:.*]]: tensor<4x3xf32>
// CHECK: %[[I:.*]] = dlc.iota
// CHECK: %[[C:.*]] = dlc.cast %[[I]]
// CHECK-NEXT: %[[FLOOR:.*]] = dlc.floor %[[X]]
// CHECK-NEXT: %[[MAX:.*]] = dlc.max %[[X]], %[[C]]
// A tie is half of both.
// CHECK-NEXT: %[[EQ:.*]] = dlc.compare eq %[[X]], %[[C]]
// CHECK: %[[HALF:.*]] = dlc.select %[[EQ]]
// CHECK-NEXT: %[[GT:.*]] = dlc.compare gt %[[X]], %[[C]]
// CHECK: %[[SHARE:.*]] = dlc.select %[[GT]], %{{.*}}, %[[HALF]]
// CHECK-NEXT: %[[ABS:.*]] = dlc.abs %[[MAX]]
// CHECK-NEXT: %[[SIGN:.*]] = dlc.sign %[[MAX]]
// CHECK-NEXT: %[[ROW:.*]] = dlc.reduce max %[[ABS]] [1]
// CHECK: %[[LARGEST:.*]] = dlc.compare eq %[[ABS]]
// CHECK: dlc.rem
// CHECK: %[[WHOLE:.*]] = dlc.select
// CHECK: %[[STOPPED:.*]] = dlc.stop_gradient
// CHECK: dlc.write @branch.0, %[[FLOOR]]
// CHECK: dlc.write @branch.1, %[[SHARE]]
// CHECK: dlc.write @branch.2, %[[SIGN]]
// CHECK: dlc.write @branch.3, %[[LARGEST]]
// CHECK: dlc.write @branch.4, %[[WHOLE]]
// CHECK: dlc.write @branch.5, %[[STOPPED]]
// CHECK-NOT: dlc.write

// CHECK-LABEL: func.func @branch_loss(
// CHECK-SAME: %[[X:.*]]: tensor<4x3xf32>
// What no float moves is left as it is.
// CHECK: dlc.iota
// CHECK-NOT: dlc.floor
// CHECK-NOT: dlc.max
// CHECK-NOT: dlc.abs
// CHECK-NOT: dlc.reduce max
// CHECK-NOT: dlc.rem
// CHECK-NOT: dlc.stop_gradient
// CHECK-NOT: dlc.write
// CHECK-LABEL: func.func @gradients
func.func @forward(%x: tensor<4x3xf32> {dlc.name = "x"}) -> (tensor<f32> {dlc.name = "y"})
    attributes {dlc.entry = "forward"} {
  %i = dlc.iota 0 : tensor<4x3xi32>
  %c = dlc.cast %i : tensor<4x3xi32> to tensor<4x3xf32>
  %floor = dlc.floor %x : tensor<4x3xf32>
  %max = dlc.max %x, %c : tensor<4x3xf32>
  %abs = dlc.abs %max : tensor<4x3xf32>
  %row = dlc.reduce max %abs [1] : tensor<4x3xf32>
  %rows = dlc.broadcast %row [0] : tensor<4xf32> to tensor<4x3xf32>
  %rem = dlc.rem %rows, %x : tensor<4x3xf32>
  %stopped = dlc.stop_gradient %rem : tensor<4x3xf32>
  %is = dlc.compare lt %stopped, %floor : tensor<4x3xf32>
  %chosen = dlc.select %is, %rem, %stopped : tensor<4x3xi1>, tensor<4x3xf32>
  %y = dlc.reduce sum %chosen [0, 1] : tensor<4x3xf32>
  return %y : tensor<f32>
}
}
