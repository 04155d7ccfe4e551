// RUN: dlcc-opt --dlc-differentiate --split-input-file \
// RUN:   --verify-diagnostics %s

dlc.variable parameter @dense.weight : tensor<4xf32> {trainable}
func.func private @foreign(tensor<4xf32>) -> tensor<4xf32>
func.func @no_gradient(%r: tensor<f32>) {
  %w = dlc.read @dense.weight : tensor<4xf32>
  // expected-error @below {{no gradient of 'func.call'; parameter 'dense.weight' needs it}}
  %y = call @foreign(%w) : (tensor<4xf32>) -> tensor<4xf32>
  %loss = dlc.reduce sum %y [0] : tensor<4xf32>
  dlc.minimize %loss, sgd [@dense.weight] ["learning_rate"] (%r)
      : tensor<f32>, (tensor<f32>)
  return
}

// -----

// An op without gradient beside the way from parameter to loss is none.
dlc.variable parameter @w : tensor<4xf32> {trainable}
func.func private @foreign(tensor<4xf32>) -> tensor<4xf32>
func.func @beside(%r: tensor<f32>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %w = dlc.read @w : tensor<4xf32>
  %fixed = call @foreign(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %metric = call @foreign(%w) : (tensor<4xf32>) -> tensor<4xf32>
  %y = dlc.mul %w, %fixed : tensor<4xf32>
  %loss = dlc.reduce sum %y [0] : tensor<4xf32>
  dlc.minimize %loss, sgd [@w] ["learning_rate"] (%r)
      : tensor<f32>, (tensor<f32>)
  return %metric : tensor<4xf32>
}

// -----

dlc.variable parameter @w : tensor<4xf32> {trainable}
// expected-warning @below {{parameter 'idle' does not influence the loss; it is never updated}}
dlc.variable parameter @idle : tensor<4xf32> {trainable}
func.func @without_influence(%r: tensor<f32>) {
  %w = dlc.read @w : tensor<4xf32>
  %idle = dlc.read @idle : tensor<4xf32>
  %stopped = dlc.stop_gradient %idle : tensor<4xf32>
  %y = dlc.mul %w, %stopped : tensor<4xf32>
  %loss = dlc.reduce sum %y [0] : tensor<4xf32>
  dlc.minimize %loss, sgd [@w, @idle] ["learning_rate"] (%r)
      : tensor<f32>, (tensor<f32>)
  return
}

// -----

func.func @unknown_name(%loss: tensor<f32>, %r: tensor<f32>) {
  // expected-error @below {{optimizer 'sgd' has no hyper-parameter 'beta1'; it knows 'learning_rate', 'momentum', 'rate_in_momentum', 'weight_decay', 'l1_decay'}}
  dlc.minimize %loss, sgd [] ["learning_rate", "beta1"] (%r, %r)
      : tensor<f32>, (tensor<f32>, tensor<f32>)
  return
}

// -----

func.func @missing_rate(%loss: tensor<f32>, %m: tensor<f32>) {
  // expected-error @below {{optimizer 'sgd' needs 'learning_rate'}}
  dlc.minimize %loss, sgd [] ["momentum"] (%m) : tensor<f32>, (tensor<f32>)
  return
}

// -----

func.func @accumulator_of_a_schedule(%loss: tensor<f32>, %a: tensor<f32>) {
  // expected-error @below {{hyper-parameter 'initial_accumulator' must be a constant, since slots are filled before the first step}}
  dlc.minimize %loss, adagrad [] ["initial_accumulator"] (%a)
      : tensor<f32>, (tensor<f32>)
  return
}

// -----

func.func @accumulate_by_halves(%loss: tensor<f32>, %r: tensor<f32>) {
  %k = dlc.constant dense<2.5> : tensor<f32>
  // expected-error @below {{hyper-parameter 'accumulate' must be a constant, a whole number of at least 1}}
  dlc.minimize %loss, sgd [] ["learning_rate", "accumulate"] (%r, %k)
      : tensor<f32>, (tensor<f32>, tensor<f32>)
  return
}

// -----

dlc.variable parameter @w : tensor<f32> {trainable}
func.func @trained_twice(%r: tensor<f32>) {
  %w = dlc.read @w : tensor<f32>
  dlc.minimize %w, sgd [@w] ["learning_rate"] (%r)
      : tensor<f32>, (tensor<f32>)
  // expected-error @below {{parameter 'w' is trained twice}}
  dlc.minimize %w, sgd [@w] ["learning_rate"] (%r)
      : tensor<f32>, (tensor<f32>)
  return
}
