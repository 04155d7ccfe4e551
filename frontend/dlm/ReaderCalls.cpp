//===- ReaderCalls.cpp - functions that readers apply to images -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/DataBlocks.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>

using namespace dlcc::dlm;
using llvm::StringRef;

namespace {

/// Arguments behind the image, by parameter; missing ones are left out.
struct CallArguments {
  const Expr &call;
  Evaluator &evaluator;
  std::map<std::string, std::pair<Value, Range>> given;

  bool has(const char *name) const { return given.count(name); }
  Range range(const char *name) const { return given.at(name).second; }

  std::optional<int64_t> whole(const char *name, int64_t least) {
    auto &[value, range] = given.at(name);
    std::string what = std::string("'") + name + "'";
    std::optional<int64_t> number = evaluator.wholeOf(value, range, what);
    constexpr int64_t most = 65536;
    if (!number || (*number >= least && *number <= most))
      return number;
    evaluator.error(range, what + " is between " + llvm::Twine(least) +
                               " and " + llvm::Twine(most) + ", not " +
                               llvm::Twine(*number));
    return std::nullopt;
  }

  /// A number, or a list of them.
  std::optional<std::vector<double>> numbers(const char *name) {
    auto &[value, range] = given.at(name);
    std::string what = std::string("'") + name + "'";
    std::vector<Value> elements = {value};
    if (value.is(ValueKind::List))
      elements = *value.elements;
    std::vector<double> numbers;
    for (const Value &element : elements) {
      Range place = element.place.end ? element.place : range;
      std::optional<double> number = evaluator.numberOf(element, place, what);
      if (!number)
        return std::nullopt;
      if (!std::isfinite(*number)) {
        evaluator.error(place, what + " is finite");
        return std::nullopt;
      }
      numbers.push_back(*number);
    }
    return numbers;
  }
};

using Numbers = std::optional<std::vector<double>>;

/// A function of the reader. Its first parameter is the image.
struct ReaderFunction {
  StringRef name, parameters;
  Numbers (*read)(CallArguments &);
};

/// `height` and, where it is given, `width`.
Numbers readSides(CallArguments &arguments) {
  std::vector<double> sides;
  for (const char *name : {"height", "width"}) {
    if (!arguments.has(name))
      continue;
    std::optional<int64_t> side = arguments.whole(name, 1);
    if (!side)
      return std::nullopt;
    sides.push_back(static_cast<double>(*side));
  }
  return sides;
}

/// The same; a crop without width is square.
Numbers readCrop(CallArguments &arguments) {
  Numbers sides = readSides(arguments);
  if (sides && sides->size() == 1)
    sides->push_back(sides->front());
  return sides;
}

Numbers readRandomCrop(CallArguments &arguments) {
  Numbers numbers = readCrop(arguments);
  std::optional<int64_t> pad =
      arguments.has("pad") ? arguments.whole("pad", 0) : 0;
  if (!numbers || !pad)
    return std::nullopt;
  numbers->push_back(static_cast<double>(*pad));
  return numbers;
}

/// Two positive numbers in order.
Numbers readInterval(CallArguments &arguments, const char *name, double most,
                     std::vector<double> otherwise) {
  if (!arguments.has(name))
    return otherwise;
  Numbers interval = arguments.numbers(name);
  if (!interval)
    return std::nullopt;
  if (interval->size() == 2 && interval->front() > 0 &&
      interval->front() <= interval->back() && interval->back() <= most)
    return interval;
  arguments.evaluator.error(
      arguments.range(name),
      "'" + llvm::Twine(name) +
          "' is the least and the most: two positive numbers" +
          (most == 1 ? " up to 1" : ""));
  return std::nullopt;
}

Numbers readRandomResizedCrop(CallArguments &arguments) {
  Numbers numbers = readCrop(arguments);
  Numbers scale = readInterval(arguments, "scale", 1, {0.08, 1});
  Numbers ratio = readInterval(arguments, "ratio", 1e6, {3. / 4, 4. / 3});
  if (!numbers || !scale || !ratio)
    return std::nullopt;
  numbers->insert(numbers->end(), scale->begin(), scale->end());
  numbers->insert(numbers->end(), ratio->begin(), ratio->end());
  return numbers;
}

Numbers readNothing(CallArguments &) { return std::vector<double>(); }

Numbers readNormalize(CallArguments &arguments) {
  Numbers mean = arguments.numbers("mean"), std = arguments.numbers("std");
  if (!mean || !std)
    return std::nullopt;
  if (mean->empty() || std->empty() ||
      (mean->size() != std->size() && mean->size() > 1 && std->size() > 1)) {
    arguments.evaluator.error(arguments.range("std"),
                              llvm::Twine(mean->size()) + " means and " +
                                  llvm::Twine(std->size()) + " deviations",
                              "one of each, or one of each a channel or pixel");
    return std::nullopt;
  }
  for (double deviation : *std)
    if (deviation <= 0) {
      arguments.evaluator.error(arguments.range("std"),
                                "a standard deviation is more than 0");
      return std::nullopt;
    }
  size_t channels = std::max(mean->size(), std->size());
  mean->resize(channels, mean->front());
  std->resize(channels, std->front());
  mean->insert(mean->end(), std->begin(), std->end());
  return mean;
}

const ReaderFunction functions[] = {
    {"resize", "image height width?", readSides},
    {"center_crop", "image height width?", readCrop},
    {"random_crop", "image height width? pad?", readRandomCrop},
    {"random_resized_crop", "image height width? scale? ratio?",
     readRandomResizedCrop},
    {"random_flip", "image", readNothing},
    {"normalize", "image mean std", readNormalize},
};

void reportUnknown(const Expr &callee, Evaluator &evaluator) {
  std::string names, near;
  unsigned nearest = 4;
  for (const ReaderFunction &function : functions) {
    names += (names.empty() ? "" : ", ") + function.name.str();
    unsigned distance =
        StringRef(callee.text)
            .edit_distance(function.name, /*AllowReplacements=*/true, nearest);
    if (distance < nearest) {
      nearest = distance;
      near = function.name.str();
    }
  }
  evaluator.error(
      callee.range, "'" + callee.text + "' is no function of the reader",
      near.empty() ? "it has " + names : "did you mean '" + near + "'?");
}

/// Puts the call's arguments under their names; the image's expression apart.
const Expr *distribute(const ReaderFunction &function,
                       CallArguments &arguments) {
  llvm::SmallVector<StringRef> names;
  llvm::SplitString(function.parameters, names);
  std::string known;
  for (StringRef name : names)
    known += (known.empty() ? "" : ", ") + name.rtrim('?').str();
  Evaluator &evaluator = arguments.evaluator;
  const Expr *image = nullptr;
  std::set<std::string> seen;
  size_t next = 0;
  for (const Argument &argument : arguments.call.arguments) {
    std::string name = argument.name.text;
    Range range = argument.value->range;
    if (name.empty() && next == names.size()) {
      evaluator.error(range,
                      "'" + function.name + "' takes " +
                          llvm::Twine(names.size()) +
                          (names.size() == 1 ? " argument" : " arguments"),
                      "they are " + known);
      return nullptr;
    }
    if (name.empty())
      name = names[next++].rtrim('?').str();
    auto isNamed = [&](StringRef other) { return other.rtrim('?') == name; };
    if (llvm::none_of(names, isNamed)) {
      evaluator.error(argument.name.range,
                      "'" + function.name + "' has no parameter '" + name + "'",
                      "it has " + known);
      return nullptr;
    }
    if (!seen.insert(name).second) {
      evaluator.error(argument.name.text.empty() ? range : argument.name.range,
                      "argument '" + name + "' is given twice");
      return nullptr;
    }
    if (name == "image") {
      image = argument.value;
      continue;
    }
    Scope constants;
    Value value = evaluator.evaluate(*argument.value, constants);
    if (value.isPoison())
      return nullptr;
    arguments.given[name] = {std::move(value), range};
  }
  for (StringRef name : names)
    if (!name.ends_with("?") && !seen.count(name.str())) {
      evaluator.error(arguments.call.pointAt,
                      "'" + function.name + "' lacks its argument '" + name +
                          "'",
                      "it has " + known);
      return nullptr;
    }
  return image;
}

/// What is known of an image on its way; none: only the data will tell.
struct KnownImage {
  std::optional<int64_t> height, width;
  std::optional<int64_t> shorter; ///< side, where the longer one is unknown
  bool isReal = false;

  std::string str() const {
    return std::to_string(*height) + " x " + std::to_string(*width);
  }
};

} // namespace

std::optional<Feed> dlcc::dlm::readFeed(const Expr &expr,
                                        Evaluator &evaluator) {
  if (expr.kind == ExprKind::Error)
    return std::nullopt;
  if (expr.kind == ExprKind::Name || expr.kind == ExprKind::String)
    return Feed{expr.text, {}};
  if (expr.kind != ExprKind::Call || expr.operands[0]->kind != ExprKind::Name) {
    evaluator.error(expr.range,
                    "an input is fed by a field, or by a function of the "
                    "reader",
                    "arithmetic stands in the model");
    return std::nullopt;
  }
  const Expr &callee = *expr.operands[0];
  const ReaderFunction *function = llvm::find_if(
      functions, [&](const auto &other) { return other.name == callee.text; });
  if (function == std::end(functions)) {
    reportUnknown(callee, evaluator);
    return std::nullopt;
  }
  CallArguments arguments{expr, evaluator, {}};
  const Expr *image = distribute(*function, arguments);
  if (!image)
    return std::nullopt;
  std::optional<Feed> feed = readFeed(*image, evaluator);
  Numbers numbers = function->read(arguments);
  if (!feed || !numbers)
    return std::nullopt;
  feed->calls.push_back({function->name.str(), std::move(*numbers), &expr});
  return feed;
}

/// What the call makes of the image; false where a crop cannot fit.
static bool applyCall(const ReaderCall &call, KnownImage &image,
                      Evaluator &evaluator) {
  const std::vector<double> &numbers = call.numbers;
  if (call.function == "normalize")
    image.isReal = true;
  if (numbers.empty() || call.function == "normalize")
    return true;
  if (call.function == "resize" && numbers.size() == 1) {
    auto side = static_cast<int64_t>(numbers[0]);
    // A square one stays square.
    bool isSquare = image.height && image.height == image.width;
    image = isSquare
                ? KnownImage{side, side, std::nullopt, image.isReal}
                : KnownImage{std::nullopt, std::nullopt, side, image.isReal};
    return true;
  }
  auto height = static_cast<int64_t>(numbers[0]);
  auto width = static_cast<int64_t>(numbers[1]);
  bool mustFit =
      call.function == "center_crop" || call.function == "random_crop";
  int64_t pad =
      call.function == "random_crop" ? static_cast<int64_t>(numbers[2]) : 0;
  bool isTooLarge =
      image.height
          ? height > *image.height + 2 * pad || width > *image.width + 2 * pad
          : image.shorter && std::min(height, width) > *image.shorter + 2 * pad;
  if (mustFit && isTooLarge) {
    evaluator.error(call.expr->pointAt,
                    "a crop of " + llvm::Twine(height) + " x " +
                        llvm::Twine(width) + " does not fit into an image " +
                        (image.height ? "of " + image.str()
                                      : "whose shorter side is " +
                                            std::to_string(*image.shorter)) +
                        (pad ? ", padded by " + std::to_string(pad) : ""));
    return false;
  }
  image = {height, width, std::nullopt, image.isReal};
  return true;
}

/// Whether `count` numbers are one a channel of the input's image, or one a
/// pixel; of an image that is cut or resized only the data tell the pixels.
static bool isOneEach(int64_t count, llvm::ArrayRef<Extent> image,
                      const Feed &feed) {
  if (!llvm::all_of(image, [](const Extent &dim) { return dim.isNumber(); }))
    return true;
  int64_t channels = image[0].factor();
  bool isResized = llvm::any_of(feed.calls, [](const ReaderCall &call) {
    return call.function != "normalize" && call.function != "random_flip";
  });
  return count == channels ||
         (isResized
              ? count % channels == 0 && count > channels * 4
              : count == channels * image[1].factor() * image[2].factor());
}

bool dlcc::dlm::checkFeed(const Feed &feed, const DeclaredInput &input,
                          Evaluator &evaluator) {
  if (feed.calls.empty())
    return true;
  std::string text = "input '" + input.name + "' is " +
                     toString(Tensor{{}, input.element, input.shape});
  auto refuse = [&](const ReaderCall &call, const llvm::Twine &what) {
    evaluator.error(Diagnostic(call.expr->pointAt,
                               "'" + call.function + "' " + what + "; " + text)
                        .note(input.range, "declared here"));
    return false;
  };
  KnownImage image;
  const ReaderCall &last = feed.calls.back();
  if (input.shape.size() < 2)
    return refuse(last, "gives an image [channels, height, width]");
  llvm::ArrayRef<Extent> row = llvm::ArrayRef(input.shape).drop_front();
  for (const ReaderCall &call : feed.calls) {
    if (!applyCall(call, image, evaluator))
      return false;
    size_t channels =
        call.function == "normalize" ? call.numbers.size() / 2 : 1;
    if (channels > 1 && row.size() == 3 &&
        !isOneEach(static_cast<int64_t>(channels), row, feed))
      return refuse(call, "is for " + llvm::Twine(channels) + " channels");
    if (image.isReal && !isFloat(input.element))
      return refuse(call, "gives real numbers");
  }
  bool isImage = row.size() == 2 || row.size() == 3;
  if (!image.height || !isImage)
    return true;
  const Extent &height = row[row.size() - 2], &width = row.back();
  if ((height.isNumber() && height.factor() != *image.height) ||
      (width.isNumber() && width.factor() != *image.width))
    return refuse(last, "gives images of " + image.str());
  return true;
}

mlir::DictionaryAttr dlcc::dlm::feedAttr(const Feed &feed,
                                         mlir::Builder &builder) {
  llvm::SmallVector<mlir::Attribute> calls;
  for (const ReaderCall &call : feed.calls)
    calls.push_back(builder.getDictionaryAttr(
        {builder.getNamedAttr("function", builder.getStringAttr(call.function)),
         builder.getNamedAttr("numbers",
                              builder.getDenseF64ArrayAttr(call.numbers))}));
  return builder.getDictionaryAttr(
      {builder.getNamedAttr("field", builder.getStringAttr(feed.field)),
       builder.getNamedAttr("calls", builder.getArrayAttr(calls))});
}
