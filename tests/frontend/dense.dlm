// A dense layer is a product with W stored [out, in], and a broadcast bias.
// RUN: dlcc compile --stop-after=parsed --batch 4 -o - %s | FileCheck %s

model m(x: f32[batch, 8]) -> y {
  y = dense(x, 3)
}

// CHECK-LABEL: func.func @forward(%x: tensor<4x8xf32, #dlc.dims<"batch", "">> {dlc.name = "x"})
// CHECK-DAG: %[[W:.*]] = dlc.read @dense.weight : tensor<3x8xf32>
// CHECK-DAG: %[[B:.*]] = dlc.read @dense.bias : tensor<3xf32>
// CHECK: %[[P:.*]] = dlc.contract %x [] [1], %[[W]] [] [1]
// CHECK: %[[C:.*]] = dlc.broadcast %[[B]] [1]
// CHECK: %[[Y:.*]] = dlc.add %[[P]], %[[C]]
// CHECK: return %[[Y]]
