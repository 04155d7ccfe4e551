// Offsets beyond 2^28 bytes, which LLVM's constant indices of MLIR cannot hold.
// RUN: dlcc compile %s --train --emit=llvm --cpu=x86-64-v3 -o - | FileCheck %s

model m(x: f32[batch, 128]) -> y {
  w = param([128, 128], init = zeros())
  v = param([128, 128], init = zeros())
  y = sum(tanh(matmul(tanh(matmul(x, w)), v)), 0)
}

training m() {
  loss = sum(y)
  optimizer = sgd(learning_rate = 0.1)
  batch = 600000
}

// CHECK-LABEL: define {{.*}}@m_forward_body
// CHECK: getelementptr i8, ptr %{{[0-9]+}}, i64 307200000
// CHECK-NOT: getelementptr i8, ptr %{{[0-9]+}}, i32 -
