//===- EmulatedKernels.cpp - kernels that the emulator runs ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The kernels are those of FAKE_CUDA_KERNELS, a file of LLVM IR as
// `dlcc compile --target=cuda --emit=llvm` writes it; images are not looked at.
//
//===----------------------------------------------------------------------===//

#include "FakeDriver.h"

#include "tests/gpu/emulator/Emulator.h"

#include "llvm/IRReader/IRReader.h"
#include "llvm/Support/SourceMgr.h"

#include <cstdlib>

namespace {

dlcc::emulator::Argument mapOf(const fake::Parameter &parameter) {
  const fake::Map &told = *parameter.map;
  dlcc::emulator::TensorMap map;
  map.rank = 2;
  map.elementBytes = told.elementBytes;
  map.roundsToTf32 = told.roundsToTf32;
  map.swizzle = dlcc::emulator::Swizzle::B128;
  for (int i = 0; i < 2; ++i) {
    map.extents[i] = told.extents[i];
    map.box[i] = told.box[i];
  }
  map.strides[0] = told.rowBytes;
  return dlcc::emulator::Argument::tensorMap(map, parameter.value,
                                             parameter.bytes);
}

class EmulatedKernels : public fake::Kernels {
public:
  static std::unique_ptr<fake::Kernels> create(uint64_t bytes,
                                               std::string &error) {
    auto made = std::make_unique<EmulatedKernels>();
    const char *path = std::getenv("FAKE_CUDA_KERNELS");
    llvm::SMDiagnostic diagnostic;
    made->module =
        llvm::parseIRFile(path ? path : "", diagnostic, made->context);
    if (!made->module) {
      error = "FAKE_CUDA_KERNELS: " + diagnostic.getMessage().str();
      return nullptr;
    }
    auto emulator = dlcc::emulator::Emulator::create(*made->module, bytes);
    if (!emulator) {
      error = llvm::toString(emulator.takeError());
      return nullptr;
    }
    made->emulator = std::move(*emulator);
    return made;
  }

  char *memory() override { return emulator->memory().data(); }

  std::vector<int> parametersOf(const std::string &kernel) override {
    std::vector<int> bytes;
    if (const llvm::Function *function = module->getFunction(kernel))
      for (const llvm::Argument &argument : function->args())
        bytes.push_back(argument.hasByValAttr() ? 128
                        : argument.getType()->isPointerTy()
                            ? 8
                            : argument.getType()->getIntegerBitWidth() / 8);
    return bytes;
  }

  std::string run(const fake::Launch &asked) override {
    using dlcc::emulator::Argument;
    dlcc::emulator::Launch launch;
    launch.kernel = asked.kernel;
    launch.grid = {asked.grid[0], asked.grid[1], asked.grid[2]};
    launch.block = {asked.block, 1, 1};
    launch.sharedBytes = asked.sharedBytes;
    for (const fake::Parameter &parameter : asked.parameters)
      launch.arguments.push_back(
          parameter.map ? mapOf(parameter)
          : parameter.bytes
              ? Argument::pointer(parameter.value, parameter.bytes)
              : Argument::i32(static_cast<int32_t>(parameter.value)));
    std::optional<dlcc::emulator::Fault> fault =
        emulator->run(launch, launches++);
    return fault ? fault->text : "";
  }

private:
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module;
  std::unique_ptr<dlcc::emulator::Emulator> emulator;
  uint64_t launches = 0;
};

} // namespace

std::unique_ptr<fake::Kernels> fake::makeKernels(uint64_t bytes,
                                                 std::string &error) {
  return EmulatedKernels::create(bytes, error);
}
