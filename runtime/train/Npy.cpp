//===- Npy.cpp - NumPy arrays ---------------------------------------------===//
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

#include <charconv>
#include <cstring>

using namespace dlcc;
using namespace dlcc::train;

namespace {

struct NpyType {
  std::string_view code;
  int32_t type;
};
constexpr NpyType kTypes[] = {
    {"b1", DLCC_BOOL}, {"i1", DLCC_I8},  {"i2", DLCC_I16}, {"i4", DLCC_I32},
    {"i8", DLCC_I64},  {"u1", DLCC_U8},  {"u2", DLCC_U16}, {"u4", DLCC_U32},
    {"u8", DLCC_U64},  {"f2", DLCC_F16}, {"f4", DLCC_F32}, {"f8", DLCC_F64},
};

/// What follows `'key':` in the header's dictionary, spaces skipped.
std::string_view valueOf(const std::string &path, std::string_view header,
                         const std::string &key) {
  size_t at = header.find("'" + key + "'");
  if (at == header.npos || (at = header.find(':', at)) == header.npos ||
      (at = header.find_first_not_of(' ', at + 1)) == header.npos)
    throw Refusal(path + ": its header lacks '" + key + "'");
  return header.substr(at);
}

int32_t parseType(const std::string &path, std::string_view value) {
  size_t end = value.find('\'', 1);
  std::string_view text =
      value[0] == '\'' && end != value.npos ? value.substr(1, end - 1) : "";
  if (text.size() > 1 && text[0] == '>')
    throw Refusal(path + " is big-endian ('" + std::string(text) +
                  "'); save it little-endian");
  if (text.size() > 1)
    for (const NpyType &type : kTypes)
      if (text.substr(1) == type.code)
        return type.type;
  throw Refusal(path + ": elements of kind '" + std::string(text) +
                "' are not supported");
}

/// "(3, 4)", "(3,)" or "()".
std::vector<int64_t> parseShape(const std::string &path,
                                std::string_view value) {
  std::vector<int64_t> dims;
  const char *at = value.data() + 1, *end = value.data() + value.size();
  while (value[0] == '(' && at != end && *at != ')') {
    if (*at == ' ' || *at == ',') {
      ++at;
      continue;
    }
    int64_t dim = 0;
    auto [next, error] = std::from_chars(at, end, dim);
    if (error != std::errc() || dim < 0)
      break;
    dims.push_back(dim);
    at = next;
  }
  if (value[0] != '(' || at == end || *at != ')')
    throw Refusal(path + ": its header has no readable shape");
  return dims;
}

std::string readHeader(ByteSource &source) {
  unsigned char start[8], length[4] = {};
  source.read(start, sizeof start, "magic number");
  if (std::memcmp(start, "\x93NUMPY", 6) != 0)
    throw Refusal(source.path + " is not a .npy file: it begins with other "
                                "bytes");
  if (start[6] < 1 || start[6] > 3)
    throw Refusal(source.path + " has version " + std::to_string(start[6]) +
                  " of the .npy format; 1 to 3 are known");
  source.read(length, start[6] == 1 ? 2 : 4, "header");
  uint32_t bytes = length[0] | length[1] << 8 | length[2] << 16 |
                   static_cast<uint32_t>(length[3]) << 24;
  source.expectAtLeast(bytes);
  std::string header(bytes, ' ');
  source.read(header.data(), bytes, "header");
  return header;
}

} // namespace

NpyArray dlcc::train::readNpyHeader(ByteSource &source) {
  const std::string &path = source.path;
  std::string header = readHeader(source);
  int32_t type = parseType(path, valueOf(path, header, "descr"));
  if (valueOf(path, header, "fortran_order").substr(0, 5) != "False")
    throw Refusal(path + " is in Fortran order; save it in C order "
                         "(numpy.ascontiguousarray)");
  std::vector<int64_t> dims = parseShape(path, valueOf(path, header, "shape"));
  int64_t bytes = checkedBytes(path, dims, rt::elementBytes(type));
  source.expectAtLeast(bytes);
  return {type, std::move(dims), bytes};
}

Field dlcc::train::readNpy(ByteSource &source, const std::string &name) {
  const std::string &path = source.path;
  auto [type, dims, bytes] = readNpyHeader(source);
  if (dims.empty())
    throw Refusal(path + " is a single number; its first dimension should be "
                         "the rows");
  Field field = {name,    path,
                 type,    {dims.begin() + 1, dims.end()},
                 dims[0], allocateFor(path, bytes)};
  source.read(field.data.get(), bytes, "data");
  source.expectEnd();
  return field;
}

Field dlcc::train::readNpy(const std::string &path, const std::string &name) {
  ByteReader reader(path);
  return readNpy(reader, name);
}
