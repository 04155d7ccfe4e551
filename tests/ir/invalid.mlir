// Each verifier refuses what it is there for.
// RUN: dlcc-opt %s -split-input-file -verify-diagnostics

func.func @f(%a: tensor<2xi1>) {
  // expected-error @below {{'dlc.compare' op orders bools, which compare with eq and ne only}}
  %0 = dlc.compare lt %a, %a : tensor<2xi1>
  return
}

// -----

func.func @f(%c: tensor<2xi1, #dlc.dims<"batch">>, %a: tensor<2xf32>) {
  // expected-error @below {{condition of type 'tensor<2xi1, #dlc.dims<"batch">>' does not fit values of type 'tensor<2xf32>'}}
  %0 = dlc.select %c, %a, %a : tensor<2xi1, #dlc.dims<"batch">>, tensor<2xf32>
  return
}

// -----

func.func @f(%a: tensor<2xf32>) {
  // expected-error @below {{changes the names of dimensions}}
  %0 = dlc.cast %a : tensor<2xf32> to tensor<2xi32, #dlc.dims<"batch">>
  return
}

// -----

func.func @f() {
  // expected-error @below {{axis 2 is outside a tensor of rank 2}}
  %0 = dlc.iota 2 : tensor<4x3xi32>
  return
}

// -----

func.func @f(%a: tensor<3xf32>) {
  // expected-error @below {{dimension of 3 cannot be broadcast to 4}}
  %0 = dlc.broadcast %a [1] : tensor<3xf32> to tensor<3x4xf32>
  return
}

// -----

func.func @f(%a: tensor<3x4xf32>) {
  // expected-error @below {{axes do not ascend}}
  %0 = dlc.broadcast %a [1, 0] : tensor<3x4xf32> to tensor<4x3xf32>
  return
}

// -----

func.func @f(%a: tensor<3xf32>) {
  // expected-error @below {{changes the element type}}
  %0 = dlc.broadcast %a [0] : tensor<3xf32> to tensor<3xf64>
  return
}

// -----

func.func @f(%a: tensor<3xf32>) {
  // expected-error @below {{a tensor of 3 elements cannot have shape [2]}}
  %0 = dlc.reshape %a : tensor<3xf32> to tensor<2xf32>
  return
}

// -----

func.func @f(%a: tensor<3xf32>) {
  // expected-error @below {{changes the element type}}
  %0 = dlc.reshape %a : tensor<3xf32> to tensor<3xi32>
  return
}

// -----

func.func @f(%a: tensor<3x4xf32>) {
  // expected-error @below {{axis 0 is named twice}}
  %0 = dlc.transpose %a [0, 0] : tensor<3x4xf32>
  return
}

// -----

func.func @f(%a: tensor<3x4xf32>) {
  // expected-error @below {{permutation has 1 entries for a tensor of rank 2}}
  %0 = dlc.transpose %a [0] : tensor<3x4xf32>
  return
}

// -----

func.func @f(%a: tensor<3xf32>) {
  // expected-error @below {{index 4 is outside dimension 0 of 3}}
  %0 = dlc.slice %a [0] [3] [2] : tensor<3xf32>
  return
}

// -----

func.func @f(%a: tensor<3xf32>) {
  // expected-error @below {{offsets and sizes are at least 0, strides at least 1}}
  %0 = dlc.slice %a [0] [3] [0] : tensor<3xf32>
  return
}

// -----

func.func @f(%a: tensor<3xf32>, %v: tensor<f32>) {
  // expected-error @below {{padding is at least 0}}
  %0 = dlc.pad %a, %v [-1] [0] [0] : tensor<3xf32>, tensor<f32>
  return
}

// -----

func.func @f(%a: tensor<3xf32>, %v: tensor<f64>) {
  // expected-error @below {{pads with 'tensor<f64>', not 'tensor<f32>'}}
  %0 = dlc.pad %a, %v [1] [0] [0] : tensor<3xf32>, tensor<f64>
  return
}

// -----

func.func @f(%a: tensor<3x2xf32>, %b: tensor<4x2xf32>) {
  // expected-error @below {{shapes [3, 2] and [4, 2] differ beside axis 1}}
  %0 = dlc.concat 1, %a, %b : tensor<3x2xf32>, tensor<4x2xf32>
  return
}

// -----

func.func @f(%a: tensor<3xf32>, %b: tensor<3xf64>) {
  // expected-error @below {{joins different element types}}
  %0 = dlc.concat 0, %a, %b : tensor<3xf32>, tensor<3xf64>
  return
}

// -----

func.func @f(%a: tensor<3xf32>) {
  // expected-error @below {{axis 1 is outside a tensor of rank 1}}
  %0 = dlc.reduce sum %a [1] : tensor<3xf32>
  return
}

// -----

func.func @f(%a: tensor<3x2xf32>) {
  // expected-error @below {{axes do not ascend}}
  %0 = dlc.reduce sum %a [1, 0] : tensor<3x2xf32>
  return
}

// -----

func.func @f(%a: tensor<3xf32>) {
  // expected-error @below {{finds max or min only}}
  %0 = dlc.arg_reduce sum %a 0 : tensor<3xf32>
  return
}

// -----

func.func @f(%a: tensor<0xf32>) {
  // expected-error @below {{finds nothing along an empty axis}}
  %0 = dlc.arg_reduce max %a 0 : tensor<0xf32>
  return
}

// -----

func.func @f(%a: tensor<3x2xf32>, %b: tensor<4x5xf32>) {
  // expected-error @below {{paired dimensions differ: 2 and 4}}
  %0 = dlc.contract %a [] [1], %b [] [0] : tensor<3x2xf32>, tensor<4x5xf32>
  return
}

// -----

func.func @f(%a: tensor<2x3xf32>, %b: tensor<2x3xf64>) {
  // expected-error @below {{multiplies different element types}}
  %0 = dlc.contract %a [] [1], %b [] [1] : tensor<2x3xf32>, tensor<2x3xf64>
  return
}

// -----

func.func @f() {
  // expected-error @below {{names no variable: @w}}
  %0 = dlc.read @w : tensor<f32>
  return
}

// -----

func.func @f(%l: tensor<f32>) {
  // expected-error @below {{has 2 names for 1 hyper-parameters}}
  dlc.minimize %l, sgd [] ["a", "b"] (%l) : tensor<f32>, (tensor<f32>)
  return
}

// -----

func.func @f(%l: tensor<f32>, %g: tensor<2xf32>) {
  // expected-error @below {{names "a" twice}}
  dlc.update @w, %g, sgd ["a", "a"] (%l, %l) : tensor<2xf32>, (tensor<f32>, tensor<f32>)
  return
}

// -----

dlc.variable buffer @w : tensor<2xf32>
func.func @f(%v: tensor<3xf32>) {
  // expected-error @below {{uses @w as 'tensor<3xf32>', but it is 'tensor<2xf32>'}}
  dlc.write @w, %v : tensor<3xf32>
  return
}

// -----

// expected-error @below {{is trainable but no parameter}}
dlc.variable slot @w : tensor<2xf32> {trainable}

// -----

// expected-error @below {{is no tensor of static shape}}
dlc.variable parameter @w : tensor<?xf32>

// -----

func.func @f(%x: tensor<2xf32>) {
  // expected-error @below {{does not yield its results}}
  %r = dlc.kernel "k"(%x as %a : tensor<2xf32>) -> tensor<3xf32> {
    dlc.yield %a : tensor<2xf32>
  }
  return
}

// -----

func.func @f(%x: tensor<2xf32>) {
  // expected-error @below {{has arguments that do not fit its inputs}}
  "dlc.kernel"(%x) <{name = "k"}> ({
  ^bb0(%a: tensor<3xf32>):
    "dlc.yield"() : () -> ()
  }) : (tensor<2xf32>) -> ()
  return
}

// -----

// expected-error @below {{1 names of dimensions for a tensor of rank 2}}
func.func private @f(tensor<2x3xf32, #dlc.dims<"batch">>)

// -----

// expected-error @below {{a tensor without named dimensions has no encoding}}
func.func private @f(tensor<2xf32, #dlc.dims<"">>)

// -----

func.func @f(%a: tensor<3xf32>) {
  // expected-error @below {{a window that reaches over 5 does not fit into dimension 0 of 3}}
  %0 = dlc.window %a [0] [3] [1] [-2] : tensor<3xf32>
  return
}

// -----

func.func @f(%a: tensor<3xf32>) {
  // expected-error @below {{sizes and strides are at least 1, dilations are not 0}}
  %0 = dlc.window %a [0] [3] [1] [0] : tensor<3xf32>
  return
}

// -----

func.func @f(%a: tensor<3x3xf32>) {
  // expected-error @below {{sizes, strides and dilations have one entry for each axis}}
  %0 = dlc.window %a [0, 1] [3] [1] [1] : tensor<3x3xf32>
  return
}

// -----

func.func @f(%a: tensor<3x3xf32>) {
  // expected-error @below {{axes do not ascend}}
  %0 = dlc.window %a [1, 0] [1, 1] [1, 1] [1, 1] : tensor<3x3xf32>
  return
}

// -----

func.func @f(%a: tensor<4xf32, #dlc.dims<"batch">>) {
  // expected-error @below {{a window cannot slide along batch}}
  %0 = dlc.window %a [0] [2] [1] [1] : tensor<4xf32, #dlc.dims<"batch">>
  return
}

// -----

func.func @f(%a: tensor<3x2xf32>) {
  // expected-error @below {{windows on [5] see [4, 2], not [3, 2]}}
  %0 = dlc.unwindow %a [0] [1] [1] : tensor<3x2xf32> to tensor<5xf32>
  return
}

// -----

func.func @f(%a: tensor<3xf32>) {
  // expected-error @below {{wants a dimension of the operand for each window}}
  %0 = dlc.unwindow %a [0] [1] [1] : tensor<3xf32> to tensor<5xf32>
  return
}

// -----

func.func @f(%a: tensor<3x2xf32>) {
  // expected-error @below {{changes the element type}}
  %0 = dlc.unwindow %a [0] [1] [1] : tensor<3x2xf32> to tensor<4xf64>
  return
}

// -----

func.func @gradient_for_no_result(%x: tensor<4xf32>) {
  // expected-error @+1 {{'dlc.custom_gradient' op has body arguments that do not fit its results}}
  %y = dlc.custom_gradient (%x) of (%x) : (tensor<4xf32>), (tensor<4xf32>) {
    dlc.yield %x : tensor<4xf32>
  }
  return
}

// -----

func.func @gradient_too_few(%x: tensor<4xf32>, %s: tensor<f32>) {
  // expected-error @+1 {{'dlc.custom_gradient' op does not yield a gradient for each argument}}
  %y = dlc.custom_gradient (%x) of (%x, %s)
      : (tensor<4xf32>), (tensor<4xf32>, tensor<f32>) {
  ^bb0(%dy: tensor<4xf32>):
    dlc.yield %dy : tensor<4xf32>
  }
  return
}
