// Parameters are called after the calls that own them, in the order of the text.
// RUN: dlcc compile --stop-after=parsed --batch 4 -o - %s | FileCheck %s

fn stage(x, units) { return relu(dense(x, units)) }
fn twice(x) { return x * 2 }

model m(x: f32[batch, 8]) -> y {
  h = twice(twice(x))
  h = stage(h, 8)
  h = stage(h, 8)
  for i in 0..2 { h = dense(h, 8, bias = false) }
  h = stage(h, 8, name = "last")
  layer enc = dense(units = 8)
  h = enc(enc(h))
  layer dec = dense(units = 8, name = "back")
  h = dec(dec(h))
  y = matmul(h, enc.weight)
}

// CHECK: dlc.variable parameter @stage.dense.weight : tensor<8x8xf32>
// CHECK-NEXT: dlc.variable parameter @stage.dense.bias : tensor<8xf32>
// CHECK-NEXT: dlc.variable parameter @stage_1.dense.weight
// CHECK-NEXT: dlc.variable parameter @stage_1.dense.bias
// CHECK-NEXT: dlc.variable parameter @dense.weight
// CHECK-NEXT: dlc.variable parameter @dense_1.weight
// CHECK-NEXT: dlc.variable parameter @last.dense.weight
// CHECK-NEXT: dlc.variable parameter @last.dense.bias
// CHECK-NEXT: dlc.variable parameter @enc.weight
// CHECK-NEXT: dlc.variable parameter @enc.bias
// CHECK-NEXT: dlc.variable parameter @back.weight
// CHECK-NEXT: dlc.variable parameter @back.bias
// CHECK-NOT: dlc.variable
