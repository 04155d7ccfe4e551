// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = dense(x, 3)
}
training m(digit: i32[batch]) {
  loss = softmax_cross_entropy(y, digit)
  optimizer = sgd(learning_rate = 0.1)
}
data { image = image; digit = label }

// CHECK: data_of_unknown_input.dlm:10:8: error: no input is called 'image'
// CHECK-NEXT: data { image = image; digit = label }
// CHECK-NEXT: ^~~~~
// CHECK: hint: inputs are x, digit
// CHECK-NOT: error:
