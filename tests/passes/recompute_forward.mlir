// RUN: dlcc-opt --split-input-file --dlc-recompute-forward %s | FileCheck %s

// Of several sets of as few bytes the last in the chain is kept: both values
// that the backward pass reads come from %e. Each reader has a copy of its own,
// which joins its kernel.
// CHECK-LABEL: @chain
// CHECK: dlc.contract
// CHECK: %[[E:.+]] = dlc.exp
// CHECK: dlc.tanh %[[E]] : tensor<8x8xf32>
// CHECK: %[[D:.+]] = dlc.contract
// CHECK: %[[F1:.+]] = dlc.tanh %[[E]] {dlc.recomputed}
// CHECK: %[[G:.+]] = dlc.mul %[[D]], %[[F1]]
// CHECK: %[[F2:.+]] = dlc.tanh %[[E]] {dlc.recomputed}
// CHECK: dlc.mul %[[G]], %[[F2]]
// CHECK: dlc.mul %{{.+}}, %[[E]]
func.func @chain(%x: tensor<8x8xf32>, %w: tensor<8x8xf32>) -> (tensor<f32>, tensor<8x8xf32>)
    attributes {dlc.entry = "train"} {
  %p = dlc.contract %x [] [1], %w [] [0] : tensor<8x8xf32>, tensor<8x8xf32>
  %e = dlc.exp %p : tensor<8x8xf32>
  %f = dlc.tanh %e : tensor<8x8xf32>
  %loss = dlc.reduce sum %f [0, 1] : tensor<8x8xf32>
  %d = dlc.contract %x [] [1], %x [] [1] : tensor<8x8xf32>, tensor<8x8xf32> loc(#back)
  %g = dlc.mul %d, %f : tensor<8x8xf32> loc(#back)
  %h = dlc.mul %g, %f : tensor<8x8xf32> loc(#back)
  %i = dlc.mul %h, %e : tensor<8x8xf32> loc(#back)
  return %loss, %i : tensor<f32>, tensor<8x8xf32>
}
#line = loc("model.dlm":3:1)
#back = loc(fused<"backward">[#line])

// -----

// What a product of the backward pass reads in memory is kept, and what comes
// from it is computed from it; a mask is asked of the relu's result.
// CHECK-LABEL: @operand
// CHECK: %[[P:.+]] = dlc.contract
// CHECK: %[[H:.+]] = dlc.select
// CHECK: %[[D:.+]] = dlc.contract %{{.+}} [] [0], %[[H]] [] [0]
// CHECK: %[[M:.+]] = dlc.compare gt %[[H]], %{{.+}} {dlc.recomputed}
// CHECK: dlc.select %[[M]], %[[D]]
func.func @operand(%x: tensor<8x8xf32>, %w: tensor<8x8xf32>) -> (tensor<f32>, tensor<8x8xf32>)
    attributes {dlc.entry = "train"} {
  %zero = dlc.constant dense<0.0> : tensor<8x8xf32>
  %p = dlc.contract %x [] [1], %w [] [0] : tensor<8x8xf32>, tensor<8x8xf32>
  %m = dlc.compare gt %p, %zero : tensor<8x8xf32>
  %h = dlc.select %m, %p, %zero : tensor<8x8xi1>, tensor<8x8xf32>
  %loss = dlc.reduce sum %h [0, 1] : tensor<8x8xf32>
  %d = dlc.contract %x [] [0], %h [] [0] : tensor<8x8xf32>, tensor<8x8xf32> loc(#back)
  %g = dlc.select %m, %d, %zero : tensor<8x8xi1>, tensor<8x8xf32> loc(#back)
  return %loss, %g : tensor<f32>, tensor<8x8xf32>
}
#line = loc("model.dlm":3:1)
#back = loc(fused<"backward">[#line])

// -----

// A narrow value at the chain's end is cheaper than what it comes from; the
// gradient of the loss, up to the first product, belongs to the forward pass.
// CHECK-LABEL: @narrow
// CHECK: %[[M:.+]] = dlc.compare
// CHECK: %[[N:.+]] = dlc.neg
// CHECK: %[[D:.+]] = dlc.contract %[[N]]
// CHECK-NOT: dlc.recomputed
// CHECK: dlc.select %[[M]], %[[D]]
func.func @narrow(%x: tensor<8x8xf32>, %w: tensor<8x8xf32>) -> (tensor<f32>, tensor<8x8xf32>)
    attributes {dlc.entry = "train"} {
  %p = dlc.contract %x [] [1], %w [] [0] : tensor<8x8xf32>, tensor<8x8xf32>
  %m = dlc.compare lt %p, %x : tensor<8x8xf32>
  %loss = dlc.reduce sum %p [0, 1] : tensor<8x8xf32>
  %n = dlc.neg %p : tensor<8x8xf32> loc(#back)
  %d = dlc.contract %n [] [0], %x [] [0] : tensor<8x8xf32>, tensor<8x8xf32> loc(#back)
  %g = dlc.select %m, %d, %d : tensor<8x8xi1>, tensor<8x8xf32> loc(#back)
  return %loss, %g : tensor<f32>, tensor<8x8xf32>
}
#line = loc("model.dlm":3:1)
#back = loc(fused<"backward">[#line])
