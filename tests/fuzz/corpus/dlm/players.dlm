// Two players, each with its own loss and parameters.
// RUN: dlcc compile --train --stop-after=parsed --batch 4 -o - %s | FileCheck %s

model gan(noise: f32[batch, 8]) -> fake {
  fake = dense(noise, 16, name = "maker")
}

training gan.critic(real: f32[batch, 16]) {
  layer critic = dense(units = 1)
  loss = mean(softplus(critic(fake)) + softplus(-critic(real)))
  optimizer = adam()
  only "critic.*"
}

training gan.maker() {
  loss = mean(square(fake))
  optimizer = adam()
  only "maker.*"
}

// CHECK-LABEL: func.func @critic_train_step
// CHECK: dlc.minimize {{.*}} [@critic.weight, @critic.bias]
// CHECK-LABEL: func.func @maker_train_step
// CHECK-SAME: dlc.block = "maker"
// CHECK: dlc.minimize {{.*}} [@maker.weight, @maker.bias]
