//===- ReadTensor.cpp - elements of the file and of files beside it -------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/ReadFile.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace dlcc::onnx_reader;
using onnx::TensorProto;

mlir::Type dlcc::onnx_reader::elementType(mlir::MLIRContext *context,
                                          int32_t type) {
  mlir::Builder builder(context);
  auto isUnsigned = [&](unsigned width) {
    return builder.getIntegerType(width, /*isSigned=*/false);
  };
  switch (type) {
  case TensorProto::BOOL:
    return builder.getI1Type();
  case TensorProto::INT8:
    return builder.getI8Type();
  case TensorProto::INT16:
    return builder.getI16Type();
  case TensorProto::INT32:
    return builder.getI32Type();
  case TensorProto::INT64:
    return builder.getI64Type();
  case TensorProto::UINT8:
    return isUnsigned(8);
  case TensorProto::UINT16:
    return isUnsigned(16);
  case TensorProto::UINT32:
    return isUnsigned(32);
  case TensorProto::UINT64:
    return isUnsigned(64);
  case TensorProto::FLOAT16:
    return builder.getF16Type();
  case TensorProto::BFLOAT16:
    return builder.getBF16Type();
  case TensorProto::FLOAT:
    return builder.getF32Type();
  case TensorProto::DOUBLE:
    return builder.getF64Type();
  default:
    break;
  }
  static const char *const names[] = {
      "undefined",      "float",      "uint8",
      "int8",           "uint16",     "int16",
      "int32",          "int64",      "string",
      "bool",           "float16",    "double",
      "uint32",         "uint64",     "complex64",
      "complex128",     "bfloat16",   "float8e4m3fn",
      "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz",
      "uint4",          "int4",       "float4e2m1",
      "float8e8m0",     "uint2",      "int2"};
  bool isKnown = type >= 0 && size_t(type) < std::size(names);
  throw Refusal(
      "elements of type " +
      (isKnown ? std::string(names[type]) : "number " + std::to_string(type)) +
      " are not supported");
}

/// The bytes of a tensor in a file of its own.
static std::string readExternal(const TensorProto &tensor,
                                const std::string &folder, int64_t bytes) {
  std::string location;
  uint64_t offset = 0, length = bytes;
  for (const auto &entry : tensor.external_data()) {
    llvm::StringRef value = entry.value();
    if (entry.key() == "location")
      location = entry.value();
    else if ((entry.key() == "offset" && value.getAsInteger(10, offset)) ||
             (entry.key() == "length" && value.getAsInteger(10, length)))
      throw Refusal("its external data have the " + entry.key() + " '" +
                    entry.value() + "', which is no number");
  }
  bool leaves = location.empty() || llvm::sys::path::is_absolute(location);
  for (llvm::StringRef part : llvm::make_range(llvm::sys::path::begin(location),
                                               llvm::sys::path::end(location)))
    leaves |= part == "..";
  if (leaves)
    throw Refusal("its external data lie in '" + location +
                  "', which is not inside the model's folder");
  llvm::SmallString<128> path(folder), real, realFolder;
  llvm::sys::path::append(path, location);
  if (std::error_code error = llvm::sys::fs::real_path(path, real))
    throw Refusal("cannot read its external data '" + location +
                  "': " + error.message());
  // A link may lead out of the folder, too.
  (void)llvm::sys::fs::real_path(folder.empty() ? "." : folder, realFolder);
  llvm::StringRef inside = real;
  if (!inside.consume_front(realFolder) ||
      !(realFolder == "/" || inside.starts_with("/")))
    throw Refusal("its external data '" + location +
                  "' are a link out of the model's folder");
  if (length != uint64_t(bytes))
    throw Refusal("its external data have " + std::to_string(length) +
                  " bytes, and its shape needs " + std::to_string(bytes));
  uint64_t size = 0;
  if (llvm::sys::fs::file_size(real, size) || offset > size ||
      length > size - offset)
    throw Refusal("its external data end beyond the file '" + location + "'");
  auto buffer = llvm::MemoryBuffer::getFileSlice(real, length, offset);
  if (!buffer)
    throw Refusal("cannot read its external data '" + location +
                  "': " + buffer.getError().message());
  return (*buffer)->getBuffer().str();
}

/// Little-endian bytes of numbers that lie in a field of a wider type.
template <typename T, typename Field>
static std::string narrow(const Field &field) {
  std::string bytes(field.size() * sizeof(T), '\0');
  for (int i = 0; i != field.size(); ++i) {
    T value = static_cast<T>(field.Get(i));
    std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof value);
  }
  return bytes;
}

/// The bytes of a tensor whose elements lie in the typed fields.
static std::string readFields(const TensorProto &tensor) {
  switch (tensor.data_type()) {
  case TensorProto::FLOAT:
    return narrow<float>(tensor.float_data());
  case TensorProto::DOUBLE:
    return narrow<double>(tensor.double_data());
  case TensorProto::INT64:
    return narrow<int64_t>(tensor.int64_data());
  case TensorProto::UINT64:
    return narrow<uint64_t>(tensor.uint64_data());
  case TensorProto::UINT32:
    return narrow<uint32_t>(tensor.uint64_data());
  case TensorProto::INT32:
    return narrow<int32_t>(tensor.int32_data());
  case TensorProto::BOOL:
  case TensorProto::INT8:
  case TensorProto::UINT8:
    return narrow<uint8_t>(tensor.int32_data());
  default:
    return narrow<uint16_t>(tensor.int32_data());
  }
}

mlir::DenseElementsAttr
dlcc::onnx_reader::elementsOf(mlir::RankedTensorType type,
                              const std::string &bytes) {
  if (!type.getElementType().isInteger(1))
    return mlir::DenseElementsAttr::getFromRawBuffer(
        type, llvm::ArrayRef<char>(bytes.data(), bytes.size()));
  llvm::SmallVector<bool> bools;
  for (char byte : bytes)
    bools.push_back(byte != 0);
  return mlir::DenseElementsAttr::get(type, llvm::ArrayRef<bool>(bools));
}

mlir::DenseElementsAttr
dlcc::onnx_reader::readTensor(mlir::MLIRContext *context,
                              const TensorProto &tensor,
                              const std::string &folder) {
  std::string of = tensor.name().empty() ? "" : " '" + tensor.name() + "'";
  try {
    mlir::Type element = elementType(context, tensor.data_type());
    llvm::SmallVector<int64_t> shape(tensor.dims().begin(),
                                     tensor.dims().end());
    int64_t width = (element.getIntOrFloatBitWidth() + 7) / 8, bytes = width;
    for (int64_t dim : shape)
      if (dim < 0 || llvm::MulOverflow(bytes, dim, bytes) ||
          bytes > int64_t(1) << 40)
        throw Refusal("its shape is no size");
    std::string data = tensor.data_location() == TensorProto::EXTERNAL
                           ? readExternal(tensor, folder, bytes)
                       : tensor.has_raw_data() ? tensor.raw_data()
                                               : readFields(tensor);
    if (int64_t(data.size()) != bytes)
      throw Refusal("its shape needs " + std::to_string(bytes) +
                    " bytes, and it has " + std::to_string(data.size()));
    return elementsOf(mlir::RankedTensorType::get(shape, element), data);
  } catch (const Refusal &refusal) {
    throw Refusal("tensor" + of + ": " + refusal.what());
  }
}
