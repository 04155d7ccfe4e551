// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Decisions of the steps of scans: corners, what gradients stop at, roundings;
// in a loop in a loop, too.

model decided(x: f32[batch, 40, 3]) -> (y, z, v) {
  y = rnn(x, 8, activation = relu)
  w = param([3], init = normal())
  z, last = scan (x_t in x, axis = 1, reverse = true; h = full([batch, 3], 0)) {
    new = abs(h * 0.9 + x_t * w) + stop_gradient(x_t * w) * h - floor(x_t * w * 20)
    top = max(new, 1, true)
    return top, minimum(new, 1)
  }
  v, end = scan (x_t in x, axis = 1; k = full([batch], 0)) {
    inner, sum = scan (e in x_t, axis = 1; s = k) {
      s2 = maximum(s * 0.5, e) + stop_gradient(e) * s
      return s2, s2
    }
    return inner, sum * 0.3
  }
}

training decided() {
  loss = mean(y ^ 2) + mean(z ^ 2) + mean(v ^ 2)
  optimizer = sgd(learning_rate = 0.1)
  batch = 3
}
