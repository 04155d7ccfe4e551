// dlc.gradient becomes the backward pass, dlc.custom_gradient gives its own.
// RUN: dlcc-opt --dlc-differentiate %s | FileCheck %s
// RUN: dlcc-opt --pass-pipeline='builtin.module(dlc-differentiate,func.func(dlc-simplify-graph))' %s | FileCheck %s --check-prefix=SIMPLE
// Before, only what there is nothing to ask of is dropped.
// RUN: dlcc-opt --pass-pipeline='builtin.module(func.func(dlc-simplify-graph))' %s | FileCheck %s --check-prefix=KEPT

// What the loss does not depend on has a gradient of zero.
// CHECK-LABEL: func.func @zero
func.func @zero(%x: tensor<4xf32>, %z: tensor<3xf32>) -> (tensor<4xf32>, tensor<3xf32>) {
  %e = dlc.exp %x : tensor<4xf32>
  %loss = dlc.reduce sum %e [0] : tensor<4xf32>
  // CHECK-NOT: dlc.gradient
  // CHECK: %[[DX:.*]] = dlc.mul
  // CHECK: %[[DZ:.*]] = dlc.constant dense<0.000000e+00> : tensor<3xf32>
  // CHECK: return %[[DX]], %[[DZ]]
  %g:2 = dlc.gradient %loss, (%x, %z) : tensor<f32>, (tensor<4xf32>, tensor<3xf32>)
  return %g#0, %g#1 : tensor<4xf32>, tensor<3xf32>
}

// A loss made of gradients: the second derivative of x^3 is 6 x.
// CHECK-LABEL: func.func @twice
func.func @twice(%x: tensor<f32>) -> tensor<f32> {
  %s = dlc.mul %x, %x : tensor<f32>
  %c = dlc.mul %s, %x : tensor<f32>
  %d = dlc.gradient %c, (%x) : tensor<f32>, (tensor<f32>)
  // CHECK-NOT: dlc.gradient
  // CHECK: return
  %dd = dlc.gradient %d, (%x) : tensor<f32>, (tensor<f32>)
  return %dd : tensor<f32>
}

// The body stands where the op's own gradient would, and nothing looks into
// how the value came about; the op goes when nothing is left to ask.
// CHECK-LABEL: func.func @given
// SIMPLE-LABEL: func.func @given
// KEPT-LABEL: func.func @given
func.func @given(%x: tensor<4xf32>) -> tensor<4xf32> {
  %v = dlc.round %x : tensor<4xf32>
  // CHECK: dlc.custom_gradient
  // SIMPLE-NOT: dlc.custom_gradient
  // KEPT: dlc.custom_gradient
  %y = dlc.custom_gradient (%v) of (%x) : (tensor<4xf32>), (tensor<4xf32>) {
  ^bb0(%dy: tensor<4xf32>):
    %dx = dlc.mul %dy, %x : tensor<4xf32>
    dlc.yield %dx : tensor<4xf32>
  }
  %loss = dlc.reduce sum %y [0] : tensor<4xf32>
  // CHECK: %[[DY:.*]] = dlc.broadcast
  // CHECK: %[[DX:.*]] = dlc.mul %[[DY]], %arg0
  // CHECK: return %[[DX]]
  // SIMPLE: return %arg0
  %g = dlc.gradient %loss, (%x) : tensor<f32>, (tensor<4xf32>)
  return %g : tensor<4xf32>
}

// KEPT-LABEL: func.func @nothing_asked
// KEPT-NEXT: %[[V:.*]] = dlc.round
// KEPT-NEXT: return %[[V]]
func.func @nothing_asked(%x: tensor<4xf32>) -> tensor<4xf32> {
  %v = dlc.round %x : tensor<4xf32>
  %y = dlc.custom_gradient (%v) of (%x) : (tensor<4xf32>), (tensor<4xf32>) {
  ^bb0(%dy: tensor<4xf32>):
    dlc.yield %dy : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}
