// RUN: dlcc-opt '--pass-pipeline=builtin.module(func.func(dlc-simplify-graph))' \
// RUN:   %s | FileCheck %s

// CHECK-LABEL: func.func @transposed_operand
// CHECK-SAME: (%[[X:.*]]: tensor<8x4xf32>, %[[W:.*]]: tensor<3x4xf32>)
func.func @transposed_operand(%x: tensor<8x4xf32>, %w: tensor<3x4xf32>)
    -> tensor<8x3xf32> {
  // CHECK-NEXT: %[[Y:.*]] = dlc.contract %[[X]] [] [1], %[[W]] [] [1]
  // CHECK-NEXT: return %[[Y]]
  %t = dlc.transpose %w [1, 0] : tensor<3x4xf32>
  %y = dlc.contract %x [] [1], %t [] [0] : tensor<8x4xf32>, tensor<4x3xf32>
  return %y : tensor<8x3xf32>
}

// The free dimensions of the left side would change their order.
// CHECK-LABEL: func.func @transposed_free_dimensions
// CHECK: dlc.transpose
func.func @transposed_free_dimensions(%x: tensor<2x8x4xf32>,
                                      %w: tensor<3x4xf32>)
    -> tensor<8x2x3xf32> {
  %t = dlc.transpose %x [1, 0, 2] : tensor<2x8x4xf32>
  %y = dlc.contract %t [] [2], %w [] [1] : tensor<8x2x4xf32>, tensor<3x4xf32>
  return %y : tensor<8x2x3xf32>
}

// CHECK-LABEL: func.func @transposed_result
// CHECK-SAME: (%[[X:.*]]: tensor<8x4xf32>, %[[W:.*]]: tensor<3x4xf32>)
func.func @transposed_result(%x: tensor<8x4xf32>, %w: tensor<3x4xf32>)
    -> tensor<3x8xf32> {
  // CHECK-NEXT: %[[Y:.*]] = dlc.contract %[[W]] [] [1], %[[X]] [] [1]
  // CHECK-NEXT: return %[[Y]]
  %y = dlc.contract %x [] [1], %w [] [1] : tensor<8x4xf32>, tensor<3x4xf32>
  %t = dlc.transpose %y [1, 0] : tensor<8x3xf32>
  return %t : tensor<3x8xf32>
}

// The first part keeps the rows parallel.
// CHECK-LABEL: func.func @sum_of_everything
func.func @sum_of_everything(%x: tensor<8x4xf32, #dlc.dims<"batch", "">>)
    -> tensor<f32> {
  // CHECK-NEXT: %[[ROWS:.*]] = dlc.reduce sum %{{.*}} [1]
  // CHECK-NEXT: dlc.reduce sum %[[ROWS]] [0] : tensor<8xf32
  %s = dlc.reduce sum %x [0, 1] : tensor<8x4xf32, #dlc.dims<"batch", "">>
  return %s : tensor<f32>
}

// CHECK-LABEL: func.func @sum_over_the_trailing_axes
func.func @sum_over_the_trailing_axes(%x: tensor<8x4x5x6xf32>)
    -> tensor<4xf32> {
  // CHECK-NEXT: %[[INNER:.*]] = dlc.reduce sum %{{.*}} [2, 3]
  // CHECK-NEXT: dlc.reduce sum %[[INNER]] [0] : tensor<8x4xf32>
  %s = dlc.reduce sum %x [0, 2, 3] : tensor<8x4x5x6xf32>
  return %s : tensor<4xf32>
}

// Two roundings to f16 would not be one.
// CHECK-LABEL: func.func @narrow_sum
// CHECK-NEXT: dlc.reduce sum %{{.*}} [0, 1]
func.func @narrow_sum(%x: tensor<8x4xf16>) -> tensor<f16> {
  %s = dlc.reduce sum %x [0, 1] : tensor<8x4xf16>
  return %s : tensor<f16>
}

// CHECK-LABEL: func.func @compute_before_broadcast
func.func @compute_before_broadcast(%a: tensor<f32>, %b: tensor<f32>)
    -> tensor<8x4xf32> {
  // CHECK: %[[SUM:.*]] = dlc.mul %{{.*}}, %{{.*}} : tensor<f32>
  // CHECK: %[[ALL:.*]] = dlc.broadcast %[[SUM]]
  // CHECK-NEXT: return %[[ALL]]
  %0 = dlc.broadcast %a [] : tensor<f32> to tensor<8x4xf32>
  %1 = dlc.broadcast %b [] : tensor<f32> to tensor<8x4xf32>
  %2 = dlc.mul %0, %1 : tensor<8x4xf32>
  return %2 : tensor<8x4xf32>
}

// CHECK-LABEL: func.func @rows_and_columns_stay
// CHECK: dlc.mul %{{.*}} : tensor<4x4xf32>
func.func @rows_and_columns_stay(%a: tensor<4xf32>) -> tensor<4x4xf32> {
  %0 = dlc.broadcast %a [0] : tensor<4xf32> to tensor<4x4xf32>
  %1 = dlc.broadcast %a [1] : tensor<4xf32> to tensor<4x4xf32>
  %2 = dlc.mul %0, %1 : tensor<4x4xf32>
  return %2 : tensor<4x4xf32>
}

// CHECK-LABEL: func.func @negations
// CHECK-SAME: (%[[A:.*]]: tensor<4xf32>, %[[B:.*]]: tensor<4xf32>)
func.func @negations(%a: tensor<4xf32>, %b: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK-NEXT: %[[D:.*]] = dlc.sub %[[A]], %[[B]]
  // CHECK-NEXT: %[[S:.*]] = dlc.add %[[A]], %[[B]]
  // CHECK-NEXT: return %[[D]], %[[S]]
  %n = dlc.neg %b : tensor<4xf32>
  %d = dlc.add %n, %a : tensor<4xf32>
  %s = dlc.sub %a, %n : tensor<4xf32>
  return %d, %s : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @stop_gradient_goes
// CHECK-NEXT: return
func.func @stop_gradient_goes(%x: tensor<f32>) -> tensor<f32> {
  %y = dlc.stop_gradient %x : tensor<f32>
  return %y : tensor<f32>
}

// CHECK-LABEL: func.func @stop_gradient_stays_until_differentiated
// CHECK: dlc.stop_gradient
func.func @stop_gradient_stays_until_differentiated(%r: tensor<f32>) {
  %w = dlc.read @w : tensor<f32>
  %s = dlc.stop_gradient %w : tensor<f32>
  %loss = dlc.mul %w, %s : tensor<f32>
  dlc.minimize %loss, sgd [@w] ["learning_rate"] (%r)
      : tensor<f32>, (tensor<f32>)
  return
}
dlc.variable parameter @w : tensor<f32> {trainable}

// A long sum becomes many of equal length; what is computed for it alone does
// not stay behind in the old shape.
// CHECK-LABEL: func.func @long_sum
// CHECK-SAME: (%[[X:.*]]: tensor<1000000xf32>, %[[S:.*]]: tensor<f32>)
// CHECK-DAG: %[[B:.*]] = dlc.broadcast %[[S]] [] : tensor<f32> to tensor<250x4000xf32>
// CHECK-DAG: %[[R:.*]] = dlc.reshape %[[X]] : tensor<1000000xf32> to tensor<250x4000xf32>
// CHECK: %[[P:.*]] = dlc.mul %[[R]], %[[B]] : tensor<250x4000xf32>
// CHECK: %[[PARTS:.*]] = dlc.reduce sum %[[P]] [1]
// CHECK: dlc.reduce sum %[[PARTS]] [0]
func.func @long_sum(%x: tensor<1000000xf32>, %s: tensor<f32>) -> tensor<f32> {
  %b = dlc.broadcast %s [] : tensor<f32> to tensor<1000000xf32>
  %p = dlc.mul %x, %b : tensor<1000000xf32>
  %0 = dlc.reduce sum %p [0] : tensor<1000000xf32>
  return %0 : tensor<f32>
}

// There are rows to share, or no equal parts.
// CHECK-LABEL: func.func @parallel_sums
// CHECK-NOT: dlc.reshape
func.func @parallel_sums(%x: tensor<16x65536xf32>, %y: tensor<65537xf32>)
    -> (tensor<16xf32>, tensor<f32>) {
  %0 = dlc.reduce sum %x [1] : tensor<16x65536xf32>
  %1 = dlc.reduce sum %y [0] : tensor<65537xf32>
  return %0, %1 : tensor<16xf32>, tensor<f32>
}

// What keepdims adds is added after the elementwise ops, which so stay with the
// reduction; dims that differ are left.
// CHECK-LABEL: func.func @unit_dims
// CHECK-SAME: (%[[X:.*]]: tensor<3x4xf32>, %[[Y:.*]]: tensor<3xf32>
// CHECK-DAG: %[[HALF:.*]] = dlc.constant dense<5.000000e-01> : tensor<3xf32>
// CHECK: %[[S:.*]] = dlc.reduce sum %[[X]] [1]
// CHECK: %[[M:.*]] = dlc.mul %[[S]], %[[HALF]] : tensor<3xf32>
// CHECK: %[[A:.*]] = dlc.add %[[M]], %[[Y]] : tensor<3xf32>
// CHECK: %[[R:.*]] = dlc.reshape %[[A]] : tensor<3xf32> to tensor<3x1xf32>
// CHECK: return %[[R]]
func.func @unit_dims(%x: tensor<3x4xf32>, %y: tensor<3xf32>) -> tensor<3x1xf32> {
  %half = dlc.constant dense<0.5> : tensor<3x1xf32>
  %s = dlc.reduce sum %x [1] : tensor<3x4xf32>
  %k = dlc.reshape %s : tensor<3xf32> to tensor<3x1xf32>
  %m = dlc.mul %k, %half : tensor<3x1xf32>
  %z = dlc.reshape %y : tensor<3xf32> to tensor<3x1xf32>
  %a = dlc.add %m, %z : tensor<3x1xf32>
  return %a : tensor<3x1xf32>
}

// A constant may be broadcast: as `sqrt(sum(x) + 1)` of the model language is.
// CHECK-LABEL: func.func @unit_dims_and_broadcast_constant
// CHECK: %[[S:.*]] = dlc.reduce sum
// CHECK: %[[A:.*]] = dlc.add %[[S]], %{{.*}} : tensor<3xf32>
// CHECK: %[[Q:.*]] = dlc.sqrt %[[A]] : tensor<3xf32>
// CHECK: %[[R:.*]] = dlc.reshape %[[Q]] : tensor<3xf32> to tensor<3x1xf32>
// CHECK: return %[[R]]
func.func @unit_dims_and_broadcast_constant(%x: tensor<3x4xf32>) -> tensor<3x1xf32> {
  %one = dlc.constant dense<1.0> : tensor<f32>
  %s = dlc.reduce sum %x [1] : tensor<3x4xf32>
  %k = dlc.reshape %s : tensor<3xf32> to tensor<3x1xf32>
  %b = dlc.broadcast %one [] : tensor<f32> to tensor<3x1xf32>
  %a = dlc.add %k, %b : tensor<3x1xf32>
  %q = dlc.sqrt %a : tensor<3x1xf32>
  return %q : tensor<3x1xf32>
}

// It also fits a broadcast along other axes.
// CHECK-LABEL: func.func @broadcast_and_broadcast_constant
// CHECK: %[[M:.*]] = dlc.mul %{{.*}}, %{{.*}} : tensor<3xf32>
// CHECK: %[[B:.*]] = dlc.broadcast %[[M]] [0] : tensor<3xf32> to tensor<3x4xf32>
// CHECK: return %[[B]]
func.func @broadcast_and_broadcast_constant(%x: tensor<3xf32>) -> tensor<3x4xf32> {
  %two = dlc.constant dense<2.0> : tensor<f32>
  %b = dlc.broadcast %two [] : tensor<f32> to tensor<3x4xf32>
  %w = dlc.broadcast %x [0] : tensor<3xf32> to tensor<3x4xf32>
  %m = dlc.mul %b, %w : tensor<3x4xf32>
  return %m : tensor<3x4xf32>
}

// CHECK-LABEL: func.func @other_dims
// CHECK: dlc.mul {{.*}} : tensor<4x3xf32>
// CHECK-NEXT: dlc.add {{.*}} : tensor<4x3xf32>
func.func @other_dims(%x: tensor<12xf32>, %y: tensor<4x3xf32>) -> tensor<4x3xf32> {
  %r = dlc.reshape %x : tensor<12xf32> to tensor<4x3xf32>
  %m = dlc.mul %r, %y : tensor<4x3xf32>
  %a = dlc.add %r, %m : tensor<4x3xf32>
  return %a : tensor<4x3xf32>
}
