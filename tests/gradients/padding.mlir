// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Padding between and around elements, and the number that is put there.

module attributes {dlc.model = "padding", dlc.batch = 3 : i64} {
dlc.variable parameter @w : tensor<2x3xf32> {trainable}
func.func @init() attributes {dlc.entry = "init"} {
  %one = dlc.constant dense<0.5> : tensor<2x3xf32>
  dlc.write @w, %one : tensor<2x3xf32>
  return
}
func.func @forward(%v: tensor<f32> {dlc.name = "v"})
    -> (tensor<4x8xf32> {dlc.name = "y"}) attributes {dlc.entry = "forward"} {
  %w = dlc.read @w : tensor<2x3xf32>
  %p = dlc.pad %w, %v [1, 2] [1, 1] [0, 1] : tensor<2x3xf32>, tensor<f32>
  %y = dlc.mul %p, %p : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}
}
