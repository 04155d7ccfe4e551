//===- EmitArtefacts.cpp - the files of a model ---------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/gpu/EmitPtx.h"
#include "codegen/object/EmitHeader.h"
#include "codegen/object/HostTarget.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/Transforms/Passes.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "tools/Compiler.h"
#include "tools/Link.h"
#include "tools/Stopwatch.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace mlir;

namespace dlcc {

/// Replaces the beginnings of paths in every location.
static void
replacePrefixes(ModuleOp module,
                ArrayRef<std::pair<std::string, std::string>> prefixes) {
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](FileLineColLoc place) -> Attribute {
    StringRef path = place.getFilename().getValue();
    for (const auto &[from, to] : prefixes)
      if (path.starts_with(from))
        return FileLineColLoc::get(module.getContext(),
                                   to + path.substr(from.size()).str(),
                                   place.getLine(), place.getColumn());
    return place;
  });
  replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/false,
                                        /*replaceLocs=*/true);
}

static LogicalResult addDebugScopes(ModuleOp module,
                                    const CompileOptions &options) {
  replacePrefixes(module, options.debugPrefixes);
  PassManager passes(module.getContext(), ModuleOp::getOperationName());
  LLVM::DIScopeForLLVMFuncOpPassOptions scopes;
  scopes.emissionKind = LLVM::DIEmissionKind::Full;
  passes.addPass(LLVM::createDIScopeForLLVMFuncOpPass(scopes));
  return passes.run(module);
}

/// The value, or an error without a place.
template <typename T>
static FailureOr<T> check(MLIRContext *context, llvm::Expected<T> value) {
  if (value)
    return std::move(*value);
  emitError(UnknownLoc::get(context)) << llvm::toString(value.takeError());
  return failure();
}

/// The functions that kernels consist of.
FunctionTargets Compilation::functionTargets() {
  FunctionTargets targets;
  SmallVector<dlc::TargetAttr> levels = levelsOf(*module);
  for (auto function : module->getOps<LLVM::LLVMFuncOp>())
    if (auto level = function->getAttrOfType<IntegerAttr>(attr::kLevel))
      targets[function.getSymName()] = levels[level.getInt()];
  return targets;
}

/// LLVM IR with descriptor and public functions, ready for the optimiser.
FailureOr<std::unique_ptr<llvm::Module>>
Compilation::translate(llvm::LLVMContext &llvmContext,
                       const llvm::TargetMachine &machine) {
  if (options.debugInfo && failed(addDebugScopes(*module, options)))
    return failure();
  std::unique_ptr<llvm::Module> code =
      translateModuleToLLVMIR(*module, llvmContext, description.name);
  if (!code)
    return failure();
  emitAbi(*code, description, kernelTables, devices);
  if (llvm::Error error = nameExterns(*code)) {
    emitError(module->getLoc()) << llvm::toString(std::move(error));
    return failure();
  }
  attachTarget(*code, functionTargets(), machine, description.name);
  return code;
}

/// The object with `main`, which a training program has beside the model's.
FailureOr<std::string> Compilation::emitMain(llvm::LLVMContext &llvmContext,
                                             llvm::TargetMachine &machine) {
  llvm::Module code("main", llvmContext);
  emitTrainingMain(code, description);
  attachTarget(code, /*targets=*/{}, machine, "main");
  return check(module->getContext(),
               emitCode(code, machine, llvm::CodeGenFileType::ObjectFile));
}

LogicalResult Compilation::emitLinked(StringRef object,
                                      llvm::LLVMContext &llvmContext,
                                      llvm::TargetMachine &machine,
                                      CompiledModel &result) {
  MLIRContext *context = module->getContext();
  const std::string &name = result.name;
  auto add = [&](std::string file,
                 llvm::Expected<std::string> bytes) -> LogicalResult {
    FailureOr<std::string> checked = check(context, std::move(bytes));
    if (failed(checked))
      return failure();
    result.files.push_back({std::move(file), std::move(*checked)});
    return success();
  };
  if (wants(Artefact::Library) &&
      failed(add("lib" + name + ".a", makeArchive(name + ".o", object))))
    return failure();
  if (wants(Artefact::Shared) &&
      failed(add("lib" + name + ".so", linkShared(object, name, links))))
    return failure();
  if (!wants(Artefact::Executable))
    return success();
  FailureOr<std::string> main = emitMain(llvmContext, machine);
  if (failed(main))
    return failure();
  return add(name, linkProgram({object.str(), *main}, links));
}

bool Compilation::wantsObject() const {
  return wants(Artefact::Object) || wants(Artefact::Library) ||
         wants(Artefact::Shared) || wants(Artefact::Executable);
}

/// A file that there is one of for each chip.
std::string Compilation::fileFor(StringRef chip, StringRef ending) const {
  std::string name = description.name + ".";
  if (levelsOf(*module).size() > 1)
    name += chip.str() + ".";
  return name + ending.str();
}

/// Whether a GPU would run machine code for the chip: beside code for this chip
/// and no other (sm_90a beside sm_90) it is only for later ones, which take the
/// PTX.
bool Compilation::wantsCubin(const DeviceDescription &device) const {
  if (wants(Artefact::Cubin))
    return true;
  return wantsObject() && gpu::hasAssembler() &&
         llvm::none_of(devices, [&](const DeviceDescription &other) {
           return other.exact && !device.exact &&
                  other.capability == device.capability;
         });
}

/// Makes PTX, and machine code where it is asked for or goes into an object.
LogicalResult Compilation::emitImages(llvm::Module &code,
                                      llvm::TargetMachine &machine,
                                      DeviceDescription &device,
                                      CompiledModel &result) {
  MLIRContext *context = module->getContext();
  {
    Stopwatch watch("emit", result.times);
    auto ptx = check(context, gpu::emitPtx(code, machine));
    if (failed(ptx))
      return failure();
    device.ptx = std::move(*ptx);
  }
  if (wantsCubin(device)) {
    Stopwatch watch("ptxas", result.times);
    llvm::Expected<std::string> cubin = gpu::assemble(device.ptx, device.chip);
    if (cubin) {
      device.cubin = std::move(*cubin);
    } else {
      std::string why = llvm::toString(cubin.takeError());
      Location none = UnknownLoc::get(context);
      if (wants(Artefact::Cubin))
        return emitError(none) << StringRef(why).rtrim();
      // As where there is no ptxas: drivers compile the PTX.
      emitWarning(none) << "the object has PTX and no cubin: "
                        << StringRef(why).rtrim();
    }
  }
  if (wants(Artefact::Cubin))
    result.files.push_back(
        {result.name + "." + device.chip + ".cubin", device.cubin});
  if (wants(Artefact::PTX))
    result.files.push_back({fileFor(device.chip, "ptx"), device.ptx});
  return success();
}

/// The kernels for one chip become images of its code.
LogicalResult Compilation::emitChip(::mlir::gpu::GPUModuleOp kernels,
                                    DeviceDescription &device,
                                    CompiledModel &result) {
  MLIRContext *context = module->getContext();
  auto machine = check(context, gpu::createMachine(device.chip));
  if (failed(machine))
    return failure();
  llvm::LLVMContext llvmContext;
  std::unique_ptr<llvm::Module> code;
  {
    Stopwatch watch("translate", result.times);
    auto translated =
        check(context, gpu::translateKernels(kernels, llvmContext, **machine,
                                             description.name));
    if (failed(translated))
      return failure();
    code = std::move(*translated);
  }
  if (wants(Artefact::LLVM)) {
    std::string text;
    llvm::raw_string_ostream(text) << *code;
    result.files.push_back({fileFor(device.chip, "ll"), text});
  }
  if (wants(Artefact::PTX) || wants(Artefact::Cubin) || wantsObject())
    return emitImages(*code, **machine, device, result);
  return success();
}

/// What is left of the module without its kernels is for this machine.
LogicalResult Compilation::emitForGpu(CompiledModel &result) {
  devices = describeDevices(*module);
  auto all = llvm::to_vector(module->getOps<::mlir::gpu::GPUModuleOp>());
  for (auto [kernels, device] : llvm::zip_equal(all, devices)) {
    if (failed(emitChip(kernels, device, result)))
      return failure();
    kernels.erase();
  }
  return emit(result);
}

/// What makes the code that runs here, or where the triple says.
FailureOr<std::unique_ptr<llvm::TargetMachine>> Compilation::createHost() {
  MLIRContext *context = module->getContext();
  SmallVector<dlc::TargetAttr> levels = levelsOf(*module);
  if (!devices.empty()) {
    auto host =
        check(context, describeTarget(context, options.triple, "native"));
    if (failed(host))
      return failure();
    levels = {*host};
  }
  return check(context, createTargetMachine(levels, options.optimization));
}

LogicalResult Compilation::emit(CompiledModel &result) {
  MLIRContext *context = module->getContext();
  if (wants(Artefact::Header))
    result.files.push_back({result.name + ".h", emitHeader(description)});
  if (!devices.empty() && !wantsObject())
    return success();
  auto machine = createHost();
  if (failed(machine))
    return failure();
  llvm::LLVMContext llvmContext;
  std::unique_ptr<llvm::Module> code;
  {
    Stopwatch watch("translate", result.times);
    auto translated = translate(llvmContext, **machine);
    if (failed(translated))
      return failure();
    code = std::move(*translated);
  }
  if (wants(Artefact::LLVM) && devices.empty()) {
    std::string text;
    llvm::raw_string_ostream(text) << *code;
    result.files.push_back({result.name + ".ll", text});
  }
  {
    Stopwatch watch("optimize", result.times);
    if (llvm::Error error = optimize(*code, **machine, options.optimization))
      return emitError(UnknownLoc::get(context))
             << llvm::toString(std::move(error));
  }
  Stopwatch watch("emit", result.times);
  if (wants(Artefact::Assembly)) {
    // Code generation changes the module, and the object may still follow.
    auto text = check(context, emitCode(*llvm::CloneModule(*code), **machine,
                                        llvm::CodeGenFileType::AssemblyFile));
    if (failed(text))
      return failure();
    result.files.push_back({result.name + ".s", std::move(*text)});
  }
  if (!wantsObject())
    return success();
  auto object = check(
      context, emitCode(*code, **machine, llvm::CodeGenFileType::ObjectFile));
  if (failed(object) ||
      failed(emitLinked(*object, llvmContext, **machine, result)))
    return failure();
  if (wants(Artefact::Object))
    result.files.push_back({result.name + ".o", std::move(*object)});
  return success();
}

} // namespace dlcc
