//===- TensorFile.cpp - weights files and checkpoints ---------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/TensorFile.h"
#include "runtime/AtomicFile.h"
#include "runtime/Files_generated.h"
#include "runtime/Status.h"
#include "runtime/Tensors.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <set>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

using namespace dlcc::rt;

static_assert(std::endian::native == std::endian::little,
              "files are little-endian and are read in place");

namespace {
/// The first 64 bytes. The odd bytes of the magic catch text-mode transfers.
struct FileHeader {
  unsigned char magic[8];
  uint16_t major, minor;
  uint32_t indexChecksum;
  uint64_t indexBytes;
  uint64_t fileBytes;
  unsigned char reserved[32];
};
static_assert(sizeof(FileHeader) == kAlignment);

constexpr unsigned char kMagic[8] = {0x89, 'd',  'l',  'c',
                                     'c',  '\r', '\n', 0x1a};
constexpr uint16_t kMajor = 1, kMinor = 2;
constexpr size_t kSums = std::size(dlcc_position{}.sums);

uint32_t checksumOf(const void *data, size_t bytes) {
  return crc32_z(0, static_cast<const Bytef *>(data), bytes);
}

flatbuffers::Offset<dlcc::files::Training>
buildTraining(flatbuffers::FlatBufferBuilder &builder,
              const TrainingRecord &record) {
  const dlcc_position &position = record.position;
  auto sums = builder.CreateVector(position.sums, kSums);
  auto steps = builder.CreateVector(record.steps);
  return dlcc::files::CreateTraining(
      builder, position.step, position.epoch, position.batch_in_epoch,
      position.seed, sums, position.rows, position.data_rows, steps);
}

/// Builds the index; tensor data begins `base` bytes into the file.
void buildIndex(flatbuffers::FlatBufferBuilder &builder, const char *model,
                uint64_t hash, const std::vector<TensorToWrite> &tensors,
                const std::vector<std::string> &vocabulary,
                const TrainingRecord *record, int64_t base,
                const std::vector<uint32_t> &checksums) {
  std::vector<flatbuffers::Offset<dlcc::files::Tensor>> entries;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const dlcc_tensor &tensor = *tensors[i].tensor;
    auto name = builder.CreateString(tensor.name);
    auto dims = builder.CreateVector(tensor.dims, tensor.rank);
    entries.push_back(dlcc::files::CreateTensor(
        builder, name, static_cast<int8_t>(tensors[i].kind),
        static_cast<int8_t>(tensor.type), dims, base, tensors[i].bytes,
        checksums[i]));
    base += alignUp(tensors[i].bytes);
  }
  auto list = builder.CreateVector(entries);
  flatbuffers::Offset<dlcc::files::Training> training;
  if (record)
    training = buildTraining(builder, *record);
  flatbuffers::Offset<
      flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>>
      tokens;
  if (!vocabulary.empty())
    tokens = builder.CreateVectorOfStrings(vocabulary);
  builder.Finish(dlcc::files::CreateIndex(builder, builder.CreateString(model),
                                          hash, list, training, tokens));
}
} // namespace

void dlcc::rt::writeTensorFile(const std::string &path, const char *model,
                               uint64_t hash,
                               const std::vector<TensorToWrite> &tensors,
                               const std::vector<std::string> &vocabulary,
                               const TrainingRecord *training) {
  AtomicFile file(path);
  std::vector<uint32_t> checksums;
  int64_t dataBytes = 0;
  for (const TensorToWrite &tensor : tensors) {
    checksums.push_back(checksumOf(tensor.data, tensor.bytes));
    dataBytes += alignUp(tensor.bytes);
  }
  // With defaults written out the index has one size whatever its numbers are,
  // so a first build tells where the data begins.
  flatbuffers::FlatBufferBuilder sized, index;
  sized.ForceDefaults(true);
  index.ForceDefaults(true);
  buildIndex(sized, model, hash, tensors, vocabulary, training, 0, checksums);
  int64_t base = kAlignment + alignUp(sized.GetSize());
  buildIndex(index, model, hash, tensors, vocabulary, training, base,
             checksums);

  FileHeader header{};
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  header.major = kMajor;
  header.minor = kMinor;
  header.indexChecksum = checksumOf(index.GetBufferPointer(), index.GetSize());
  header.indexBytes = index.GetSize();
  header.fileBytes = base + dataBytes;
  static const char zeros[kAlignment] = {};
  auto writePadded = [&](const void *data, int64_t bytes) {
    file.write(data, bytes);
    file.write(zeros, alignUp(bytes) - bytes);
  };
  writePadded(&header, sizeof header);
  writePadded(index.GetBufferPointer(), index.GetSize());
  for (const TensorToWrite &tensor : tensors)
    writePadded(tensor.data, tensor.bytes);
  file.commit();
}

TensorFile::TensorFile(const std::string &path) : path(path) {
  // Not blocking: a pipe of that name is refused below, not waited for.
  file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0)
    throw Failure(errno == ENOENT ? DLCC_NOT_FOUND : DLCC_IO_ERROR,
                  "cannot open '" + path + "': " + std::strerror(errno));
  try {
    readIndex();
  } catch (...) {
    close(file);
    throw;
  }
}

TensorFile::~TensorFile() { close(file); }

void TensorFile::refuse(dlcc_status status, const std::string &why) const {
  throw Failure(status, "'" + path + "' " + why);
}

void TensorFile::readAt(void *to, int64_t bytes, int64_t offset) const {
  for (char *next = static_cast<char *>(to); bytes > 0;) {
    ssize_t count = pread(file, next, bytes, offset);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      refuse(DLCC_IO_ERROR,
             std::string("cannot be read: ") + std::strerror(errno));
    if (count == 0)
      refuse(DLCC_BAD_FILE, "became shorter while it was read");
    next += count;
    offset += count;
    bytes -= count;
  }
}

/// Whether type, shape and place of a tensor make sense in a file of `size`
/// bytes whose index ends at `begin`.
static bool plausible(const StoredTensor &tensor, int64_t begin, int64_t size) {
  int64_t bytes = elementBytes(tensor.type);
  for (int64_t dim : tensor.dims)
    if (dim < 0 || __builtin_mul_overflow(bytes, dim, &bytes))
      return false;
  return elementBytes(tensor.type) != 0 && bytes == tensor.bytes &&
         tensor.offset % kAlignment == 0 && tensor.offset >= begin &&
         tensor.offset <= size && tensor.bytes <= size - tensor.offset;
}

void TensorFile::readIndex() {
  struct stat status;
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
    refuse(DLCC_IO_ERROR, "is not a regular file");
  size = status.st_size;
  FileHeader header;
  if (size < kAlignment)
    refuse(DLCC_BAD_FILE, "is not a weights file or checkpoint of dlcc");
  readAt(&header, sizeof header, 0);
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0)
    refuse(DLCC_BAD_FILE, "is not a weights file or checkpoint of dlcc");
  if (header.major != kMajor)
    refuse(DLCC_UNSUPPORTED, "has version " + std::to_string(header.major) +
                                 " of the file format; this program reads "
                                 "version " +
                                 std::to_string(kMajor));
  if (header.fileBytes != static_cast<uint64_t>(size))
    refuse(DLCC_BAD_FILE, "is cut off or has grown: " + std::to_string(size) +
                              " bytes, but it says " +
                              std::to_string(header.fileBytes));
  if (header.indexBytes > static_cast<uint64_t>(size - kAlignment))
    refuse(DLCC_BAD_FILE, "is corrupted: its index does not fit into it");
  std::vector<uint8_t> bytes(header.indexBytes);
  readAt(bytes.data(), bytes.size(), kAlignment);
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  if (checksumOf(bytes.data(), bytes.size()) != header.indexChecksum ||
      !files::VerifyIndexBuffer(verifier))
    refuse(DLCC_BAD_FILE, "is corrupted: the checksum of its index is wrong");

  const files::Index &index = *files::GetIndex(bytes.data());
  hash = index.hash();
  std::set<std::string> names;
  for (const files::Tensor *entry : *index.tensors()) {
    StoredTensor tensor = {entry->name()->str(),
                           entry->kind(),
                           entry->type(),
                           {entry->dims()->begin(), entry->dims()->end()},
                           static_cast<int64_t>(entry->offset()),
                           static_cast<int64_t>(entry->bytes()),
                           entry->checksum()};
    int64_t begin = kAlignment + static_cast<int64_t>(bytes.size());
    if (!plausible(tensor, begin, size) || !names.insert(tensor.name).second)
      refuse(DLCC_BAD_FILE,
             "is corrupted: its index is wrong about '" + tensor.name + "'");
    tensors.push_back(std::move(tensor));
  }
  if (index.vocabulary())
    for (const flatbuffers::String *token : *index.vocabulary())
      vocabulary.push_back(token->str());
  if (const files::Training *stored = index.training()) {
    int64_t least =
        std::min({stored->step(), stored->epoch(), stored->batch_in_epoch(),
                  stored->rows(), stored->data_rows()});
    std::vector<int64_t> steps;
    if (stored->steps())
      steps.assign(stored->steps()->begin(), stored->steps()->end());
    for (int64_t count : steps)
      least = std::min(least, count);
    if (stored->sums()->size() != kSums || least < 0)
      refuse(DLCC_BAD_FILE, "is corrupted: its training record is wrong");
    training = TrainingRecord{{stored->step(),
                               stored->epoch(),
                               stored->batch_in_epoch(),
                               stored->seed(),
                               {},
                               stored->rows(),
                               stored->data_rows()},
                              std::move(steps)};
    std::copy(stored->sums()->begin(), stored->sums()->end(),
              training->position.sums);
  }
}

void TensorFile::verify(const StoredTensor &tensor) const {
  std::vector<unsigned char> buffer(
      std::min<int64_t>(tensor.bytes, int64_t{1} << 18));
  uint32_t checksum = checksumOf(nullptr, 0);
  for (int64_t done = 0; done < tensor.bytes;) {
    int64_t count = std::min<int64_t>(tensor.bytes - done, buffer.size());
    readAt(buffer.data(), count, tensor.offset + done);
    checksum = crc32_z(checksum, buffer.data(), count);
    done += count;
  }
  if (checksum != tensor.checksum)
    refuse(DLCC_BAD_FILE,
           "is corrupted: the checksum of '" + tensor.name + "' is wrong");
}

void TensorFile::read(const StoredTensor &tensor, char *to) const {
  readAt(to, tensor.bytes, tensor.offset);
}

const StoredTensor *TensorFile::find(const char *name) const {
  for (const StoredTensor &tensor : tensors)
    if (tensor.name == name)
      return &tensor;
  return nullptr;
}
