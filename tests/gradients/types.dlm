// RUN: dlcc check --gradients --samples all %s | FileCheck %S/Inputs/pass.txt
// Floats of every width, whole numbers within their bounds, and bools.

model types(x: f32[batch, 3], h: f16[batch, 3], b: bf16[batch, 3], d: f64[batch, 3],
            pixel: u8[batch, 3], word: i32[batch] < 4, gate: bool[batch, 3]) -> y {
  w = param([3], init = normal(), type = f64)
  table = param([4, 3], init = normal())
  row = matmul(one_hot(word, 4), table)
  narrow = f32(bf16(x * 1.1)) + f32(h) * f32(b)
  y = (f64(narrow + row) + d * w) * f64(pixel) + f64(where(gate, x, x * x))
}
