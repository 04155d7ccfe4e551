// --precision=f64: every float is f64, but for what the ABI hands over.
// RUN: dlcc-opt %s -dlc-widen-floats | FileCheck %s

module attributes {dlc.model = "t", dlc.batch = 4 : i64} {

// CHECK: dlc.variable parameter @w : tensor<3xf64> {trainable}
dlc.variable parameter @w : tensor<3xf32> {trainable}
// CHECK: dlc.variable control @"$learning_rate_scale" : tensor<f32>
dlc.variable control @"$learning_rate_scale" : tensor<f32>
// CHECK: dlc.variable control @"$step" : tensor<i64>
dlc.variable control @"$step" : tensor<i64>

// Inputs, outputs and constants; narrow types in between are gone.
// CHECK-LABEL: func.func @forward
// CHECK-SAME: (%[[X:.*]]: tensor<4x3xf64, #dlc.dims<"batch", "">>, %[[I:.*]]: tensor<3xi32>)
// CHECK-SAME: -> (tensor<4x3xf64, #dlc.dims<"batch", "">>, tensor<3xf64>)
func.func @forward(%x: tensor<4x3xbf16, #dlc.dims<"batch", "">>, %i: tensor<3xi32>)
    -> (tensor<4x3xf32, #dlc.dims<"batch", "">>, tensor<3xf64>)
    attributes {dlc.entry = "forward"} {
  // CHECK: %[[C:.*]] = dlc.constant dense<[5.000000e-01, 0.10000000149011612, 0x7FF0000000000000]> : tensor<3xf64>
  %c = dlc.constant dense<[0.5, 0.1, 0x7F800000]> : tensor<3xf32>
  // CHECK: dlc.constant dense<2> : tensor<3xi32>
  %two = dlc.constant dense<2> : tensor<3xi32>
  // CHECK-NOT: dlc.cast %[[X]]
  %wide = dlc.cast %x : tensor<4x3xbf16, #dlc.dims<"batch", "">>
      to tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: %[[Y:.*]] = dlc.exp %[[X]] : tensor<4x3xf64
  %y = dlc.exp %wide : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %s = dlc.mul %i, %two : tensor<3xi32>
  // CHECK: %[[F:.*]] = dlc.cast %{{.*}} : tensor<3xi32> to tensor<3xf64>
  %f = dlc.cast %s : tensor<3xi32> to tensor<3xf32>
  %w = dlc.read @w : tensor<3xf32>
  %a = dlc.add %f, %w : tensor<3xf32>
  %b = dlc.add %a, %c : tensor<3xf32>
  %d = dlc.cast %b : tensor<3xf32> to tensor<3xf64>
  // CHECK: return %[[Y]], %{{.*}} : tensor<4x3xf64, #dlc.dims<"batch", "">>, tensor<3xf64>
  return %y, %d : tensor<4x3xf32, #dlc.dims<"batch", "">>, tensor<3xf64>
}

// Metrics leave in f32; the runtime's factor on the rate enters so.
// CHECK-LABEL: func.func @train_step
// CHECK-SAME: (%[[T:.*]]: tensor<3xf64>) -> tensor<f32>
func.func @train_step(%t: tensor<3xf32>) -> tensor<f32>
    attributes {dlc.entry = "train"} {
  %w = dlc.read @w : tensor<3xf32>
  // CHECK: %[[S:.*]] = dlc.read @"$learning_rate_scale" : tensor<f32>
  // CHECK-NEXT: %[[SCALE:.*]] = dlc.cast %[[S]] : tensor<f32> to tensor<f64>
  %scale = dlc.read @"$learning_rate_scale" : tensor<f32>
  %p = dlc.mul %w, %t : tensor<3xf32>
  %loss = dlc.reduce sum %p [0] : tensor<3xf32>
  // CHECK: dlc.minimize %[[LOSS:.*]], sgd [@w] ["learning_rate"](%[[SCALE]]) : tensor<f64>, (tensor<f64>)
  dlc.minimize %loss, sgd [@w] ["learning_rate"] (%scale)
      : tensor<f32>, (tensor<f32>)
  // CHECK: %[[METRIC:.*]] = dlc.cast %[[LOSS]] : tensor<f64> to tensor<f32>
  // CHECK-NEXT: return %[[METRIC]] : tensor<f32>
  return %loss : tensor<f32>
}

// Reports are made from averages in f32.
// CHECK-LABEL: func.func @report
// CHECK-SAME: (%[[MEAN:.*]]: tensor<f32>) -> tensor<f32>
func.func @report(%loss: tensor<f32>) -> tensor<f32>
    attributes {dlc.entry = "report"} {
  // CHECK: %[[WIDE:.*]] = dlc.cast %[[MEAN]] : tensor<f32> to tensor<f64>
  // CHECK: %[[E:.*]] = dlc.exp %[[WIDE]] : tensor<f64>
  // CHECK: dlc.cast %[[E]] : tensor<f64> to tensor<f32>
  %e = dlc.exp %loss : tensor<f32>
  return %e : tensor<f32>
}

}
