//===- Memory.cpp - memory of the tests' driver, and copies ---------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DriverState.h"

#include <cstdlib>
#include <cstring>

using namespace fake;

uint64_t fake::room(State &s, Address address) {
  auto next = s.allocations.upper_bound(address - kBase);
  if (address < kBase || next == s.allocations.begin())
    return 0;
  auto [begin, bytes] = *std::prev(next);
  uint64_t into = address - kBase - begin;
  return into < bytes ? bytes - into : 0;
}

namespace {

bool isPinned(State &s, const void *memory, size_t bytes) {
  const char *begin = static_cast<const char *>(memory);
  for (auto [block, size] : s.pinned)
    if (begin >= block && begin + bytes <= block + size)
      return true;
  return false;
}

Result copy(State &s, Address device, void *host, size_t bytes, bool toDevice) {
  if (room(s, device) < bytes)
    return refuse(InvalidValue, "a copy leaves its allocation");
  char *memory = s.kernels->memory() + (device - kBase);
  if (toDevice)
    std::memcpy(memory, host, bytes);
  else
    std::memcpy(host, memory, bytes);
  return Success;
}

Result copyLater(State &s, Address device, void *host, size_t bytes,
                 Stream *stream, bool toDevice) {
  if (!s.streams.count(stream))
    return refuse(InvalidValue, "a copy in no stream");
  if (stream->isCapturing)
    return refuse(CaptureUnsupported, "a copy in a stream that is captured");
  if (isPinned(s, host, bytes)) {
    stream->work.push_back([&s, device, host, bytes, toDevice] {
      return copy(s, device, host, bytes, toDevice);
    });
    return Success;
  }
  // Of other memory the driver takes a copy of its own; to it, it copies before
  // the call returns.
  if (!toDevice) {
    Result result = finish(*stream);
    return result == Success ? copy(s, device, host, bytes, false) : result;
  }
  const char *begin = static_cast<const char *>(host);
  std::vector<char> read(begin, begin + bytes);
  stream->work.push_back([&s, device, read = std::move(read)]() mutable {
    return copy(s, device, read.data(), read.size(), true);
  });
  return Success;
}

} // namespace

extern "C" {

Result cuMemAlloc_v2(Address *address, size_t bytes) {
  return call("cuMemAlloc", true, [&](State &s) -> Result {
    uint64_t end = 0;
    for (auto [begin, size] : s.allocations)
      end = begin + size;
    end = (end + 511) / 256 * 256; // a gap, so that no two touch
    if (end + bytes > s.bytes)
      return OutOfMemory;
    s.allocations[end] = bytes;
    *address = kBase + end;
    return Success;
  });
}

Result cuMemFree_v2(Address address) {
  return call("cuMemFree", true, [&](State &s) -> Result {
    return s.allocations.erase(address - kBase)
               ? Success
               : refuse(InvalidValue, "no memory is freed");
  });
}

Result cuMemAllocHost_v2(void **memory, size_t bytes) {
  return call("cuMemAllocHost", true, [&](State &s) {
    *memory = std::malloc(bytes);
    s.pinned[static_cast<char *>(*memory)] = bytes;
    return Success;
  });
}

Result cuMemFreeHost(void *memory) {
  return call("cuMemFreeHost", true, [&](State &s) -> Result {
    if (!s.pinned.erase(static_cast<char *>(memory)))
      return refuse(InvalidValue, "no pinned memory is freed");
    std::free(memory);
    return Success;
  });
}

Result cuMemcpyHtoDAsync_v2(Address device, const void *host, size_t bytes,
                            Stream *stream) {
  return call("cuMemcpyHtoDAsync", true, [&](State &s) {
    return copyLater(s, device, const_cast<void *>(host), bytes, stream, true);
  });
}

Result cuMemcpyDtoHAsync_v2(void *host, Address device, size_t bytes,
                            Stream *stream) {
  return call("cuMemcpyDtoHAsync", true, [&](State &s) {
    return copyLater(s, device, host, bytes, stream, false);
  });
}

} // extern "C"
