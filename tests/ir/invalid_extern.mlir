// RUN: dlcc-opt %s -split-input-file -verify-diagnostics

func.func @f(%a: tensor<4xf32>) {
  // expected-error @below {{calls 'a b', which is no name in C}}
  %0 = dlc.extern "a b" (%a) dims [] : (tensor<4xf32>) -> tensor<f32>
  return
}

// -----

func.func @f(%a: tensor<4xf32>) {
  // expected-error @below {{calls '', which is no name in C}}
  %0 = dlc.extern "f" gradient "" (%a) dims [] : (tensor<4xf32>) -> tensor<f32>
  return
}

// -----

func.func @f(%a: tensor<4xf32>) {
  // expected-error @below {{has no output}}
  dlc.extern "f" (%a) dims [] : (tensor<4xf32>) -> ()
  return
}

// -----

func.func @f(%a: tensor<4x3xf32, #dlc.dims<"", "batch">>) {
  // expected-error @below {{has the batch behind another dimension of}}
  %0 = dlc.extern "f" (%a) dims [] : (tensor<4x3xf32, #dlc.dims<"", "batch">>) -> tensor<f32>
  return
}

// -----

func.func @f(%a: tensor<4xf32>) {
  // expected-error @below {{has dims that are no pairs of input and axis}}
  %0 = dlc.extern "f" (%a) dims [0] : (tensor<4xf32>) -> tensor<f32>
  return
}

// -----

func.func @f(%a: tensor<4xf32>) {
  // expected-error @below {{has a dim of input 1, which it does not have}}
  %0 = dlc.extern "f" (%a) dims [1, 0] : (tensor<4xf32>) -> tensor<f32>
  return
}

// -----

func.func @f(%a: tensor<4xf32>) {
  // expected-error @below {{has a dim of axis 1, which is outside of}}
  %0 = dlc.extern "f" (%a) dims [0, 1] : (tensor<4xf32>) -> tensor<f32>
  return
}

// -----

func.func @f(%a: tensor<4xf32>) {
  // expected-error @below {{has a gradient and an output that is no float}}
  %0 = dlc.extern "f" gradient "g" (%a) dims [] : (tensor<4xf32>) -> tensor<i32>
  return
}

// -----

func.func @f(%a: tensor<4xi32>) {
  // expected-error @below {{has a gradient and no float input}}
  %0 = dlc.extern "f" gradient "g" (%a) dims [] : (tensor<4xi32>) -> tensor<f32>
  return
}
