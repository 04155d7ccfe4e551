// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = relu(x, 1, 2)
}

// CHECK: too_many_arguments.dlm:4:15: error: 'relu' takes 1 argument
// CHECK-NEXT: y = relu(x, 1, 2)
// CHECK-NEXT: ^
// CHECK: hint: they are x
// CHECK-NOT: error:
