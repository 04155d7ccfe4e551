// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// The prelude's activations.

model activations(x: f32[batch, 7]) -> (a, b, c) {
  h = dense(x, 5)
  a = relu(h) + leaky_relu(-h) * elu(h) + clamp(h, -0.5, 0.5)
  b = softplus(h) * silu(h) - gelu(h)
  c = softmax(h) + log_softmax(h, axis = 0) * softmax(h * 2, axis = 1)
}
