//===- RewriteFunction.cpp - one function for the host --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RewriteFunction.h"

#include "InlineAssembly.h"
#include "Intrinsics.h"
#include "SharedLayout.h"

#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"

#include <cstddef>

using namespace dlcc::emulator;
using namespace llvm;

/// Of a function; the rest of a stack is for what does not fit in registers.
static constexpr uint64_t kMostLocalBytes = Stacks::kBytes / 2;

/// "shared + x" of pointers: addresses in shared memory fit in 32 bits, though
/// the host's pointers to them do not.
static bool isSharedPointer(const Type *type) {
  return type->isPointerTy() &&
         (type->getPointerAddressSpace() == kSharedSpace ||
          type->getPointerAddressSpace() == kClusterSpace);
}

FunctionRewriter::FunctionRewriter(const Function &original,
                                   ValueToValueMapTy &copies, Machine &machine,
                                   std::vector<const Instruction *> &sites)
    : original(original), function(*cast<Function>(copies[&original])),
      copies(copies), machine(machine), sites(sites), b(function.getContext()) {
}

Error FunctionRewriter::run() {
  // Among them those that were parts of constants.
  SmallVector<Instruction *> addresses;
  for (Instruction &instruction : instructions(function))
    if (isa<PtrToIntInst, PtrToAddrInst, IntToPtrInst>(instruction))
      addresses.push_back(&instruction);
  for (const Instruction &instruction : instructions(original)) {
    auto *copy = cast<Instruction>(copies[&instruction]);
    sites.push_back(&instruction);
    if (Error error = rewriteInstruction(*copy))
      return error;
  }
  for (Instruction *address : addresses)
    rewriteAddress(*address);
  function.setCallingConv(CallingConv::C);
  function.setLinkage(GlobalValue::InternalLinkage);
  function.setAttributes({});
  return Error::success();
}

void FunctionRewriter::rewriteAddress(Instruction &instruction) {
  uint64_t upper = machine.sharedWindow().upperHalf();
  if (auto *to = dyn_cast<IntToPtrInst>(&instruction)) {
    if (!isSharedPointer(to->getType()))
      return;
    b.SetInsertPoint(to);
    Value *lower = b.CreateZExtOrTrunc(
        b.CreateZExtOrTrunc(to->getOperand(0), b.getInt32Ty()), b.getInt64Ty());
    to->setOperand(0, b.CreateOr(lower, b.getInt64(upper)));
    return;
  }
  if (!isSharedPointer(instruction.getOperand(0)->getType()) ||
      instruction.getType()->getScalarSizeInBits() <= 32)
    return;
  b.SetInsertPoint(instruction.getNextNode());
  auto *lower = cast<Instruction>(b.CreateAnd(&instruction, 0xffffffffu));
  instruction.replaceUsesWithIf(
      lower, [&](Use &use) { return use.getUser() != lower; });
}

Error FunctionRewriter::rewriteInstruction(Instruction &instruction) {
  if (isa<FPMathOperator>(instruction))
    instruction.copyFastMathFlags(FastMathFlags());
  if (auto *load = dyn_cast<LoadInst>(&instruction)) {
    announce(*load, load->getPointerOperand(), load->getType(),
             load->getAlign(),
             (load->isAtomic() ? AccessFlags::kAtomic : 0) |
                 (isReadOnly(*load) ? AccessFlags::kReadOnly : 0));
  } else if (auto *store = dyn_cast<StoreInst>(&instruction)) {
    announce(*store, store->getPointerOperand(),
             store->getValueOperand()->getType(), store->getAlign(),
             AccessFlags::kWrite |
                 (store->isAtomic() ? AccessFlags::kAtomic : 0));
  } else if (auto *update = dyn_cast<AtomicRMWInst>(&instruction)) {
    announce(*update, update->getPointerOperand(),
             update->getValOperand()->getType(), update->getAlign(),
             AccessFlags::kWrite | AccessFlags::kAtomic);
  } else if (auto *exchange = dyn_cast<AtomicCmpXchgInst>(&instruction)) {
    announce(*exchange, exchange->getPointerOperand(),
             exchange->getNewValOperand()->getType(), exchange->getAlign(),
             AccessFlags::kWrite | AccessFlags::kAtomic);
  } else if (auto *variable = dyn_cast<AllocaInst>(&instruction)) {
    return checkVariable(*variable);
  } else if (auto *call = dyn_cast<CallBase>(&instruction)) {
    return rewriteCall(*call);
  }
  return Error::success();
}

/// Variables of threads lie on their fibers' stacks.
Error FunctionRewriter::checkVariable(const AllocaInst &variable) {
  std::optional<TypeSize> size =
      variable.getAllocationSize(function.getDataLayout());
  if (size)
    localBytes += size->getFixedValue();
  if (size && localBytes <= kMostLocalBytes)
    return Error::success();
  return createStringError("variables of @" + original.getName() +
                           " take more than " + Twine(kMostLocalBytes) +
                           " bytes of a thread");
}

/// Loads through the read-only cache (ld.global.nc), by the backend's rule.
bool FunctionRewriter::isReadOnly(const LoadInst &load) const {
  if (load.hasMetadata(LLVMContext::MD_invariant_load))
    return true;
  auto *argument =
      dyn_cast<llvm::Argument>(getUnderlyingObject(load.getPointerOperand()));
  if (!argument || original.getCallingConv() != CallingConv::PTX_Kernel)
    return false;
  const llvm::Argument *declared = original.getArg(argument->getArgNo());
  return declared->hasNoAliasAttr() && declared->onlyReadsMemory();
}

/// Within a variable of the function and aligned, for certain.
bool FunctionRewriter::isOwnVariable(Value *pointer, uint64_t bytes,
                                     Align alignment) const {
  const DataLayout &layout = function.getDataLayout();
  APInt offset(layout.getIndexTypeSizeInBits(pointer->getType()), 0);
  Value *base = pointer->stripAndAccumulateConstantOffsets(
      layout, offset, /*AllowNonInbounds=*/true);
  auto *variable = dyn_cast<AllocaInst>(base);
  if (!variable)
    return false;
  std::optional<TypeSize> size = variable->getAllocationSize(layout);
  return size && !offset.isNegative() && variable->getAlign() >= alignment &&
         isAligned(alignment, offset.getZExtValue()) &&
         offset.getZExtValue() + bytes <= size->getFixedValue();
}

Value *FunctionRewriter::addressOf(const void *object) {
  return ConstantExpr::getIntToPtr(
      b.getInt64(reinterpret_cast<uintptr_t>(object)), b.getPtrTy());
}

void FunctionRewriter::announce(Instruction &before, Value *pointer, Type *type,
                                Align alignment, uint32_t flags) {
  uint64_t bytes = function.getDataLayout().getTypeStoreSize(type);
  if (isOwnVariable(pointer, bytes, alignment))
    return;
  b.SetInsertPoint(&before);
  emitAccess(pointer, b.getInt32(uint32_t(bytes)), flags | Log2(alignment));
}

void FunctionRewriter::emitAccess(Value *pointer, Value *bytes,
                                  uint32_t flags) {
  FunctionCallee access = function.getParent()->getOrInsertFunction(
      "dlcc.access", b.getVoidTy(), b.getPtrTy(), b.getPtrTy(), b.getInt32Ty(),
      b.getInt32Ty(), b.getInt32Ty());
  b.CreateCall(access,
               {addressOf(&machine),
                b.CreateAddrSpaceCast(pointer, b.getPtrTy()), bytes,
                b.getInt32(flags), b.getInt32(uint32_t(sites.size() - 1))});
}

/// memcpy, memmove and memset.
Error FunctionRewriter::announceMemoryIntrinsic(MemIntrinsic &intrinsic) {
  b.SetInsertPoint(&intrinsic);
  Value *bytes = b.CreateZExtOrTrunc(intrinsic.getLength(), b.getInt32Ty());
  if (auto *transfer = dyn_cast<MemTransferInst>(&intrinsic))
    emitAccess(transfer->getRawSource(), bytes,
               Log2(transfer->getSourceAlign().valueOrOne()));
  emitAccess(intrinsic.getRawDest(), bytes,
             AccessFlags::kWrite | Log2(intrinsic.getDestAlign().valueOrOne()));
  return Error::success();
}

static Error unknown(const CallBase &call) {
  std::string text;
  raw_string_ostream stream(text);
  call.print(stream);
  return createStringError("the emulator does not know what @" +
                           call.getFunction()->getName() +
                           " calls:" + StringRef(text).ltrim());
}

Error FunctionRewriter::rewriteCall(CallBase &call) {
  if (call.isInlineAsm())
    return rewriteAssembly(call);
  Function *callee = call.getCalledFunction();
  if (!callee)
    return unknown(call);
  if (callee->getName().starts_with("llvm.nvvm."))
    return rewriteIntrinsic(call);
  if (auto *intrinsic = dyn_cast<MemIntrinsic>(&call))
    return announceMemoryIntrinsic(*intrinsic);
  if (callee->isIntrinsic()) {
    // Those that compute from their operands, or only tell the optimiser.
    if (!callee->doesNotAccessMemory() && !call.isLifetimeStartOrEnd() &&
        !isa<AssumeInst, DbgInfoIntrinsic>(call) &&
        callee->getIntrinsicID() !=
            llvm::Intrinsic::experimental_noalias_scope_decl &&
        callee->getIntrinsicID() != llvm::Intrinsic::trap)
      return unknown(call);
    return Error::success();
  }
  if (callee->isDeclaration())
    return unknown(call);
  call.setCallingConv(CallingConv::C);
  call.setAttributes({});
  return Error::success();
}

/// Special registers are constants or words of the machine.
bool FunctionRewriter::rewriteRegister(CallBase &call, StringRef name) {
  if (!name.consume_front("read.ptx.sreg."))
    return false;
  b.SetInsertPoint(&call);
  auto replace = [&](Value *value) {
    call.replaceAllUsesWith(value);
    call.eraseFromParent();
    return true;
  };
  if (name == "warpsize")
    return replace(b.getInt32(32));
  static const std::pair<StringLiteral, size_t> kWords[] = {
      {"tid.", offsetof(SpecialRegisters, tid)},
      {"ctaid.", offsetof(SpecialRegisters, ctaid)},
      {"ntid.", offsetof(SpecialRegisters, ntid)},
      {"nctaid.", offsetof(SpecialRegisters, nctaid)},
      {"laneid", offsetof(SpecialRegisters, laneid)},
      {"warpid", offsetof(SpecialRegisters, warpid)},
      {"dynamic.smem.size", offsetof(SpecialRegisters, dynamicSharedBytes)},
  };
  for (auto [prefix, offset] : kWords) {
    StringRef rest = name;
    if (!rest.consume_front(prefix))
      continue;
    if (prefix.ends_with(".")) {
      if (rest != "x" && rest != "y" && rest != "z")
        return false;
      offset += 4 * size_t(rest[0] - 'x');
    }
    auto *word = reinterpret_cast<const char *>(machine.specialRegisters());
    return replace(b.CreateLoad(b.getInt32Ty(), addressOf(word + offset)));
  }
  if (!name.consume_front("lanemask."))
    return false;
  Value *lane = b.CreateLoad(b.getInt32Ty(),
                             addressOf(&machine.specialRegisters()->laneid));
  Value *equal = b.CreateShl(b.getInt32(1), lane);
  Value *less = b.CreateSub(equal, b.getInt32(1));
  if (name == "eq")
    return replace(equal);
  if (name == "lt")
    return replace(less);
  if (name == "le")
    return replace(b.CreateOr(less, equal));
  if (name == "ge")
    return replace(b.CreateNot(less));
  if (name == "gt")
    return replace(b.CreateNot(b.CreateOr(less, equal)));
  return false;
}

Error FunctionRewriter::rewriteIntrinsic(CallBase &call) {
  StringRef name = call.getCalledFunction()->getName();
  name.consume_front("llvm.nvvm.");
  if (rewriteRegister(call, name))
    return Error::success();
  // Without the suffixes of pointers: ".p3".
  for (;;) {
    auto [rest, suffix] = name.rsplit('.');
    unsigned number;
    if (!suffix.consume_front("p") || suffix.getAsInteger(10, number))
      break;
    name = rest;
  }
  const struct Intrinsic *intrinsic = findIntrinsic(name);
  if (!intrinsic)
    return unknown(call);
  SmallVector<Value *> arguments(call.args());
  emitCall(call, *intrinsic, arguments);
  return Error::success();
}

/// The argument that is tied to each result (the "+f" of C), by its number.
static DenseMap<unsigned, Value *> tiedArguments(const CallBase &call) {
  DenseMap<unsigned, Value *> result;
  unsigned argument = 0;
  auto *assembly = cast<InlineAsm>(call.getCalledOperand());
  for (const InlineAsm::ConstraintInfo &info : assembly->ParseConstraints()) {
    if (info.Type != InlineAsm::isInput)
      continue;
    if (info.hasMatchingInput() || argument >= call.arg_size())
      continue;
    for (StringRef code : info.Codes) {
      unsigned number;
      if (!code.getAsInteger(10, number))
        result[number] = call.getArgOperand(argument);
    }
    ++argument;
  }
  return result;
}

static unsigned countResults(const CallBase &call) {
  if (auto *structure = dyn_cast<StructType>(call.getType()))
    return structure->getNumElements();
  return call.getType()->isVoidTy() ? 0 : 1;
}

Error FunctionRewriter::rewriteAssembly(CallBase &call) {
  auto *assembly = cast<InlineAsm>(call.getCalledOperand());
  Expected<AssemblyInstruction> instruction =
      parseAssembly(assembly->getAsmString());
  if (!instruction)
    return instruction.takeError();
  const struct Intrinsic *intrinsic = findIntrinsic(instruction->name);
  if (!intrinsic)
    return unknown(call);
  unsigned results = countResults(call);
  DenseMap<unsigned, Value *> tied = tiedArguments(call);
  b.SetInsertPoint(&call);
  SmallVector<Value *> arguments;
  for (auto [place, operand] : enumerate(instruction->operands)) {
    if (operand.kind == AssemblyInstruction::Operand::Kind::Constant) {
      arguments.push_back(b.getInt64(operand.value));
      continue;
    }
    auto number = unsigned(operand.value);
    if (place < results) {
      if (number != place || operand.isAddress)
        return unknown(call);
      continue;
    }
    Value *argument = number < results ? tied.lookup(number)
                      : number - results < call.arg_size()
                          ? call.getArgOperand(number - results)
                          : nullptr;
    if (!argument)
      return unknown(call);
    // Shared addresses are numbers in assembly.
    if (operand.isAddress && argument->getType()->isIntegerTy() &&
        StringRef(instruction->name).contains(".shared"))
      argument =
          b.CreateOr(b.CreateZExt(b.CreateZExtOrTrunc(argument, b.getInt32Ty()),
                                  b.getInt64Ty()),
                     machine.sharedWindow().upperHalf());
    arguments.push_back(argument);
  }
  // A product of a warpgroup: n before, the sums so far behind.
  if (instruction->columns) {
    bool isNarrow = !StringRef(instruction->name).contains("tf32");
    if (results != instruction->columns / 2 ||
        arguments.size() != (isNarrow ? 7u : 5u))
      return unknown(call);
    arguments.insert(arguments.begin(), b.getInt32(instruction->columns));
    for (unsigned i = 0; i < results; ++i) {
      if (!tied.lookup(i))
        return unknown(call);
      arguments.push_back(tied[i]);
    }
  }
  emitCall(call, *intrinsic, arguments);
  return Error::success();
}

/// At least `count` words on the function's stack, shared by its calls.
Value *FunctionRewriter::slots(AllocaInst *&slots, unsigned count) {
  if (!slots) {
    IRBuilder<> entry(&function.getEntryBlock(),
                      function.getEntryBlock().begin());
    slots = entry.CreateAlloca(entry.getInt64Ty(), entry.getInt32(count));
  }
  auto *size = cast<ConstantInt>(slots->getArraySize());
  if (size->getZExtValue() < count)
    slots->setOperand(0, b.getInt32(count));
  return slots;
}

void FunctionRewriter::emitCall(CallBase &call,
                                const struct Intrinsic &intrinsic,
                                ArrayRef<Value *> arguments) {
  mayWait |= intrinsic.waits;
  b.SetInsertPoint(&call);
  Value *in = slots(argumentSlots, std::max<unsigned>(arguments.size(), 1));
  for (auto [i, argument] : enumerate(arguments)) {
    Value *slot = b.CreateConstGEP1_64(b.getInt64Ty(), in, i);
    Value *value = argument;
    if (value->getType()->isPointerTy())
      value = b.CreateAddrSpaceCast(value, b.getPtrTy());
    else if (value->getType()->isIntegerTy())
      value = b.CreateZExt(value, b.getInt64Ty());
    b.CreateAlignedStore(value, slot, Align(8));
  }
  SmallVector<Type *> types;
  auto *structure = dyn_cast<StructType>(call.getType());
  if (structure)
    types.append(structure->element_begin(), structure->element_end());
  else if (!call.getType()->isVoidTy())
    types.push_back(call.getType());
  // A result more than is declared: shuffles give a flag with or without.
  Value *out = slots(resultSlots, types.size() + 1);
  FunctionCallee function = this->function.getParent()->getOrInsertFunction(
      "dlcc.call", b.getVoidTy(), b.getPtrTy(), b.getPtrTy(), b.getPtrTy(),
      b.getPtrTy(), b.getInt32Ty());
  b.CreateCall(function,
               {addressOf(&machine),
                addressOf(reinterpret_cast<const void *>(intrinsic.function)),
                in, out, b.getInt32(uint32_t(sites.size() - 1))});
  Value *whole = structure ? PoisonValue::get(structure) : nullptr;
  for (auto [i, type] : enumerate(types)) {
    Value *slot = b.CreateConstGEP1_64(b.getInt64Ty(), out, i);
    Value *value =
        type->isIntegerTy()
            ? b.CreateTrunc(b.CreateAlignedLoad(b.getInt64Ty(), slot, Align(8)),
                            type)
            : b.CreateAlignedLoad(type, slot, Align(8));
    whole = structure ? b.CreateInsertValue(whole, value, unsigned(i)) : value;
  }
  if (whole)
    call.replaceAllUsesWith(whole);
  call.eraseFromParent();
}
