// Canonical forms of single ops.
// RUN: dlcc-opt %s -canonicalize | FileCheck %s

// CHECK-LABEL: func.func @add_zero(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK-NEXT: return %[[X]]
func.func @add_zero(%x: tensor<4xf32, #dlc.dims<"batch">>) -> tensor<4xf32, #dlc.dims<"batch">> {
  %c = dlc.constant dense<0.0> : tensor<f32>
  %n = dlc.broadcast %c [] : tensor<f32> to tensor<4xf32, #dlc.dims<"batch">>
  %r = dlc.add %n, %x : tensor<4xf32, #dlc.dims<"batch">>
  return %r : tensor<4xf32, #dlc.dims<"batch">>
}

// CHECK-LABEL: func.func @sub_zero(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK-NEXT: return %[[X]]
func.func @sub_zero(%x: tensor<4xf32, #dlc.dims<"batch">>) -> tensor<4xf32, #dlc.dims<"batch">> {
  %c = dlc.constant dense<0.0> : tensor<f32>
  %n = dlc.broadcast %c [] : tensor<f32> to tensor<4xf32, #dlc.dims<"batch">>
  %r = dlc.sub %x, %n : tensor<4xf32, #dlc.dims<"batch">>
  return %r : tensor<4xf32, #dlc.dims<"batch">>
}

// CHECK-LABEL: func.func @mul_one(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK-NEXT: return %[[X]]
func.func @mul_one(%x: tensor<4xf32, #dlc.dims<"batch">>) -> tensor<4xf32, #dlc.dims<"batch">> {
  %c = dlc.constant dense<1.0> : tensor<f32>
  %n = dlc.broadcast %c [] : tensor<f32> to tensor<4xf32, #dlc.dims<"batch">>
  %r = dlc.mul %x, %n : tensor<4xf32, #dlc.dims<"batch">>
  return %r : tensor<4xf32, #dlc.dims<"batch">>
}

// CHECK-LABEL: func.func @div_one(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK-NEXT: return %[[X]]
func.func @div_one(%x: tensor<4xf32, #dlc.dims<"batch">>) -> tensor<4xf32, #dlc.dims<"batch">> {
  %c = dlc.constant dense<1.0> : tensor<f32>
  %n = dlc.broadcast %c [] : tensor<f32> to tensor<4xf32, #dlc.dims<"batch">>
  %r = dlc.div %x, %n : tensor<4xf32, #dlc.dims<"batch">>
  return %r : tensor<4xf32, #dlc.dims<"batch">>
}

// CHECK-LABEL: func.func @pow_one(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK-NEXT: return %[[X]]
func.func @pow_one(%x: tensor<4xf32, #dlc.dims<"batch">>) -> tensor<4xf32, #dlc.dims<"batch">> {
  %c = dlc.constant dense<1.0> : tensor<f32>
  %n = dlc.broadcast %c [] : tensor<f32> to tensor<4xf32, #dlc.dims<"batch">>
  %r = dlc.pow %x, %n : tensor<4xf32, #dlc.dims<"batch">>
  return %r : tensor<4xf32, #dlc.dims<"batch">>
}

// CHECK-LABEL: func.func @mul_zero_keeps_nan(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK: dlc.mul
func.func @mul_zero_keeps_nan(%x: tensor<4xf32, #dlc.dims<"batch">>) -> tensor<4xf32, #dlc.dims<"batch">> {
  %c = dlc.constant dense<0.0> : tensor<f32>
  %n = dlc.broadcast %c [] : tensor<f32> to tensor<4xf32, #dlc.dims<"batch">>
  %r = dlc.mul %x, %n : tensor<4xf32, #dlc.dims<"batch">>
  return %r : tensor<4xf32, #dlc.dims<"batch">>
}

// CHECK-LABEL: func.func @mul_zero_of_integers(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK-NOT: dlc.mul
func.func @mul_zero_of_integers(%x: tensor<4xi32, #dlc.dims<"batch">>) -> tensor<4xi32, #dlc.dims<"batch">> {
  %c = dlc.constant dense<0> : tensor<i32>
  %n = dlc.broadcast %c [] : tensor<i32> to tensor<4xi32, #dlc.dims<"batch">>
  %r = dlc.mul %x, %n : tensor<4xi32, #dlc.dims<"batch">>
  return %r : tensor<4xi32, #dlc.dims<"batch">>
}

// CHECK-LABEL: func.func @neg_neg(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK-NEXT: return %[[X]]
func.func @neg_neg(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = dlc.neg %x : tensor<4xf32>
  %1 = dlc.neg %0 : tensor<4xf32>
  return %1 : tensor<4xf32>
}

// CHECK-LABEL: func.func @select_known(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK-NEXT: return %[[X]]
func.func @select_known(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %c = dlc.constant dense<true> : tensor<4xi1>
  %0 = dlc.select %c, %x, %y : tensor<4xi1>, tensor<4xf32>
  return %0 : tensor<4xf32>
}

// CHECK-LABEL: func.func @select_not(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK-NEXT: dlc.select %{{.*}}, %{{.*}}, %[[X]]
func.func @select_not(%x: tensor<4xf32>, %y: tensor<4xf32>, %c: tensor<4xi1>) -> tensor<4xf32> {
  %0 = dlc.not %c : tensor<4xi1>
  %1 = dlc.select %0, %x, %y : tensor<4xi1>, tensor<4xf32>
  return %1 : tensor<4xf32>
}

// CHECK-LABEL: func.func @cast_back(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK-NEXT: return %[[X]]
func.func @cast_back(%x: tensor<4xui8>) -> tensor<4xui8> {
  %0 = dlc.cast %x : tensor<4xui8> to tensor<4xf32>
  %1 = dlc.cast %0 : tensor<4xf32> to tensor<4xui8>
  return %1 : tensor<4xui8>
}

// CHECK-LABEL: func.func @cast_that_rounds_stays(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK: dlc.cast
// CHECK: dlc.cast
func.func @cast_that_rounds_stays(%x: tensor<4xi32>) -> tensor<4xi32> {
  %0 = dlc.cast %x : tensor<4xi32> to tensor<4xf32>
  %1 = dlc.cast %0 : tensor<4xf32> to tensor<4xi32>
  return %1 : tensor<4xi32>
}

// CHECK-LABEL: func.func @cast_that_saturates_stays(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK: dlc.cast
// CHECK: dlc.cast
func.func @cast_that_saturates_stays(%x: tensor<4xui8>) -> tensor<4xi8> {
  %0 = dlc.cast %x : tensor<4xui8> to tensor<4xf32>
  %1 = dlc.cast %0 : tensor<4xf32> to tensor<4xi8>
  return %1 : tensor<4xi8>
}

// CHECK-LABEL: func.func @broadcasts(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK-NEXT: dlc.broadcast %[[X]] [2] : tensor<3xf32> to tensor<5x4x3xf32>
func.func @broadcasts(%x: tensor<3xf32>) -> tensor<5x4x3xf32> {
  %0 = dlc.broadcast %x [1] : tensor<3xf32> to tensor<4x3xf32>
  %1 = dlc.broadcast %0 [1, 2] : tensor<4x3xf32> to tensor<5x4x3xf32>
  return %1 : tensor<5x4x3xf32>
}

// CHECK-LABEL: func.func @reshapes(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK-NEXT: return %[[X]]
func.func @reshapes(%x: tensor<6xf32>) -> tensor<6xf32> {
  %0 = dlc.reshape %x : tensor<6xf32> to tensor<2x3xf32>
  %1 = dlc.reshape %0 : tensor<2x3xf32> to tensor<6xf32>
  return %1 : tensor<6xf32>
}

// CHECK-LABEL: func.func @transposes(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK-NEXT: dlc.transpose %[[X]] [2, 1, 0] : tensor<2x3x4xf32>
func.func @transposes(%x: tensor<2x3x4xf32>) -> tensor<4x3x2xf32> {
  %0 = dlc.transpose %x [1, 2, 0] : tensor<2x3x4xf32>
  %1 = dlc.transpose %0 [1, 0, 2] : tensor<3x4x2xf32>
  return %1 : tensor<4x3x2xf32>
}

// CHECK-LABEL: func.func @transpose_identity(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK-NEXT: return %[[X]]
func.func @transpose_identity(%x: tensor<3x3xf32>) -> tensor<3x3xf32> {
  %0 = dlc.transpose %x [0, 1] : tensor<3x3xf32>
  return %0 : tensor<3x3xf32>
}

// CHECK-LABEL: func.func @transpose_square_stays(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK: dlc.transpose
func.func @transpose_square_stays(%x: tensor<3x3xf32>) -> tensor<3x3xf32> {
  %0 = dlc.transpose %x [1, 0] : tensor<3x3xf32>
  return %0 : tensor<3x3xf32>
}

// CHECK-LABEL: func.func @nothing_moves(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK-NEXT: return %[[X]]
func.func @nothing_moves(%x: tensor<4xf32>, %v: tensor<f32>) -> tensor<4xf32> {
  %0 = dlc.slice %x [0] [4] [1] : tensor<4xf32>
  %1 = dlc.pad %0, %v [0] [0] [0] : tensor<4xf32>, tensor<f32>
  %2 = dlc.concat 0, %1 : tensor<4xf32>
  %3 = dlc.reduce sum %2 [] : tensor<4xf32>
  %4 = dlc.broadcast %3 [0] : tensor<4xf32> to tensor<4xf32>
  return %4 : tensor<4xf32>
}

// CHECK-LABEL: func.func @square(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK-NEXT: dlc.mul %[[X]], %[[X]]
func.func @square(%x: tensor<4xf32, #dlc.dims<"batch">>) -> tensor<4xf32, #dlc.dims<"batch">> {
  %c = dlc.constant dense<2.0> : tensor<f32>
  %n = dlc.broadcast %c [] : tensor<f32> to tensor<4xf32, #dlc.dims<"batch">>
  %r = dlc.pow %x, %n : tensor<4xf32, #dlc.dims<"batch">>
  return %r : tensor<4xf32, #dlc.dims<"batch">>
}

// CHECK-LABEL: func.func @cube(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK-NEXT: %[[S:.*]] = dlc.mul %[[X]], %[[X]]
// CHECK-NEXT: dlc.mul %[[S]], %[[X]]
func.func @cube(%x: tensor<4xf32, #dlc.dims<"batch">>) -> tensor<4xf32, #dlc.dims<"batch">> {
  %c = dlc.constant dense<3.0> : tensor<f32>
  %n = dlc.broadcast %c [] : tensor<f32> to tensor<4xf32, #dlc.dims<"batch">>
  %r = dlc.pow %x, %n : tensor<4xf32, #dlc.dims<"batch">>
  return %r : tensor<4xf32, #dlc.dims<"batch">>
}

// CHECK-LABEL: func.func @root(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK-NEXT: dlc.sqrt %[[X]]
func.func @root(%x: tensor<4xf32, #dlc.dims<"batch">>) -> tensor<4xf32, #dlc.dims<"batch">> {
  %c = dlc.constant dense<0.5> : tensor<f32>
  %n = dlc.broadcast %c [] : tensor<f32> to tensor<4xf32, #dlc.dims<"batch">>
  %r = dlc.pow %x, %n : tensor<4xf32, #dlc.dims<"batch">>
  return %r : tensor<4xf32, #dlc.dims<"batch">>
}

// CHECK-LABEL: func.func @inverse_root(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK-NEXT: dlc.rsqrt %[[X]]
func.func @inverse_root(%x: tensor<4xf32, #dlc.dims<"batch">>) -> tensor<4xf32, #dlc.dims<"batch">> {
  %c = dlc.constant dense<-0.5> : tensor<f32>
  %n = dlc.broadcast %c [] : tensor<f32> to tensor<4xf32, #dlc.dims<"batch">>
  %r = dlc.pow %x, %n : tensor<4xf32, #dlc.dims<"batch">>
  return %r : tensor<4xf32, #dlc.dims<"batch">>
}

// CHECK-LABEL: func.func @inverse(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK: dlc.div %{{.*}}, %[[X]]
func.func @inverse(%x: tensor<4xf32, #dlc.dims<"batch">>) -> tensor<4xf32, #dlc.dims<"batch">> {
  %c = dlc.constant dense<-1.0> : tensor<f32>
  %n = dlc.broadcast %c [] : tensor<f32> to tensor<4xf32, #dlc.dims<"batch">>
  %r = dlc.pow %x, %n : tensor<4xf32, #dlc.dims<"batch">>
  return %r : tensor<4xf32, #dlc.dims<"batch">>
}

// CHECK-LABEL: func.func @other_power(
// CHECK-SAME: %[[X:[a-z0-9]+]]:
// CHECK: dlc.pow
func.func @other_power(%x: tensor<4xf32, #dlc.dims<"batch">>) -> tensor<4xf32, #dlc.dims<"batch">> {
  %c = dlc.constant dense<1.5> : tensor<f32>
  %n = dlc.broadcast %c [] : tensor<f32> to tensor<4xf32, #dlc.dims<"batch">>
  %r = dlc.pow %x, %n : tensor<4xf32, #dlc.dims<"batch">>
  return %r : tensor<4xf32, #dlc.dims<"batch">>
}
