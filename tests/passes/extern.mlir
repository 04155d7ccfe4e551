// RUN: dlcc-opt %s --dlc-fuse-ops | FileCheck %s --check-prefix=FUSED
// RUN: dlcc-opt %s --dlc-fuse-ops --dlc-outline-kernels --dlc-lower-to-linalg | FileCheck %s --check-prefix=LINALG
// RUN: dlcc-opt %s --dlc-widen-floats | FileCheck %s --check-prefix=WIDE

// A C function is a kernel of its own: what stands before and behind it, and
// what others would look through, lies in memory.

module attributes {dlc.batch = 4, dlc.model = "m"} {
  // FUSED: dlc.kernel {{.*}}
  // FUSED: dlc.exp
  // FUSED: dlc.transpose
  // FUSED: dlc.kernel "f"(
  // FUSED-NEXT: dlc.extern "f"
  // FUSED-NEXT: dlc.yield
  // FUSED: dlc.kernel
  // FUSED: dlc.neg

  // LINALG: func.func private @m.f(%{{.*}}: tensor<3x2xf32>, %{{.*}}: tensor<4xi32>) -> (tensor<f32>, tensor<4xi8>)
  // LINALG: linalg.generic
  // LINALG-SAME: iterator_types = ["reduction", "reduction", "reduction", "parallel"]
  // LINALG-SAME: dlc.extern = "f", dlc.extern_dims = array<i64: 2, 1>, dlc.rows = array<i64: 0, 0, 1, 1>

  // WIDE: %[[X:.*]] = dlc.cast %{{.*}} : tensor<3x2xf64> to tensor<3x2xf32>
  // WIDE: %[[Y:.*]]:2 = dlc.extern "f"(%[[X]], %{{.*}}) dims [1, 0, 0, 1] : (tensor<3x2xf32>
  // WIDE: dlc.cast %[[Y]]#0 : tensor<f32> to tensor<f64>
  func.func @forward(%x: tensor<2x3xf32>, %i: tensor<4xi32, #dlc.dims<"batch">>) -> (tensor<f32>, tensor<4xi1, #dlc.dims<"batch">>) attributes {dlc.entry = "forward"} {
    %e = dlc.exp %x : tensor<2x3xf32>
    %t = dlc.transpose %e [1, 0] : tensor<2x3xf32>
    %0:2 = dlc.extern "f" (%t, %i) dims [1, 0, 0, 1] : (tensor<3x2xf32>, tensor<4xi32, #dlc.dims<"batch">>) -> (tensor<f32>, tensor<4xi1, #dlc.dims<"batch">>)
    %y = dlc.neg %0#0 : tensor<f32>
    return %y, %0#1 : tensor<f32>, tensor<4xi1, #dlc.dims<"batch">>
  }
}
