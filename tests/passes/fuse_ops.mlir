// RUN: dlcc-opt --dlc-recompute-forward --dlc-fuse-ops %S/Inputs/train_step.mlir | FileCheck %s

// A training step of two layers: every op in a kernel, and as few as can be.

// The forward pass: bias and activation in the product's epilogue; the mask of
// the relu is not stored, since the backward pass asks the result.
// CHECK-LABEL: func.func @train_step
// CHECK: %[[H:.+]] = dlc.kernel "dense.matmul_relu"
// CHECK-NEXT: dlc.contract
// CHECK: dlc.yield %{{[0-9]+}} :
// CHECK: %[[X:.+]] = dlc.kernel "dense_1.matmul"(%[[H]] as

// What depends on scalars alone is one kernel.
// CHECK: %[[S:.+]]:3 = dlc.kernel "scalars"

// Loss and gradient in one pass over the rows.
// CHECK: dlc.kernel "loss.sum_mul"(%[[X]] as
// CHECK: dlc.reduce max %{{.+}} [1] {dlc.places = array<i64: 0, -1>}
// CHECK: dlc.exp
// CHECK: dlc.reduce sum
// CHECK: dlc.reduce sum
// CHECK: dlc.div
// CHECK: dlc.yield %{{[0-9]+}}, %{{[0-9]+}} :
// CHECK: dlc.kernel "loss.sum_div"

// The gradient of the input with that of the activation, then the gradients of
// the weights with their updates: no gradient of a weight touches memory.
// CHECK: dlc.kernel "dense_1.matmul_relu"
// CHECK: dlc.compare gt
// CHECK: dlc.select
// CHECK: dlc.yield %{{[0-9]+}} :
// CHECK: %[[W1:.+]] = dlc.kernel "dense_1.matmul_weight"
// CHECK: %[[W0:.+]]:2 = dlc.kernel "dense.matmul_weight"
// CHECK: %[[B0:.+]] = dlc.kernel "dense.sum_bias"
// CHECK-NOT: dlc.kernel
// CHECK: dlc.write @dense.weight, %[[W0]]#1
// CHECK: dlc.write @dense_1.weight, %[[W1]]
// CHECK: dlc.write @dense.bias, %[[B0]]
// CHECK: dlc.write @"dense.weight/momentum", %[[W0]]#0
