// RUN: not dlcc check %s 2>&1 | FileCheck %s

fn f(x) { return x }
fn f(x) { return x * 2 }
model m(x: f32[batch, 4]) -> y {
  y = f(x)
}

// CHECK: function_declared_twice.dlm:4:4: error: 'f' is declared twice
// CHECK-NEXT: fn f(x) { return x * 2 }
// CHECK-NEXT: ^
// CHECK: function_declared_twice.dlm:3:4: note: declared here
// CHECK-NOT: error:
