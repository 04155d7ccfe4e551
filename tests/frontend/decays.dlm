// Decays of both kinds, for all parameters and for some; momentum as Caffe has it.
// RUN: dlcc compile --train --stop-after=parsed -o - %s | FileCheck %s

model m(x: f32[batch, 8]) -> y {
  y = dense(dense(x, 3), 3)
}

training m(t: f32[batch, 3]) {
  accuracy = mean(y == t)
  loss = mean_squared_error(y, t)
  optimizer = sgd(learning_rate = 0.1, momentum = 0.9, rate_in_momentum = true, l1_decay = 0.01)
  parameters "*.bias" { l1_decay = 0 }
  parameters "dense_1.bias" { weight_decay = 0.1 }
  batch = 4
}

// CHECK-LABEL: func.func @train_step
// CHECK: dlc.minimize %{{.*}}, sgd [@dense.weight, @dense_1.weight] ["learning_rate", "momentum", "rate_in_momentum", "l1_decay"]
// CHECK: dlc.minimize %{{.*}}, sgd [@dense.bias] ["learning_rate", "momentum", "rate_in_momentum"]
// CHECK: dlc.minimize %{{.*}}, sgd [@dense_1.bias] ["learning_rate", "momentum", "rate_in_momentum", "weight_decay"]

// The training program shows the loss, wherever it stands in the text: of one
// step the epoch's.
// RUN: dlcc train %s --data synthetic --rows 4 --limit-steps 1 --log-every 1 --json | FileCheck %s --check-prefix=STEP
// STEP: "event":"step","step":1,"loss":[[LOSS:[0-9.e+-]+]]
// STEP: "loss":[[LOSS]]
