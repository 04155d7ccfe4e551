// RUN: not dlcc check %s 2>&1 | FileCheck %s

fn f(x) { return f(x) }
model m(x: f32[batch, 4]) -> y {
  y = f(x)
}

// CHECK: recursion.dlm:3:18: error: 'f' calls itself; functions do not recurse
// CHECK-NEXT: fn f(x) { return f(x) }
// CHECK-NEXT: ^
// CHECK: recursion.dlm:5:7: note: in this call of 'f'
// CHECK: hint: a loop at compile time is 'for' or 'repeat'
// CHECK-NOT: error:
