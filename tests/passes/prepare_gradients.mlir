// RUN: dlcc-opt --dlc-build-train-step %s | FileCheck %s

// What every optimizer can be given changes the gradients of a step, and the
// variables that it writes.

// CHECK: dlc.variable parameter @w : tensor<4xf32>
// CHECK-NEXT: dlc.variable slot @"w/gradient" : tensor<4xf32>
// CHECK-NEXT: dlc.variable slot @"w/momentum" : tensor<4xf32>
// CHECK-NEXT: dlc.variable parameter @v : tensor<2x3xf32>
// CHECK-NEXT: dlc.variable parameter @narrow : tensor<4xbf16>
// CHECK-NEXT: dlc.variable slot @"narrow/trained" : tensor<4xbf16>
// CHECK-NEXT: dlc.variable slot @"narrow/gradient" : tensor<4xf32>
dlc.variable parameter @w : tensor<4xf32> {trainable}
dlc.variable parameter @v : tensor<2x3xf32> {trainable}
dlc.variable parameter @narrow : tensor<4xbf16> {trainable}

// What training follows begins at the parameter's value.
// CHECK-LABEL: func.func @init
// CHECK: %[[START:.*]] = dlc.constant dense<2.500000e-01>
// CHECK: dlc.write @narrow, %[[START]]
// CHECK-NEXT: dlc.write @"narrow/trained", %[[START]]
func.func @init() attributes {dlc.entry = "init"} {
  %0 = dlc.constant dense<0.25> : tensor<4xbf16>
  dlc.write @narrow, %0 : tensor<4xbf16>
  return
}

// One norm of all gradients comes before the first update.
// CHECK-LABEL: func.func @norm
// CHECK-SAME: (%[[G:.*]]: tensor<4xf32>, %[[H:.*]]: tensor<2x3xf32>, %[[C:.*]]: tensor<f32>)
// CHECK: %[[GG:.*]] = dlc.mul %[[G]], %[[G]]
// CHECK: %[[SG:.*]] = dlc.reduce sum %[[GG]] [0]
// CHECK: %[[HH:.*]] = dlc.mul %[[H]], %[[H]]
// CHECK: %[[SH:.*]] = dlc.reduce sum %[[HH]] [0, 1]
// CHECK: %[[S:.*]] = dlc.add %[[SG]], %[[SH]]
// CHECK: %[[N:.*]] = dlc.sqrt %[[S]]
// CHECK: %[[E:.*]] = dlc.add %[[N]]
// CHECK: %[[Q:.*]] = dlc.div %[[C]], %[[E]]
// CHECK: dlc.min %[[Q]]
// CHECK: dlc.write @w
// CHECK: dlc.write @v
func.func @norm(%g: tensor<4xf32>, %h: tensor<2x3xf32>, %c: tensor<f32>) {
  dlc.update @w, %g, sgd ["learning_rate", "clip_norm"] (%c, %c)
      : tensor<4xf32>, (tensor<f32>, tensor<f32>)
  dlc.update @v, %h, sgd ["learning_rate", "clip_norm"] (%c, %c)
      : tensor<2x3xf32>, (tensor<f32>, tensor<f32>)
  return
}

// Slots and weights change at the last call, the sum of gradients at each.
// CHECK-LABEL: func.func @sum
// CHECK-SAME: (%[[G:.*]]: tensor<4xf32>
// CHECK: %[[A:.*]] = dlc.read @"w/gradient"
// CHECK: %[[KEPT:.*]] = dlc.select %{{.*}}, %{{.*}}, %[[A]]
// CHECK: %[[SUM:.*]] = dlc.add %[[KEPT]], %[[G]]
// CHECK: %[[MEAN:.*]] = dlc.div %[[SUM]]
// CHECK: %[[M:.*]] = dlc.read @"w/momentum"
// CHECK: %[[MOMENTUM:.*]] = dlc.select %{{.*}}, %{{.*}}, %[[M]]
// CHECK: dlc.write @"w/gradient", %[[SUM]]
// CHECK: dlc.write @"w/momentum", %[[MOMENTUM]]
func.func @sum(%g: tensor<4xf32>, %r: tensor<f32>) {
  %four = dlc.constant dense<4.0> : tensor<f32>
  dlc.update @w, %g, sgd ["learning_rate", "momentum", "accumulate"]
      (%r, %r, %four) : tensor<4xf32>, (tensor<f32>, tensor<f32>, tensor<f32>)
  return
}

// Training reads what it follows, inference the average.
// CHECK-LABEL: func.func @average
// CHECK: dlc.read @"narrow/trained"
// CHECK: dlc.read @narrow :
// CHECK: dlc.write @"narrow/trained"
// CHECK: dlc.write @narrow,
func.func @average(%g: tensor<4xbf16>, %r: tensor<f32>)
    attributes {dlc.entry = "train"} {
  %two = dlc.constant dense<2.0> : tensor<f32>
  %w = dlc.read @narrow : tensor<4xbf16>
  dlc.update @narrow, %g, sgd ["learning_rate", "ema", "accumulate"]
      (%r, %r, %two) : tensor<4xbf16>, (tensor<f32>, tensor<f32>, tensor<f32>)
  return
}

// CHECK-LABEL: func.func @forward
// CHECK: dlc.read @narrow :
func.func @forward() -> tensor<4xbf16> attributes {dlc.entry = "forward"} {
  %w = dlc.read @narrow : tensor<4xbf16>
  return %w : tensor<4xbf16>
}
