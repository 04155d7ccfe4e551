//===- ObjectAbiTest.cpp - emitted structs agree with abi.h ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "codegen/object/CNames.h"
#include "codegen/object/EmitAbi.h"
#include "codegen/object/EmitHeader.h"
#include "codegen/object/HostTarget.h"
#include "dlcc/abi.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/LLVMContext.h"

#include <cstddef>
#include <gtest/gtest.h>
#include <vector>

using namespace dlcc;

namespace {

/// The layout of x86-64 and AArch64 Linux, as far as these structs go.
const char *const dataLayout = "e-m:e-p:64:64-i64:64-n8:16:32:64-S128";

struct AbiLayout : testing::Test {
  llvm::LLVMContext context;
  llvm::DataLayout layout{dataLayout};
  AbiTypes types{context};

  std::vector<size_t> offsets(llvm::StructType *type) {
    const llvm::StructLayout *fields = layout.getStructLayout(type);
    std::vector<size_t> list;
    for (unsigned i = 0; i != type->getNumElements(); ++i)
      list.push_back(fields->getElementOffset(i));
    list.push_back(fields->getSizeInBytes());
    return list;
  }
};

TEST_F(AbiLayout, Tensor) {
  EXPECT_EQ(offsets(types.tensor),
            (std::vector<size_t>{
                offsetof(dlcc_tensor, name), offsetof(dlcc_tensor, type),
                offsetof(dlcc_tensor, rank), offsetof(dlcc_tensor, dims),
                offsetof(dlcc_tensor, row_elements),
                offsetof(dlcc_tensor, bound), sizeof(dlcc_tensor)}));
}

TEST_F(AbiLayout, Variable) {
  EXPECT_EQ(
      offsets(types.variable),
      (std::vector<size_t>{
          offsetof(dlcc_variable, tensor), offsetof(dlcc_variable, kind),
          offsetof(dlcc_variable, trainable), offsetof(dlcc_variable, offset),
          offsetof(dlcc_variable, bytes), sizeof(dlcc_variable)}));
}

TEST_F(AbiLayout, Feed) {
  EXPECT_EQ(offsets(types.readerCall),
            (std::vector<size_t>{offsetof(dlcc_reader_call, function),
                                 offsetof(dlcc_reader_call, num_numbers),
                                 offsetof(dlcc_reader_call, numbers),
                                 sizeof(dlcc_reader_call)}));
  EXPECT_EQ(offsets(types.feed),
            (std::vector<size_t>{
                offsetof(dlcc_feed, field), offsetof(dlcc_feed, num_calls),
                offsetof(dlcc_feed, calls), sizeof(dlcc_feed)}));
}

TEST_F(AbiLayout, Entry) {
  EXPECT_EQ(
      offsets(types.entry),
      (std::vector<size_t>{
          offsetof(dlcc_entry, name), offsetof(dlcc_entry, block),
          offsetof(dlcc_entry, kind), offsetof(dlcc_entry, all_rows),
          offsetof(dlcc_entry, num_inputs), offsetof(dlcc_entry, num_outputs),
          offsetof(dlcc_entry, inputs), offsetof(dlcc_entry, outputs),
          offsetof(dlcc_entry, body), offsetof(dlcc_entry, spill_offset),
          offsetof(dlcc_entry, feeds), sizeof(dlcc_entry)}));
}

TEST_F(AbiLayout, Level) {
  EXPECT_EQ(offsets(types.levelKernel),
            (std::vector<size_t>{offsetof(dlcc_level_kernel, kernel),
                                 offsetof(dlcc_level_kernel, tasks),
                                 sizeof(dlcc_level_kernel)}));
  EXPECT_EQ(offsets(types.level),
            (std::vector<size_t>{
                offsetof(dlcc_level, cpu), offsetof(dlcc_level, features),
                offsetof(dlcc_level, kernels), sizeof(dlcc_level)}));
}

TEST_F(AbiLayout, Model) {
  EXPECT_EQ(offsets(types.model),
            (std::vector<size_t>{offsetof(dlcc_model, size),
                                 offsetof(dlcc_model, abi_version),
                                 offsetof(dlcc_model, threads),
                                 offsetof(dlcc_model, name),
                                 offsetof(dlcc_model, hash),
                                 offsetof(dlcc_model, levels),
                                 offsetof(dlcc_model, num_levels),
                                 offsetof(dlcc_model, batch),
                                 offsetof(dlcc_model, weight_bytes),
                                 offsetof(dlcc_model, optimizer_bytes),
                                 offsetof(dlcc_model, state_bytes),
                                 offsetof(dlcc_model, arena_bytes),
                                 offsetof(dlcc_model, scratch_bytes),
                                 offsetof(dlcc_model, num_variables),
                                 offsetof(dlcc_model, num_entries),
                                 offsetof(dlcc_model, variables),
                                 offsetof(dlcc_model, entries),
                                 offsetof(dlcc_model, needs_steps_per_epoch),
                                 offsetof(dlcc_model, learning_rate),
                                 offsetof(dlcc_model, default_epochs),
                                 offsetof(dlcc_model, devices),
                                 sizeof(dlcc_model)}));
}

TEST_F(AbiLayout, Device) {
  EXPECT_EQ(
      offsets(types.launch),
      (std::vector<size_t>{
          offsetof(dlcc_launch, function), offsetof(dlcc_launch, grid),
          offsetof(dlcc_launch, block), offsetof(dlcc_launch, shared_bytes),
          offsetof(dlcc_launch, num_maps), offsetof(dlcc_launch, maps),
          sizeof(dlcc_launch)}));
  EXPECT_EQ(
      offsets(types.tensorMap),
      (std::vector<size_t>{
          offsetof(dlcc_tensor_map, buffer),
          offsetof(dlcc_tensor_map, elements),
          offsetof(dlcc_tensor_map, box_columns),
          offsetof(dlcc_tensor_map, box_rows),
          offsetof(dlcc_tensor_map, offset), offsetof(dlcc_tensor_map, columns),
          offsetof(dlcc_tensor_map, rows), offsetof(dlcc_tensor_map, row_bytes),
          offsetof(dlcc_tensor_map, rows_of_row), sizeof(dlcc_tensor_map)}));
  EXPECT_EQ(offsets(types.deviceKernel),
            (std::vector<size_t>{offsetof(dlcc_device_kernel, num_buffers),
                                 offsetof(dlcc_device_kernel, num_launches),
                                 offsetof(dlcc_device_kernel, launches),
                                 sizeof(dlcc_device_kernel)}));
  EXPECT_EQ(
      offsets(types.device),
      (std::vector<size_t>{
          offsetof(dlcc_device, chip), offsetof(dlcc_device, capability),
          offsetof(dlcc_device, exact), offsetof(dlcc_device, ptx),
          offsetof(dlcc_device, cubin), offsetof(dlcc_device, num_kernels),
          offsetof(dlcc_device, kernels), sizeof(dlcc_device)}));
}

TEST(CNames, KeywordsAndTheHeadersOwnNamesGetAnUnderscore) {
  EXPECT_EQ(cIdentifier("image"), "image");
  EXPECT_EQ(cIdentifier("class"), "class_");
  EXPECT_EQ(cIdentifier("rows"), "rows_");
}

TEST(CNames, WordsOfCompilersAndTheLibraryGetAnUnderscore) {
  for (llvm::StringRef name :
       {"_Bool", "__asm__", "typeof", "int32_t", "NULL", "EOF", "linux",
        "errno", "MLP_BATCH", "mlp_metrics", "dlcc_status"})
    EXPECT_EQ(cIdentifier(name), name.str() + "_");
  EXPECT_EQ(cIdentifier("X"), "X");
  EXPECT_EQ(cIdentifier("_x"), "_x");
}

TEST(CNames, DifferentNamesStayDifferent) {
  EXPECT_EQ(cIdentifier("int_"), "int__");
  EXPECT_EQ(cIdentifier("rows__"), "rows___");
  EXPECT_EQ(cIdentifier("x_"), "x_");
}

TEST(CNames, PrefixesOfSymbols) {
  EXPECT_TRUE(isModelName("lenet_5"));
  EXPECT_FALSE(isModelName("double"));
  EXPECT_FALSE(isModelName("dlcc"));
  EXPECT_FALSE(isModelName("main"));
  EXPECT_FALSE(isModelName("size_t"));
  EXPECT_TRUE(isModelName("VGG"));
  EXPECT_FALSE(isModelName("5net"));
  EXPECT_FALSE(isModelName("a.b"));
}

TEST(Header, RowsStandForTheBatch) {
  TensorDescription tensor{"x", DLCC_F32, {64, 784}, /*rowElements=*/784, 0};
  EXPECT_EQ(spellTensor(tensor), "f32[rows, 784]");
  tensor.dims = {768, 5};
  tensor.rowElements = 60;
  EXPECT_EQ(spellTensor(tensor), "f32[rows * 12, 5]");
  tensor.rowElements = 0;
  EXPECT_EQ(spellTensor(tensor), "f32[768, 5]");
}

TEST(HostTarget, KeepsFeaturesThatTheRuntimeCanCheck) {
  EXPECT_EQ(usableFeatures({"sse2", "fma", "avx", "prefer-256-bit", "avx2"}),
            "+avx,+avx2,+fma");
  EXPECT_EQ(usableFeatures({}), "");
}

TEST(HostTarget, ALevelIsTheSameOnEveryMachine) {
  mlir::MLIRContext context;
  context.loadDialect<dlc::DLCDialect>();
  auto target =
      describeTarget(&context, "x86_64-unknown-linux-gnu", "x86-64-v3");
  ASSERT_TRUE(bool(target));
  EXPECT_EQ(target->getFeatures().str(),
            "+avx,+avx2,+bmi,+bmi2,+f16c,+fma,+lzcnt,+popcnt,+sse3,+sse4.1,"
            "+sse4.2,+ssse3");
  EXPECT_EQ(target->getVectorBytes(), 32);
  EXPECT_EQ(target->getRegisters(), 16);
  target = describeTarget(&context, "x86_64-unknown-linux-gnu", "x86-64-v4");
  ASSERT_TRUE(bool(target));
  EXPECT_TRUE(target->getFeatures().contains("+avx512f"));
  EXPECT_EQ(target->getVectorBytes(), 64);
  EXPECT_EQ(target->getRegisters(), 32);
}

TEST(HostTarget, RefusesWhatLlvmDoesNotKnow) {
  mlir::MLIRContext context;
  context.loadDialect<dlc::DLCDialect>();
  auto cpu = describeTarget(&context, "x86_64-unknown-linux-gnu", "z80");
  EXPECT_FALSE(bool(cpu));
  EXPECT_NE(llvm::toString(cpu.takeError()).find("'z80' is no processor"),
            std::string::npos);
  auto triple = describeTarget(&context, "i386-unknown-linux-gnu", "i686");
  EXPECT_FALSE(bool(triple));
  llvm::consumeError(triple.takeError());
}

} // namespace
