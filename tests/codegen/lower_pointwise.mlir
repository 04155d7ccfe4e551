// RUN: dlcc-opt %s --dlc-lower-kernels --canonicalize --cse --split-input-file | FileCheck %s

// Both dimensions are one loop; the given rows bound it; the scalar is loaded
// once; what remains after whole vectors runs under a mask.
// CHECK: func.func private @scale(%{{.*}}: !llvm.ptr, %[[ROWS:.*]]: i64, %{{.*}}: i64, %{{.*}}: !llvm.ptr)
// CHECK: %[[END:.*]] = arith.muli %[[ROWS]], %c5
// CHECK: %[[S:.*]] = llvm.load %{{.*}} : !llvm.ptr -> f32
// CHECK: scf.for %{{.*}} = %c0{{.*}} to %{{.*}} step %c4
// CHECK:   %[[X:.*]] = llvm.load %{{.*}} : !llvm.ptr -> vector<4xf32>
// CHECK:   %[[V:.*]] = vector.broadcast %[[S]] : f32 to vector<4xf32>
// CHECK:   %[[Y:.*]] = arith.mulf %[[X]], %[[V]] : vector<4xf32>
// CHECK:   llvm.store %[[Y]], %{{.*}} : vector<4xf32>, !llvm.ptr
// CHECK: scf.if
// CHECK:   llvm.intr.masked.load
// CHECK:   llvm.intr.masked.store
// CHECK: func.func private @scale.planned(memref<7x5xf32>, memref<f32>, memref<7x5xf32>)
// CHECK-SAME: dlc.loop_forms = [@scale]
#mn = affine_map<(m, n) -> (m, n)>
#none = affine_map<(m, n) -> ()>
func.func private @scale(%x: memref<7x5xf32>, %s: memref<f32>, %y: memref<7x5xf32>)
    attributes {dlc.kernel = "scale", dlc.parallel_dims = 2 : i64} {
  %0 = bufferization.to_tensor %x restrict : memref<7x5xf32> to tensor<7x5xf32>
  %1 = bufferization.to_tensor %s restrict : memref<f32> to tensor<f32>
  %e = tensor.empty() : tensor<7x5xf32>
  %r = linalg.generic {indexing_maps = [#mn, #none, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%0, %1 : tensor<7x5xf32>, tensor<f32>) outs(%e : tensor<7x5xf32>)
      attrs = {dlc.rows = array<i64: 1, 0>} {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %2 = arith.mulf %a, %b : f32
    linalg.yield %2 : f32
  } -> tensor<7x5xf32>
  bufferization.materialize_in_destination %r in restrict writable %y : (tensor<7x5xf32>, memref<7x5xf32>) -> ()
  return
}

// -----

// A sum along the rows: sixteen lanes whatever the target, then halves.
// CHECK-LABEL: func.func private @rowsum(
// CHECK: scf.for
// CHECK:   scf.for {{.*}} step %c16{{.*}} iter_args(%{{.*}} = %{{.*}}) -> (vector<16xf32>)
// CHECK:     arith.addf {{.*}} : vector<16xf32>
// CHECK:   llvm.intr.masked.load
// CHECK:   arith.select {{.*}} : vector<16xi1>, vector<16xf32>
// CHECK:   arith.addf {{.*}} : vector<8xf32>
// CHECK:   arith.addf {{.*}} : vector<4xf32>
// CHECK:   arith.addf {{.*}} : vector<2xf32>
// CHECK:   arith.addf {{.*}} : vector<1xf32>
// CHECK:   llvm.store {{.*}} : f32, !llvm.ptr
#mn = affine_map<(m, n) -> (m, n)>
#m = affine_map<(m, n) -> (m)>
func.func private @rowsum(%x: memref<7x50xf32>, %y: memref<7xf32>)
    attributes {dlc.kernel = "rowsum", dlc.parallel_dims = 1 : i64} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %x restrict : memref<7x50xf32> to tensor<7x50xf32>
  %e = tensor.empty() : tensor<7xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<7xf32>) -> tensor<7xf32>
  %s = linalg.generic {indexing_maps = [#mn, #m], iterator_types = ["parallel", "reduction"]}
      ins(%0 : tensor<7x50xf32>) outs(%s0 : tensor<7xf32>) {
  ^bb0(%in: f32, %acc: f32):
    %1 = arith.addf %acc, %in : f32
    linalg.yield %1 : f32
  } -> tensor<7xf32>
  bufferization.materialize_in_destination %s in restrict writable %y : (tensor<7xf32>, memref<7xf32>) -> ()
  return
}

// -----

// What is not one number in all elements lies in the object; a bool is a byte.
// CHECK: llvm.mlir.global internal constant @weights.constant(dense<[1.000000e+00, 2.000000e+00, 4.000000e+00]> : tensor<3xf32>) {{.*}}alignment = 64
// CHECK: llvm.mlir.global internal constant @[[MASK:.*]](dense<[1, 0, 1]> : tensor<3xi8>)
// CHECK-LABEL: func.func private @weights(
// CHECK-DAG: %[[C:.*]] = llvm.mlir.addressof @weights.constant :
// CHECK-DAG: %[[M:.*]] = llvm.mlir.addressof @[[MASK]] :
// CHECK: llvm.intr.masked.load %[[M]]
// CHECK: llvm.intr.masked.load %[[C]]
#i = affine_map<(m) -> (m)>
func.func private @weights(%x: memref<3xf32>, %y: memref<3xf32>)
    attributes {dlc.kernel = "weights", dlc.parallel_dims = 1 : i64} {
  %c = arith.constant dense<[1.0, 2.0, 4.0]> : tensor<3xf32>
  %m = arith.constant dense<[true, false, true]> : tensor<3xi1>
  %0 = bufferization.to_tensor %x restrict : memref<3xf32> to tensor<3xf32>
  %e = tensor.empty() : tensor<3xf32>
  %r = linalg.generic {indexing_maps = [#i, #i, #i, #i], iterator_types = ["parallel"]}
      ins(%m, %c, %0 : tensor<3xi1>, tensor<3xf32>, tensor<3xf32>) outs(%e : tensor<3xf32>) {
  ^bb0(%k: i1, %a: f32, %b: f32, %o: f32):
    %1 = arith.select %k, %a, %b : f32
    linalg.yield %1 : f32
  } -> tensor<3xf32>
  bufferization.materialize_in_destination %r in restrict writable %y : (tensor<3xf32>, memref<3xf32>) -> ()
  return
}

// -----

// A clamped run is a vector inside of its operand, one element outside of it,
// and gathered where it crosses an end.
// CHECK-LABEL: func.func private @pad(
// CHECK: scf.for
// CHECK:   scf.if {{.*}} -> (vector<4xf32>)
// CHECK:     llvm.load {{.*}} : !llvm.ptr -> vector<4xf32>
// CHECK:   } else {
// CHECK:     scf.if {{.*}} -> (vector<4xf32>)
// CHECK:       llvm.load {{.*}} : !llvm.ptr -> f32
// CHECK:     } else {
// CHECK:       llvm.intr.masked.gather
#i = affine_map<(i) -> (i)>
func.func private @pad(%x: memref<32xf32>, %y: memref<64xf32>)
    attributes {dlc.kernel = "pad", dlc.parallel_dims = 1 : i64} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %x restrict : memref<32xf32> to tensor<32xf32>
  %e = tensor.empty() : tensor<64xf32>
  %r = linalg.generic {indexing_maps = [#i], iterator_types = ["parallel"]} outs(%e : tensor<64xf32>) {
  ^bb0(%o: f32):
    %c0 = arith.constant 0 : index
    %c31 = arith.constant 31 : index
    %n = linalg.index 0 : index
    %inside = arith.cmpi sle, %n, %c31 : index
    %low = arith.maxsi %n, %c0 : index
    %clamped = arith.minsi %low, %c31 : index
    %1 = tensor.extract %0[%clamped] : tensor<32xf32>
    %2 = arith.select %inside, %1, %zero : f32
    linalg.yield %2 : f32
  } -> tensor<64xf32>
  bufferization.materialize_in_destination %r in restrict writable %y : (tensor<64xf32>, memref<64xf32>) -> ()
  return
}

// -----

// The extreme of a long row, in whatever order, takes four chains; the pass
// behind it asks for the next row.
// CHECK-LABEL: func.func private @below_max(
// CHECK: scf.for {{.*}} step %c64{{.*}} -> (vector<64xf32>)
// CHECK-NOT: llvm.intr.prefetch
// CHECK:   arith.maximumf {{.*}} : vector<64xf32>
// CHECK: scf.for {{.*}} step %c16
// CHECK:   llvm.intr.prefetch
// CHECK:   llvm.load {{.*}} : !llvm.ptr -> vector<16xf32>
// CHECK:   arith.subf {{.*}} : vector<16xf32>
#mn = affine_map<(m, n) -> (m, n)>
#m = affine_map<(m, n) -> (m)>
func.func private @below_max(%x: memref<4x2048xf32>, %y: memref<4x2048xf32>)
    attributes {dlc.kernel = "below_max", dlc.parallel_dims = 1 : i64} {
  %least = arith.constant 0xFF800000 : f32
  %0 = bufferization.to_tensor %x restrict : memref<4x2048xf32> to tensor<4x2048xf32>
  %e = tensor.empty() : tensor<4x2048xf32>
  %f = tensor.empty() : tensor<4xf32>
  %s0 = linalg.fill ins(%least : f32) outs(%f : tensor<4xf32>) -> tensor<4xf32>
  %s = linalg.generic {indexing_maps = [#mn, #m], iterator_types = ["parallel", "reduction"]}
      ins(%0 : tensor<4x2048xf32>) outs(%s0 : tensor<4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %1 = arith.maximumf %a, %o : f32
    linalg.yield %1 : f32
  } -> tensor<4xf32>
  %r = linalg.generic {indexing_maps = [#mn, #m, #mn], iterator_types = ["parallel", "parallel"]}
      ins(%0, %s : tensor<4x2048xf32>, tensor<4xf32>) outs(%e : tensor<4x2048xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %1 = arith.subf %a, %b : f32
    linalg.yield %1 : f32
  } -> tensor<4x2048xf32>
  bufferization.materialize_in_destination %r in restrict writable %y : (tensor<4x2048xf32>, memref<4x2048xf32>) -> ()
  return
}

// -----

// Columns of long rows are summed in half of the registers, and the rows below
// are asked for.
// CHECK-LABEL: func.func private @column_sums(
// CHECK: scf.for {{.*}} step %c32{{.*}} {
// CHECK:   scf.for {{.*}} iter_args({{.*}}) -> (vector<32xf32>)
// CHECK:     %[[X:.*]] = llvm.getelementptr
// CHECK:     %[[AHEAD:.*]] = llvm.getelementptr %[[X]][32768]
// CHECK:     "llvm.intr.prefetch"(%[[AHEAD]])
// CHECK:     llvm.load %[[X]] {{.*}} : !llvm.ptr -> vector<32xf32>
#km = affine_map<(m, k) -> (k, m)>
#m = affine_map<(m, k) -> (m)>
func.func private @column_sums(%x: memref<64x1024xf32>, %y: memref<1024xf32>)
    attributes {dlc.kernel = "column_sums", dlc.parallel_dims = 1 : i64} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %x restrict : memref<64x1024xf32> to tensor<64x1024xf32>
  %f = tensor.empty() : tensor<1024xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%f : tensor<1024xf32>) -> tensor<1024xf32>
  %s = linalg.generic {indexing_maps = [#km, #m], iterator_types = ["parallel", "reduction"]}
      ins(%0 : tensor<64x1024xf32>) outs(%s0 : tensor<1024xf32>) {
  ^bb0(%a: f32, %o: f32):
    %1 = arith.addf %o, %a : f32
    linalg.yield %1 : f32
  } -> tensor<1024xf32>
  bufferization.materialize_in_destination %s in restrict writable %y : (tensor<1024xf32>, memref<1024xf32>) -> ()
  return
}
