//===- AllocationTest.cpp - no allocation inside entry points -------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Interposes the C library's allocator, so that a hidden allocation anywhere
// below dlcc_run is seen, the thread pool's included.
//
//===----------------------------------------------------------------------===//

#include "FakeModel.h"

#include <atomic>
#include <cstdlib>
#include <gtest/gtest.h>

extern "C" {
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
}

static std::atomic<int64_t> allocations{0};

extern "C" void *malloc(size_t bytes) {
  ++allocations;
  return __libc_malloc(bytes);
}
extern "C" void *calloc(size_t count, size_t bytes) {
  ++allocations;
  return __libc_calloc(count, bytes);
}
extern "C" void *realloc(void *pointer, size_t bytes) {
  ++allocations;
  return __libc_realloc(pointer, bytes);
}
extern "C" void *aligned_alloc(size_t alignment, size_t bytes) {
  ++allocations;
  return __libc_memalign(alignment, bytes);
}

TEST(Allocation, NoneInsideEntryPoints) {
  dlcc_model model = fake::model();
  for (int threads : {1, 3}) {
    fake::Instance instance = fake::create(model, threads);
    ASSERT_EQ(dlcc_init(instance.get(), 1), DLCC_OK);
    fake::Batch batch(1);
    float loss, accuracy;
    void *args[] = {batch.image, batch.digit, &loss, &accuracy};
    int64_t before = allocations;
    ASSERT_GT(before, 0) << "malloc is not interposed";
    dlcc_status status = DLCC_OK;
    for (int i = 0; i < 20 && status == DLCC_OK; ++i)
      status = dlcc_run(instance.get(), i % 2 ? fake::Train : fake::Evaluate, 8,
                        args);
    int64_t after = allocations;
    EXPECT_EQ(status, DLCC_OK);
    EXPECT_EQ(after, before);
  }
}
