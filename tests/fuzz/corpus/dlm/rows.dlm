// A mean over the batch divides by the rows that were given.
// RUN: dlcc compile --stop-after=parsed --batch 4 -o - %s | FileCheck %s

model m(x: f32[batch, 8]) -> y {
  y = mean(x)
}

// CHECK-LABEL: func.func @forward
// CHECK: %[[ROWS:.*]] = dlc.read @"$rows"
// CHECK: %[[SUM:.*]] = dlc.reduce sum %x [0, 1]
// CHECK: %[[K:.*]] = dlc.constant dense<8> : tensor<i64>
// CHECK: %[[N:.*]] = dlc.mul %[[ROWS]], %[[K]]
// CHECK: %[[F:.*]] = dlc.cast %[[N]] : tensor<i64> to tensor<f32>
// CHECK: dlc.div %[[SUM]], %[[F]]
