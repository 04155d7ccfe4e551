// RUN: dlcc-opt %s --dlc-lower-kernels --split-input-file --verify-diagnostics

// A sum along the lanes needs a combining op that kernels know.
#mn = affine_map<(m, n) -> (m, n)>
#m = affine_map<(m, n) -> (m)>
func.func private @odd(%x: memref<7x50xf32>, %y: memref<7xf32>)
    attributes {dlc.kernel = "odd", dlc.parallel_dims = 1 : i64} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %x restrict : memref<7x50xf32> to tensor<7x50xf32>
  %e = tensor.empty() : tensor<7xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<7xf32>) -> tensor<7xf32>
  // expected-error @below {{is not a reduction that kernels know}}
  %s = linalg.generic {indexing_maps = [#mn, #m], iterator_types = ["parallel", "reduction"]}
      ins(%0 : tensor<7x50xf32>) outs(%s0 : tensor<7xf32>) {
  ^bb0(%in: f32, %acc: f32):
    %1 = arith.divf %acc, %in : f32
    linalg.yield %1 : f32
  } -> tensor<7xf32>
  bufferization.materialize_in_destination %s in restrict writable %y : (tensor<7xf32>, memref<7xf32>) -> ()
  return
}

// -----

#n = affine_map<(m) -> (m)>
func.func private @reduced(%x: memref<7xf32>, %y: memref<f32>)
    attributes {dlc.kernel = "reduced", dlc.parallel_dims = 1 : i64} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %x restrict : memref<7xf32> to tensor<7xf32>
  %e = tensor.empty() : tensor<f32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<f32>) -> tensor<f32>
  // expected-error @below {{reduces a parallel dimension of the kernel}}
  %s = linalg.generic {indexing_maps = [#n, affine_map<(m) -> ()>], iterator_types = ["reduction"]}
      ins(%0 : tensor<7xf32>) outs(%s0 : tensor<f32>) {
  ^bb0(%in: f32, %acc: f32):
    %1 = arith.addf %acc, %in : f32
    linalg.yield %1 : f32
  } -> tensor<f32>
  bufferization.materialize_in_destination %s in restrict writable %y : (tensor<f32>, memref<f32>) -> ()
  return
}
