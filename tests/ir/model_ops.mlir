// Variables, training, random numbers and kernels keep their text.
// RUN: dlcc-opt %s | dlcc-opt | FileCheck %s
// RUN: dlcc-opt %s -mlir-print-op-generic | dlcc-opt | FileCheck %s

// CHECK: module @m attributes {dlc.target = #dlc.target<kind = "cpu", triple = "x86_64-unknown-linux-gnu", cpu = "znver4", features = "+avx512f", vector_bytes = 64, registers = 32, alignment = 64, l1_bytes = 32768, l2_bytes = 1048576, l3_bytes = 33554432>}
module @m attributes {dlc.target = #dlc.target<kind = "cpu",
    triple = "x86_64-unknown-linux-gnu", cpu = "znver4", features = "+avx512f",
    vector_bytes = 64, registers = 32, alignment = 64, l1_bytes = 32768,
    l2_bytes = 1048576, l3_bytes = 33554432>} {
// CHECK: dlc.variable parameter @dense.weight : tensor<10x784xf32> {trainable}
dlc.variable parameter @dense.weight : tensor<10x784xf32> {trainable}
// CHECK: dlc.variable buffer @mean : tensor<3xf64>
dlc.variable buffer @mean : tensor<3xf64>
// CHECK: dlc.variable slot @"dense.weight/momentum" : tensor<10x784xf32>
dlc.variable slot @"dense.weight/momentum" : tensor<10x784xf32>
// CHECK: dlc.variable state @h : tensor<4x5xf32, #dlc.dims<"batch", "">>
dlc.variable state @h : tensor<4x5xf32, #dlc.dims<"batch", "">>
// CHECK: dlc.variable control @"$seed" : tensor<i64>
dlc.variable control @"$seed" : tensor<i64>

// CHECK-LABEL: func.func @training
func.func @training(%loss: tensor<f32>, %g: tensor<10x784xf32>) {
  // CHECK: dlc.read @dense.weight : tensor<10x784xf32>
  %w = dlc.read @dense.weight : tensor<10x784xf32>
  // CHECK: dlc.minimize %{{.*}}, sgd [@dense.weight] ["learning_rate", "momentum"](%{{.*}}, %{{.*}}) {nesterov} : tensor<f32>, (tensor<f32>, tensor<f32>)
  dlc.minimize %loss, sgd [@dense.weight] ["learning_rate", "momentum"] (%loss, %loss) {nesterov} : tensor<f32>, (tensor<f32>, tensor<f32>)
  // CHECK: dlc.update @dense.weight, %{{.*}}, adamw ["learning_rate"](%{{.*}}) : tensor<10x784xf32>, (tensor<f32>)
  dlc.update @dense.weight, %g, adamw ["learning_rate"] (%loss) : tensor<10x784xf32>, (tensor<f32>)
  // Without hyper-parameters nothing follows the type.
  // CHECK: dlc.minimize %{{.*}}, adam [@dense.weight] []() : tensor<f32>{{$}}
  dlc.minimize %loss, adam [@dense.weight] [] () : tensor<f32>
  // CHECK: dlc.update @dense.weight, %{{.*}}, adam []() {nesterov} : tensor<10x784xf32>{{$}}
  dlc.update @dense.weight, %g, adam [] () {nesterov} : tensor<10x784xf32>
  // CHECK: dlc.write @dense.weight, %{{.*}} : tensor<10x784xf32>
  dlc.write @dense.weight, %w : tensor<10x784xf32>
  return
}

// CHECK-LABEL: func.func @random
func.func @random(%step: tensor<i64>) {
  %seed = dlc.read @"$seed" : tensor<i64>
  // CHECK: dlc.random normal(%{{.*}}, %{{.*}}) path 42 : tensor<i64>, tensor<i64> -> tensor<4x3xf32>
  %0 = dlc.random normal(%seed, %step) path 42 : tensor<i64>, tensor<i64> -> tensor<4x3xf32>
  // CHECK: dlc.random uniform
  %1 = dlc.random uniform(%seed, %step) path 1 : tensor<i64>, tensor<i64> -> tensor<f64>
  return
}

// CHECK-LABEL: func.func @kernels
func.func @kernels(%x: tensor<4xf32>) {
  // CHECK: dlc.kernel "dense.relu"(%{{.*}} as %[[A:.*]] : tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-NEXT: %[[N:.*]] = dlc.neg %[[A]] : tensor<4xf32>
  // CHECK-NEXT: dlc.yield %[[N]] : tensor<4xf32>
  %r = dlc.kernel "dense.relu"(%x as %a : tensor<4xf32>) -> tensor<4xf32> {
    %0 = dlc.neg %a : tensor<4xf32>
    dlc.yield %0 : tensor<4xf32>
  }
  // CHECK: dlc.kernel "two"() -> (tensor<f32>, tensor<i32>) attributes {dlc.line = 3 : i64} {
  %t:2 = dlc.kernel "two"() -> (tensor<f32>, tensor<i32>) attributes {dlc.line = 3 : i64} {
    %0 = dlc.constant dense<1.0> : tensor<f32>
    %1 = dlc.constant dense<1> : tensor<i32>
    dlc.yield %0, %1 : tensor<f32>, tensor<i32>
  }
  return
}
}
