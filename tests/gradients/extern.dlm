// RUN: %cc -O2 -fPIC -c %S/Inputs/extern.c -o %t.o
// RUN: dlcc check --gradients --samples all %s --link %t.o | FileCheck %S/Inputs/pass.txt
// C functions: of several inputs and results, in doubles and in f32, inside of
// a scan, and with results that nobody uses.

extern fn twist(a: f64[n, d], k: i32[d], b: f64[n, d]) -> (f64[n, d], f64[n]) = "twist" gradient "twist_grad"
extern fn decay(h: f32[n, d], x: f32[n, d]) -> f32[n, d] = "decay" gradient "decay_grad"

model extern_functions(x: f32[batch, 5, 3], k: i32[3] < 4) -> (y, z) {
  a, s = twist(f64(dense(x[:, 0], 3)), k, f64(x[:, 1]))
  b, unused = twist(a, k, a)
  y = a * expand(s, 1) + b
  z, last = scan (x_t in x, axis = 1; h = dense(x[:, 2], 3)) {
    next = decay(h, x_t)
    return next, next
  }
}
