// RUN: dlcc-opt --split-input-file --dlc-fuse-ops %s | FileCheck %s

// A value that only moves elements is repeated in the kernels that read it and
// is a kernel of its own where it must lie in memory.
// CHECK-LABEL: @returned_transpose
// CHECK: dlc.kernel "transpose"
// CHECK: dlc.kernel "neg"
// CHECK-NEXT: dlc.transpose
func.func @returned_transpose(%x: tensor<4x3xf32>) -> (tensor<3x4xf32>, tensor<3x4xf32>)
    attributes {dlc.entry = "forward"} {
  %t = dlc.transpose %x [1, 0] : tensor<4x3xf32>
  %n = dlc.neg %t : tensor<3x4xf32>
  return %t, %n : tensor<3x4xf32>, tensor<3x4xf32>
}

// -----

// A sum of rows and the sum over the rows have no common parallel space.
// CHECK-LABEL: @total
// CHECK: %[[ROWS:.+]] = dlc.kernel
// CHECK: dlc.mul
// CHECK: dlc.reduce sum %{{.+}} [1] {{.*}} : tensor<64x32xf32>
// CHECK: dlc.kernel "sum_1"(%[[ROWS]] as
// CHECK: dlc.reduce sum %{{.+}} [0] {{.*}} : tensor<64xf32>
func.func @total(%x: tensor<64x32xf32>) -> tensor<f32> attributes {dlc.entry = "forward"} {
  %s = dlc.mul %x, %x : tensor<64x32xf32>
  %r = dlc.reduce sum %s [1] : tensor<64x32xf32>
  %t = dlc.reduce sum %r [0] : tensor<64xf32>
  return %t : tensor<f32>
}

// -----

// A kept dimension of size 1 does not break a row kernel in two.
// CHECK-LABEL: @centre
// CHECK: dlc.kernel
// CHECK: dlc.reduce sum
// CHECK: dlc.broadcast %{{.+}} [0] : tensor<4xf32> to tensor<4x3xf32>
// CHECK: dlc.sub
// CHECK-NOT: dlc.kernel
func.func @centre(%x: tensor<4x3xf32>) -> tensor<4x3xf32> attributes {dlc.entry = "forward"} {
  %s = dlc.reduce sum %x [1] : tensor<4x3xf32>
  %k = dlc.reshape %s : tensor<4xf32> to tensor<4x1xf32>
  %b = dlc.broadcast %k [0, 1] : tensor<4x1xf32> to tensor<4x3xf32>
  %r = dlc.sub %x, %b : tensor<4x3xf32>
  return %r : tensor<4x3xf32>
}

// -----

// A reshape stays between kernels; names and costs come from the model.
// CHECK-LABEL: @reshaped
// CHECK: dlc.kernel "act.tanh"
// CHECK-SAME: dlc.bytes = 96 : i64, dlc.flops = 12 : i64, dlc.line = 7 : i64
// CHECK-SAME: dlc.parallel_dims = 2 : i64, dlc.phase = "forward"
// CHECK: dlc.reshape
// CHECK: dlc.kernel "act.exp"
func.func @reshaped(%x: tensor<4x3xf32>) -> tensor<12xf32> attributes {dlc.entry = "forward"} {
  %t = dlc.tanh %x : tensor<4x3xf32> loc(#tanh)
  %f = dlc.reshape %t : tensor<4x3xf32> to tensor<12xf32>
  %e = dlc.exp %f : tensor<12xf32> loc("act")
  return %e : tensor<12xf32>
}
#line = loc("model.dlm":7:3)
#tanh = loc("act.tanh"(#line))

// -----

// The reader of a weight comes before the kernel that overwrites it.
// CHECK-LABEL: @order
// CHECK: dlc.kernel "backward.matmul"
// CHECK: dlc.kernel "gradient.matmul
module {
  dlc.variable parameter @w : tensor<4x3xf32> {trainable}
  func.func @order(%x: tensor<8x3xf32>, %dy: tensor<8x4xf32>) -> tensor<8x3xf32>
      attributes {dlc.entry = "train"} {
    %w = dlc.read @w : tensor<4x3xf32>
    %dx = dlc.contract %dy [] [1], %w [] [0] : tensor<8x4xf32>, tensor<4x3xf32> loc("backward")
    %g = dlc.contract %dy [] [0], %x [] [0] : tensor<8x4xf32>, tensor<8x3xf32> loc("gradient")
    %n = dlc.sub %w, %g : tensor<4x3xf32> loc("update")
    dlc.write @w, %n : tensor<4x3xf32>
    return %dx : tensor<8x3xf32>
  }
}

// -----

// What the backward pass computes again does not join the kernel of what is
// kept for it, and is computed once for all who ask in a kernel.
// CHECK-LABEL: @recomputed
// CHECK: dlc.kernel "forward.tanh"
// CHECK: dlc.tanh
// CHECK-NOT: dlc.exp
// CHECK: dlc.kernel
// CHECK-NOT: dlc.tanh
// CHECK: %[[E:.+]] = dlc.exp
// CHECK: %[[G:.+]] = dlc.mul %{{.+}}, %[[E]]
// CHECK-NOT: dlc.exp
// CHECK: dlc.mul %[[G]], %[[E]]
func.func @recomputed(%x: tensor<4x3xf32>, %dy: tensor<4x3xf32>) -> tensor<4x3xf32>
    attributes {dlc.entry = "train"} {
  %t = dlc.tanh %x : tensor<4x3xf32> loc("forward")
  %e1 = dlc.exp %t {dlc.recomputed} : tensor<4x3xf32>
  %g = dlc.mul %dy, %e1 : tensor<4x3xf32>
  %e2 = dlc.exp %t {dlc.recomputed} : tensor<4x3xf32>
  %h = dlc.mul %g, %e2 : tensor<4x3xf32>
  return %h : tensor<4x3xf32>
}
