//===- Passes.td - the passes that make a module ready for an object ------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_OBJECT_PASSES_TD
#define DLCC_CODEGEN_OBJECT_PASSES_TD

include "mlir/Pass/PassBase.td"

def MergeKernelsPass : Pass<"dlc-merge-kernels", "::mlir::ModuleOp"> {
  let summary = "kernels that differ in their names only become one";
  let description = [{
    Inference, evaluation and training share most of their forward kernels,
    and a network repeats its layers. Kernel functions of equal type, body and
    numbers are emitted once; what people read of the others (name, line,
    phase) moves to their calls.

    ```mlir
    call @net.dense(%x, %y)                 call @net.dense(%x, %y)
    call @net.dense_1(%y, %z)      ==>      call @net.dense(%y, %z)
                                                {dlc.kernel = "dense_1", …}
    ```
  }];
}

def LowerEntriesPass : Pass<"dlc-lower-entries", "::mlir::ModuleOp"> {
  let summary = "entry functions become bodies that the runtime calls";
  let description = [{
    An entry function of the planned form is views of memory regions at
    constant offsets and calls of kernels. It becomes a function
    `void body(const dlcc_call *)` in the LLVM dialect that writes the
    addresses of a kernel's buffers into one array on its stack and hands
    kernel and array to the runtime, call by call. The array is made once and
    is as long as the longest list.

    A body takes a kernel's address and number of tasks from the table of the
    level that was chosen when the instance was made, which the call has. The
    table of each level, `MODEL_kernels`, is declared here and defined when the
    module has become LLVM IR. The planned declarations, which kept the calls
    legal, go.

    In a module for a GPU a body calls `dlcc_run_device_kernel` with a kernel's
    number instead, and `dlc.device_kernels` on the module lists the kernels
    with their launches for each level.

    Before:

    ```mlir
    func.func @forward(%x: memref<8xf32>, %y: memref<8xf32>,
        %weights: memref<64xi8>, …, %arena: memref<0xi8>)
        attributes {dlc.entry = "forward", dlc.inputs = 1 : i64} {
      %c0 = arith.constant 0 : index
      %w = memref.view %weights[%c0][] : memref<64xi8> to memref<8xf32>
      call @k(%x, %w, %y) : (memref<8xf32>, memref<8xf32>, memref<8xf32>) -> ()
      return
    }
    ```

    After:

    ```mlir
    llvm.mlir.global external constant @net_kernels() {dlc.kernels = [@k]}
        : !llvm.array<1 x struct<(ptr, i64)>>
    llvm.func internal @net_forward_body(%call: !llvm.ptr) {
      %buffers = llvm.alloca %c3 x !llvm.ptr
      %kernels = llvm.load … : !llvm.ptr -> !llvm.ptr
      …
      llvm.call @dlcc_run_kernel(%call, %k, %buffers, %tasks)
      llvm.return
    }
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // DLCC_CODEGEN_OBJECT_PASSES_TD
