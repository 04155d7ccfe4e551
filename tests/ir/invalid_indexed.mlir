// RUN: dlcc-opt %s -split-input-file -verify-diagnostics

func.func @f(%a: tensor<4x3xf32>, %i: tensor<4xi32>) {
  // expected-error @below {{pairs 1 dimensions of an index of rank 1 before axis 0}}
  %0 = dlc.gather %a, %i axis 0 batch 1 : tensor<4x3xf32>, tensor<4xi32>
  return
}

// -----

func.func @f(%a: tensor<4x3xf32>, %i: tensor<5x2xi32>) {
  // expected-error @below {{paired dimensions differ: [4] and [5]}}
  %0 = dlc.gather %a, %i axis 1 batch 1 : tensor<4x3xf32>, tensor<5x2xi32>
  return
}

// -----

func.func @f(%a: tensor<4x3xf32, #dlc.dims<"batch", "">>, %i: tensor<2xi32>) {
  // expected-error @below {{indices cannot go along batch}}
  %0 = dlc.gather %a, %i axis 0 batch 0 : tensor<4x3xf32, #dlc.dims<"batch", "">>, tensor<2xi32>
  return
}

// -----

func.func @f(%a: tensor<4x3xf32>, %i: tensor<2xi32>) {
  // expected-error @below {{axis 2 is outside a tensor of rank 2}}
  %0 = dlc.gather %a, %i axis 2 batch 0 : tensor<4x3xf32>, tensor<2xi32>
  return
}

// -----

func.func @f(%a: tensor<0x3xf32>, %i: tensor<2xi32>) {
  // expected-error @below {{indices find nothing along an empty axis}}
  %0 = dlc.gather %a, %i axis 0 batch 0 : tensor<0x3xf32>, tensor<2xi32>
  return
}

// -----

func.func @f(%a: tensor<2x4xf32>, %i: tensor<2xi32>) {
  // expected-error @below {{wants values of [2, 3], not [2, 4]}}
  %0 = dlc.scatter_add %a, %i axis 0 batch 0 : tensor<2x4xf32>, tensor<2xi32> to tensor<5x3xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>, %i: tensor<2xi32>) {
  // expected-error @below {{changes the element type}}
  %0 = dlc.scatter_add %a, %i axis 0 batch 0 : tensor<2x3xf32>, tensor<2xi32> to tensor<5x3xf64>
  return
}

// -----

func.func @f(%a: tensor<4x3xf32, #dlc.dims<"batch", "">>) {
  // expected-error @below {{cannot go along batch}}
  %0 = dlc.cumulative %a axis 0 : tensor<4x3xf32, #dlc.dims<"batch", "">>
  return
}

// -----

func.func @f(%a: tensor<4xf32>) {
  // expected-error @below {{axis 1 is outside a tensor of rank 1}}
  %0 = dlc.rank %a axis 1 limit 4 : tensor<4xf32>
  return
}

// -----

func.func @f(%a: tensor<4xf32>) {
  // expected-error @below {{limit is at least 1}}
  %0 = dlc.rank %a axis 0 limit 0 : tensor<4xf32>
  return
}
