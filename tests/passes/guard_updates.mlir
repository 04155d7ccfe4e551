// RUN: dlcc-opt --dlc-guard-updates %s | FileCheck %s

#same = affine_map<(d0) -> (d0)>
#scalar = affine_map<(d0) -> ()>

dlc.variable parameter @w : tensor<4xf32>
dlc.variable parameter @v : tensor<4xf32>

// c ? g : w
func.func private @keep(%w: tensor<4xf32>, %g: tensor<4xf32>, %c: tensor<i8>)
    -> tensor<4xf32> {
  %0 = tensor.empty() : tensor<4xf32>
  %1 = linalg.generic {indexing_maps = [#scalar, #same, #same, #same],
      iterator_types = ["parallel"]}
      ins(%c, %g, %w : tensor<i8>, tensor<4xf32>, tensor<4xf32>)
      outs(%0 : tensor<4xf32>) {
  ^bb0(%byte: i8, %new: f32, %old: f32, %out: f32):
    %bit = arith.trunci %byte : i8 to i1
    %2 = arith.select %bit, %new, %old : f32
    linalg.yield %2 : f32
  } -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// The same, and what others read.
func.func private @keep_and_double(%w: tensor<4xf32>, %g: tensor<4xf32>,
    %c: tensor<i8>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = tensor.empty() : tensor<4xf32>
  %1:2 = linalg.generic {indexing_maps = [#scalar, #same, #same, #same, #same],
      iterator_types = ["parallel"]}
      ins(%c, %g, %w : tensor<i8>, tensor<4xf32>, tensor<4xf32>)
      outs(%0, %0 : tensor<4xf32>, tensor<4xf32>) {
  ^bb0(%byte: i8, %new: f32, %old: f32, %out: f32, %out2: f32):
    %bit = arith.trunci %byte : i8 to i1
    %2 = arith.select %bit, %new, %old : f32
    %3 = arith.addf %new, %new : f32
    linalg.yield %2, %3 : f32, f32
  } -> (tensor<4xf32>, tensor<4xf32>)
  return %1#0, %1#1 : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @in_place
// CHECK: call @keep({{.*}}) {dlc.guard = 2 : i64}
func.func @in_place(%g: tensor<4xf32>, %c: tensor<i8>)
    attributes {dlc.entry = "train"} {
  %w = dlc.read @w : tensor<4xf32>
  %0 = call @keep(%w, %g, %c)
      : (tensor<4xf32>, tensor<4xf32>, tensor<i8>) -> tensor<4xf32>
  dlc.write @w, %0 : tensor<4xf32>
  return
}

// What is there already is not what would be stored.
// CHECK-LABEL: func.func @of_another_variable
// CHECK-NOT: dlc.guard
func.func @of_another_variable(%g: tensor<4xf32>, %c: tensor<i8>)
    attributes {dlc.entry = "train"} {
  %w = dlc.read @w : tensor<4xf32>
  %0 = call @keep(%w, %g, %c)
      : (tensor<4xf32>, tensor<4xf32>, tensor<i8>) -> tensor<4xf32>
  dlc.write @v, %0 : tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @needed_otherwise
// CHECK-NOT: dlc.guard
func.func @needed_otherwise(%g: tensor<4xf32>, %c: tensor<i8>)
    -> tensor<4xf32> attributes {dlc.entry = "train"} {
  %w = dlc.read @w : tensor<4xf32>
  %0:2 = call @keep_and_double(%w, %g, %c)
      : (tensor<4xf32>, tensor<4xf32>, tensor<i8>)
      -> (tensor<4xf32>, tensor<4xf32>)
  dlc.write @w, %0#0 : tensor<4xf32>
  return %0#1 : tensor<4xf32>
}
