// One minimize for all parameters that are treated alike; a schedule is an
// expression of the step; what is zero makes no slot.
// RUN: dlcc compile --train --stop-after=parsed -o - %s | FileCheck %s

model m(x: f32[batch, 8]) -> y {
  y = dense(dense(dense(x, 3), 3), 3)
}

training m(t: f32[batch, 3]) {
  loss = mean_squared_error(y, t)
  optimizer = sgd(learning_rate = 0.1 / (1 + step), momentum = 0, weight_decay = 0.01)
  parameters "*.bias" { weight_decay = 0 }
  parameters "dense_2.*" { frozen = true }
  batch = 4; epochs = 3
}

// CHECK: dlc.epochs = 3
// CHECK: dlc.variable parameter @dense_2.weight : tensor<3x3xf32>{{$}}
// CHECK-LABEL: func.func @train_step
// CHECK: dlc.read @"$step"
// CHECK: dlc.minimize %{{.*}}, sgd [@dense.weight, @dense_1.weight] ["learning_rate", "weight_decay"]
// CHECK: dlc.minimize %{{.*}}, sgd [@dense.bias, @dense_1.bias] ["learning_rate"]
