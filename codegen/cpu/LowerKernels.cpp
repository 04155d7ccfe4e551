//===- LowerKernels.cpp - from planned form to loop form ------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For each kernel function makes the function with the C convention of
// kernels, loads the buffers' addresses and lets the emitter of its kind write
// the loops; where there are several levels, one function for each. The planned
// form stays as a bodiless declaration, which keeps the calls in entry
// functions legal until these become bodies.
//
// A constant that is one number in all elements is an operand; any other lies
// in the object's read-only data and is read like a buffer.
//
//===----------------------------------------------------------------------===//

#include "codegen/KernelBuffers.h"
#include "codegen/cpu/KernelEmitter.h"
#include "codegen/cpu/MemoryAccess.h"
#include "codegen/cpu/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace dlcc::cpu {
#define GEN_PASS_DEF_LOWERKERNELSPASS
#include "codegen/cpu/Passes.h.inc"
} // namespace dlcc::cpu

using namespace dlcc::cpu;

bool dlcc::cpu::isPointwise(func::FuncOp kernel) {
  return kernel->hasAttr(dlcc::attr::kParallelDims);
}

const Buffer *KernelContext::inputBuffer(Value tensor) const {
  if (auto found = constants.find(tensor); found != constants.end())
    return &buffers[found->second];
  std::optional<unsigned> number = dlcc::inputNumber(tensor);
  return number ? &buffers[*number] : nullptr;
}

SmallVector<const Buffer *> KernelContext::outputBuffers(Value tensor) const {
  SmallVector<const Buffer *> result;
  for (unsigned number : dlcc::outputNumbers(tensor))
    result.push_back(&buffers[number]);
  return result;
}

LogicalResult KernelContext::verifyPlanned(int64_t tasks) const {
  auto selected = planned->getAttrOfType<IntegerAttr>(dlcc::attr::kTasks);
  func::FuncOp kernel = planned;
  if (selected && selected.getInt() != tasks)
    return kernel.emitOpError("was selected with ")
           << selected.getInt() << " tasks and is lowered with " << tasks;
  for (const Buffer &buffer : buffers) {
    int64_t stride = 1;
    for (size_t i = buffer.shape.size(); i-- > 0; stride *= buffer.shape[i])
      if (buffer.strides[i] != stride && buffer.shape[i] != 1)
        return kernel.emitOpError("has a buffer with gaps");
  }
  return success();
}

/// The strides of a dense buffer, or none. MLIR names none where a dimension is
/// 0, and nobody uses them.
static std::optional<SmallVector<int64_t>> stridesOf(MemRefType type) {
  SmallVector<int64_t> strides;
  if (!type || !type.hasStaticShape())
    return std::nullopt;
  if (type.getNumElements() == 0)
    return computeStrides(type.getShape());
  int64_t offset = 0;
  if (failed(type.getStridesAndOffset(strides, offset)) || offset != 0 ||
      llvm::is_contained(strides, ShapedType::kDynamic))
    return std::nullopt;
  return strides;
}

/// Loads `buffers[i]` for each argument of the planned form.
static LogicalResult loadBuffers(KernelContext &context, Value table) {
  OpBuilder &b = context.builder;
  Type pointer = table.getType();
  for (BlockArgument argument : context.planned.getArguments()) {
    auto type = dyn_cast<MemRefType>(argument.getType());
    std::optional<SmallVector<int64_t>> strides = stridesOf(type);
    if (!strides)
      return context.planned.emitOpError("argument #")
             << argument.getArgNumber() << " is not a static memref";
    Buffer buffer;
    buffer.strides = std::move(*strides);
    Value slot = LLVM::GEPOp::create(
        b, context.loc, pointer, pointer, table,
        ArrayRef<LLVM::GEPArg>{int32_t(argument.getArgNumber())});
    buffer.base = LLVM::LoadOp::create(b, context.loc, pointer, slot);
    buffer.elementType = type.getElementType();
    buffer.shape = llvm::to_vector(type.getShape());
    context.buffers.push_back(std::move(buffer));
  }
  return success();
}

namespace {
/// The constants of a module, one copy of each.
class ConstantPool {
public:
  explicit ConstantPool(SymbolTable &symbols) : symbols(symbols) {}

  /// The global with the elements in memory's form, named after the kernel
  /// that asks first.
  LLVM::GlobalOp get(func::FuncOp kernel, DenseElementsAttr elements) {
    Type element = elements.getElementType();
    if (element.isInteger(1)) {
      element = storageType(element);
      elements = elements.mapValues(
          element, [](const APInt &bit) { return bit.zext(8); });
    }
    int64_t count = elements.getNumElements();
    elements = elements.reshape(RankedTensorType::get({count}, element));
    LLVM::GlobalOp &global = globals[elements];
    if (global)
      return global;
    OpBuilder b(kernel);
    global = LLVM::GlobalOp::create(
        b, kernel.getLoc(), LLVM::LLVMArrayType::get(element, count),
        /*isConstant=*/true, LLVM::Linkage::Internal,
        kernel.getName().str() + ".constant", elements, /*alignment=*/64);
    symbols.insert(global);
    return global;
  }

private:
  SymbolTable &symbols;
  DenseMap<Attribute, LLVM::GlobalOp> globals;
};
} // namespace

/// Makes a buffer of each constant of the planned form that needs memory.
static LogicalResult placeConstants(KernelContext &context, func::FuncOp loops,
                                    ConstantPool &pool) {
  OpBuilder &b = context.builder;
  Type pointer = LLVM::LLVMPointerType::get(b.getContext());
  for (auto op : context.planned.getOps<arith::ConstantOp>()) {
    auto type = dyn_cast<RankedTensorType>(op.getType());
    if (!type || isa<SplatElementsAttr>(op.getValue()) || op->use_empty())
      continue;
    auto elements = dyn_cast<DenseElementsAttr>(op.getValue());
    if (!elements)
      return op.emitOpError("is no list of its elements");
    Buffer buffer;
    buffer.base = LLVM::AddressOfOp::create(
        b, context.loc, pointer, pool.get(loops, elements).getSymName());
    buffer.elementType = type.getElementType();
    buffer.shape = llvm::to_vector(type.getShape());
    buffer.strides = computeStrides(type.getShape());
    context.constants[op] = context.buffers.size();
    context.buffers.push_back(std::move(buffer));
  }
  return success();
}

namespace {
/// What loop forms are made for: a level, or several of the same processor.
struct Level {
  SmallVector<int64_t> numbers; ///< of the levels; they share what kernels call
  std::string suffix;           ///< of the names of its functions
  TargetTable target;
};
} // namespace

static SmallVector<Level> levelsOf(ModuleOp module) {
  llvm::MapVector<dlcc::dlc::TargetAttr, SmallVector<int64_t>> numbers;
  for (auto [number, target] : llvm::enumerate(dlcc::levelsOf(module)))
    numbers[target].push_back(number);
  SmallVector<Level> levels;
  for (auto &[target, same] : numbers)
    levels.push_back({same,
                      numbers.size() == 1 ? "" : ("." + target.getCpu()).str(),
                      TargetTable(target)});
  return levels;
}

/// What was chosen for a level; null where the module has one.
static DictionaryAttr choiceOf(func::FuncOp planned, int64_t level) {
  auto choices = planned->getAttrOfType<ArrayAttr>(dlcc::attr::kChoices);
  return choices ? cast<DictionaryAttr>(choices[level]) : nullptr;
}

/// Makes the loop form for a level beside `planned`, under the kernel's name
/// and the level's suffix; another one of the same processor gets a number.
static FailureOr<func::FuncOp> lowerKernel(func::FuncOp planned, StringRef name,
                                           const Level &level, int64_t number,
                                           SymbolTable &symbols,
                                           ConstantPool &pool) {
  MLIRContext *context = planned.getContext();
  Location loc = planned.getLoc();
  Type pointer = LLVM::LLVMPointerType::get(context);
  Type i64 = IntegerType::get(context, 64);
  // The emitters find on the planned form what was chosen for the level, and
  // nothing that was for another one.
  if (auto choices = planned->getAttrOfType<ArrayAttr>(dlcc::attr::kChoices)) {
    for (Attribute choice : choices)
      for (NamedAttribute attribute : cast<DictionaryAttr>(choice))
        planned->removeAttr(attribute.getName());
    for (NamedAttribute attribute : choiceOf(planned, number))
      planned->setAttr(attribute.getName(), attribute.getValue());
  }

  OpBuilder b(planned);
  auto loops = func::FuncOp::create(
      b, loc, (name + level.suffix).str(),
      b.getFunctionType({pointer, i64, i64, pointer}, TypeRange{}));
  loops.setPrivate();
  for (NamedAttribute attribute : planned->getDiscardableAttrs())
    if (attribute.getName() != dlcc::attr::kChoices)
      loops->setAttr(attribute.getName(), attribute.getValue());
  symbols.insert(loops);

  Block *entry = loops.addEntryBlock();
  b.setInsertionPointToStart(entry);
  KernelContext kernel{b,
                       loc,
                       planned,
                       {},
                       entry->getArgument(1),
                       entry->getArgument(2),
                       entry->getArgument(3),
                       level.target};
  if (failed(loadBuffers(kernel, entry->getArgument(0))) ||
      failed(placeConstants(kernel, loops, pool)))
    return failure();
  if (failed(isExtern(planned)      ? emitExtern(kernel)
             : isIndexed(planned)   ? emitIndexed(kernel)
             : isPointwise(planned) ? emitPointwise(kernel)
             : isWinograd(planned)  ? emitWinograd(kernel)
                                    : emitContraction(kernel)))
    return failure();
  b.setInsertionPointToEnd(entry);
  func::ReturnOp::create(b, loc);
  return loops;
}

/// Marks the functions that a level's kernels have brought: the kernels
/// themselves, and what they call, which gets the suffix here.
static void markLevel(ModuleOp module, const Level &level,
                      DenseSet<Operation *> &known) {
  auto number = IntegerAttr::get(IntegerType::get(module.getContext(), 64),
                                 level.numbers.front());
  llvm::StringMap<std::string> names;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isExternal() || !known.insert(function).second)
      continue;
    function->setAttr(dlcc::attr::kLevel, number);
    if (level.suffix.empty() || function->hasAttr(dlcc::attr::kKernel))
      continue;
    std::string &name = names[function.getSymName()];
    name = function.getSymName().str() + level.suffix;
    function.setSymName(name);
  }
  if (names.empty())
    return;
  module.walk([&](func::CallOp call) {
    if (auto found = names.find(call.getCallee()); found != names.end())
      call.setCallee(found->second);
  });
}

namespace {
struct LowerKernelsPass
    : public dlcc::cpu::impl::LowerKernelsPassBase<LowerKernelsPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    ConstantPool constants(symbols);
    DenseSet<Operation *> known;
    SmallVector<std::pair<std::string, func::FuncOp>> kernels;
    for (auto function : module.getOps<func::FuncOp>()) {
      known.insert(function);
      if (function->hasAttr(dlcc::attr::kKernel) && !function.isExternal())
        kernels.push_back({function.getName().str(), function});
    }
    hidePlannedForms(kernels, symbols);
    SmallVector<SmallVector<Attribute>> forms(
        kernels.size(), SmallVector<Attribute>(dlcc::levelsOf(module).size()));
    for (const Level &level : levelsOf(module)) {
      for (auto [i, kernel] : llvm::enumerate(kernels))
        if (failed(lowerForLevel(kernel.second, kernel.first, level, symbols,
                                 constants, forms[i])))
          return signalPassFailure();
      markLevel(module, level, known);
    }
    for (auto [i, kernel] : llvm::enumerate(kernels)) {
      kernel.second.getBody().getBlocks().clear();
      kernel.second->setAttr(dlcc::attr::kLoopForms,
                             ArrayAttr::get(&getContext(), forms[i]));
    }
  }

  /// Makes the loop forms for the levels of a processor: one for each choice.
  LogicalResult lowerForLevel(func::FuncOp planned, StringRef name,
                              const Level &level, SymbolTable &symbols,
                              ConstantPool &constants,
                              MutableArrayRef<Attribute> forms) {
    DenseMap<Attribute, Attribute> made;
    for (int64_t number : level.numbers) {
      Attribute &form = made[choiceOf(planned, number)];
      if (!form) {
        FailureOr<func::FuncOp> loops =
            lowerKernel(planned, name, level, number, symbols, constants);
        if (failed(loops))
          return failure();
        form = FlatSymbolRefAttr::get(*loops);
      }
      forms[number] = form;
    }
    return success();
  }

  /// Makes room for the loop forms under the kernels' names.
  void hidePlannedForms(ArrayRef<std::pair<std::string, func::FuncOp>> kernels,
                        SymbolTable &symbols) {
    llvm::StringMap<func::FuncOp> planned;
    for (auto [name, kernel] : kernels) {
      planned[name] = kernel;
      symbols.remove(kernel);
      SymbolTable::setSymbolName(kernel, name + ".planned");
      symbols.insert(kernel);
    }
    getOperation().walk([&](func::CallOp call) {
      if (func::FuncOp kernel = planned.lookup(call.getCallee()))
        call.setCallee(kernel.getSymName());
    });
  }
};
} // namespace
