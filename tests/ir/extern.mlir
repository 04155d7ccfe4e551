// RUN: dlcc-opt %s | dlcc-opt | FileCheck %s
// RUN: dlcc-opt %s --cse | FileCheck %s --check-prefix=PURE

// CHECK-LABEL: func.func @f
// PURE-LABEL: func.func @f
// PURE-COUNT-1: dlc.extern
// PURE-NOT: dlc.extern
// PURE: return
func.func @f(%a: tensor<4x3xf32, #dlc.dims<"batch", "">>, %b: tensor<4x3xf32, #dlc.dims<"batch", "">>, %n: tensor<i32>) -> (tensor<f32>, tensor<f32>) {
  // CHECK: dlc.extern "euclid" gradient "euclid_grad"(%{{.*}}, %{{.*}}) dims [0, 0, 0, 1] : (tensor<4x3xf32, #dlc.dims<"batch", "">>, tensor<4x3xf32, #dlc.dims<"batch", "">>) -> tensor<f32>
  %0 = dlc.extern "euclid" gradient "euclid_grad" (%a, %b) dims [0, 0, 0, 1] : (tensor<4x3xf32, #dlc.dims<"batch", "">>, tensor<4x3xf32, #dlc.dims<"batch", "">>) -> tensor<f32>
  %1 = dlc.extern "euclid" gradient "euclid_grad" (%a, %b) dims [0, 0, 0, 1] : (tensor<4x3xf32, #dlc.dims<"batch", "">>, tensor<4x3xf32, #dlc.dims<"batch", "">>) -> tensor<f32>
  return %0, %1 : tensor<f32>, tensor<f32>
}

// CHECK-LABEL: func.func @several
func.func @several(%n: tensor<i32>) -> (tensor<2xf32>, tensor<5xi1>) {
  // CHECK: dlc.extern "two"(%{{.*}}) dims [] : (tensor<i32>) -> (tensor<2xf32>, tensor<5xi1>)
  %0:2 = dlc.extern "two" (%n) dims [] : (tensor<i32>) -> (tensor<2xf32>, tensor<5xi1>)
  return %0#0, %0#1 : tensor<2xf32>, tensor<5xi1>
}
