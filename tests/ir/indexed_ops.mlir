// Every op that takes or makes indices keeps its text.
// RUN: dlcc-opt %s | dlcc-opt | FileCheck %s
// RUN: dlcc-opt %s -mlir-print-op-generic | dlcc-opt | FileCheck %s

// CHECK-LABEL: func.func @indices
func.func @indices(%table: tensor<10x3xf32>, %word: tensor<4x7xi32, #dlc.dims<"batch", "">>,
                   %x: tensor<4x5x2xf32, #dlc.dims<"batch", "", "">>, %place: tensor<i64>) {
  // CHECK: dlc.gather %{{.*}}, %{{.*}} axis 0 batch 0 : tensor<10x3xf32>, tensor<4x7xi32, #dlc.dims<"batch", "">>
  // CHECK: dlc.neg %{{.*}} : tensor<4x7x3xf32, #dlc.dims<"batch", "", "">>
  %0 = dlc.gather %table, %word axis 0 batch 0 : tensor<10x3xf32>, tensor<4x7xi32, #dlc.dims<"batch", "">>
  %1 = dlc.neg %0 : tensor<4x7x3xf32, #dlc.dims<"batch", "", "">>
  // CHECK: dlc.gather %{{.*}}, %{{.*}} axis 1 batch 1
  // CHECK: dlc.neg %{{.*}} : tensor<4x7x2xf32, #dlc.dims<"batch", "", "">>
  %2 = dlc.gather %x, %word axis 1 batch 1 : tensor<4x5x2xf32, #dlc.dims<"batch", "", "">>, tensor<4x7xi32, #dlc.dims<"batch", "">>
  %3 = dlc.neg %2 : tensor<4x7x2xf32, #dlc.dims<"batch", "", "">>
  // CHECK: dlc.gather %{{.*}}, %{{.*}} axis 0 batch 0 : tensor<10x3xf32>, tensor<i64>
  %4 = dlc.gather %table, %place axis 0 batch 0 : tensor<10x3xf32>, tensor<i64>
  // CHECK: dlc.scatter_add %{{.*}}, %{{.*}} axis 0 batch 0 : tensor<4x7x3xf32, #dlc.dims<"batch", "", "">>, tensor<4x7xi32, #dlc.dims<"batch", "">> to tensor<10x3xf32>
  %5 = dlc.scatter_add %0, %word axis 0 batch 0 : tensor<4x7x3xf32, #dlc.dims<"batch", "", "">>, tensor<4x7xi32, #dlc.dims<"batch", "">> to tensor<10x3xf32>
  return
}

// CHECK-LABEL: func.func @lines
func.func @lines(%x: tensor<4x5xf32, #dlc.dims<"batch", "">>) {
  // CHECK: dlc.rank %{{.*}} axis 1 limit 5 : tensor<4x5xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.not %{{.*}} : tensor<4x5xi32, #dlc.dims<"batch", "">>
  %0 = dlc.rank %x axis 1 limit 5 : tensor<4x5xf32, #dlc.dims<"batch", "">>
  %1 = dlc.not %0 : tensor<4x5xi32, #dlc.dims<"batch", "">>
  // CHECK: dlc.rank %{{.*}} axis 1 descending limit 2
  %2 = dlc.rank %x axis 1 descending limit 2 : tensor<4x5xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.cumulative %{{.*}} axis 1 : tensor<4x5xf32, #dlc.dims<"batch", "">>
  %3 = dlc.cumulative %x axis 1 : tensor<4x5xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.cumulative %{{.*}} axis 1 reverse exclusive :
  %4 = dlc.cumulative %x axis 1 reverse exclusive : tensor<4x5xf32, #dlc.dims<"batch", "">>
  return
}
