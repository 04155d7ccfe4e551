//===- ZipArchive.cpp - members of a ZIP file ---------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The format is PKWARE's APPNOTE.TXT. Of it, the directory at the file's end is
// what counts; a local header only says where its member's data begins.
// Integers are little-endian.
//
// zlib, which the runtime has anyway, does the compressed data. Debian's libzip
// would bring OpenSSL and bzip2 into every training program, and has no static
// form.
//
//===----------------------------------------------------------------------===//

#include "runtime/train/ZipArchive.h"
#include "runtime/train/ByteReader.h"
#include "runtime/train/Refusal.h"

#include <algorithm>
#include <set>
#include <zlib.h>

using namespace dlcc::train;

namespace {

constexpr int64_t kEndBytes = 22, kEnd64Bytes = 56, kLocatorBytes = 20,
                  kEntryBytes = 46, kLocalBytes = 30;
constexpr uint64_t kIn64Bits = 0xffffffff; ///< see the zip64 record

uint64_t number(const unsigned char *at, int bytes) {
  uint64_t value = 0;
  for (int i = 0; i < bytes; ++i)
    value |= uint64_t{at[i]} << (8 * i);
  return value;
}

/// The bytes of a member.
class MemberSource : public ByteSource {
public:
  MemberSource(const std::string &title, const ZipArchive::Member &member,
               std::ifstream &file)
      : ByteSource(title), member(member), file(file),
        left(member.compressedBytes) {
    if (member.isDeflated && inflateInit2(&stream, /*raw*/ -MAX_WBITS) != Z_OK)
      throw Refusal("no memory to read " + path);
  }
  ~MemberSource() override {
    if (member.isDeflated)
      inflateEnd(&stream);
  }
  MemberSource(const MemberSource &) = delete;
  MemberSource &operator=(const MemberSource &) = delete;

  void expectAtLeast(int64_t bytes) const override {
    if (bytes > member.bytes)
      throw Refusal(path + " is cut off: its header speaks of " +
                    std::to_string(bytes) + " bytes, the archive has " +
                    std::to_string(member.bytes));
  }

private:
  int64_t readSome(void *to, int64_t bytes) override {
    auto part = static_cast<uInt>(std::min<int64_t>(bytes, 1 << 30));
    int64_t count =
        member.isDeflated ? inflateSome(to, part) : readFile(to, part);
    crc = crc32_z(crc, static_cast<const Bytef *>(to), count);
    made += count;
    if (count == 0 && (made != member.bytes || crc != member.crc))
      throw Refusal(path + " is damaged: its size or checksum is not that in "
                           "the archive");
    return count;
  }

  /// Reads from the archive what is left of the member, at most `bytes`.
  int64_t readFile(void *to, int64_t bytes) {
    bytes = std::min(bytes, left);
    if (bytes > 0 && !file.read(static_cast<char *>(to), bytes))
      throw Refusal(path + " cannot be read");
    left -= bytes;
    return bytes;
  }

  int64_t inflateSome(void *to, uInt bytes) {
    stream.next_out = static_cast<Bytef *>(to);
    stream.avail_out = bytes;
    while (!atEnd && stream.avail_out == bytes) {
      if (stream.avail_in == 0) {
        stream.avail_in = static_cast<uInt>(readFile(input, sizeof input));
        stream.next_in = input;
        if (stream.avail_in == 0)
          throw Refusal(path + " is cut off: its compressed data ends too "
                               "early");
      }
      int status = inflate(&stream, Z_NO_FLUSH);
      atEnd = status == Z_STREAM_END;
      if (status != Z_OK && !atEnd)
        throw Refusal(
            path + " is damaged: " + (stream.msg ? stream.msg : "no memory"));
    }
    return bytes - stream.avail_out;
  }

  const ZipArchive::Member &member;
  std::ifstream &file;
  int64_t left, made = 0;
  uLong crc = crc32_z(0, nullptr, 0);
  bool atEnd = false;
  z_stream stream = {};
  unsigned char input[1 << 16];
};

/// Where the directory is.
struct Directory {
  int64_t place, bytes, members;
};

} // namespace

std::vector<unsigned char> ZipArchive::readAt(int64_t place, int64_t bytes) {
  std::vector<unsigned char> result(bytes);
  file.clear();
  if (!file.seekg(place) ||
      !file.read(reinterpret_cast<char *>(result.data()), bytes))
    throw Refusal(path + " cannot be read");
  return result;
}

ZipArchive::ZipArchive(const std::string &path) : path(path) {
  ByteReader check(path); // refuses what is no regular file
  file.open(path, std::ios::binary);
  readDirectory();
  // Members that share their data could fill any memory from a small file.
  std::vector<const Member *> inOrder;
  for (const Member &member : all)
    inOrder.push_back(&member);
  std::sort(inOrder.begin(), inOrder.end(),
            [](auto *a, auto *b) { return a->place < b->place; });
  for (size_t i = 0; i < inOrder.size(); ++i) {
    int64_t end =
        i + 1 < inOrder.size() ? inOrder[i + 1]->place : directoryPlace;
    if (inOrder[i]->place > end - kLocalBytes ||
        inOrder[i]->compressedBytes > end - kLocalBytes - inOrder[i]->place)
      throw Refusal(path + " is damaged: its member '" + inOrder[i]->name +
                    "' lies over another one or past the end");
  }
}

/// Finds the end record, the file's last, and what it says.
static Directory findDirectory(const std::string &path,
                               const std::vector<unsigned char> &tail,
                               int64_t tailPlace, auto readAt) {
  int64_t at = static_cast<int64_t>(tail.size()) - kEndBytes;
  auto endsHere = [&](int64_t at) {
    return number(&tail[at], 4) == 0x06054b50 &&
           at + kEndBytes + static_cast<int64_t>(number(&tail[at + 20], 2)) ==
               static_cast<int64_t>(tail.size());
  };
  while (at >= 0 && !endsHere(at))
    --at;
  if (at < 0)
    throw Refusal(path + " is not a .npz file, or is cut off: it has no "
                         "directory at its end");
  const unsigned char *end = &tail[at];
  int64_t limit = tailPlace + at;
  uint64_t disks = number(end + 4, 2) | number(end + 6, 2);
  uint64_t members = number(end + 10, 2), bytes = number(end + 12, 4),
           place = number(end + 16, 4);
  bool isLarge =
      limit >= kLocatorBytes + kEnd64Bytes &&
      (members == 0xffff || bytes == kIn64Bits || place == kIn64Bits);
  if (std::vector<unsigned char> locator;
      isLarge && (locator = readAt(limit - kLocatorBytes, kLocatorBytes),
                  number(locator.data(), 4) == 0x07064b50)) {
    limit -= kLocatorBytes;
    uint64_t end64Place = number(&locator[8], 8);
    if (end64Place > static_cast<uint64_t>(limit - kEnd64Bytes))
      throw Refusal(path + " is damaged: its directory is not where its end "
                           "says");
    limit = static_cast<int64_t>(end64Place);
    std::vector<unsigned char> end64 = readAt(limit, kEnd64Bytes);
    disks |= number(&end64[16], 4) | number(&end64[20], 4);
    members = number(&end64[32], 8);
    bytes = number(&end64[40], 8);
    place = number(&end64[48], 8);
    if (number(end64.data(), 4) != 0x06064b50)
      disks = 1;
  }
  if (disks != 0)
    throw Refusal(path +
                  " is one of several volumes of an archive, or damaged");
  constexpr uint64_t mostBytes = 1 << 26;
  auto room = static_cast<uint64_t>(limit);
  if (place > room || bytes > room - place || bytes > mostBytes ||
      members > bytes / kEntryBytes)
    throw Refusal(path +
                  " is damaged: its directory is not where its end says");
  return {static_cast<int64_t>(place), static_cast<int64_t>(bytes),
          static_cast<int64_t>(members)};
}

/// Takes from the zip64 record of an entry the numbers that need 64 bits.
/// False where it lacks one.
static bool readZip64(const unsigned char *extra, int64_t bytes,
                      std::initializer_list<uint64_t *> numbers) {
  const unsigned char *record = nullptr;
  int64_t left = 0;
  for (int64_t at = 0; at + 4 <= bytes && !record;) {
    auto length = static_cast<int64_t>(number(extra + at + 2, 2));
    if (length > bytes - at - 4)
      return false;
    if (number(extra + at, 2) == 1) {
      record = extra + at + 4;
      left = length;
    }
    at += 4 + length;
  }
  for (uint64_t *value : numbers) {
    if (*value != kIn64Bits)
      continue;
    if (left < 8)
      return false;
    *value = number(record, 8);
    record += 8;
    left -= 8;
  }
  return true;
}

void ZipArchive::readDirectory() {
  file.seekg(0, std::ios::end);
  int64_t size = file.tellg();
  constexpr int64_t mostComment = 0xffff;
  int64_t tailPlace = std::max<int64_t>(0, size - kEndBytes - mostComment);
  Directory directory = findDirectory(
      path, readAt(tailPlace, size - tailPlace), tailPlace,
      [&](int64_t place, int64_t bytes) { return readAt(place, bytes); });
  directoryPlace = directory.place;
  std::vector<unsigned char> entries = readAt(directory.place, directory.bytes);
  std::set<std::string> names;
  const unsigned char *at = entries.data(), *end = at + entries.size();
  for (int64_t i = 0; i < directory.members; ++i) {
    std::string damaged = path + " is damaged: entry " + std::to_string(i) +
                          " of its directory is not one";
    if (end - at < kEntryBytes || number(at, 4) != 0x02014b50)
      throw Refusal(damaged);
    auto nameBytes = static_cast<int64_t>(number(at + 28, 2)),
         extraBytes = static_cast<int64_t>(number(at + 30, 2)),
         commentBytes = static_cast<int64_t>(number(at + 32, 2));
    if (end - at < kEntryBytes + nameBytes + extraBytes + commentBytes)
      throw Refusal(damaged);
    const unsigned char *name = at + kEntryBytes;
    uint64_t method = number(at + 10, 2), compressed = number(at + 20, 4),
             bytes = number(at + 24, 4), place = number(at + 42, 4);
    if (std::any_of(name, name + nameBytes,
                    [](unsigned char c) { return c < ' ' || c == 0x7f; }) ||
        !readZip64(name + nameBytes, extraBytes, {&bytes, &compressed, &place}))
      throw Refusal(damaged);
    Member member = {{name, name + nameBytes},
                     static_cast<int64_t>(bytes),
                     static_cast<int64_t>(compressed),
                     static_cast<int64_t>(place),
                     static_cast<uint32_t>(number(at + 16, 4)),
                     method == Z_DEFLATED};
    std::string what = path + ": its member '" + member.name + "' ";
    if (number(at + 8, 2) & 1)
      throw Refusal(what + "is encrypted");
    if (method != 0 && method != Z_DEFLATED)
      throw Refusal(what +
                    "is compressed in a way that is not known here "
                    "(method " +
                    std::to_string(method) + ")");
    // Deflate gains a factor of 1032 at most.
    auto room = static_cast<uint64_t>(directoryPlace);
    if (place > room || compressed > room ||
        (member.isDeflated ? bytes / 1032 > compressed : bytes != compressed))
      throw Refusal(what + "has a size that cannot be");
    if (!names.insert(member.name).second)
      throw Refusal(what + "is there twice");
    all.push_back(std::move(member));
    at += kEntryBytes + nameBytes + extraBytes + commentBytes;
  }
}

std::unique_ptr<ByteSource> ZipArchive::open(const Member &member,
                                             const std::string &title) {
  std::vector<unsigned char> local = readAt(member.place, kLocalBytes);
  int64_t data = member.place + kLocalBytes +
                 static_cast<int64_t>(number(&local[26], 2)) +
                 static_cast<int64_t>(number(&local[28], 2));
  if (number(local.data(), 4) != 0x04034b50 ||
      data > directoryPlace - member.compressedBytes)
    throw Refusal(title + " is damaged: the archive has no data where its "
                          "directory says");
  file.seekg(data);
  return std::make_unique<MemberSource>(title, member, file);
}
