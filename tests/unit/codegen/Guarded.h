//===- Guarded.h - elements between pages nobody may read -------*- C++ -*-===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLCC_TESTS_UNIT_CODEGEN_GUARDED_H
#define DLCC_TESTS_UNIT_CODEGEN_GUARDED_H

#include <cstring>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace dlcc::test {

/// Elements that end where the readable page ends, or begin where it begins.
template <typename T> class Guarded {
public:
  Guarded(const std::vector<T> &values, bool atEnd) {
    size_t page = sysconf(_SC_PAGESIZE), size = values.size() * sizeof(T);
    size_t inside = (size + page - 1) / page * page;
    bytes = inside + 2 * page;
    memory = static_cast<char *>(
        mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(memory + page, inside, PROT_READ | PROT_WRITE);
    elements = memory + page + (atEnd ? inside - size : 0);
    std::memcpy(elements, values.data(), size);
  }
  Guarded(const Guarded &) = delete;
  Guarded &operator=(const Guarded &) = delete;
  ~Guarded() { munmap(memory, bytes); }

  void *data() const { return elements; }

private:
  char *memory, *elements;
  size_t bytes;
};

} // namespace dlcc::test

#endif // DLCC_TESTS_UNIT_CODEGEN_GUARDED_H
