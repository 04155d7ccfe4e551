// RUN: not dlcc check %s 2>&1 | FileCheck %s
model e(x: f32[batch, 3], y: f32[3, 4], z: i32[3]) -> a {
  a = einsum("bi,ij->bk", [x, y])
  a = einsum("bi,ij->bij", [x])
  a = einsum("b,ij", [x, y])
  a = einsum("bij,ij", [x, y])
  a = einsum("bi,ji", [x, y])
  a = einsum("bi,ij->bb", [x, y])
  a = einsum("b1,ij", [x, y])
  a = einsum("bi,i", [x, z])
  a = einsum("bi", 3)
  a = einsum(x, [x, y])
  a = einsum("ii", x)
  a = einsum("ij", [])
}

// CHECK: einsum.dlm:3:14: error: 'k' of the result is an axis of no operand
// CHECK-NEXT: a = einsum("bi,ij->bk", [x, y])
// CHECK-NEXT: ^~~~~~~~~~~
// CHECK: einsum.dlm:4:14: error: the equation has 2 operands, 1 is given
// CHECK-NEXT: a = einsum("bi,ij->bij", [x])
// CHECK-NEXT: ^~~~~~~~~~~~
// CHECK: einsum.dlm:5:14: error: 'b' names 1 axis of f32[batch, 3]
// CHECK-NEXT: a = einsum("b,ij", [x, y])
// CHECK-NEXT: ^~~~~~
// CHECK: einsum.dlm:6:14: error: 'bij' names 3 axes of f32[batch, 3]
// CHECK-NEXT: a = einsum("bij,ij", [x, y])
// CHECK-NEXT: ^~~~~~~~
// CHECK: einsum.dlm:7:14: error: 'i' is 3 and 4
// CHECK-NEXT: a = einsum("bi,ji", [x, y])
// CHECK-NEXT: ^~~~~~~
// CHECK: einsum.dlm:8:14: error: 'b' stands twice in the result
// CHECK-NEXT: a = einsum("bi,ij->bb", [x, y])
// CHECK-NEXT: ^~~~~~~~~~~
// CHECK: einsum.dlm:9:14: error: 'b1' names 1 axis of f32[batch, 3]
// CHECK-NEXT: a = einsum("b1,ij", [x, y])
// CHECK-NEXT: ^~~~~~~
// CHECK: einsum.dlm:10:22: error: 'einsum' wants tensors of numbers of one type, and here is i32[3]
// CHECK-NEXT: a = einsum("bi,i", [x, z])
// CHECK-NEXT: ^~~~~~
// CHECK: hint: f32(x) converts
// CHECK: einsum.dlm:11:20: error: 'einsum' wants a list of tensors, not the number 3
// CHECK-NEXT: a = einsum("bi", 3)
// CHECK-NEXT: ^
// CHECK: hint: einsum("ij,jk->ik", [a, b])
// CHECK: einsum.dlm:12:14: error: an equation is a string, not f32[batch, 3]
// CHECK-NEXT: a = einsum(x, [x, y])
// CHECK-NEXT: ^
// CHECK: hint: einsum("ij,jk->ik", [a, b])
// CHECK: einsum.dlm:13:14: error: 'i' is batch and 3
// CHECK-NEXT: a = einsum("ii", x)
// CHECK-NEXT: ^~~~
// CHECK: einsum.dlm:14:20: error: 'einsum' wants a list of tensors, not a list of 0
// CHECK-NEXT: a = einsum("ij", [])
// CHECK-NEXT: ^~
// CHECK: hint: einsum("ij,jk->ik", [a, b])
// CHECK-NOT: error:
