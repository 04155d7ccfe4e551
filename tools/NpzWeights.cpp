//===- NpzWeights.cpp - weights in NumPy's .npz files ---------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/AtomicFile.h"
#include "runtime/Tensors.h"
#include "runtime/train/Readers.h"
#include "runtime/train/Refusal.h"
#include "runtime/train/ZipArchive.h"
#include "tools/NumpyFile.h"
#include "tools/WeightsArchive.h"
#include "llvm/ADT/StringRef.h"

#include <algorithm>
#include <zlib.h>

using namespace dlcc;
using dlcc::train::Refusal;

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {

/// The members of the archive, stored or deflated, are .npy files.
class Npz : public WeightsArchive {
public:
  explicit Npz(const std::string &path) : path(path), archive(path) {
    for (const train::ZipArchive::Member &member : archive.members()) {
      llvm::StringRef name = member.name;
      if (!name.consume_back(".npy"))
        throw Refusal("'" + path + "' holds '" + member.name +
                      "', which is no .npy array");
      auto source = archive.open(member, titleOf(member));
      train::NpyArray array = train::readNpyHeader(*source);
      arrays.push_back({name.str(), array.type, rt::elementName(array.type),
                        array.dims, array.bytes});
    }
  }

  void read(size_t index, char *to) override {
    const train::ZipArchive::Member &member = archive.members()[index];
    auto source = archive.open(member, titleOf(member));
    train::NpyArray array = train::readNpyHeader(*source);
    if (array.bytes != arrays[index].bytes)
      throw Refusal(source->path + " changed while it was read");
    source->read(to, array.bytes, "data");
    source->expectEnd();
  }

private:
  std::string titleOf(const train::ZipArchive::Member &member) const {
    return path + ": " + member.name;
  }

  std::string path;
  train::ZipArchive archive;
};

} // namespace

std::unique_ptr<WeightsArchive> dlcc::openNpz(const std::string &path) {
  return std::make_unique<Npz>(path);
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

namespace {

/// Little-endian numbers, one after the other.
class Record {
public:
  Record &add(uint64_t value, int bytes) {
    for (int i = 0; i != bytes; ++i)
      text += char(value >> (8 * i));
    return *this;
  }
  std::string text;
};

/// What a member's header in front of it and its entry in the directory share.
/// The date is the format's first, so that the same weights are the same bytes.
std::string describe(const std::string &bytes, const std::string &name) {
  constexpr int version = 20, utf8 = 1 << 11, stored = 0, time = 0, date = 0x21;
  bool isAscii =
      std::all_of(name.begin(), name.end(), [](char c) { return c >= 0; });
  uint32_t crc =
      crc32_z(0, reinterpret_cast<const Bytef *>(bytes.data()), bytes.size());
  return Record()
      .add(version, 2)
      .add(isAscii ? 0 : utf8, 2)
      .add(stored, 2)
      .add(time, 2)
      .add(date, 2)
      .add(crc, 4)
      .add(bytes.size(), 4)
      .add(bytes.size(), 4)
      .add(name.size(), 2)
      .add(0, 2)
      .text;
}

} // namespace

void dlcc::writeNpz(const std::string &path,
                    const std::vector<ArrayToWrite> &arrays) {
  constexpr uint64_t most = 0xfffffffe, mostMembers = 0xfffe;
  uint64_t total = 0;
  for (const ArrayToWrite &array : arrays) {
    total += array.elements.size() + 1024;
    if (array.tensor->type == DLCC_BF16)
      throw Refusal("'" + path + "' cannot hold '" + array.tensor->name +
                    "': NumPy has no bf16; .safetensors has");
  }
  if (total > most || arrays.size() > mostMembers)
    throw Refusal("'" + path +
                  "' would have more than 4 GB or 65534 arrays; "
                  "use .safetensors");
  rt::AtomicFile file(path);
  std::string directory;
  uint64_t place = 0;
  auto write = [&](const std::string &bytes) {
    file.write(bytes.data(), bytes.size());
    place += bytes.size();
  };
  for (const ArrayToWrite &array : arrays) {
    std::string name = std::string(array.tensor->name) + ".npy",
                bytes = writeNumpy(*array.tensor, array.elements.data()),
                description = describe(bytes, name);
    directory += Record().add(0x02014b50, 4).add(20, 2).text + description +
                 Record().add(0, 8).add(0, 2).add(place, 4).text + name;
    write(Record().add(0x04034b50, 4).text + description + name);
    write(bytes);
  }
  uint64_t begin = place;
  write(directory);
  write(Record()
            .add(0x06054b50, 4)
            .add(0, 4)
            .add(arrays.size(), 2)
            .add(arrays.size(), 2)
            .add(directory.size(), 4)
            .add(begin, 4)
            .add(0, 2)
            .text);
  file.commit();
}
