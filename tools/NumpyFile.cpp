//===- NumpyFile.cpp - arrays in .npy files -------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/NumpyFile.h"

#include "codegen/object/ModelDescription.h"
#include "tools/MadeInputs.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstring>

using namespace llvm;

namespace dlcc {

/// NumPy's code of an element type.
static StringRef codeOf(int32_t type) {
  static const StringRef codes[] = {"|b1", "|i1", "<i2", "<i4", "<i8",
                                    "|u1", "<u2", "<u4", "<u8", "<f2",
                                    "<V2", "<f4", "<f8"};
  return codes[type];
}

static std::string shapeOf(const dlcc_tensor &tensor) {
  std::string text = "(";
  for (int32_t i = 0; i != tensor.rank; ++i)
    text += std::to_string(tensor.dims[i]) + (i + 1 != tensor.rank ? ", "
                                              : tensor.rank == 1   ? ","
                                                                   : "");
  return text + ")";
}

/// What follows `'key':` in the header's dictionary.
static StringRef valueOf(StringRef header, StringRef key) {
  size_t at = header.find(("'" + key + "'").str());
  if (at == StringRef::npos)
    return "";
  return header.substr(header.find(':', at) + 1).ltrim(' ');
}

Expected<std::vector<char>> readNumpy(const std::string &path,
                                      const dlcc_tensor &tensor) {
  auto refuse = [&](const Twine &what) {
    return createStringError(Twine(path) + ": " + what);
  };
  auto buffer = MemoryBuffer::getFile(path, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer)
    return refuse(buffer.getError().message());
  StringRef bytes = (*buffer)->getBuffer();
  if (bytes.size() < 12 || !bytes.starts_with("\x93NUMPY"))
    return refuse("it is no .npy file");
  size_t lengthBytes = bytes[6] == 1 ? 2 : 4, length = 0;
  for (size_t i = 0; i != lengthBytes; ++i)
    length |= size_t(uint8_t(bytes[8 + i])) << (8 * i);
  size_t start = 8 + lengthBytes;
  if (length > bytes.size() - start)
    return refuse("it is cut off");
  StringRef header = bytes.substr(start, length);
  StringRef data = bytes.substr(start + length);
  StringRef code = valueOf(header, "descr");
  if (!code.consume_front("'"))
    return refuse("its elements are no plain numbers");
  code = code.split('\'').first;
  bool isBytes = code.size() == 3 && code.substr(1) == "V2";
  bool fits = code.size() == 3 &&
              code.substr(1) == codeOf(tensor.type).substr(1) && code[0] != '>';
  if (!fits && !(isBytes && tensor.type == DLCC_BF16))
    return refuse("its elements are '" + code + "', and input '" + tensor.name +
                  "' takes '" + codeOf(tensor.type) + "'");
  StringRef shape = valueOf(header, "shape");
  shape = shape.substr(0, shape.find(')') + 1);
  if (shape != shapeOf(tensor))
    return refuse("its shape is " + shape + ", and input '" + tensor.name +
                  "' has " + shapeOf(tensor));
  if (tensor.rank > 1 && !valueOf(header, "fortran_order").starts_with("False"))
    return refuse("it is in Fortran order; save it in C order "
                  "(numpy.ascontiguousarray)");
  size_t expected = countElements(tensor) *
                    elementBytes(static_cast<dlcc_element_type>(tensor.type));
  if (data.size() != expected)
    return refuse("it has " + Twine(data.size()) + " bytes of elements, not " +
                  Twine(expected));
  return std::vector<char>(data.begin(), data.end());
}

std::string writeNumpy(const dlcc_tensor &tensor, const char *elements) {
  bool isBF16 = tensor.type == DLCC_BF16;
  std::string header =
      "{'descr': '" + codeOf(isBF16 ? DLCC_F32 : tensor.type).str() +
      "', 'fortran_order': False, 'shape': " + shapeOf(tensor) + ", }";
  // The elements begin at a multiple of 64.
  while ((10 + header.size() + 1) % 64)
    header += ' ';
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += char(header.size() & 255);
  bytes += char(header.size() >> 8);
  bytes += header;
  int64_t count = countElements(tensor);
  if (!isBF16)
    return bytes.append(
        elements,
        count * elementBytes(static_cast<dlcc_element_type>(tensor.type)));
  for (int64_t i = 0; i != count; ++i)
    bytes.append({0, 0, elements[2 * i], elements[2 * i + 1]});
  return bytes;
}

} // namespace dlcc
