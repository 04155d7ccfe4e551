// Every op that makes or moves elements keeps its text.
// RUN: dlcc-opt %s | dlcc-opt | FileCheck %s
// RUN: dlcc-opt %s -mlir-print-op-generic | dlcc-opt | FileCheck %s

// CHECK-LABEL: func.func @constants
func.func @constants() {
  // CHECK: dlc.constant dense<5.000000e-01> : tensor<f32>
  %a = dlc.constant dense<0.5> : tensor<f32>
  // CHECK: dlc.constant dense<[1, 255]> : tensor<2xui8>
  %b = dlc.constant dense<[1, 255]> : tensor<2xui8>
  // CHECK: dlc.constant dense<true> : tensor<i1>
  %c = dlc.constant dense<true> : tensor<i1>
  // CHECK: dlc.iota 1 : tensor<4x3xi32>
  %d = dlc.iota 1 : tensor<4x3xi32>
  return
}

// CHECK-LABEL: func.func @moves
func.func @moves(%x: tensor<4x3xf32, #dlc.dims<"batch", "">>, %b: tensor<3xf32>,
                 %zero: tensor<f32>) {
  // CHECK: dlc.broadcast %{{.*}} [1] : tensor<3xf32> to tensor<4x3xf32, #dlc.dims<"batch", "">>
  %0 = dlc.broadcast %b [1] : tensor<3xf32> to tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.reshape %{{.*}} : tensor<4x3xf32, #dlc.dims<"batch", "">> to tensor<12xf32, #dlc.dims<"batch*3">>
  %1 = dlc.reshape %x : tensor<4x3xf32, #dlc.dims<"batch", "">> to tensor<12xf32, #dlc.dims<"batch*3">>
  // CHECK: dlc.transpose %{{.*}} [1, 0] : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.neg %{{.*}} : tensor<3x4xf32, #dlc.dims<"", "batch">>
  %2 = dlc.transpose %x [1, 0] : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %3 = dlc.neg %2 : tensor<3x4xf32, #dlc.dims<"", "batch">>
  // CHECK: dlc.slice %{{.*}} [0, 0] [4, 2] [1, 2] : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.neg %{{.*}} : tensor<4x2xf32, #dlc.dims<"batch", "">>
  %4 = dlc.slice %x [0, 0] [4, 2] [1, 2] : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %5 = dlc.neg %4 : tensor<4x2xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.pad %{{.*}}, %{{.*}} [0, 2] [0, 1] [0, 1] : tensor<4x3xf32, #dlc.dims<"batch", "">>, tensor<f32>
  // CHECK: dlc.neg %{{.*}} : tensor<4x8xf32, #dlc.dims<"batch", "">>
  %6 = dlc.pad %x, %zero [0, 2] [0, 1] [0, 1] : tensor<4x3xf32, #dlc.dims<"batch", "">>, tensor<f32>
  %7 = dlc.neg %6 : tensor<4x8xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.concat 1, %{{.*}}, %{{.*}} : tensor<4x3xf32, #dlc.dims<"batch", "">>, tensor<4x3xf32, #dlc.dims<"batch", "">>
  %8 = dlc.concat 1, %x, %0 : tensor<4x3xf32, #dlc.dims<"batch", "">>, tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.window %{{.*}} [1] [2] [1] [-1] : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.neg %{{.*}} : tensor<4x2x2xf32, #dlc.dims<"batch", "", "">>
  %9 = dlc.window %x [1] [2] [1] [-1] : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %10 = dlc.neg %9 : tensor<4x2x2xf32, #dlc.dims<"batch", "", "">>
  // CHECK: dlc.unwindow %{{.*}} [1] [1] [-1] : tensor<4x2x2xf32, #dlc.dims<"batch", "", "">> to tensor<4x3xf32, #dlc.dims<"batch", "">>
  %11 = dlc.unwindow %10 [1] [1] [-1] : tensor<4x2x2xf32, #dlc.dims<"batch", "", "">> to tensor<4x3xf32, #dlc.dims<"batch", "">>
  return
}
