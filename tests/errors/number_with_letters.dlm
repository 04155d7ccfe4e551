// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = 2x
}

// CHECK: number_with_letters.dlm:4:7: error: '2x' is neither number nor name
// CHECK-NEXT: y = 2x
// CHECK-NEXT: ^~
// CHECK: hint: a name begins with a letter; between a number and a unit stands a space
// CHECK-NOT: error:
