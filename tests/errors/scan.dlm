// RUN: not dlcc check %s 2>&1 | FileCheck %s
model m(x: f32[batch, 4, 3], h0: f32[batch, 3], z: f32[batch, 5, 3]) -> y {
  a = scan (x_t in x; h = h0) { return h + x_t }
  b = scan (x_t in x, z_t in z, axis = 1; h = h0) { return h + x_t + z_t }
  c = scan (x_t in x, axis = 1; h = h0) { return matmul(h, x_t, transpose_b = true) }
  d = scan (x_t in x, axis = 1; h = h0) { g = h + x_t }
  e = scan (x_t in x, axis = 1; h = h0, g = h0) { return h }
  f = scan (; h = h0) { return h }
  g = scan (t in 3..3; h = h0) { return h }
  i = scan (x_t in x, axis = 5; h = h0) { return h }
  j = scan (x_t in x, axis = 1; x_t = h0) { return x_t }
  k = scan (x_t in x, axis = 1; h = h0) { return missing }
  s = buffer([3], init = zeros())
  l = scan (x_t in x, axis = 1; h = h0) {
    s <- mean(x_t, 0)
    return h
  }
  o = scan (x_t in x, axis = 1; h = i32(h0)) { return x_t }
  p = scan (q in 3; h = h0) { return h }
  y = h0
}

// CHECK: scan.dlm:3:20: error: 'scan' cannot go over the rows of f32[batch, 4, 3]
// CHECK-NEXT: a = scan (x_t in x; h = h0) { return h + x_t }
// CHECK-NEXT: ^
// CHECK: hint: axis = 1 goes over the dimension behind the batch
// CHECK: scan.dlm:4:30: error: 'scan' takes 4 steps over the first input and 5 over this one
// CHECK-NEXT: b = scan (x_t in x, z_t in z, axis = 1; h = h0) { return h + x_t + z_t }
// CHECK-NEXT: ^
// CHECK: scan.dlm:5:50: error: 'h' becomes f32[batch, batch] and was f32[batch, 3]
// CHECK-NEXT: c = scan (x_t in x, axis = 1; h = h0) { return matmul(h, x_t, transpose_b = true) }
// CHECK-NEXT: ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
// CHECK: scan.dlm:5:33: note: its first value
// CHECK-NEXT: c = scan (x_t in x, axis = 1; h = h0) { return matmul(h, x_t, transpose_b = true) }
// CHECK-NEXT: ^
// CHECK: scan.dlm:6:7: error: this 'scan' returns nothing
// CHECK-NEXT: d = scan (x_t in x, axis = 1; h = h0) { g = h + x_t }
// CHECK-NEXT: ^~~~
// CHECK: hint: return what is stacked, then the next value of each carried name
// CHECK: scan.dlm:7:51: error: the step returns 1 of 2 carried values
// CHECK-NEXT: e = scan (x_t in x, axis = 1; h = h0, g = h0) { return h }
// CHECK-NEXT: ^~~~~~
// CHECK: hint: return what is stacked, then the next value of each carried name
// CHECK: scan.dlm:8:7: error: this 'scan' goes over nothing
// CHECK-NEXT: f = scan (; h = h0) { return h }
// CHECK-NEXT: ^~~~
// CHECK: hint: scan (t in 0..n; h = h0) { … } counts steps
// CHECK: scan.dlm:9:18: error: this 'scan' has no step
// CHECK-NEXT: g = scan (t in 3..3; h = h0) { return h }
// CHECK-NEXT: ^~~~
// CHECK: scan.dlm:10:30: error: there is no axis 5 in a tensor of 3 axes
// CHECK-NEXT: i = scan (x_t in x, axis = 5; h = h0) { return h }
// CHECK-NEXT: ^
// CHECK: scan.dlm:11:33: error: 'x_t' is bound twice by this 'scan'
// CHECK-NEXT: j = scan (x_t in x, axis = 1; x_t = h0) { return x_t }
// CHECK-NEXT: ^~~
// CHECK: scan.dlm:12:50: error: nothing here is called 'missing'
// CHECK-NEXT: k = scan (x_t in x, axis = 1; h = h0) { return missing }
// CHECK-NEXT: ^~~~~~~
// CHECK: scan.dlm:15:5: error: a step of 'scan' cannot store into 's'
// CHECK-NEXT: s <- mean(x_t, 0)
// CHECK-NEXT: ^
// CHECK: hint: carry the value, and store it behind the 'scan'
// CHECK: scan.dlm:18:55: error: 'h' becomes f32[batch, 3] and was i32[batch, 3]
// CHECK-NEXT: o = scan (x_t in x, axis = 1; h = i32(h0)) { return x_t }
// CHECK-NEXT: ^~~
// CHECK: scan.dlm:18:33: note: its first value
// CHECK-NEXT: o = scan (x_t in x, axis = 1; h = i32(h0)) { return x_t }
// CHECK-NEXT: ^
// CHECK: scan.dlm:19:18: error: 'scan' goes over a dimension, and f32[] has none
// CHECK-NEXT: p = scan (q in 3; h = h0) { return h }
// CHECK-NEXT: ^
// CHECK-NOT: error:
