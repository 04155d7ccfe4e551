//===- BinaryFile.cpp - weights and means in Caffe's binary files ---------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/caffe/BinaryFile.h"

#include "frontend/caffe/Frontend.h"
#include "frontend/caffe/MeanFile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <climits>
#include <cstring>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

using namespace dlcc;
using namespace dlcc::caffe_reader;
using caffe_files::BlobProto;

namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

/// An empty message takes two bytes of a file and a hundred of memory, and a
/// dimension one and eight. Walks through the bytes and counts, before anything
/// is made of them.
class Walk {
public:
  enum Kind { Net, OlderLayer, Layer, Blob };

  bool isModest(CodedInputStream &in, Kind kind) {
    while (uint32_t tag = in.ReadTag()) {
      int number = WireFormatLite::GetTagFieldNumber(tag);
      bool isMessage = WireFormatLite::GetTagWireType(tag) ==
                       WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
      bool isShape = isMessage && kind == Blob && number == 7;
      Kind inner = Blob;
      if (!isShape && !(isMessage && enters(kind, number, inner))) {
        if (!WireFormatLite::SkipField(&in, tag))
          return false;
        continue;
      }
      int size = 0;
      if (!in.ReadVarintSizeAsInt(&size) || ++count > kMostMessages)
        return false;
      if (isShape) {
        if (size > kMostShapeBytes || !in.Skip(size))
          return false;
        continue;
      }
      auto limit = in.PushLimit(size);
      if (!isModest(in, inner))
        return false;
      in.PopLimit(limit);
    }
    return true;
  }

private:
  static constexpr int kMostMessages = 1000000, kMostShapeBytes = 512;

  /// Whether a field is a message to walk into.
  static bool enters(Kind kind, int number, Kind &inner) {
    if (kind == Net)
      inner = number == 2 ? OlderLayer : Layer;
    return (kind == Net && (number == 2 || number == 100)) ||
           (kind == OlderLayer && number == 6) ||
           (kind == Layer && number == 7);
  }

  int count = 0;
};

} // namespace

template <typename Message>
static std::string parse(const std::string &path, Walk::Kind kind,
                         Message &into) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return "cannot read it: " + buffer.getError().message();
  size_t size = (*buffer)->getBufferSize();
  if (size > INT_MAX)
    return "it is larger than 2 GB";
  const auto *bytes =
      reinterpret_cast<const uint8_t *>((*buffer)->getBufferStart());
  CodedInputStream in(bytes, static_cast<int>(size));
  if (!Walk().isModest(in, kind) ||
      !into.ParseFromArray(bytes, static_cast<int>(size)))
    return "it is no binary file of Caffe's, or cut off";
  return "";
}

std::string dlcc::caffe_reader::readBinary(const std::string &path,
                                           caffe_files::NetParameter &into) {
  return parse(path, Walk::Net, into);
}

std::string dlcc::caffe_reader::readBinary(const std::string &path,
                                           BlobProto &into) {
  return parse(path, Walk::Blob, into);
}

std::string dlcc::caffe_reader::readBlob(const BlobProto &blob,
                                         std::vector<int64_t> &dims,
                                         std::vector<float> &elements) {
  if (blob.has_shape())
    dims.assign(blob.shape().dim().begin(), blob.shape().dim().end());
  else
    dims = {blob.num(), blob.channels(), blob.height(), blob.width()};
  if (blob.data_size())
    elements.assign(blob.data().begin(), blob.data().end());
  else
    elements.assign(blob.double_data().begin(), blob.double_data().end());
  int64_t count = 1;
  bool isTooLarge = false;
  for (int64_t dim : dims)
    isTooLarge |= dim < 0 || llvm::MulOverflow(count, dim, count);
  if (isTooLarge || count != int64_t(elements.size()))
    return "its shape is not that of its " + std::to_string(elements.size()) +
           " elements";
  return "";
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

/// Whether the elements are the same, as bits: a NaN is no other number.
static bool haveSameBytes(const StoredBlob &one, const StoredBlob &other) {
  return one.elements.size() == other.elements.size() &&
         std::memcmp(one.elements.data(), other.elements.data(),
                     one.elements.size() * sizeof(float)) == 0;
}

namespace {
using BlobList = google::protobuf::RepeatedPtrField<BlobProto>;
} // namespace

StoredWeights
dlcc::caffe_reader::readWeights(const std::string &path,
                                const std::vector<LayerBlobs> &blobs) {
  caffe_files::NetParameter net;
  StoredWeights result;
  result.error = readBinary(path, net);
  if (!result.error.empty())
    return result;
  llvm::StringMap<const BlobList *> layers;
  for (const auto &layer : net.layers())
    layers[layer.name()] = &layer.blobs();
  for (const auto &layer : net.layer())
    layers[layer.name()] = &layer.blobs();
  if (layers.empty()) {
    result.error = "it is no .caffemodel: it has no layer";
    return result;
  }
  llvm::StringMap<size_t> places; // of names in the result
  for (const LayerBlobs &wanted : blobs) {
    auto found = layers.find(wanted.layer);
    if (found == layers.end())
      continue;
    const BlobList &stored = *found->second;
    for (int i = 0; i < stored.size(); ++i) {
      bool isKnown = size_t(i) < wanted.names.size();
      if (!wanted.isCustom && !isKnown) {
        result.error = "layer '" + wanted.layer + "' has " +
                       std::to_string(stored.size()) + " blobs there, not " +
                       std::to_string(wanted.names.size());
        return result;
      }
      StoredBlob blob;
      blob.name = wanted.isCustom ? wanted.layer + "." + std::to_string(i)
                                  : wanted.names[i];
      std::string why = readBlob(stored[i], blob.dims, blob.elements);
      auto [place, isNew] = places.try_emplace(blob.name, result.blobs.size());
      if (why.empty() && !isNew) {
        const StoredBlob &first = result.blobs[place->second];
        if (first.dims == blob.dims && haveSameBytes(first, blob))
          continue;
        why = "it is shared as '" + blob.name + "' and has other values there";
      }
      if (!why.empty()) {
        result.error = "layer '" + wanted.layer + "', blob " +
                       std::to_string(i) + ": " + why;
        return result;
      }
      result.blobs.push_back(std::move(blob));
    }
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Means
//===----------------------------------------------------------------------===//

std::string dlcc::caffe_reader::findFile(const std::string &from,
                                         const std::string &path) {
  namespace sys = llvm::sys;
  if (sys::fs::exists(path) || sys::path::is_absolute(path))
    return sys::fs::exists(path) ? path : "";
  llvm::StringRef folder = sys::path::parent_path(from);
  for (llvm::StringRef name :
       {llvm::StringRef(path), sys::path::filename(path)}) {
    llvm::SmallString<256> tried(folder);
    sys::path::append(tried, name);
    if (sys::fs::exists(tried))
      return tried.str().str();
  }
  return "";
}

std::vector<double> dlcc::caffe_reader::readMeanFile(const std::string &from,
                                                     const Field &field) {
  auto refuse = [&](const std::string &why) {
    throw Refusal(field.valuePlace, "mean file '" + field.text + "': " + why);
  };
  std::string path = findFile(from, textOf(field));
  if (path.empty())
    refuse("there is no such file, neither from here nor beside '" + from +
           "'");
  BlobProto blob;
  std::vector<int64_t> dims;
  std::vector<float> elements;
  if (std::string why = readBinary(path, blob); !why.empty())
    refuse(why);
  if (std::string why = readBlob(blob, dims, elements); !why.empty())
    refuse(why);
  if (dims.size() == 4 && dims[0] == 1)
    dims.erase(dims.begin());
  if (dims.size() != 3 || elements.empty())
    refuse("it is no mean image of shape [channels, height, width]");
  return {elements.begin(), elements.end()};
}
