//===- FakeDriver.cpp - a CUDA driver without a GPU -----------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DriverState.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace fake;

State &fake::state() {
  static State *only = new State;
  return *only;
}

thread_local int fake::depth = 0;

Result fake::refuse(Result result, const char *why) {
  std::fprintf(stderr, "fake CUDA driver: %s\n", why);
  return result;
}

void fake::log(const std::string &line) {
  const char *path = std::getenv("FAKE_CUDA_LOG");
  if (!path)
    return;
  if (FILE *file = std::fopen(path, "a")) {
    std::fprintf(file, "%s\n", line.c_str());
    std::fclose(file);
  }
}

uint64_t fake::number(const char *variable, uint64_t otherwise) {
  const char *text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

Result fake::wanted(const char *function) {
  const char *text = std::getenv("FAKE_CUDA_FAIL");
  size_t length = std::strlen(function);
  if (text && std::strncmp(text, function, length) == 0 && text[length] == '=')
    return std::atoi(text + length + 1);
  return Success;
}

namespace {

/// What a released context must not leave behind.
void checkEmpty(State &s) {
  if (s.allocations.empty() && s.pinned.empty() && s.modules.empty() &&
      s.streams.empty() && s.graphs.empty() && s.events.empty())
    return;
  refuse(InvalidValue, "the context is released before what was made in it");
  std::abort();
}

/// What a text of PTX is for, sm_90a; "" where it does not say so.
std::string targetOf(const char *ptx) {
  constexpr char key[] = "\n.target ";
  const char *found = std::strstr(ptx, key);
  if (!found)
    return "";
  found += sizeof key - 1;
  return {found, std::strcspn(found, ", \n")};
}

/// PTX with an "a" at its target's end is for that chip and no other.
bool runsOn(const std::string &target, int chip) {
  if (target.empty())
    return true;
  int asked = std::atoi(target.c_str() + std::strlen("sm_"));
  return target.back() == 'a' ? chip == asked : chip >= asked;
}

struct ErrorText {
  Result result;
  const char *name, *text;
};
constexpr ErrorText errors[] = {
    {InvalidValue, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {OutOfMemory, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {NoDevice, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {209, "CUDA_ERROR_NO_BINARY_FOR_GPU",
     "no kernel image is available for execution on the device"},
    {218, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"},
    {LaunchFailed, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
};

Result describe(Result result, const char **out, const char *ErrorText::*what) {
  for (const ErrorText &error : errors)
    if (error.result == result) {
      *out = error.*what;
      return Success;
    }
  *out = nullptr;
  return InvalidValue;
}

} // namespace

extern "C" {

Result cuInit(unsigned) {
  return call("cuInit", false, [](State &s) -> Result {
    if (s.kernels)
      return Success;
    if (number("FAKE_CUDA_DEVICES", 1) == 0)
      return NoDevice;
    s.bytes = number("FAKE_CUDA_MEMORY", 64 << 20);
    std::string error;
    s.kernels = makeKernels(s.bytes, error);
    return s.kernels ? Success : refuse(NotInitialized, error.c_str());
  });
}

Result cuGetErrorName(Result result, const char **name) {
  return describe(result, name, &ErrorText::name);
}

Result cuGetErrorString(Result result, const char **text) {
  return describe(result, text, &ErrorText::text);
}

Result cuDeviceGetCount(int *count) {
  return call("cuDeviceGetCount", false, [&](State &) {
    *count = int(number("FAKE_CUDA_DEVICES", 1));
    return Success;
  });
}

Result cuDeviceGet(int *device, int ordinal) {
  *device = ordinal;
  return call("cuDeviceGet", false, [](State &) { return Success; });
}

Result cuDeviceGetName(char *name, int bytes, int) {
  std::snprintf(name, bytes, "Fake GPU");
  return call("cuDeviceGetName", false, [](State &) { return Success; });
}

Result cuDeviceGetAttribute(int *value, int attribute, int) {
  return call("cuDeviceGetAttribute", false, [&](State &) {
    int chip = int(number("FAKE_CUDA_CHIP", 90));
    switch (attribute) {
    case 13: // the clock, in kHz
      *value = 1000;
      return Success;
    case 16: // multiprocessors
      *value = 2;
      return Success;
    case 38: // bytes of the L2 cache
      *value = 1 << 20;
      return Success;
    default:
      *value = attribute == 75 ? chip / 10 : chip % 10;
      return Success;
    }
  });
}

Result cuDevicePrimaryCtxRetain(void **context, int) {
  return call("cuDevicePrimaryCtxRetain", false, [&](State &s) {
    *context = &s;
    ++s.retained;
    return Success;
  });
}

Result cuDevicePrimaryCtxRelease_v2(int) {
  return call("cuDevicePrimaryCtxRelease", false, [](State &s) {
    if (--s.retained == 0)
      checkEmpty(s);
    return Success;
  });
}

Result cuCtxPushCurrent_v2(void *) {
  return call("cuCtxPushCurrent", false, [](State &) {
    ++depth;
    return Success;
  });
}

Result cuCtxPopCurrent_v2(void **) {
  return call("cuCtxPopCurrent", true, [](State &) {
    --depth;
    return Success;
  });
}

Result cuModuleLoadDataEx(Module **module, const void *image, unsigned, int *,
                          void **) {
  return call("cuModuleLoadDataEx", true, [&](State &s) -> Result {
    // A cubin is an ELF file; its failure is asked for under its own name.
    bool isCubin = std::memcmp(image, "\x7f", 1) == 0;
    if (Result result = isCubin ? wanted("cubin") : Success)
      return result;
    std::string chip = isCubin ? "cubin" : targetOf((const char *)image);
    if (!isCubin && !runsOn(chip, int(number("FAKE_CUDA_CHIP", 90))))
      return refuse(209, ("PTX for " + chip).c_str());
    log("load " + chip);
    *module = *s.modules.insert(new Module).first;
    return Success;
  });
}

Result cuModuleUnload(Module *module) {
  return call("cuModuleUnload", true, [&](State &s) -> Result {
    if (!s.modules.erase(module))
      return refuse(InvalidValue, "no module is unloaded");
    delete module;
    return Success;
  });
}

Result cuModuleGetFunction(Function **function, Module *module,
                           const char *name) {
  return call("cuModuleGetFunction", true, [&](State &s) -> Result {
    std::vector<int> parameters = s.kernels->parametersOf(name);
    if (parameters.empty())
      return refuse(NotFound, name);
    Function &found = module->functions[name];
    found.name = name;
    found.parameterBytes = parameters;
    *function = &found;
    return Success;
  });
}

Result cuFuncGetAttribute(int *value, int, Function *) {
  *value = 32;
  return call("cuFuncGetAttribute", true, [](State &) { return Success; });
}

Result cuFuncSetAttribute(Function *function, int, int value) {
  return call("cuFuncSetAttribute", true, [&](State &) {
    function->sharedBytes = value;
    return Success;
  });
}

} // extern "C"
