//===- Driver.h - the CUDA driver, found at run time ------------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The functions of libcuda.so.1 that the runtime calls, under their own names,
// and the few of the driver's types and numbers that they need. So programs are
// built and started where there is no CUDA.
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_RUNTIME_DEVICE_DRIVER_H
#define DLCC_RUNTIME_DEVICE_DRIVER_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace dlcc::rt::device {

using Result = int;       ///< CUresult
using Number = int;       ///< CUdevice
using Address = uint64_t; ///< CUdeviceptr
using ContextHandle = struct CUctx_st *;
using ModuleHandle = struct CUmod_st *;
using FunctionHandle = struct CUfunc_st *;
using StreamHandle = struct CUstream_st *;
using EventHandle = struct CUevent_st *;
using GraphHandle = struct CUgraph_st *;
using GraphExecHandle = struct CUgraphExec_st *;

// Results that are told apart.
inline constexpr Result kSuccess = 0, kOutOfMemory = 2, kNoDevice = 100;
inline constexpr Result kInvalidImage = 200, kNoBinaryForGpu = 209;
inline constexpr Result kUnsupportedPtxVersion = 222;
// CUtensorMapDataType, CUtensorMapSwizzle, CUtensorMapL2promotion.
inline constexpr int kMapF16 = 6, kMapBF16 = 9, kMapTF32 = 11;
inline constexpr int kSwizzle128 = 3, kPromote256 = 3;
// CUdevice_attribute, CUfunction_attribute, CUjit_option, flags of streams,
// CUstreamCaptureMode.
inline constexpr int kCapabilityMajor = 75, kCapabilityMinor = 76;
inline constexpr int kClockRate = 13, kMultiprocessors = 16, kCacheBytes = 38;
inline constexpr int kRegisters = 4, kMaxDynamicSharedBytes = 8;
inline constexpr int kErrorLog = 5, kErrorLogBytes = 6;
inline constexpr unsigned kNonBlockingStream = 1;
inline constexpr int kCaptureThreadLocal = 1;

struct Driver {
  /// Finds the driver and starts it. Fails where there is none, where it is too
  /// old, and where it finds no GPU.
  static std::shared_ptr<const Driver> load();

  /// Fails unless all went well; `what` is what was tried, as in "to launch
  /// 'k'".
  void check(Result result, const std::string &what) const;

  Result (*cuInit)(unsigned flags);
  Result (*cuGetErrorName)(Result, const char **);
  Result (*cuGetErrorString)(Result, const char **);
  Result (*cuDeviceGetCount)(int *);
  Result (*cuDeviceGet)(Number *, int ordinal);
  Result (*cuDeviceGetName)(char *, int bytes, Number);
  Result (*cuDeviceGetAttribute)(int *, int attribute, Number);
  Result (*cuDevicePrimaryCtxRetain)(ContextHandle *, Number);
  Result (*cuDevicePrimaryCtxRelease)(Number);
  Result (*cuCtxPushCurrent)(ContextHandle);
  Result (*cuCtxPopCurrent)(ContextHandle *);
  Result (*cuModuleLoadDataEx)(ModuleHandle *, const void *image, unsigned,
                               int *options, void **values);
  Result (*cuModuleUnload)(ModuleHandle);
  Result (*cuModuleGetFunction)(FunctionHandle *, ModuleHandle, const char *);
  Result (*cuFuncGetAttribute)(int *, int attribute, FunctionHandle);
  Result (*cuFuncSetAttribute)(FunctionHandle, int attribute, int value);
  Result (*cuMemAlloc)(Address *, size_t);
  Result (*cuMemFree)(Address);
  Result (*cuMemAllocHost)(void **, size_t);
  Result (*cuMemFreeHost)(void *);
  Result (*cuMemcpyHtoDAsync)(Address, const void *, size_t, StreamHandle);
  Result (*cuMemcpyDtoHAsync)(void *, Address, size_t, StreamHandle);
  Result (*cuStreamCreate)(StreamHandle *, unsigned flags);
  Result (*cuStreamDestroy)(StreamHandle);
  Result (*cuStreamSynchronize)(StreamHandle);
  Result (*cuEventCreate)(EventHandle *, unsigned flags);
  Result (*cuEventDestroy)(EventHandle);
  Result (*cuEventRecord)(EventHandle, StreamHandle);
  Result (*cuEventElapsedTime)(float *milliseconds, EventHandle, EventHandle);
  Result (*cuStreamBeginCapture)(StreamHandle, int mode);
  Result (*cuStreamEndCapture)(StreamHandle, GraphHandle *);
  Result (*cuGraphInstantiate)(GraphExecHandle *, GraphHandle, uint64_t flags);
  Result (*cuGraphLaunch)(GraphExecHandle, StreamHandle);
  Result (*cuGraphDestroy)(GraphHandle);
  Result (*cuGraphExecDestroy)(GraphExecHandle);
  /// Null in drivers before CUDA 12, which know no such copies.
  Result (*cuTensorMapEncodeTiled)(void *map, int elements, uint32_t rank,
                                   void *address, const uint64_t *extents,
                                   const uint64_t *strides, const uint32_t *box,
                                   const uint32_t *elementStrides,
                                   int interleave, int swizzle, int promotion,
                                   int fill);
  Result (*cuLaunchKernel)(FunctionHandle, unsigned gridX, unsigned gridY,
                           unsigned gridZ, unsigned blockX, unsigned blockY,
                           unsigned blockZ, unsigned sharedBytes, StreamHandle,
                           void **parameters, void **extra);
};

} // namespace dlcc::rt::device

#endif // DLCC_RUNTIME_DEVICE_DRIVER_H
