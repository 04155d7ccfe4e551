// What indices mean in ops, and which inputs they bound.
// RUN: dlcc compile --stop-after=parsed --batch 4 -o - %s | FileCheck %s

layer enc = embedding(entries = 10, units = 3)

model m(word: i32[batch, 7], byte: u8[batch], column: i64[batch, 2],
        x: f32[batch, 6]) -> (y, tied, z, byte_row, s, top, at) {
  y = enc(word)
  tied = matmul(y, enc.weight, transpose_b = true)
  z = take_along(x, column)
  byte_row = gather(enc.weight, byte)
  s = scatter_add(full([5], 0), [1, 1, 4], [0.5, 2, 3])
  top, at = top_k(x, 2)
}

// CHECK-LABEL: func.func @forward
// CHECK-SAME: dlc.bound = 10 : i64, dlc.name = "word"
// CHECK-SAME: dlc.bound = 10 : i64, dlc.name = "byte"
// CHECK-SAME: dlc.bound = 6 : i64, dlc.name = "column"
// CHECK: %[[WEIGHT:.*]] = dlc.read @enc.weight : tensor<10x3xf32>
// CHECK: dlc.gather %[[WEIGHT]], %word axis 0 batch 0
// CHECK: dlc.contract %{{.*}} [] [2], %[[WEIGHT]] [] [1]
// CHECK: dlc.gather %x, %column axis 1 batch 1
// CHECK: %[[BYTE:.*]] = dlc.cast %byte
// CHECK: dlc.gather %[[WEIGHT]], %[[BYTE]] axis 0 batch 0
// CHECK: dlc.scatter_add {{.*}} axis 0 batch 0 : tensor<3xf32>, tensor<3xi32> to tensor<5xf32>
// CHECK: %[[RANK:.*]] = dlc.rank %x axis 1 descending limit 2
// CHECK: dlc.scatter_add %{{.*}}, %[[RANK]] axis 1 batch 1 {{.*}} to tensor<4x3xi32
// CHECK: dlc.slice
// CHECK: dlc.gather %x
