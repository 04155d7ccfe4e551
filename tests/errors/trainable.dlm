// Patterns of --trainable that match nothing, or leave nothing.
// RUN: not dlcc check '--trainable=head.*,tail.*' --trainable=body %s 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not dlcc train --trainable=body.bias --data synthetic %s 2>&1 | FileCheck %s --check-prefix=FROZEN
// RUN: not dlcc compile --trainable=body.bias %S/../passes/Inputs/train_step.mlir 2>&1 | FileCheck %s --check-prefix=MLIR

model m(x: f32[batch, 4]) -> y {
  layer head = dense(units = 3)
  layer body = dense(units = 5)
  y = head(body(x))
}
training m(t: f32[batch, 3]) {
  loss = mean((y - t) ^ 2)
  optimizer = sgd(learning_rate = 0.1)
  batch = 2
  parameters "*.bias" { frozen = true }
}

// NONE: error: --trainable=tail.*: no parameter of 'm' matches; parameters are body.weight, body.bias, head.weight, head.bias
// NONE: error: --trainable=body: no parameter of 'm' matches
// NONE-NOT: error:
// FROZEN: trainable.dlm:11:10: error: no parameter is left to train
// FROZEN: hint: --trainable=body.bias leaves out all others
// FROZEN-NOT: error:
// MLIR: train_step.mlir:1:1: error: --trainable needs a .dlm file
