// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// The prelude's activations.

model activations(x: f32[batch, 7]) -> (a, b, c, d, e, f) {
  h = dense(x, 5)
  a = relu(h) + leaky_relu(-h) * elu(h) + clamp(h, -0.5, 0.5)
  b = softplus(h) * silu(h) - gelu(h)
  c = softmax(h) + log_softmax(h, axis = 0) * softmax(h * 2, axis = 1)
  d = selu(h) + mish(h) * gelu(h, approximate = "tanh") + softsign(h)
  e = hardtanh(h) * hardtanh(h, low = -0.3, high = 0.2) + hard_sigmoid(h * 3) + hard_swish(h * 2) + relu6(h * 5)
  f = prelu(h) * exp2(h) + log2(h * h + 1) * log10(h * h + 2) + tan(h / 4)
}
