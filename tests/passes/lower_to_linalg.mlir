// RUN: dlcc-opt --dlc-outline-kernels --dlc-lower-to-linalg --cse %s | FileCheck %s

// Types of the model stay on arguments as dlc.tensor; rows bound the first
// loop; a broadcast is an indexing map; unsigned integers are signless.
// CHECK-DAG: #[[$BOTH:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[$COLUMN:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-DAG: #[[$ROW:.*]] = affine_map<(d0, d1) -> (d0)>
!batch = tensor<4x2xui8, #dlc.dims<"batch", "">>
!row = tensor<4xf32, #dlc.dims<"batch">>
!rows = tensor<4x2xf32, #dlc.dims<"batch", "">>
module @net attributes {dlc.model = "net", dlc.batch = 4 : i64} {
  // CHECK-LABEL: func.func @forward(
  // CHECK-SAME: tensor<4x2xi8> {dlc.tensor = tensor<4x2xui8, #dlc.dims<"batch", "">>}
  func.func @forward(%x: !batch, %bias: tensor<2xui8>, %z: !rows) -> (!batch, !row)
      attributes {dlc.entry = "forward"} {
    %y = dlc.kernel "bias"(%x as %a : !batch, %bias as %b : tensor<2xui8>) -> !batch {
      %0 = dlc.broadcast %b [1] : tensor<2xui8> to !batch
      %1 = dlc.div %a, %0 : !batch
      dlc.yield %1 : !batch
    }
    %s = dlc.kernel "sum"(%z as %a : !rows) -> !row {
      %0 = dlc.reduce sum %a [1] : !rows
      dlc.yield %0 : !row
    }
    return %y, %s : !batch, !row
  }
  // CHECK: func.func private @net.bias(%{{.*}}: tensor<4x2xi8>, %{{.*}}: tensor<2xi8>) -> tensor<4x2xi8>
  // CHECK-SAME: dlc.parallel_dims = 2 : i64
  // CHECK: linalg.generic {indexing_maps = [#[[$BOTH]], #[[$COLUMN]], #[[$BOTH]]], iterator_types = ["parallel", "parallel"]}
  // CHECK-SAME: dlc.rows = array<i64: 1, 0>
  // CHECK: arith.divui

  // CHECK: func.func private @net.sum(
  // CHECK: linalg.fill
  // CHECK: linalg.generic {indexing_maps = [#[[$BOTH]], #[[$ROW]]], iterator_types = ["parallel", "reduction"]}
  // CHECK: arith.addf
}
