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

namespace dlcc::emulator {

/// The conversions that llvm::json finds by name; each reports at `path`.
static bool fromJSON(const json::Value &value, Dim3 &dim, json::Path path) {
  std::vector<uint32_t> extents;
  if (!json::fromJSON(value, extents, path))
    return false;
  if (extents.empty() || extents.size() > 3) {
    path.report("expected one to three extents");
    return false;
  }
  extents.resize(3, 1);
  dim = {extents[0], extents[1], extents[2]};
  return true;
}

static bool fromJSON(const json::Value &value, NamedBuffer &buffer,
                     json::Path path) {
  json::ObjectMapper map(value, path);
  return map && map.map("name", buffer.name) &&
         map.map("offset", buffer.offset) && map.map("bytes", buffer.bytes) &&
         map.mapOptional("defined", buffer.isDefined);
}

} // namespace dlcc::emulator

namespace {

/// Arguments as they are written: with the name of a buffer, maybe.
struct WrittenArgument {
  Argument argument;
  std::string buffer;
  bool hasBytes = false;
};

bool fromJSON(const json::Value &value, WrittenArgument &written,
              json::Path path) {
  const json::Object *object = value.getAsObject();
  if (!object) {
    path.report("expected object");
    return false;
  }
  Argument &argument = written.argument;
  if (object->get("i32") || object->get("i64")) {
    bool isWide = object->get("i64");
    int64_t number;
    if (!json::fromJSON(*object->get(isWide ? "i64" : "i32"), number,
                        path.field(isWide ? "i64" : "i32")))
      return false;
    argument = isWide ? Argument::i64(number) : Argument::i32(int32_t(number));
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
  written.hasBytes = object->get("bytes");
  if (!map.mapOptional("buffer", written.buffer) ||
      !map.mapOptional("offset", argument.offset) ||
      !map.mapOptional("bytes", argument.bytes) ||
      !map.mapOptional("name", argument.name) ||
      !map.mapOptional("access", access))
    return false;
  if (access != "read" && access != "write") {
    path.field("access").report("expected \"read\" or \"write\"");
    return false;
  }
  argument.isWritable = access == "write";
  if (!written.hasBytes && written.buffer.empty()) {
    path.report("an argument is i32, i64, f32, or a pointer with buffer or "
                "bytes");
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
         map.map("arguments", written.arguments);
}

struct WrittenTable {
  uint64_t arenaBytes = 0;
  std::vector<NamedBuffer> buffers;
  std::vector<WrittenLaunch> launches;
};

bool fromJSON(const json::Value &value, WrittenTable &table, json::Path path) {
  json::ObjectMapper map(value, path);
  return map && map.map("arena", table.arenaBytes) &&
         map.mapOptional("buffers", table.buffers) &&
         map.map("launches", table.launches);
}

/// Puts a pointer's part of a buffer in its place in the arena.
Error place(WrittenArgument &written, const Launch &launch,
            ArrayRef<NamedBuffer> buffers) {
  Argument &argument = written.argument;
  if (written.buffer.empty())
    return Error::success();
  auto found = find_if(buffers, [&](const NamedBuffer &buffer) {
    return buffer.name == written.buffer;
  });
  if (found == buffers.end())
    return createStringError("an argument of " + launch.kernel +
                             " names the buffer '" + written.buffer +
                             "', which is not in the table");
  if (argument.offset > found->bytes)
    return createStringError("an argument of " + launch.kernel +
                             " begins behind the end of the buffer '" +
                             written.buffer + "'");
  uint64_t rest = found->bytes - argument.offset;
  if (!written.hasBytes)
    argument.bytes = rest;
  if (argument.bytes > rest)
    return createStringError("an argument of " + launch.kernel +
                             " ends behind the end of the buffer '" +
                             written.buffer + "'");
  argument.offset += found->offset;
  if (argument.name.empty())
    argument.name = written.buffer;
  return Error::success();
}

} // namespace

Expected<LaunchTable> dlcc::emulator::parseLaunchTable(StringRef text) {
  Expected<json::Value> value = json::parse(text);
  if (!value)
    return value.takeError();
  json::Path::Root root("launches");
  WrittenTable written;
  if (!fromJSON(*value, written, root))
    return root.getError();
  LaunchTable table{written.arenaBytes, std::move(written.buffers), {}};
  for (const NamedBuffer &buffer : table.buffers)
    if (buffer.offset > table.arenaBytes ||
        buffer.bytes > table.arenaBytes - buffer.offset)
      return createStringError("the buffer '" + buffer.name +
                               "' ends behind the end of the arena");
  for (WrittenLaunch &one : written.launches) {
    for (WrittenArgument &argument : one.arguments) {
      if (Error error = place(argument, one.launch, table.buffers))
        return std::move(error);
      one.launch.arguments.push_back(std::move(argument.argument));
    }
    table.launches.push_back(std::move(one.launch));
  }
  return table;
}
