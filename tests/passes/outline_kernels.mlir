// RUN: dlcc-opt --dlc-outline-kernels %s | FileCheck %s

// CHECK: module @mlp
module @mlp attributes {dlc.model = "mlp"} {
  // CHECK-LABEL: func.func @forward(
  // CHECK-SAME: %[[X:.+]]: tensor<4xf32>
  // CHECK: %[[Y:.+]] = call @mlp.dense.neg(%[[X]]) : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: return %[[Y]]
  func.func @forward(%x: tensor<4xf32>) -> tensor<4xf32> attributes {dlc.entry = "forward"} {
    %r = dlc.kernel "dense.neg"(%x as %a : tensor<4xf32>) -> tensor<4xf32>
        attributes {dlc.flops = 4 : i64, dlc.phase = "forward"} {
      %0 = dlc.neg %a : tensor<4xf32>
      dlc.yield %0 : tensor<4xf32>
    }
    return %r : tensor<4xf32>
  }
  // CHECK: func.func private @mlp.dense.neg(%[[A:.+]]: tensor<4xf32>) -> tensor<4xf32>
  // CHECK-SAME: dlc.flops = 4 : i64, dlc.kernel = "dense.neg", dlc.phase = "forward"
  // CHECK-NEXT: %[[R:.+]] = dlc.neg %[[A]]
  // CHECK-NEXT: return %[[R]]
}
