// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  y = tile(x, 2)
}

// CHECK: tile_counts.dlm:4:12: error: 'tile' wants a count for each axis, not f32[batch, 4]
// CHECK-NOT: error:
