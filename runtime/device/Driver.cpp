//===- Driver.cpp - the CUDA driver, found at run time --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/device/Driver.h"

#include "runtime/Status.h"

#include <dlfcn.h>

using namespace dlcc::rt;
using namespace dlcc::rt::device;

/// What to do about a machine that cannot run the model.
static constexpr char kOtherwise[] =
    ", or compile the model without --target=cuda";

template <typename Function>
static void find(void *library, const char *symbol, Function &function) {
  function = reinterpret_cast<Function>(dlsym(library, symbol));
  if (!function)
    throw Failure(DLCC_UNSUPPORTED,
                  std::string("the CUDA driver is too old, it has no '") +
                      symbol + "': install one of CUDA 11.4 or later" +
                      kOtherwise);
}

/// The names have the version that this header's types are of.
static void findAll(void *library, Driver &driver) {
  find(library, "cuInit", driver.cuInit);
  find(library, "cuGetErrorName", driver.cuGetErrorName);
  find(library, "cuGetErrorString", driver.cuGetErrorString);
  find(library, "cuDeviceGetCount", driver.cuDeviceGetCount);
  find(library, "cuDeviceGet", driver.cuDeviceGet);
  find(library, "cuDeviceGetName", driver.cuDeviceGetName);
  find(library, "cuDeviceGetAttribute", driver.cuDeviceGetAttribute);
  find(library, "cuDevicePrimaryCtxRetain", driver.cuDevicePrimaryCtxRetain);
  find(library, "cuDevicePrimaryCtxRelease_v2",
       driver.cuDevicePrimaryCtxRelease);
  find(library, "cuCtxPushCurrent_v2", driver.cuCtxPushCurrent);
  find(library, "cuCtxPopCurrent_v2", driver.cuCtxPopCurrent);
  find(library, "cuModuleLoadDataEx", driver.cuModuleLoadDataEx);
  find(library, "cuModuleUnload", driver.cuModuleUnload);
  find(library, "cuModuleGetFunction", driver.cuModuleGetFunction);
  find(library, "cuFuncGetAttribute", driver.cuFuncGetAttribute);
  find(library, "cuFuncSetAttribute", driver.cuFuncSetAttribute);
  find(library, "cuMemAlloc_v2", driver.cuMemAlloc);
  find(library, "cuMemFree_v2", driver.cuMemFree);
  find(library, "cuMemAllocHost_v2", driver.cuMemAllocHost);
  find(library, "cuMemFreeHost", driver.cuMemFreeHost);
  find(library, "cuMemcpyHtoDAsync_v2", driver.cuMemcpyHtoDAsync);
  find(library, "cuMemcpyDtoHAsync_v2", driver.cuMemcpyDtoHAsync);
  find(library, "cuStreamCreate", driver.cuStreamCreate);
  find(library, "cuStreamDestroy_v2", driver.cuStreamDestroy);
  find(library, "cuStreamSynchronize", driver.cuStreamSynchronize);
  find(library, "cuEventCreate", driver.cuEventCreate);
  find(library, "cuEventDestroy_v2", driver.cuEventDestroy);
  find(library, "cuEventRecord", driver.cuEventRecord);
  find(library, "cuEventElapsedTime", driver.cuEventElapsedTime);
  find(library, "cuStreamBeginCapture_v2", driver.cuStreamBeginCapture);
  find(library, "cuStreamEndCapture", driver.cuStreamEndCapture);
  find(library, "cuGraphInstantiateWithFlags", driver.cuGraphInstantiate);
  find(library, "cuGraphLaunch", driver.cuGraphLaunch);
  find(library, "cuGraphDestroy", driver.cuGraphDestroy);
  find(library, "cuGraphExecDestroy", driver.cuGraphExecDestroy);
  find(library, "cuLaunchKernel", driver.cuLaunchKernel);
  driver.cuTensorMapEncodeTiled =
      reinterpret_cast<decltype(driver.cuTensorMapEncodeTiled)>(
          dlsym(library, "cuTensorMapEncodeTiled"));
}

std::shared_ptr<const Driver> Driver::load() {
  // The driver has threads of its own and is not to be unloaded.
  void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!library) {
    const char *why = dlerror();
    throw Failure(DLCC_UNSUPPORTED, std::string("no CUDA driver found: ") +
                                        (why ? why : "libcuda.so.1") +
                                        "; install NVIDIA's driver" +
                                        kOtherwise);
  }
  auto driver = std::make_shared<Driver>();
  findAll(library, *driver);
  Result result = driver->cuInit(0);
  int count = 0;
  if (result == kSuccess)
    driver->check(driver->cuDeviceGetCount(&count), "to count GPUs");
  if (result == kNoDevice || (result == kSuccess && count == 0))
    throw Failure(DLCC_UNSUPPORTED,
                  std::string("the CUDA driver finds no GPU: see whether "
                              "nvidia-smi lists one and CUDA_VISIBLE_DEVICES "
                              "does not hide it") +
                      kOtherwise);
  driver->check(result, "to start");
  return driver;
}

void Driver::check(Result result, const std::string &what) const {
  if (result == kSuccess)
    return;
  const char *name = nullptr, *text = nullptr;
  cuGetErrorName(result, &name);
  cuGetErrorString(result, &text);
  std::string sentence = "the CUDA driver failed " + what + ": " +
                         (name ? name : "error " + std::to_string(result)) +
                         (text ? " (" + std::string(text) + ")" : "");
  throw Failure(result == kOutOfMemory ? DLCC_OUT_OF_MEMORY : DLCC_DEVICE_ERROR,
                sentence);
}
