// RUN: dlcc-opt %s --dlc-gpu-lower-kernels --canonicalize --cse --split-input-file | FileCheck %s

// Elementwise work in one dimension, four elements a thread where they are
// aligned and there are enough for the chip; no thread reads beyond its rows.
// CHECK: func.func private @scale(memref<1024x1024xf32>, memref<f32>, memref<1024x1024xf32>)
// CHECK-SAME: dlc.launches = {{\[\[}}{block = 256 : i64, entry = "scale", grid = array<i64: 1024, 1, 1>, shared = 0 : i64}{{\]\]}}
// CHECK: llvm.func @scale(%[[X:.*]]: !llvm.ptr<1> {llvm.align = 256 : i64}, %{{.*}}: !llvm.ptr<1> {{{.*}}}, %{{.*}}: !llvm.ptr<1> {{{.*}}}, %{{.*}}: !llvm.ptr<1> {{{.*}}}, %[[ROWS:.*]]: i32)
// CHECK-SAME: nvvm.kernel, nvvm.reqntid = array<i32: 256>
// CHECK: %[[END:.*]] = arith.muli %[[ROWS]], %c1024
// CHECK: %[[THERE:.*]] = arith.cmpi slt, %{{.*}}, %[[END]]
// CHECK: scf.if %[[THERE]] {
// CHECK:   %[[V:.*]] = llvm.load %{{.*}} {alignment = 16 : i64} : !llvm.ptr<1> -> vector<4xf32>
// CHECK:   %[[Y:.*]] = arith.mulf %[[V]], %{{.*}} : vector<4xf32>
// CHECK:   llvm.store %[[Y]], %{{.*}} {alignment = 16 : i64} : vector<4xf32>, !llvm.ptr<1>
#mn = affine_map<(m, n) -> (m, n)>
#none = affine_map<(m, n) -> ()>
module attributes {dlc.target = #dlc.target<kind = "cuda", triple = "nvptx64-nvidia-cuda", cpu = "sm_90", features = "", vector_bytes = 16, registers = 255, alignment = 256, l1_bytes = 232448, l2_bytes = 52428800, l3_bytes = 0>} {
func.func @entry(%x: memref<1024x1024xf32>, %s: memref<f32>, %y: memref<1024x1024xf32>) attributes {dlc.entry = "forward"} {
  call @scale(%x, %s, %y) : (memref<1024x1024xf32>, memref<f32>, memref<1024x1024xf32>) -> ()
  return
}
func.func private @scale(%x: memref<1024x1024xf32>, %s: memref<f32>, %y: memref<1024x1024xf32>)
    attributes {dlc.kernel = "scale", dlc.parallel_dims = 2 : i64} {
  %0 = bufferization.to_tensor %x restrict : memref<1024x1024xf32> to tensor<1024x1024xf32>
  %1 = bufferization.to_tensor %s restrict : memref<f32> to tensor<f32>
  %e = tensor.empty() : tensor<1024x1024xf32>
  %r = linalg.generic {indexing_maps = [#mn, #none, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%0, %1 : tensor<1024x1024xf32>, tensor<f32>) outs(%e : tensor<1024x1024xf32>)
      attrs = {dlc.rows = array<i64: 1, 0>} {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %2 = arith.mulf %a, %b : f32
    linalg.yield %2 : f32
  } -> tensor<1024x1024xf32>
  bufferization.materialize_in_destination %r in restrict writable %y : (tensor<1024x1024xf32>, memref<1024x1024xf32>) -> ()
  return
}
}

// -----

// A sum along rows: the threads of a team are neighbours, and a warp has the
// whole sum after five shuffles. Only the first one stores.
// CHECK-LABEL: llvm.func @rowsum(
// CHECK: scf.for {{.*}} step %c32{{.*}} iter_args(%{{.*}} = %{{.*}}) -> (f32)
// CHECK:   arith.addf {{.*}} : f32
// CHECK-COUNT-5: nvvm.shfl.sync bfly
// CHECK-NOT: nvvm.shfl
// CHECK: nvvm.bar.warp.sync
// CHECK: nvvm.barrier0
// CHECK: scf.if
// CHECK:   llvm.store {{.*}} : f32, !llvm.ptr<1>
#mn = affine_map<(m, n) -> (m, n)>
#m = affine_map<(m, n) -> (m)>
module attributes {dlc.target = #dlc.target<kind = "cuda", triple = "nvptx64-nvidia-cuda", cpu = "sm_90", features = "", vector_bytes = 16, registers = 255, alignment = 256, l1_bytes = 232448, l2_bytes = 52428800, l3_bytes = 0>} {
func.func private @rowsum(%x: memref<7x65xf32>, %y: memref<7xf32>)
    attributes {dlc.kernel = "rowsum", dlc.parallel_dims = 1 : i64} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %x restrict : memref<7x65xf32> to tensor<7x65xf32>
  %e = tensor.empty() : tensor<7xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<7xf32>) -> tensor<7xf32>
  %s = linalg.generic {indexing_maps = [#mn, #m], iterator_types = ["parallel", "reduction"]}
      ins(%0 : tensor<7x65xf32>) outs(%s0 : tensor<7xf32>) {
  ^bb0(%in: f32, %acc: f32):
    %1 = arith.addf %acc, %in : f32
    linalg.yield %1 : f32
  } -> tensor<7xf32>
  bufferization.materialize_in_destination %s in restrict writable %y : (tensor<7xf32>, memref<7xf32>) -> ()
  return
}
}

// -----

// A sum along columns: neighbours have neighbouring columns, and what the
// threads of a column have goes through shared memory.
// CHECK-LABEL: gpu.module @kernels
// CHECK: llvm.mlir.global internal @columnsum$shared() {addr_space = 3 : i32, alignment = 16 : i64}
// CHECK: llvm.func @columnsum(
// CHECK: scf.for
// CHECK-NOT: nvvm.shfl
// CHECK: llvm.store {{.*}} : f32, !llvm.ptr<3>
// CHECK: nvvm.barrier0
// CHECK: llvm.load {{.*}} : !llvm.ptr<3> -> f32
// CHECK: arith.addf
// CHECK: nvvm.barrier0
// CHECK: llvm.store {{.*}} : f32, !llvm.ptr<1>
#nm = affine_map<(m, n) -> (n, m)>
#m = affine_map<(m, n) -> (m)>
module attributes {dlc.target = #dlc.target<kind = "cuda", triple = "nvptx64-nvidia-cuda", cpu = "sm_90", features = "", vector_bytes = 16, registers = 255, alignment = 256, l1_bytes = 232448, l2_bytes = 52428800, l3_bytes = 0>} {
func.func private @columnsum(%x: memref<65x7xf32>, %y: memref<7xf32>)
    attributes {dlc.kernel = "columnsum", dlc.parallel_dims = 1 : i64} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %x restrict : memref<65x7xf32> to tensor<65x7xf32>
  %e = tensor.empty() : tensor<7xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<7xf32>) -> tensor<7xf32>
  %s = linalg.generic {indexing_maps = [#nm, #m], iterator_types = ["parallel", "reduction"]}
      ins(%0 : tensor<65x7xf32>) outs(%s0 : tensor<7xf32>) {
  ^bb0(%in: f32, %acc: f32):
    %1 = arith.addf %acc, %in : f32
    linalg.yield %1 : f32
  } -> tensor<7xf32>
  bufferization.materialize_in_destination %s in restrict writable %y : (tensor<7xf32>, memref<7xf32>) -> ()
  return
}
}
