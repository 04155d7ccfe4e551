// RUN: dlcc-opt --dlc-differentiate %s | FileCheck %s
// RUN: dlcc-opt --dlc-differentiate --mlir-print-debuginfo \
// RUN:   --mlir-use-nameloc-as-prefix=false %s | FileCheck %s --check-prefix=LOC

// Only ops between a parameter and the loss are differentiated: x has no
// gradient here, and the branch through %scaled is a constant of the step.
// CHECK-LABEL: func.func @product
func.func @product(%x: tensor<4xf32>) {
  %w = dlc.read @w : tensor<4xf32>
  %scaled = dlc.exp %x : tensor<4xf32>
  // CHECK: %[[SCALED:.*]] = dlc.exp
  // CHECK: %[[RATE:.*]] = dlc.constant dense<1.0
  // CHECK: %[[ONE:.*]] = dlc.constant dense<1.0
  // CHECK: %[[DP:.*]] = dlc.broadcast %[[ONE]] [] : tensor<f32> to tensor<4xf32>
  // CHECK: %[[DW:.*]] = dlc.mul %[[DP]], %[[SCALED]]
  // CHECK-NEXT: dlc.update @w, %[[DW]], sgd ["learning_rate"](%{{.*}})
  // CHECK-NEXT: return
  %p = dlc.mul %w, %scaled : tensor<4xf32> loc("model.dlm":7:3)
  %loss = dlc.reduce sum %p [0] : tensor<4xf32>
  %r = dlc.constant dense<1.0> : tensor<f32>
  dlc.minimize %loss, sgd [@w] ["learning_rate"] (%r)
      : tensor<f32>, (tensor<f32>) loc("model.dlm":9:5)
  return
}
// The backward op has the line of its forward op; the update is called after
// its parameter.
// LOC-DAG: #[[LINE:loc[0-9]*]] = loc("model.dlm":7:3)
// LOC-DAG: = loc(fused<"backward">[#[[LINE]]])
// LOC-DAG: #[[NAME:loc[0-9]*]] = loc("w"(#{{.*}}))
// LOC-DAG: = loc(fused<"update">[#[[NAME]]])

// Contributions of several uses are added, from the last use to the first.
// CHECK-LABEL: func.func @several_uses
func.func @several_uses() {
  %w = dlc.read @w : tensor<4xf32>
  %e = dlc.exp %w : tensor<4xf32>
  %s = dlc.sin %w : tensor<4xf32>
  %p = dlc.add %e, %s : tensor<4xf32>
  %loss = dlc.reduce sum %p [0] : tensor<4xf32>
  %r = dlc.constant dense<1.0> : tensor<f32>
  // CHECK: %[[COS:.*]] = dlc.cos
  // CHECK: %[[FROM_SIN:.*]] = dlc.mul %{{.*}}, %[[COS]]
  // CHECK: %[[FROM_EXP:.*]] = dlc.mul
  // CHECK: dlc.add %[[FROM_SIN]], %[[FROM_EXP]]
  dlc.minimize %loss, sgd [@w] ["learning_rate"] (%r)
      : tensor<f32>, (tensor<f32>)
  return
}

// Groups of one loss share the backward pass; each has its own rate.
// CHECK-LABEL: func.func @groups
func.func @groups() {
  %w = dlc.read @w : tensor<4xf32>
  %v = dlc.read @v : tensor<4xf32>
  %p = dlc.mul %w, %v : tensor<4xf32>
  %loss = dlc.reduce sum %p [0] : tensor<4xf32>
  %r = dlc.constant dense<1.0> : tensor<f32>
  %q = dlc.constant dense<2.0> : tensor<f32>
  // CHECK: %[[R:.*]] = dlc.constant dense<1.0
  // CHECK: %[[Q:.*]] = dlc.constant dense<2.0
  // CHECK-COUNT-1: dlc.broadcast
  // CHECK-NOT: dlc.broadcast
  // CHECK: dlc.update @w, %{{.*}}(%[[R]])
  // CHECK: dlc.update @v, %{{.*}}(%[[Q]])
  dlc.minimize %loss, sgd [@w] ["learning_rate"] (%r)
      : tensor<f32>, (tensor<f32>)
  dlc.minimize %loss, sgd [@v] ["learning_rate"] (%q)
      : tensor<f32>, (tensor<f32>)
  return
}

// The gradients of a product are products, without transpositions.
// CHECK-LABEL: func.func @dense
func.func @dense(%x: tensor<8x3xf32, #dlc.dims<"batch", "">>) {
  %m = dlc.read @m : tensor<3x3xf32>
  %y = dlc.contract %x [] [1], %m [] [1]
      : tensor<8x3xf32, #dlc.dims<"batch", "">>, tensor<3x3xf32>
  %z = dlc.contract %y [] [1], %m [] [1]
      : tensor<8x3xf32, #dlc.dims<"batch", "">>, tensor<3x3xf32>
  %loss = dlc.reduce sum %z [0, 1] : tensor<8x3xf32, #dlc.dims<"batch", "">>
  %r = dlc.constant dense<1.0> : tensor<f32>
  // CHECK: %[[DZ:.*]] = dlc.broadcast
  // CHECK: dlc.contract %[[DZ]] [] [1], %{{.*}} [] [0]
  // CHECK: dlc.contract %[[DZ]] [] [0], %{{.*}} [] [0]
  // CHECK-NOT: dlc.transpose
  dlc.minimize %loss, sgd [@m] ["learning_rate"] (%r)
      : tensor<f32>, (tensor<f32>)
  return
}

dlc.variable parameter @w : tensor<4xf32> {trainable}
dlc.variable parameter @v : tensor<4xf32> {trainable}
dlc.variable parameter @m : tensor<3x3xf32> {trainable}
