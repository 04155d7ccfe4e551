// A training step becomes its loss and its gradients, without effects.
// RUN: split-file %s %t
// RUN: dlcc-opt --dlc-expose-gradients %t/step.mlir | FileCheck %t/step.mlir
// RUN: dlcc-opt --dlc-expose-gradients %t/forward.mlir | FileCheck %t/forward.mlir
// RUN: not dlcc-opt --dlc-expose-gradients %t/none.mlir 2>&1 | FileCheck %t/none.mlir

//--- step.mlir
module attributes {dlc.model = "t"} {
dlc.variable parameter @w : tensor<4xf32> {trainable}
dlc.variable parameter @v : tensor<4xf32> {trainable}
dlc.variable parameter @unread : tensor<2xf32> {trainable}
dlc.variable parameter @frozen : tensor<4xf32>
dlc.variable buffer @b : tensor<4xf32>
dlc.variable control @"$step" : tensor<i64>

// CHECK: func.func @init
func.func @init() attributes {dlc.entry = "init"} { return }
// CHECK-NOT: @forward
func.func @forward(%x: tensor<4xf32> {dlc.name = "x"}) -> (tensor<4xf32> {dlc.name = "y"})
    attributes {dlc.entry = "forward"} {
  return %x : tensor<4xf32>
}

// The parameters of all groups, then the float inputs, then what nothing reads.
// CHECK-LABEL: func.func @first_loss
// CHECK-SAME: (%{{.*}}: tensor<4xf32> {dlc.name = "x"}, %{{.*}}: tensor<4xi32> {dlc.name = "i"})
// CHECK-SAME: -> (tensor<f32> {{{.*}}dlc.name = "loss"}) attributes {dlc.block = "first", dlc.entry = "forward"}
// CHECK-NOT: dlc.gradient
// CHECK-NOT: dlc.write
// CHECK: return %{{.*}} : tensor<f32>
// CHECK-LABEL: func.func @first_branches
// CHECK-SAME: dlc.block = "first", dlc.entry = "forward"
// CHECK-LABEL: func.func @first_branch_loss
// CHECK-SAME: dlc.block = "first", dlc.entry = "forward"
// CHECK-LABEL: func.func @first_gradients
// CHECK-SAME: -> (tensor<f32> {{{.*}}dlc.name = "loss"}, tensor<4xf32> {{{.*}}dlc.name = "w"}, tensor<2xf32> {{{.*}}dlc.name = "unread"}, tensor<4xf32> {{{.*}}dlc.name = "v"}, tensor<4xf32> {{{.*}}dlc.name = "x"})
// CHECK: %[[UNREAD:.*]] = dlc.read @unread
// CHECK: %[[W:.*]] = dlc.read @w
// CHECK-NOT: dlc.read @"$step"
// CHECK: %[[STEP:.*]] = dlc.constant dense<1> : tensor<i64>
// CHECK: %[[V:.*]] = dlc.read @v
// CHECK: dlc.cast %[[STEP]]
// CHECK: %[[LOSS:.*]] = dlc.reduce sum
// CHECK-NOT: dlc.minimize
// CHECK-NOT: dlc.write
// CHECK: %[[G:.*]]:4 = dlc.gradient %[[LOSS]], (%[[W]], %[[UNREAD]], %[[V]], %arg0)
// CHECK: return %[[LOSS]], %[[G]]#0, %[[G]]#1, %[[G]]#2, %[[G]]#3
// CHECK-NOT: func.func
func.func @first_train_step(%x: tensor<4xf32> {dlc.name = "x"}, %i: tensor<4xi32> {dlc.name = "i"})
    -> (tensor<f32> {dlc.name = "loss"}, tensor<f32> {dlc.name = "metric"})
    attributes {dlc.entry = "train", dlc.block = "first"} {
  %w = dlc.read @w : tensor<4xf32>
  %step = dlc.read @"$step" : tensor<i64>
  %v = dlc.read @v : tensor<4xf32>
  %again = dlc.read @w : tensor<4xf32>
  %f = dlc.read @frozen : tensor<4xf32>
  %t = dlc.cast %step : tensor<i64> to tensor<f32>
  %a = dlc.mul %w, %v : tensor<4xf32>
  %b = dlc.mul %a, %again : tensor<4xf32>
  %c = dlc.mul %b, %f : tensor<4xf32>
  %d = dlc.mul %c, %x : tensor<4xf32>
  %s = dlc.reduce sum %d [0] : tensor<4xf32>
  dlc.minimize %s, adam [@w, @unread] []() : tensor<f32>
  dlc.minimize %s, adam [@v] ["weight_decay"](%t) : tensor<f32>, (tensor<f32>)
  dlc.write @b, %d : tensor<4xf32>
  return %s, %t : tensor<f32>, tensor<f32>
}
}

//--- forward.mlir
module attributes {dlc.model = "t"} {
dlc.variable parameter @w : tensor<4xf32> {trainable}
// Without training: the float outputs, each element with a weight of its own.
// CHECK-LABEL: func.func @gradients
// CHECK: %[[W:.*]] = dlc.read @w
// CHECK: %[[R:.*]] = dlc.random normal(%{{.*}}, %{{.*}}) path 1
// CHECK: %[[P:.*]] = dlc.mul %{{.*}}, %[[R]]
// CHECK: %[[S:.*]] = dlc.reduce sum %[[P]]
// CHECK: %[[LOSS:.*]] = dlc.cast %[[S]] : tensor<f32> to tensor<f64>
// CHECK: dlc.gradient %[[LOSS]], (%[[W]], %arg0)
func.func @forward(%x: tensor<4xf32> {dlc.name = "x"})
    -> (tensor<4xi1> {dlc.name = "c"}, tensor<4xf32> {dlc.name = "y"})
    attributes {dlc.entry = "forward"} {
  %w = dlc.read @w : tensor<4xf32>
  %y = dlc.mul %w, %x : tensor<4xf32>
  %c = dlc.compare lt %x, %w : tensor<4xf32>
  return %c, %y : tensor<4xi1>, tensor<4xf32>
}
}

//--- none.mlir
module attributes {dlc.model = "t"} {
// CHECK: none.mlir:3:1: error: the model has no loss and no float output, so there is no gradient to check
func.func @forward(%x: tensor<4xi32> {dlc.name = "x"}) -> (tensor<4xi32> {dlc.name = "y"})
    attributes {dlc.entry = "forward"} {
  return %x : tensor<4xi32>
}
}
