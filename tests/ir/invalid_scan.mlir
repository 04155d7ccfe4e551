// RUN: dlcc-opt %s --split-input-file --verify-diagnostics

func.func @steps(%x: tensor<3x2xf32>) -> tensor<4x2xf32> {
  // expected-error@+1 {{has an input of 'tensor<3x2xf32>' for slices of 'tensor<2xf32>' in 4 steps}}
  %ys = dlc.scan 4 (%x_t in %x : tensor<3x2xf32>) -> (tensor<4x2xf32>) {
    dlc.yield %x_t : tensor<2xf32>
  }
  return %ys : tensor<4x2xf32>
}

// -----

func.func @scalar_input(%x: tensor<f32>) {
  // expected-error@+1 {{an input has a first dimension}}
  %ys = dlc.scan 4 (%x_t in %x : tensor<f32>) -> (tensor<4xf32>) {
    dlc.yield %x_t : tensor<f32>
  }
  return
}

// -----

func.func @carried_type(%x: tensor<3x2xf32>, %h0: tensor<f32>) -> tensor<f32> {
  // expected-error@+1 {{carries 'tensor<f32>', but yields 'tensor<2xf32>'}}
  %h = dlc.scan 3 (%x_t in %x : tensor<3x2xf32>)
      carry (%h_t from %h0 : tensor<f32>) -> (tensor<f32>) {
    dlc.yield %x_t : tensor<2xf32>
  }
  return %h : tensor<f32>
}

// -----

func.func @stacked_type(%x: tensor<3x2xf32>) -> tensor<3x3xf32> {
  // expected-error@+1 {{stacks 'tensor<2xf32>' to 'tensor<3x3xf32>' in 3 steps}}
  %ys = dlc.scan 3 (%x_t in %x : tensor<3x2xf32>) -> (tensor<3x3xf32>) {
    dlc.yield %x_t : tensor<2xf32>
  }
  return %ys : tensor<3x3xf32>
}

// -----

func.func @no_step(%x: tensor<0x2xf32>) {
  // expected-error@+1 {{has no step}}
  dlc.scan 0 (%x_t in %x : tensor<0x2xf32>) -> () {
    dlc.yield
  }
  return
}

// -----

func.func @yields_too_little(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  // expected-error@+1 {{does not yield 1 values}}
  %ys = dlc.scan 3 (%x_t in %x : tensor<3x2xf32>) -> (tensor<3x2xf32>) {
    dlc.yield
  }
  return %ys : tensor<3x2xf32>
}

// -----

dlc.variable parameter @w : tensor<2xf32> {trainable}
func.func @reads(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %ys = dlc.scan 3 (%x_t in %x : tensor<3x2xf32>) -> (tensor<3x2xf32>) {
    // expected-error@+1 {{cannot stand in a scan}}
    %w = dlc.read @w : tensor<2xf32>
    %y = dlc.add %x_t, %w : tensor<2xf32>
    dlc.yield %y : tensor<2xf32>
  }
  return %ys : tensor<3x2xf32>
}
