//===- AbiTest.cpp - layouts that the code generator relies on ------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dlcc/abi.h"

#include <cstddef>
#include <gtest/gtest.h>

namespace {

TEST(Abi, ControlBlock) {
  EXPECT_EQ(offsetof(dlcc_control, rows), 0u);
  EXPECT_EQ(offsetof(dlcc_control, step), 8u);
  EXPECT_EQ(offsetof(dlcc_control, steps_per_epoch), 16u);
  EXPECT_EQ(offsetof(dlcc_control, seed), 24u);
  EXPECT_EQ(offsetof(dlcc_control, learning_rate_scale), 32u);
  EXPECT_EQ(offsetof(dlcc_control, first_row), 40u);
  EXPECT_EQ(sizeof(dlcc_control), 48u);
}

TEST(Abi, Call) {
  EXPECT_EQ(offsetof(dlcc_call, args), 0u);
  EXPECT_EQ(offsetof(dlcc_call, weights), 8u);
  EXPECT_EQ(offsetof(dlcc_call, optimizer), 16u);
  EXPECT_EQ(offsetof(dlcc_call, state), 24u);
  EXPECT_EQ(offsetof(dlcc_call, arena), 32u);
  EXPECT_EQ(offsetof(dlcc_call, control), 40u);
  EXPECT_EQ(offsetof(dlcc_call, instance), 48u);
  EXPECT_EQ(offsetof(dlcc_call, rows), 56u);
  EXPECT_EQ(offsetof(dlcc_call, kernels), 64u);
  EXPECT_EQ(sizeof(dlcc_call), 72u);
}

TEST(Abi, Descriptor) {
  EXPECT_EQ(sizeof(dlcc_tensor), 40u);
  EXPECT_EQ(offsetof(dlcc_tensor, dims), 16u);
  EXPECT_EQ(offsetof(dlcc_tensor, bound), 32u);
  EXPECT_EQ(sizeof(dlcc_variable), 64u);
  EXPECT_EQ(offsetof(dlcc_variable, offset), 48u);
  EXPECT_EQ(sizeof(dlcc_reader_call), 16u);
  EXPECT_EQ(sizeof(dlcc_feed), 24u);
  EXPECT_EQ(sizeof(dlcc_entry), 72u);
  EXPECT_EQ(offsetof(dlcc_entry, inputs), 32u);
  EXPECT_EQ(offsetof(dlcc_entry, spill_offset), 56u);
  EXPECT_EQ(offsetof(dlcc_entry, feeds), 64u);
  EXPECT_EQ(sizeof(dlcc_level_kernel), 16u);
  EXPECT_EQ(sizeof(dlcc_level), 24u);
  EXPECT_EQ(offsetof(dlcc_level, kernels), 16u);
  EXPECT_EQ(sizeof(dlcc_model), 144u);
  EXPECT_EQ(offsetof(dlcc_model, hash), 24u);
  EXPECT_EQ(offsetof(dlcc_model, levels), 32u);
  EXPECT_EQ(offsetof(dlcc_model, batch), 48u);
  EXPECT_EQ(offsetof(dlcc_model, scratch_bytes), 88u);
  EXPECT_EQ(offsetof(dlcc_model, variables), 104u);
  EXPECT_EQ(offsetof(dlcc_model, learning_rate), 124u);
  EXPECT_EQ(offsetof(dlcc_model, default_epochs), 128u);
  EXPECT_EQ(offsetof(dlcc_model, devices), 136u);
}

TEST(Abi, Device) {
  EXPECT_EQ(offsetof(dlcc_launch, grid), 8u);
  EXPECT_EQ(offsetof(dlcc_launch, block), 20u);
  EXPECT_EQ(offsetof(dlcc_launch, shared_bytes), 24u);
  EXPECT_EQ(offsetof(dlcc_launch, maps), 32u);
  EXPECT_EQ(sizeof(dlcc_launch), 40u);
  EXPECT_EQ(offsetof(dlcc_tensor_map, offset), 16u);
  EXPECT_EQ(offsetof(dlcc_tensor_map, rows_of_row), 48u);
  EXPECT_EQ(sizeof(dlcc_tensor_map), 56u);
  EXPECT_EQ(offsetof(dlcc_device_kernel, launches), 8u);
  EXPECT_EQ(sizeof(dlcc_device_kernel), 16u);
  EXPECT_EQ(offsetof(dlcc_device, capability), 8u);
  EXPECT_EQ(offsetof(dlcc_device, ptx), 16u);
  EXPECT_EQ(offsetof(dlcc_device, cubin), 24u);
  EXPECT_EQ(offsetof(dlcc_device, kernels), 40u);
  EXPECT_EQ(sizeof(dlcc_device), 48u);
}

} // namespace
