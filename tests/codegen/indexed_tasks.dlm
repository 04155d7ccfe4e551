// How kernels along an axis are cut: by outer indices where there are any, by
// long rows, and then by the rows of the result.
// RUN: dlcc explain --batch 64 %s | FileCheck %s

model tasks(word: i32[batch, 128], v: f32[batch, 128, 256], one: f32[batch, 128],
            x: f32[batch, 1000]) -> (table, wide, counts, inner, places, sums) {
  table = scatter_add(zeros([10000, 256]), word, v)
  wide = scatter_add(zeros([50, 2048]), word[:, :4], reshape(v, [batch, 16, 2048])[:, :4, :])
  counts = scatter_add(zeros([10000]), word, one)
  inner = take_along(x, argsort(x))
  places = argsort(x, count = 3)
  sums = cumsum(v, axis = 1)
}

// Of rows of 1 KiB, 16 classes of rows of the table; of 8 KiB, whole columns.
// CHECK: {{^ *}}table.scatter_add {{.*}} 16  -
// CHECK: {{^ *}}wide.scatter_add {{.*}} 8  -
// Each class would look at all indices for a single number.
// CHECK: {{^ *}}counts.scatter_add {{.*}} 1  -
// CHECK: {{^ *}}rank {{.*}} 64  0
// CHECK: {{^ *}}sums.cumulative {{.*}} 64  -
