// RUN: dlcc-opt --dlc-build-train-step %s | FileCheck %s

// Control variables that the formulas read are declared; slots stand behind
// their parameter, in the order of the formula.
// CHECK-DAG: dlc.variable control @"$learning_rate_scale" : tensor<f32>
// CHECK-DAG: dlc.variable control @"$step" : tensor<i64>
// CHECK: dlc.variable parameter @w : tensor<4xf32>
// CHECK-NEXT: dlc.variable slot @"w/momentum" : tensor<4xf32>
// CHECK-NEXT: dlc.variable slot @"w/first_moment" : tensor<4xf32>
// CHECK-NEXT: dlc.variable slot @"w/second_moment" : tensor<4xf32>
// CHECK-NEXT: dlc.variable slot @"w/square_sum" : tensor<4xf32>
// CHECK-NEXT: dlc.variable slot @"w/critic/momentum" : tensor<4xf32>
// CHECK-NEXT: dlc.variable parameter @narrow : tensor<4xbf16>
dlc.variable parameter @w : tensor<4xf32> {trainable}
dlc.variable parameter @narrow : tensor<4xbf16> {trainable}

// A slot that does not begin at zero is filled with the parameters.
// CHECK-LABEL: func.func @init
// CHECK: %[[START:.*]] = dlc.constant dense<2.500000e-01> : tensor<4xf32>
// CHECK: dlc.write @"w/square_sum", %[[START]]
func.func @init() attributes {dlc.entry = "init"} {
  return
}

// w -= r g, without a slot; the write stands at the end.
// CHECK-LABEL: func.func @plain_sgd
// CHECK-SAME: (%[[G:.*]]: tensor<4xf32>, %[[R:.*]]: tensor<f32>)
func.func @plain_sgd(%g: tensor<4xf32>, %r: tensor<f32>) -> tensor<4xf32> {
  // CHECK: %[[W:.*]] = dlc.read @w
  // CHECK: %[[SCALE:.*]] = dlc.read @"$learning_rate_scale"
  // CHECK: %[[RATE:.*]] = dlc.mul %[[R]], %[[SCALE]]
  // CHECK: %[[RATES:.*]] = dlc.broadcast %[[RATE]]
  // CHECK: %[[STEP:.*]] = dlc.mul %[[G]], %[[RATES]]
  // CHECK: %[[NEW:.*]] = dlc.sub %[[W]], %[[STEP]]
  // CHECK: %[[METRIC:.*]] = dlc.exp
  // CHECK: dlc.write @w, %[[NEW]]
  // CHECK-NEXT: return %[[METRIC]]
  dlc.update @w, %g, sgd ["learning_rate"] (%r) : tensor<4xf32>, (tensor<f32>)
  %metric = dlc.exp %g : tensor<4xf32>
  return %metric : tensor<4xf32>
}

// A momentum of zero has no slot.
// CHECK-LABEL: func.func @no_momentum
// CHECK-NOT: momentum
// CHECK: return
func.func @no_momentum(%g: tensor<4xf32>, %r: tensor<f32>) {
  %zero = dlc.constant dense<0.0> : tensor<f32>
  dlc.update @w, %g, sgd ["learning_rate", "momentum"] (%r, %zero)
      : tensor<4xf32>, (tensor<f32>, tensor<f32>)
  return
}

// CHECK-LABEL: func.func @momentum
// CHECK: %[[V:.*]] = dlc.read @"w/momentum"
// CHECK: dlc.mul %[[V]]
// CHECK: dlc.write @"w/momentum"
// CHECK: dlc.write @w
func.func @momentum(%g: tensor<4xf32>, %r: tensor<f32>) {
  dlc.update @w, %g, sgd ["learning_rate", "momentum"] (%r, %r)
      : tensor<4xf32>, (tensor<f32>, tensor<f32>)
  return
}

// 1 - beta^t without cancellation; the rate has its default.
// CHECK-LABEL: func.func @adam
// CHECK: dlc.constant dense<1.000000e-03> : tensor<f32>
// CHECK: dlc.read @"$step" : tensor<i64>
// CHECK: dlc.log1p %{{.*}} : tensor<f32>
// CHECK: dlc.expm1 %{{.*}} : tensor<f32>
// CHECK: dlc.sqrt %{{.*}} : tensor<4xf32>
// CHECK: dlc.write @"w/first_moment"
// CHECK-NEXT: dlc.write @"w/second_moment"
// CHECK-NEXT: dlc.write @w
func.func @adam(%g: tensor<4xf32>, %e: tensor<f32>) {
  dlc.update @w, %g, adam ["epsilon"] (%e) : tensor<4xf32>, (tensor<f32>)
  return
}

// CHECK-LABEL: func.func @adagrad
func.func @adagrad(%g: tensor<4xf32>) {
  %a = dlc.constant dense<0.25> : tensor<f32>
  dlc.update @w, %g, adagrad ["initial_accumulator"] (%a)
      : tensor<4xf32>, (tensor<f32>)
  return
}

// Two training blocks may update one parameter: each has its own slots.
// CHECK-LABEL: func.func @critic_train_step
// CHECK: dlc.read @"w/critic/momentum"
func.func @critic_train_step(%g: tensor<4xf32>, %r: tensor<f32>)
    attributes {dlc.block = "critic"} {
  dlc.update @w, %g, sgd ["learning_rate", "momentum"] (%r, %r)
      : tensor<4xf32>, (tensor<f32>, tensor<f32>)
  return
}

// Narrow parameters are updated in f32.
// CHECK-LABEL: func.func @narrow_parameter
// CHECK: dlc.cast %{{.*}} : tensor<4xbf16> to tensor<4xf32>
// CHECK: %[[NEW:.*]] = dlc.sub %{{.*}} : tensor<4xf32>
// CHECK: %[[STORED:.*]] = dlc.cast %[[NEW]] : tensor<4xf32> to tensor<4xbf16>
// CHECK: dlc.write @narrow, %[[STORED]]
func.func @narrow_parameter(%g: tensor<4xbf16>, %r: tensor<f32>) {
  dlc.update @narrow, %g, sgd ["learning_rate"] (%r)
      : tensor<4xbf16>, (tensor<f32>)
  return
}
