// Gradients that are asked for and that are given keep their text.
// RUN: dlcc-opt %s | dlcc-opt | FileCheck %s
// RUN: dlcc-opt %s -mlir-print-op-generic | dlcc-opt | FileCheck %s

// CHECK-LABEL: func.func @asked
func.func @asked(%loss: tensor<f32>, %w: tensor<4x3xf32>, %x: tensor<3xf64>) {
  // CHECK: %{{.*}}:2 = dlc.gradient %{{.*}}, (%{{.*}}, %{{.*}}) : tensor<f32>, (tensor<4x3xf32>, tensor<3xf64>)
  %g:2 = dlc.gradient %loss, (%w, %x) : tensor<f32>, (tensor<4x3xf32>, tensor<3xf64>)
  return
}

// CHECK-LABEL: func.func @given
func.func @given(%x: tensor<4xf32>, %s: tensor<f32>) -> (tensor<4xf32>, tensor<f32>) {
  // CHECK: %{{.*}}:2 = dlc.custom_gradient(%[[X:.*]], %[[S:.*]]) of(%[[X]]) : (tensor<4xf32>, tensor<f32>), (tensor<4xf32>) {
  // CHECK-NEXT: ^bb0(%[[DY:.*]]: tensor<4xf32>, %{{.*}}: tensor<f32>):
  // CHECK-NEXT: %[[DX:.*]] = dlc.mul %[[DY]], %[[X]]
  // CHECK-NEXT: dlc.yield %[[DX]] : tensor<4xf32>
  %y:2 = dlc.custom_gradient (%x, %s) of (%x)
      : (tensor<4xf32>, tensor<f32>), (tensor<4xf32>) {
  ^bb0(%dy: tensor<4xf32>, %ds: tensor<f32>):
    %dx = dlc.mul %dy, %x : tensor<4xf32>
    dlc.yield %dx : tensor<4xf32>
  }
  return %y#0, %y#1 : tensor<4xf32>, tensor<f32>
}
