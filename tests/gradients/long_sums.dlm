// RUN: dlcc check --gradients --batch 24 --samples 40 %s | FileCheck %S/Inputs/pass.txt
// RUN: dlcc compile --train --batch 24 --stop-after=fused -o - %s | FileCheck %s --check-prefix=FORM
// Sums long enough to be split, of filters and of biases, and filters that are
// stored in another order.
// FORM-DAG: dlc.contract {{.*}} [0] [1, 2], {{.*}} [1] [0, 2]
// FORM-DAG: dlc.contract {{.*}} [0, 1] [2, 3], {{.*}} [1, 3] [0, 2]
// FORM-DAG: dlc.reduce sum {{.*}} [0, 2] {{.*}}: tensor<24x
// FORM-DAG: dlc.transpose {{.*}} {dlc.stored}

model long_sums(image: f32[batch, 3, 36, 35]) -> y {
  h = tanh(conv2d(image, 32, 5, stride = [1, 1]))
  y = conv2d(h, 24, [3, 2], padding = 1, groups = 2)
}

training long_sums(t: f32[batch, 24, 32, 32]) {
  loss = mean((y - t) ^ 2)
  optimizer = sgd(learning_rate = 0.1)
}
