// RUN: dlcc-opt %s --dlc-lower-kernels --canonicalize --split-input-file | FileCheck %s

// The micro-kernel asks for the next block's columns of B beside its
// multiply-adds, the panel's share of the steps in as many turns, and for the
// rows of the result: two steps and one row in a turn.
// CHECK-LABEL: func.func private @microkernel_f32_4x8_rows16384_step100_ahead2x1_ahead1x1(
// CHECK-SAME: %[[B:[a-z0-9]+]]: !llvm.ptr, %[[STEP:[a-z0-9]+]]: i64, %[[COUNT:[a-z0-9]+]]: i64, %[[C:[a-z0-9]+]]: !llvm.ptr, %{{[a-z0-9]+}}: i64, %{{[a-z0-9]+}}: i64)
// CHECK: scf.for
// CHECK:   %[[ROW:.*]] = arith.minsi
// CHECK:   %[[AT:.*]] = arith.muli %[[ROW]], %[[STEP]]
// CHECK:   %[[LINE:.*]] = llvm.getelementptr %[[B]][%[[AT]]]
// CHECK:   "llvm.intr.prefetch"(%[[LINE]])
// CHECK:   "llvm.intr.prefetch"
// CHECK:   %[[LINE:.*]] = llvm.getelementptr %[[C]]
// CHECK:   "llvm.intr.prefetch"(%[[LINE]])
// CHECK:   arith.mulf
// What lies behind the multiply-adds of whole turns asks for nothing.
// CHECK: scf.for
// CHECK-NOT: prefetch
// CHECK: return
// The last columns have a micro-kernel of their own.
// CHECK-LABEL: func.func private @deep(
// CHECK: call @microkernel_f32_4x4_rows16384_step100_ahead2x1_ahead1x1(
// CHECK: call @microkernel_f32_4x8_rows16384_step100_ahead2x1_ahead1x1(
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func private @deep(%a: memref<8x16384xf32>, %b: memref<16384x100xf32>, %c: memref<8x100xf32>)
    attributes {dlc.kernel = "deep"} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %a restrict : memref<8x16384xf32> to tensor<8x16384xf32>
  %1 = bufferization.to_tensor %b restrict : memref<16384x100xf32> to tensor<16384x100xf32>
  %e = tensor.empty() : tensor<8x100xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<8x100xf32>) -> tensor<8x100xf32>
  %s = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%0, %1 : tensor<8x16384xf32>, tensor<16384x100xf32>) outs(%s0 : tensor<8x100xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %2 = arith.mulf %x, %y : f32
    %3 = arith.addf %o, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<8x100xf32>
  bufferization.materialize_in_destination %s in restrict writable %c : (tensor<8x100xf32>, memref<8x100xf32>) -> ()
  return
}

// -----

// All of k is one block: of B there is nothing to ask for.
// CHECK-LABEL: func.func private @shallow(
// CHECK: call @microkernel_f32_4x8_rows64_step100_ahead1x1(
#mk = affine_map<(m, n, k) -> (m, k)>
#kn = affine_map<(m, n, k) -> (k, n)>
#mn = affine_map<(m, n, k) -> (m, n)>
func.func private @shallow(%a: memref<8x64xf32>, %b: memref<64x100xf32>, %c: memref<8x100xf32>)
    attributes {dlc.kernel = "shallow"} {
  %zero = arith.constant 0.0 : f32
  %0 = bufferization.to_tensor %a restrict : memref<8x64xf32> to tensor<8x64xf32>
  %1 = bufferization.to_tensor %b restrict : memref<64x100xf32> to tensor<64x100xf32>
  %e = tensor.empty() : tensor<8x100xf32>
  %s0 = linalg.fill ins(%zero : f32) outs(%e : tensor<8x100xf32>) -> tensor<8x100xf32>
  %s = linalg.generic {indexing_maps = [#mk, #kn, #mn], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%0, %1 : tensor<8x64xf32>, tensor<64x100xf32>) outs(%s0 : tensor<8x100xf32>) {
  ^bb0(%x: f32, %y: f32, %o: f32):
    %2 = arith.mulf %x, %y : f32
    %3 = arith.addf %o, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<8x100xf32>
  bufferization.materialize_in_destination %s in restrict writable %c : (tensor<8x100xf32>, memref<8x100xf32>) -> ()
  return
}
