// A function's own gradient becomes the body of an op, which autodiff takes
// and inference drops.
// RUN: dlcc compile --train --batch 4 --stop-after=parsed -o - %s | FileCheck %s
// RUN: dlcc compile --train --batch 4 --stop-after=differentiated -o - %s | FileCheck %s --check-prefix=DIFF

fn straight_through(x) { return round(x) } gradient (dy) { return dy }

// Several results and arguments; what is no float tensor has no gradient, and
// the gradient sees the names of the body.
fn scaled(x, factor, shift = 1) {
  e = exp(x)
  return e * factor, e + shift
}
gradient (da, db) {
  return (da * factor + db) * e, sum(da * e), none
}

model m(x: f32[batch, 3]) -> y {
  w = param([3], init = ones())
  s = param([], init = ones())
  a, b = scaled(x * w, s)
  y = straight_through(a + b)
}

training m() {
  loss = sum(y)
  optimizer = sgd(learning_rate = 1)
}

// CHECK-LABEL: func.func @forward
// CHECK: %[[P:.*]] = dlc.mul
// CHECK: %[[E:.*]] = dlc.exp %[[P]]
// CHECK: %[[A:.*]] = dlc.mul %[[E]]
// CHECK: %[[B:.*]] = dlc.add %[[E]]
// CHECK: %[[R:.*]]:2 = dlc.custom_gradient(%[[A]], %[[B]]) of(%[[P]], %{{s.*}})
// CHECK-NEXT: ^bb0(%[[DA:.*]]: tensor<4x3xf32, {{.*}}>, %[[DB:.*]]: tensor<4x3xf32
// CHECK: dlc.reduce sum
// CHECK: dlc.yield
// CHECK: dlc.add %[[R]]#0, %[[R]]#1
// CHECK: dlc.round
// CHECK-NEXT: dlc.custom_gradient
// CHECK-NEXT: ^bb0(%[[DY:.*]]: tensor
// CHECK-NEXT: dlc.yield %[[DY]]

// DIFF-NOT: custom_gradient
// DIFF-LABEL: func.func @train_step
// DIFF-NOT: custom_gradient
// DIFF: dlc.write @w
// DIFF: dlc.write @s
// DIFF-NOT: custom_gradient
