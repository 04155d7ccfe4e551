//===- DataLayers.cpp - layers that become inputs -------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/caffe/MeanFile.h"
#include "frontend/caffe/Translator.h"
#include "llvm/ADT/STLExtras.h"

using namespace dlcc::caffe_reader;
using llvm::StringRef;

namespace {

/// One layer with what is known of its images.
class DataLayer {
public:
  DataLayer(const Layer &layer, Translator &net)
      : layer(layer), net(net),
        transform(layer.message->group("transform_param")) {}

  void read();

private:
  void readInput();
  void readDummy();
  void readMemory();
  void readFields(const Message &param);
  void readImages(const Message &param);
  void readHdf5(const Message &param);
  void addLabels(size_t first);
  std::vector<std::string> dimsOf(const DataField &field) const;
  std::string feedOf(const std::string &field, bool isBytes,
                     const Message &param, const std::string &resized);
  void setBatch(const Message &param) {
    net.setBatch(layer, param.integer("batch_size", 1, 1));
  }
  /// Fields that older files have in the data layer's own message.
  const Message &with(StringRef name, const Message &param) const {
    return transform.has(name) ? transform : param;
  }
  std::optional<DataField> fieldOf(const std::string &name) const {
    const Options &options = net.getOptions();
    return options.dataField ? options.dataField(name) : std::nullopt;
  }

  const Layer &layer;
  Translator &net;
  const Message &transform;
};

} // namespace

/// Numbers behind the rows; a row's images that are [height, width] have one
/// channel.
std::vector<std::string> DataLayer::dimsOf(const DataField &field) const {
  std::vector<std::string> dims = {net.rows()};
  static constexpr StringRef names[] = {"channels", "height", "width"};
  if (field.dims.size() == 2)
    dims.push_back("1");
  std::string missing;
  for (int64_t dim : field.dims) {
    size_t place = dims.size() - 1;
    std::string name = place < std::size(names) ? names[place].str() : "";
    if (dim < 0 && !llvm::is_contained(net.getOptions().dims, name))
      missing += (missing.empty() ? "--dim " : " --dim ") + name + "=N";
    dims.push_back(dim < 0 ? name : spell(dim));
  }
  if (!missing.empty())
    throw Refusal(layer.place,
                  "how large its images are stands in the data only: give " +
                      missing + ", or use dlcc train --data DIR");
  return dims;
}

/// Labels and whatever else stands behind the images.
void DataLayer::addLabels(size_t first) {
  for (size_t i = first; i < layer.tops.size(); ++i) {
    std::vector<std::string> dims = {net.rows()};
    // Numbers that no class loss reads may be several a row.
    if (!net.isClassLabel(layer.tops[i]))
      if (std::optional<DataField> field = fieldOf(layer.tops[i]))
        for (int64_t dim : field->dims)
          dims.push_back(spell(dim));
    net.addInput(layer, layer.tops[i], dims, /*isLabel=*/true);
  }
}

//===----------------------------------------------------------------------===//
// Transformations
//===----------------------------------------------------------------------===//

/// What Caffe does to an image on its way, by functions of the reader: less the
/// mean, then cut, mirrored and scaled. Readers make numbers from 0 to 1 of
/// bytes, Caffe leaves them as they are.
std::string DataLayer::feedOf(const std::string &field, bool isBytes,
                              const Message &param,
                              const std::string &resized) {
  double unit = isBytes ? 255 : 1;
  const Message &scaled = with("scale", param);
  double scale = scaled.number("scale", 1);
  if (!(scale > 0))
    throw Refusal(scaled.find("scale")->valuePlace,
                  "a scale that is not above 0 is not supported");
  std::vector<double> means = transform.numbers("mean_value");
  const Message &averaged = with("mean_file", param);
  if (const Field *file = averaged.find("mean_file")) {
    if (!means.empty())
      throw Refusal(file->place, "it has mean_file or mean_value, not both");
    // Only training subtracts it; a net's input is the difference.
    if (net.getOptions().training)
      means = readMeanFile(net.getOptions().path, *file);
  }
  for (const char *forced : {"force_color", "force_gray"})
    if (transform.flag(forced, false))
      throw Refusal(transform.find(forced)->place,
                    "'" + llvm::Twine(forced) + "' is not supported");
  std::string image = resized.empty() ? quote(field) : resized;
  if (isBytes || scale != 1 || !means.empty()) {
    for (double &mean : means)
      mean /= unit;
    image = "normalize(" + image + ", " +
            (means.empty()       ? "0"
             : means.size() == 1 ? spell(means[0])
                                 : spell(means)) +
            ", " + spell(1 / (unit * scale)) + ")";
  }
  int64_t crop = with("crop_size", param).integer("crop_size", 0, 0);
  if (crop)
    image = (layer.inTrain ? "random_crop(" : "center_crop(") + image + ", " +
            spell(crop) + ")";
  if (with("mirror", param).flag("mirror", false))
    image = "random_flip(" + image + ")";
  return image;
}

/// The first top's images, and the labels behind them.
void DataLayer::readFields(const Message &param) {
  setBatch(param);
  const std::string &top = layer.tops[0];
  int64_t side = with("crop_size", param).integer("crop_size", 0, 0);
  int64_t height = param.integer("new_height", 0, 0);
  int64_t width = param.integer("new_width", 0, 0);
  std::string name = top;
  std::optional<DataField> field = fieldOf(name);
  if (!field)
    field = fieldOf(name = "image");
  bool isBytes = !field || field->isBytes;
  DataField row = field ? *field : DataField{{-1, -1, -1}, true};
  std::string resized;
  if (height && width) {
    resized = "resize(" + quote(name) + ", " + spell(height) + ", " +
              spell(width) + ")";
    if (row.dims.size() == 2)
      row.dims.insert(row.dims.begin(), 1);
    row.dims = {row.dims.empty() ? -1 : row.dims[0], height, width};
  }
  if (side) {
    if (row.dims.size() == 2)
      row.dims.insert(row.dims.begin(), 1);
    row.dims = {row.dims.empty() ? -1 : row.dims[0], side, side};
  }
  net.addInput(layer, top, dimsOf(row), /*isLabel=*/false);
  std::string feed = feedOf(name, isBytes, param, resized);
  if (feed != quote(top))
    net.addFeed(layer, top, feed);
  addLabels(1);
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

void DataLayer::readInput() {
  auto shapes = layer.message->group("input_param").groups("shape");
  if (shapes.size() != layer.tops.size() && shapes.size() != 1)
    throw Refusal(layer.place, llvm::Twine(layer.tops.size()) + " tops have " +
                                   llvm::Twine(shapes.size()) + " shapes");
  for (auto [i, top] : llvm::enumerate(layer.tops)) {
    std::vector<int64_t> dims =
        shapes[shapes.size() == 1 ? 0 : i]->integers("dim", 1);
    if (!net.batch && !dims.empty())
      net.batch = dims[0];
    net.addInput(layer, top, net.inputDims(dims), /*isLabel=*/false);
  }
}

/// Caffe fills such blobs itself; here whoever calls the net does.
void DataLayer::readDummy() {
  const Message &param = layer.message->group("dummy_data_param");
  param.ignore({"data_filler"});
  auto shapes = param.groups("shape");
  std::vector<std::vector<int64_t>> older;
  for (const char *name : {"num", "channels", "height", "width"})
    older.push_back(param.integers(name, 1));
  size_t given = shapes.empty() ? older[0].size() : shapes.size();
  for (const auto &list : older)
    if (shapes.empty() && list.size() != given)
      given = 0;
  if (given == 0 || (given != 1 && given != layer.tops.size()))
    throw Refusal(layer.place, "it has a shape for each top, or one for all");
  for (auto [i, top] : llvm::enumerate(layer.tops)) {
    size_t from = given == 1 ? 0 : i;
    std::vector<int64_t> dims;
    if (!shapes.empty())
      dims = shapes[from]->integers("dim", 1);
    else
      for (const auto &list : older)
        dims.push_back(list[from]);
    if (dims.empty())
      throw Refusal(layer.place, "the shape of a top has no dim");
    net.setBatch(layer, dims[0]);
    std::vector<std::string> texts = net.inputDims(dims);
    texts[0] = net.rows();
    net.addInput(layer, top, texts, /*isLabel=*/i > 0);
  }
}

void DataLayer::readMemory() {
  const Message &param = layer.message->group("memory_data_param");
  setBatch(param);
  std::vector<std::string> dims = {net.rows()};
  for (const char *name : {"channels", "height", "width"}) {
    if (!param.has(name))
      throw Refusal(layer.place, "it has no " + llvm::Twine(name));
    dims.push_back(spell(param.integer(name, 1, 1)));
  }
  net.addInput(layer, layer.tops[0], dims, /*isLabel=*/false);
  std::optional<DataField> own = fieldOf(layer.tops[0]);
  std::string field = own || !fieldOf("image") ? layer.tops[0] : "image";
  bool isBytes = own && own->isBytes;
  std::string feed = feedOf(field, isBytes, param, "");
  if (feed != quote(layer.tops[0]))
    net.addFeed(layer, layer.tops[0], feed);
  addLabels(1);
}

void DataLayer::readImages(const Message &param) {
  param.ignore(
      {"source", "shuffle", "rand_skip", "root_folder", "backend", "prefetch"});
  if (!param.flag("is_color", true))
    throw Refusal(param.find("is_color")->place,
                  "images in grey are not supported");
  readFields(param);
}

/// Fields are called as the tops; what they are is known from the data.
void DataLayer::readHdf5(const Message &param) {
  param.ignore({"source", "shuffle"});
  setBatch(param);
  const std::string &top = layer.tops[0];
  std::optional<DataField> field = fieldOf(top);
  if (!field)
    throw Refusal(
        layer.place,
        "the shape of '" + top +
            "' stands in its data only; dlcc "
            "train --data DIR has them, as NumPy arrays of that name");
  net.addInput(layer, top, dimsOf(*field), /*isLabel=*/false);
  addLabels(1);
}

void DataLayer::read() {
  if (!layer.bottoms.empty())
    throw Refusal(layer.place, "a layer of data has no bottom");
  if (layer.tops.empty())
    throw Refusal(layer.place, "it has no top");
  const Message &message = *layer.message;
  if (layer.type == "Input")
    return readInput();
  if (layer.type == "DummyData")
    return readDummy();
  if (layer.type == "MemoryData")
    return readMemory();
  if (layer.type == "ImageData")
    return readImages(message.group("image_data_param"));
  if (layer.type == "HDF5Data")
    return readHdf5(message.group("hdf5_data_param"));
  const Message &param = message.group("data_param");
  param.ignore(
      {"source", "backend", "rand_skip", "prefetch", "force_encoded_color"});
  readFields(param);
}

bool dlcc::caffe_reader::isDataLayer(StringRef type) {
  for (const char *known :
       {"Data", "DummyData", "HDF5Data", "ImageData", "Input", "MemoryData"})
    if (type == known)
      return true;
  return false;
}

void dlcc::caffe_reader::readDataLayer(const Layer &layer, Translator &net) {
  DataLayer(layer, net).read();
}
