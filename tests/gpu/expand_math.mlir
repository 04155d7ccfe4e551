// RUN: dlcc-opt %s --pass-pipeline='builtin.module(gpu.module(dlc-gpu-expand-math,convert-scf-to-cf,dlc-gpu-lower-to-nvvm))' | FileCheck %s

// No function of a library is called: exp is a polynomial, and what a GPU has
// an instruction for becomes LLVM's.
// CHECK-LABEL: llvm.func @softplus
// CHECK-NOT: math.
// CHECK-NOT: llvm.intr.exp
// CHECK-NOT: call
// CHECK: llvm.intr.fma
// CHECK: llvm.intr.sqrt
// CHECK: nvvm.barrier0
gpu.module @kernels {
  llvm.func @softplus(%p: !llvm.ptr<1>) {
    %x = llvm.load %p : !llvm.ptr<1> -> f32
    %e = math.exp %x : f32
    %l = math.log1p %e : f32
    %s = math.sqrt %l : f32
    nvvm.barrier0
    llvm.store %s, %p : f32, !llvm.ptr<1>
    llvm.return
  }
}
