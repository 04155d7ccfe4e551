//===- KernelEmitter.h - the seam between the kinds of kernels --*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// On a GPU, too, a kernel exists in three forms (see codegen/README.md): the
// tensor form and the planned form are those of the CPU. Its device form is one
// or several functions of the module `@kernels`,
//
//   llvm.func @k(%b0: !llvm.ptr<1>, …, %workspace: !llvm.ptr<1>, %rows: i32)
//       attributes {nvvm.kernel, nvvm.reqntid = array<i32: 256>}
//
// which are launched one after the other with the same arguments: the buffers
// of the planned form, the kernel's workspace (dlc.scratch bytes), and the
// number of rows given; behind these, by value, a function's own maps of
// matrices that are copied in bulk, of 128 bytes each. `dlc.launches` on the
// declaration that stays of the planned form lists them.
//
// Rules for their bodies:
// * All index arithmetic is i32: no tensor has 2^30 elements or more. Loops are
//   scf.for over i32.
// * Values are scalars or vectors of at most four; arith, math and vector ops.
//   math.fma is a single rounding, all else rounds one by one.
// * What is computed for an element depends on the shape only, and blocks write
//   disjoint memory: no atomics.
// * Threads without work stay to the end where a barrier follows.
// * An output may share memory with an input that the kernel reads only at the
//   point where it writes: a thread loads all of a point before it stores.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_CODEGEN_GPU_KERNELEMITTER_H
#define DLCC_CODEGEN_GPU_KERNELEMITTER_H

#include "codegen/gpu/ChipTable.h"
#include "codegen/gpu/DeviceBuilder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ADT/DenseMap.h"

namespace dlcc::gpu {

/// One buffer of a kernel: an argument of the planned form, or a constant that
/// is not one number in all elements.
struct Buffer {
  mlir::Value base; ///< !llvm.ptr<1>
  mlir::Type elementType;
  llvm::SmallVector<int64_t> shape;
  llvm::SmallVector<int64_t> strides; ///< in elements
  int64_t alignment;                  ///< bytes
};

/// A matrix in memory of which a device function copies boxes to shared memory,
/// in lines that are swizzled over 128 bytes (SwizzledTile.h). What a box has
/// beyond the matrix is zeros.
struct TensorMap {
  int64_t buffer; ///< the number of the kernel's argument
  int64_t offset; ///< of the first element, in bytes
  int64_t columns, rows;
  int64_t rowBytes;  ///< from one row to the next
  int64_t rowsOfRow; ///< rows for each row given; 0: all that there are
  int64_t boxColumns, boxRows;
  mlir::Type element; ///< as it comes: f32 as tf32 is rounded on the way
};

/// A launch of a device function.
struct Launch {
  std::string entry;
  int64_t grid[3] = {1, 1, 1};
  int64_t block = 1;
  int64_t sharedBytes = 0; ///< dynamic
  llvm::SmallVector<TensorMap> maps = {};
};

/// Everything that an emitter needs to write one device function.
class KernelContext {
public:
  KernelContext(mlir::func::FuncOp planned, mlir::gpu::GPUModuleOp device,
                const Chip &chip, llvm::SmallVector<int64_t> alignments)
      : planned(planned), device(device), chip(chip),
        alignments(std::move(alignments)) {}

  mlir::func::FuncOp planned; ///< to read; erased by the caller
  mlir::gpu::GPUModuleOp device;
  const Chip &chip;
  /// By argument of the planned form.
  llvm::SmallVector<int64_t> alignments;
  /// What was made, in the order of the launches.
  llvm::SmallVector<Launch> launches;

  /// Starts another device function, `suffix` behind the kernel's name, with so
  /// many threads a block: sets what stands below. `takesRegisters`: a thread
  /// may have more registers than two blocks on a multiprocessor would leave
  /// it. `maps`: of matrices that it copies boxes of.
  void begin(llvm::StringRef suffix, int64_t threads,
             bool takesRegisters = false, llvm::ArrayRef<TensorMap> maps = {});
  /// Ends it, and notes its launch.
  void end(llvm::ArrayRef<int64_t> grid, int64_t dynamicShared = 0);

  DeviceBuilder &builder() { return *code; }
  llvm::SmallVector<Buffer> buffers;
  mlir::Value workspace, rows;
  llvm::SmallVector<mlir::Value> maps; ///< addresses of the tensors' maps

  /// The buffer behind a tensor of the planned form; null for what the kernel
  /// computes.
  const Buffer *inputBuffer(mlir::Value tensor) const;
  /// The buffers that `tensor` is materialised in.
  llvm::SmallVector<const Buffer *> outputBuffers(mlir::Value tensor) const;

  /// So many bytes of static shared memory, aligned to 16.
  mlir::Value sharedMemory(int64_t bytes);
  /// The shared memory whose size the launch says, aligned to 1024.
  mlir::Value dynamicSharedMemory();

private:
  void placeConstants();
  void takeMaps();

  mlir::LLVM::LLVMFuncOp function;
  std::optional<DeviceBuilder> code;
  int64_t threads = 1;
  llvm::SmallVector<TensorMap> tensorMaps;
  llvm::DenseMap<mlir::Value, size_t> constants;
};

/// Kinds of kernels: those with a way of their own to sums at indices and
/// running sums; of the others those with `dlc.parallel_dims` are pointwise,
/// all others contractions.
bool isIndexed(mlir::func::FuncOp kernel);
bool isPointwise(mlir::func::FuncOp kernel);

/// Tensor form: sets dlc.tasks (blocks) and dlc.scratch (bytes of workspace).
mlir::LogicalResult selectIndexed(mlir::func::FuncOp kernel, const Chip &chip);
mlir::LogicalResult selectPointwise(mlir::func::FuncOp kernel,
                                    const Chip &chip);
/// `allowsTf32`: factors of f32 may be rounded to tf32.
mlir::LogicalResult selectContraction(mlir::func::FuncOp kernel,
                                      const Chip &chip, bool allowsTf32);

/// Planned form: makes the device functions.
mlir::LogicalResult emitIndexed(KernelContext &context);
mlir::LogicalResult emitPointwise(KernelContext &context);
mlir::LogicalResult emitContraction(KernelContext &context);

} // namespace dlcc::gpu

#endif // DLCC_CODEGEN_GPU_KERNELEMITTER_H
