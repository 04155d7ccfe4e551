// Indices are slices and reshapes, as NumPy's basic form.
// RUN: dlcc compile --stop-after=parsed --batch 4 -o - %s | FileCheck %s

model m(x: f32[batch, 8]) -> (a, b, c) {
  a = x[:, -1]
  b = x[:, 1:7:2]
  c = x[..., none]
}

// CHECK: %[[S:.*]] = dlc.slice %x [0, 7] [4, 1] [1, 1]
// CHECK: dlc.reshape %[[S]] : {{.*}} to tensor<4xf32, #dlc.dims<"batch">>
// CHECK: dlc.slice %x [0, 1] [4, 3] [1, 2]
// CHECK: dlc.reshape %x : {{.*}} to tensor<4x8x1xf32
