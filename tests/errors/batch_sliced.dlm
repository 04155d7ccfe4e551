// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = x[1:]
}

// CHECK: batch_sliced.dlm:4:9: error: the dimension batch holds the rows given, which are known at run time only; it is taken whole
// CHECK-NEXT: y = x[1:]
// CHECK-NEXT: ^~
// CHECK: hint: write ':' for it
// CHECK-NOT: error:
