//===- SafeTensors.cpp - weights in .safetensors files --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Eight bytes with the length of a header, the header, a JSON object with type,
// shape and place of each tensor, and then the elements. The description is
// https://huggingface.co/docs/safetensors; like its own reader this one takes
// no tensors over one another and no bytes that belong to none.
//
//===----------------------------------------------------------------------===//

#include "runtime/AtomicFile.h"
#include "runtime/Tensors.h"
#include "runtime/train/Refusal.h"
#include "runtime/train/RegularFile.h"
#include "tools/WeightsArchive.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unistd.h>

using namespace dlcc;
using dlcc::train::Refusal;
using llvm::StringRef;

namespace {

/// As long as a header may be, which its own reader says, too.
constexpr uint64_t kMostHeaderBytes = 100'000'000;

struct ElementType {
  StringRef name;
  int64_t bytes;
  int32_t type; ///< dlcc_element_type; -1: no model has it
};
constexpr ElementType kTypes[] = {
    {"BOOL", 1, DLCC_BOOL}, {"I8", 1, DLCC_I8},     {"I16", 2, DLCC_I16},
    {"I32", 4, DLCC_I32},   {"I64", 8, DLCC_I64},   {"U8", 1, DLCC_U8},
    {"U16", 2, DLCC_U16},   {"U32", 4, DLCC_U32},   {"U64", 8, DLCC_U64},
    {"F16", 2, DLCC_F16},   {"BF16", 2, DLCC_BF16}, {"F32", 4, DLCC_F32},
    {"F64", 8, DLCC_F64},   {"F8_E4M3", 1, -1},     {"F8_E5M2", 1, -1},
    {"F8_E8M0", 1, -1},     {"C64", 8, -1},
};

class SafeTensors : public WeightsArchive {
public:
  explicit SafeTensors(const std::string &path);
  ~SafeTensors() override { close(file); }
  void read(size_t index, char *to) override;

private:
  [[noreturn]] void refuse(const llvm::Twine &why) const {
    throw Refusal("'" + path + "' " + why.str());
  }
  void readAt(char *to, int64_t bytes, int64_t offset) const;
  void readHeader();
  void readEntry(const std::string &name, const llvm::json::Value &value);
  void checkPlaces() const;

  std::string path;
  int64_t size = 0, begin = 0; ///< of the file, and where elements begin
  int file;
  std::vector<int64_t> places; ///< of each array, from `begin` on
};

/// Whether brackets are nested deeper than a header's ever are, which the
/// parser would follow with its stack.
bool isDeep(StringRef text) {
  int depth = 0;
  bool inString = false;
  for (size_t i = 0; i != text.size(); ++i) {
    char c = text[i];
    if (inString) {
      if (c == '\\')
        ++i;
      inString = c != '"';
      if (i >= text.size())
        return false;
    } else if (c == '"') {
      inString = true;
    } else if (c == '{' || c == '[') {
      if (++depth > 4)
        return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

} // namespace

SafeTensors::SafeTensors(const std::string &path)
    : path(path), file(train::openRegularFile(path, size)) {
  try {
    readHeader();
    checkPlaces();
  } catch (...) {
    close(file);
    throw;
  }
}

void SafeTensors::readAt(char *to, int64_t bytes, int64_t offset) const {
  while (bytes > 0) {
    ssize_t count = pread(file, to, bytes, offset);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      refuse(llvm::Twine("cannot be read: ") +
             (count ? std::strerror(errno) : "it became shorter"));
    to += count;
    offset += count;
    bytes -= count;
  }
}

void SafeTensors::readHeader() {
  uint64_t length;
  if (size < int64_t(sizeof length))
    refuse("is no .safetensors file: it has " + llvm::Twine(size) + " bytes");
  readAt(reinterpret_cast<char *>(&length), sizeof length, 0);
  begin = sizeof length;
  if (length > kMostHeaderBytes || length > uint64_t(size - begin))
    refuse("is no .safetensors file, or cut off: its header would have " +
           llvm::Twine(length) + " bytes");
  std::string text(length, '\0');
  readAt(text.data(), length, begin);
  begin += length;
  if (!StringRef(text).starts_with("{") || isDeep(text))
    refuse("is no .safetensors file: its header is none");
  llvm::Expected<llvm::json::Value> header = llvm::json::parse(text);
  if (!header)
    refuse("has a damaged header: " + llvm::toString(header.takeError()));
  for (const auto &[name, value] : *header->getAsObject())
    if (name != "__metadata__")
      readEntry(name.str(), value);
  // The parser keeps no order; the file's is that of the elements.
  std::vector<size_t> order(arrays.size());
  for (size_t i = 0; i != order.size(); ++i)
    order[i] = i;
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::pair(places[a], places[a] + arrays[a].bytes) <
           std::pair(places[b], places[b] + arrays[b].bytes);
  });
  std::vector<StoredArray> sorted;
  std::vector<int64_t> sortedPlaces;
  for (size_t i : order) {
    sorted.push_back(std::move(arrays[i]));
    sortedPlaces.push_back(places[i]);
  }
  arrays = std::move(sorted);
  places = std::move(sortedPlaces);
}

/// {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}.
void SafeTensors::readEntry(const std::string &name,
                            const llvm::json::Value &value) {
  auto wrong = [&](const llvm::Twine &why) {
    refuse("has a damaged header: tensor '" + name + "' " + why);
  };
  const llvm::json::Object *entry = value.getAsObject();
  std::optional<StringRef> dtype =
      entry ? entry->getString("dtype") : std::nullopt;
  const llvm::json::Array *shape = entry ? entry->getArray("shape") : nullptr;
  const llvm::json::Array *offsets =
      entry ? entry->getArray("data_offsets") : nullptr;
  if (!dtype || !shape || !offsets || offsets->size() != 2)
    wrong("lacks its dtype, shape or data_offsets");
  const auto *type = std::find_if(
      std::begin(kTypes), std::end(kTypes),
      [&](const ElementType &known) { return known.name == *dtype; });
  if (type == std::end(kTypes))
    wrong("has elements of type '" + *dtype + "', which is not known here");
  int64_t bytes = type->bytes;
  std::vector<int64_t> dims;
  for (const llvm::json::Value &dim : *shape) {
    std::optional<int64_t> number = dim.getAsInteger();
    if (!number || *number < 0 ||
        __builtin_mul_overflow(bytes, *number, &bytes))
      wrong("has a shape that is no size");
    dims.push_back(*number);
  }
  std::optional<int64_t> first = (*offsets)[0].getAsInteger(),
                         end = (*offsets)[1].getAsInteger();
  if (!first || !end || *first < 0 || *end < *first || *end > size - begin)
    wrong("lies outside of the file");
  if (*end - *first != bytes)
    wrong("has " + llvm::Twine(*end - *first) + " bytes, and its shape needs " +
          llvm::Twine(bytes));
  arrays.push_back({name, type->type, dtype->str(), std::move(dims), bytes});
  places.push_back(*first);
}

void SafeTensors::checkPlaces() const {
  int64_t end = 0;
  for (size_t i = 0; i != arrays.size(); ++i) {
    if (places[i] < end)
      refuse("has a damaged header: tensor '" + arrays[i].name +
             "' lies over another one");
    if (places[i] > end)
      break;
    end += arrays[i].bytes;
  }
  if (end != size - begin)
    refuse("is damaged: " + llvm::Twine(size - begin - end) +
           " of its bytes, from byte " + llvm::Twine(begin + end) +
           " on, are not where a tensor follows another");
}

void SafeTensors::read(size_t index, char *to) {
  readAt(to, arrays[index].bytes, begin + places[index]);
}

std::unique_ptr<WeightsArchive> dlcc::openSafeTensors(const std::string &path) {
  return std::make_unique<SafeTensors>(path);
}

void dlcc::writeSafeTensors(const std::string &path,
                            const std::vector<ArrayToWrite> &arrays) {
  std::string header;
  llvm::raw_string_ostream text(header);
  llvm::json::OStream json(text);
  int64_t place = 0;
  json.object([&] {
    for (const ArrayToWrite &array : arrays) {
      const auto *type = std::find_if(std::begin(kTypes), std::end(kTypes),
                                      [&](const ElementType &known) {
                                        return known.type == array.tensor->type;
                                      });
      json.attributeObject(array.tensor->name, [&] {
        json.attribute("dtype", type->name);
        json.attributeArray("shape", [&] {
          for (int32_t i = 0; i != array.tensor->rank; ++i)
            json.value(array.tensor->dims[i]);
        });
        json.attributeArray("data_offsets", [&] {
          json.value(place);
          place += int64_t(array.elements.size());
          json.value(place);
        });
      });
    }
  });
  // Elements begin at a multiple of eight.
  header.resize((header.size() + 7) / 8 * 8, ' ');
  rt::AtomicFile file(path);
  uint64_t length = header.size();
  file.write(&length, sizeof length);
  file.write(header.data(), header.size());
  for (const ArrayToWrite &array : arrays)
    file.write(array.elements.data(), array.elements.size());
  file.commit();
}
