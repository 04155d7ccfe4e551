//===- Idx.cpp - the format of the MNIST files ----------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/Tensors.h"
#include "runtime/train/ByteReader.h"
#include "runtime/train/Readers.h"
#include "runtime/train/Refusal.h"

#include <algorithm>

using namespace dlcc;
using namespace dlcc::train;

/// The dlcc_element_type behind the third byte of the magic; -1 for none.
static int32_t idxType(unsigned char code) {
  switch (code) {
  case 0x08:
    return DLCC_U8;
  case 0x09:
    return DLCC_I8;
  case 0x0B:
    return DLCC_I16;
  case 0x0C:
    return DLCC_I32;
  case 0x0D:
    return DLCC_F32;
  case 0x0E:
    return DLCC_F64;
  default:
    return -1;
  }
}

Field dlcc::train::readIdx(const std::string &path, const std::string &name) {
  ByteReader reader(path);
  unsigned char magic[4];
  reader.read(magic, sizeof magic, "magic number");
  int32_t type = idxType(magic[2]);
  int rank = magic[3];
  if (magic[0] || magic[1] || type < 0 || rank < 1 || rank > 8)
    throw Refusal(path + " is not an IDX file: it begins with other bytes");

  std::vector<int64_t> dims;
  for (int i = 0; i < rank; ++i) {
    unsigned char dim[4];
    reader.read(dim, sizeof dim, "header");
    dims.push_back(int64_t{dim[0]} << 24 | dim[1] << 16 | dim[2] << 8 | dim[3]);
  }
  int64_t width = rt::elementBytes(type);
  int64_t bytes = checkedBytes(path, dims, width);
  reader.expectAtLeast(bytes);
  Field field = {name,    path,
                 type,    {dims.begin() + 1, dims.end()},
                 dims[0], allocateFor(path, bytes)};
  reader.read(field.data.get(), bytes, "data");
  reader.expectEnd();
  // The file is big-endian.
  if (width > 1)
    for (int64_t at = 0; at < bytes; at += width)
      std::reverse(field.data.get() + at, field.data.get() + at + width);
  return field;
}
