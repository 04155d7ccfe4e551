// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  h = dense(x, 4, name = "fc")
  y = dense(h, 4, name = "fc")
}

// CHECK: name_used_twice.dlm:5:7: error: a second parameter called 'fc.weight'
// CHECK-NEXT: y = dense(h, 4, name = "fc")
// CHECK-NEXT: ^~~~~
// CHECK: name_used_twice.dlm:4:7: note: the first one
// CHECK: hint: to share parameters, bind the call with 'layer'
// CHECK-NOT: error:
