//===- LaunchTable.cpp - launches as JSON ---------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaunchTable.h"

#include "llvm/Support/JSON.h"

using namespace dlcc::emulator;
using namespace llvm;

/// Where buffers may begin that have no place of their own; as the driver
/// allocates.
static constexpr uint64_t kBufferAlignment = 256;

namespace dlcc::emulator {

/// The conversions that llvm::json finds by name; each reports at `path`.
static bool fromJSON(const json::Value &value, Dim3 &dim, json::Path path) {
  std::vector<int64_t> extents;
  if (!json::fromJSON(value, extents, path))
    return false;
  if (any_of(extents, [](int64_t e) { return e != uint32_t(e); })) {
    path.report("expected extents of 32 bits");
    return false;
  }
  if (extents.empty() || extents.size() > 3) {
    path.report("expected one to three extents");
    return false;
  }
  extents.resize(3, 1);
  dim = {uint32_t(extents[0]), uint32_t(extents[1]), uint32_t(extents[2])};
  return true;
}

} // namespace dlcc::emulator

namespace {

/// Arguments as they are written: with the name of a buffer, maybe.
struct WrittenArgument {
  Argument argument;
  std::string buffer;
  bool hasBytes = false;
};

/// A pointer's part of a buffer or of the arena.
bool readPart(json::ObjectMapper &map, const json::Object &object,
              WrittenArgument &written) {
  Argument &argument = written.argument;
  written.hasBytes = object.get("bytes");
  return map.mapOptional("buffer", written.buffer) &&
         map.mapOptional("offset", argument.offset) &&
         map.mapOptional("bytes", argument.bytes) &&
         map.mapOptional("name", argument.name);
}

template <typename T, size_t N>
bool readArray(const std::vector<int64_t> &numbers, std::array<T, N> &array,
               json::Path path) {
  if (numbers.size() > N ||
      any_of(numbers, [](int64_t n) { return n < 0 || uint64_t(n) != T(n); })) {
    path.report("expected five numbers at most");
    return false;
  }
  copy(numbers, array.begin());
  return true;
}

/// A map of a tensor, which a kernel gets by value.
bool readTensorMap(const json::Value &value, WrittenArgument &written,
                   json::Path path) {
  json::ObjectMapper map(value, path);
  TensorMap tensor;
  std::vector<int64_t> extents, strides, box;
  uint64_t elementBytes = 0, swizzle = 0;
  if (!map || !readPart(map, *value.getAsObject(), written) ||
      !map.map("element_bytes", elementBytes) || !map.map("extents", extents) ||
      !map.map("strides", strides) || !map.map("box", box) ||
      !map.mapOptional("swizzle", swizzle) ||
      !map.mapOptional("rounds_to_tf32", tensor.roundsToTf32) ||
      !readArray(extents, tensor.extents, path.field("extents")) ||
      !readArray(strides, tensor.strides, path.field("strides")) ||
      !readArray(box, tensor.box, path.field("box")))
    return false;
  if (extents.size() != box.size() || strides.size() + 1 != box.size()) {
    path.report("expected as many extents as the box has, and a stride less");
    return false;
  }
  static constexpr std::pair<uint64_t, Swizzle> kSwizzles[] = {
      {0, Swizzle::None},
      {32, Swizzle::B32},
      {64, Swizzle::B64},
      {128, Swizzle::B128}};
  auto found =
      find_if(kSwizzles, [&](auto &one) { return one.first == swizzle; });
  if (found == std::end(kSwizzles)) {
    path.field("swizzle").report("expected 0, 32, 64 or 128");
    return false;
  }
  tensor.rank = uint32_t(box.size());
  tensor.elementBytes = uint32_t(elementBytes);
  tensor.swizzle = found->second;
  written.argument.map = tensor;
  return true;
}

bool fromJSON(const json::Value &value, WrittenArgument &written,
              json::Path path) {
  const json::Object *object = value.getAsObject();
  if (!object) {
    path.report("expected object");
    return false;
  }
  Argument &argument = written.argument;
  if (const json::Value *map = object->get("tensor_map"))
    return readTensorMap(*map, written, path.field("tensor_map"));
  if (const json::Value *number = object->get("i32")) {
    int64_t wide;
    if (!json::fromJSON(*number, wide, path.field("i32")))
      return false;
    if (wide != int32_t(wide)) {
      path.field("i32").report("expected a number of 32 bits");
      return false;
    }
    argument = Argument::i32(int32_t(wide));
    return true;
  }
  if (const json::Value *number = object->get("i64")) {
    int64_t wide;
    if (!json::fromJSON(*number, wide, path.field("i64")))
      return false;
    argument = Argument::i64(wide);
    return true;
  }
  if (const json::Value *number = object->get("f32")) {
    double real;
    if (!json::fromJSON(*number, real, path.field("f32")))
      return false;
    argument = Argument::f32(float(real));
    return true;
  }
  json::ObjectMapper map(value, path);
  std::string access = "write";
  if (!readPart(map, *object, written) || !map.mapOptional("access", access))
    return false;
  if (access != "read" && access != "write") {
    path.field("access").report("expected \"read\" or \"write\"");
    return false;
  }
  argument.isWritable = access == "write";
  if (!written.hasBytes && written.buffer.empty()) {
    path.report("an argument is i32, i64, f32, a tensor_map, or a pointer with "
                "buffer or bytes");
    return false;
  }
  return true;
}

struct WrittenLaunch {
  Launch launch;
  std::vector<WrittenArgument> arguments;
};

bool fromJSON(const json::Value &value, WrittenLaunch &written,
              json::Path path) {
  json::ObjectMapper map(value, path);
  Launch &launch = written.launch;
  return map && map.map("kernel", launch.kernel) &&
         map.map("grid", launch.grid) && map.map("block", launch.block) &&
         map.mapOptional("shared", launch.sharedBytes) &&
         map.map("args", written.arguments);
}

/// A buffer, maybe without its place.
struct WrittenBuffer {
  NamedBuffer buffer;
  bool hasOffset = false;
};

bool fromJSON(const json::Value &value, WrittenBuffer &written,
              json::Path path) {
  json::ObjectMapper map(value, path);
  NamedBuffer &buffer = written.buffer;
  if (!map)
    return false;
  written.hasOffset = value.getAsObject()->get("offset");
  return map.map("name", buffer.name) && map.map("bytes", buffer.bytes) &&
         map.mapOptional("offset", buffer.offset) &&
         map.mapOptional("defined", buffer.isDefined);
}

struct WrittenEntry {
  std::string name;
  std::vector<WrittenBuffer> buffers;
  std::vector<WrittenLaunch> launches;
};

bool fromJSON(const json::Value &value, WrittenEntry &entry, json::Path path) {
  json::ObjectMapper map(value, path);
  return map && map.mapOptional("name", entry.name) &&
         map.mapOptional("buffers", entry.buffers) &&
         map.map("launches", entry.launches);
}

struct WrittenTable {
  std::vector<WrittenEntry> entries;
  uint64_t arenaBytes = 0;
  std::optional<uint64_t> workspaceBytes;
};

bool fromJSON(const json::Value &value, WrittenTable &table, json::Path path) {
  json::ObjectMapper map(value, path);
  if (!map || !map.mapOptional("arena_bytes", table.arenaBytes) ||
      !map.mapOptional("workspace_bytes", table.workspaceBytes))
    return false;
  if (value.getAsObject()->get("entries"))
    return map.map("entries", table.entries);
  table.entries.emplace_back();
  return fromJSON(value, table.entries[0], path);
}

/// Gives each buffer its place, and says where the last ends.
uint64_t layOut(ArrayRef<WrittenBuffer> written,
                std::vector<NamedBuffer> &buffers) {
  uint64_t behindLast = 0, end = 0;
  for (const WrittenBuffer &one : written) {
    NamedBuffer buffer = one.buffer;
    if (!one.hasOffset)
      buffer.offset = alignTo(behindLast, kBufferAlignment);
    behindLast = buffer.offset + buffer.bytes;
    end = std::max(end, behindLast);
    buffers.push_back(std::move(buffer));
  }
  return end;
}

/// Puts a pointer's part of a buffer in its place in the arena.
Error place(WrittenArgument &written, const Launch &launch,
            const LaunchTable &table) {
  auto fail = [&](const Twine &text) {
    return createStringError("an argument of " + launch.kernel + " " + text);
  };
  Argument &argument = written.argument;
  if (written.buffer.empty())
    return Error::success();
  const NamedBuffer *buffer = table.find(written.buffer);
  if (!buffer)
    return fail("names the buffer '" + written.buffer +
                "', which is not in the table");
  if (argument.offset > buffer->bytes)
    return fail("begins behind the end of the buffer '" + written.buffer + "'");
  uint64_t rest = buffer->bytes - argument.offset;
  if (!written.hasBytes)
    argument.bytes = rest;
  if (argument.bytes > rest)
    return fail("ends behind the end of the buffer '" + written.buffer + "'");
  argument.offset += buffer->offset;
  if (argument.name.empty())
    argument.name = written.buffer;
  return Error::success();
}

/// With its structure, where it is a map.
Argument finished(const Argument &argument) {
  return argument.map ? Argument::tensorMap(*argument.map, argument.offset,
                                            argument.bytes, argument.name)
                      : argument;
}

/// The entry of a name, or the only one.
Expected<WrittenEntry *> findEntry(WrittenTable &table, StringRef name) {
  if (name.empty() && table.entries.size() == 1)
    return &table.entries[0];
  for (WrittenEntry &entry : table.entries)
    if (!name.empty() && entry.name == name)
      return &entry;
  std::string names;
  for (const WrittenEntry &entry : table.entries)
    names += " " + entry.name;
  return createStringError(
      (name.empty() ? "which entry is to run? There are:"
                    : "there is no entry '" + name.str() + "', but:") +
      names);
}

} // namespace

const NamedBuffer *LaunchTable::find(StringRef name) const {
  for (const NamedBuffer &buffer : buffers)
    if (buffer.name == name)
      return &buffer;
  return nullptr;
}

Expected<LaunchTable> dlcc::emulator::parseLaunchTable(StringRef text,
                                                       StringRef entryName) {
  Expected<json::Value> value = json::parse(text);
  if (!value)
    return value.takeError();
  json::Path::Root root("launches");
  WrittenTable written;
  if (!fromJSON(*value, written, root))
    return root.getError();
  Expected<WrittenEntry *> found = findEntry(written, entryName);
  if (!found)
    return found.takeError();
  WrittenEntry &entry = **found;
  if (written.workspaceBytes)
    entry.buffers.push_back(
        {{"workspace", 0, *written.workspaceBytes, false}, false});

  LaunchTable table;
  uint64_t end = layOut(entry.buffers, table.buffers);
  table.arenaBytes = written.arenaBytes ? written.arenaBytes : end;
  if (end > table.arenaBytes)
    return createStringError("the buffers end at " + Twine(end) +
                             ", behind the end of the arena");
  for (WrittenLaunch &one : entry.launches) {
    for (WrittenArgument &argument : one.arguments) {
      if (Error error = place(argument, one.launch, table))
        return std::move(error);
      one.launch.arguments.push_back(finished(argument.argument));
    }
    table.launches.push_back(std::move(one.launch));
  }
  return table;
}
