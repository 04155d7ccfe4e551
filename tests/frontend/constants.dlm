// --set replaces a constant; --dim gives a dimension; decisions leave no trace.
// RUN: dlcc compile --stop-after=parsed --batch 4 --dim n=6 --set deep=true -o - %s | FileCheck %s
// RUN: not dlcc compile --stop-after=parsed --dim n=6 --set depp=true -o - %s 2>&1 | FileCheck %s --check-prefix=TYPO
// RUN: not dlcc compile --stop-after=parsed -o - %s 2>&1 | FileCheck %s --check-prefix=OPEN
// RUN: dlcc check %s

const deep = false
const widths = [5, 3]

model m(x: f32[batch, n]) -> y {
  h = x
  if deep {
    for w in widths { h = dense(h, w) }
  }
  y = h * (deep ? 2 : 3)
}

// CHECK: @dense.weight : tensor<5x6xf32>
// CHECK: @dense_1.weight : tensor<3x5xf32>
// CHECK: dense<2.000000e+00>
// TYPO: error: --set depp: the model has no constant of this name
// OPEN: constants.dlm:10:{{.*}} error: dimension 'n' has no number
