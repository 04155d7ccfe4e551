// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  if x > 0 { y = x } else { y = -x }
}

// CHECK: tensor_decides.dlm:4:6: error: 'if' is decided at compile time by true or false, not by bool[batch, 4]
// CHECK-NEXT: if x > 0 { y = x } else { y = -x }
// CHECK-NEXT: ^~~~~
// CHECK: hint: for tensors there is where(condition, a, b)
// CHECK-NOT: error:
