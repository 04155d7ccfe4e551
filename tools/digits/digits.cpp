//===- digits.cpp - draws a set of digits in MNIST's file format ----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A data set for trying the compiler where nothing can be downloaded. Each
// digit is a few pen strokes, drawn with random position, size, rotation,
// slant, stroke width, wobble and pixel noise into 28x28 grey pixels. It is
// made data: easier than MNIST, and no accuracy on it says anything about
// MNIST. The same arguments give the same bytes on every machine.
//
//===----------------------------------------------------------------------===//

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <vector>

namespace {

constexpr int kSide = 28;

struct Point {
  double x, y;
};
using Stroke = std::vector<Point>;
using Glyph = std::vector<Stroke>;

/// Points on an ellipse around (cx, cy), from angle `from` to `to` in degrees;
/// 0 points right, 90 down.
Stroke arc(double cx, double cy, double rx, double ry, double from, double to) {
  constexpr int kSteps = 16;
  constexpr double kDegree = 3.14159265358979 / 180;
  Stroke stroke;
  for (int i = 0; i <= kSteps; ++i) {
    double angle = (from + (to - from) * i / kSteps) * kDegree;
    stroke.push_back({cx + rx * std::cos(angle), cy + ry * std::sin(angle)});
  }
  return stroke;
}

Stroke join(Stroke head, const Stroke &tail) {
  head.insert(head.end(), tail.begin(), tail.end());
  return head;
}

/// The strokes of each digit in a box one wide and one high, y downwards.
std::array<Glyph, 10> makeGlyphs() {
  return {{
      {arc(0.5, 0.5, 0.32, 0.48, 0, 360)},
      {{{0.32, 0.2}, {0.55, 0.02}, {0.55, 0.98}}},
      {join(arc(0.5, 0.27, 0.32, 0.25, 180, 380),
            {{0.15, 0.97}, {0.85, 0.97}})},
      {join(arc(0.46, 0.26, 0.3, 0.24, 200, 450),
            arc(0.46, 0.73, 0.34, 0.25, 270, 510))},
      {{{0.62, 0.02}, {0.14, 0.66}, {0.88, 0.66}}, {{0.65, 0.4}, {0.65, 0.98}}},
      {join({{0.8, 0.03}, {0.26, 0.03}, {0.22, 0.45}},
            arc(0.48, 0.68, 0.33, 0.29, 230, 500))},
      {join({{0.68, 0.02}, {0.36, 0.3}}, arc(0.5, 0.7, 0.3, 0.27, 200, 560))},
      {{{0.14, 0.05}, {0.84, 0.05}, {0.42, 0.98}}},
      {arc(0.5, 0.25, 0.26, 0.23, 90, 450),
       arc(0.5, 0.73, 0.32, 0.25, -90, 270)},
      {join(arc(0.48, 0.3, 0.29, 0.27, 20, 380), {{0.72, 0.6}, {0.58, 0.98}})},
  }};
}

double distance(Point p, Point a, Point b) {
  double dx = b.x - a.x, dy = b.y - a.y;
  double length = dx * dx + dy * dy;
  double t = length > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length : 0;
  t = std::clamp(t, 0.0, 1.0);
  return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

/// Uniform in [low, high). Written out because the standard's distributions
/// differ between libraries.
class Random {
public:
  explicit Random(uint64_t seed) : engine(seed) {}
  double operator()(double low, double high) {
    return low + (high - low) * (engine() >> 11) * 0x1p-53;
  }

private:
  std::mt19937_64 engine;
};

using Image = std::array<unsigned char, kSide * kSide>;

Image draw(const Glyph &glyph, Random &random) {
  double height = random(16, 22), width = height * random(0.65, 0.95);
  double angle = random(-0.22, 0.22), slant = random(-0.3, 0.3);
  double centreX = 13.5 + random(-2, 2), centreY = 13.5 + random(-2, 2);
  double radius = random(0.7, 1.6), ink = random(190, 255);
  double noise = random(0, 25), wobble = random(0, 0.05);

  Glyph placed = glyph;
  for (Stroke &stroke : placed) {
    for (Point &point : stroke) {
      double x = (point.x - 0.5 + random(-wobble, wobble)) * width;
      double y = (point.y - 0.5 + random(-wobble, wobble)) * height;
      x -= slant * y;
      point = {centreX + x * std::cos(angle) - y * std::sin(angle),
               centreY + x * std::sin(angle) + y * std::cos(angle)};
    }
  }

  Image image;
  for (int row = 0; row < kSide; ++row) {
    for (int column = 0; column < kSide; ++column) {
      Point pixel{double(column), double(row)};
      double nearest = kSide;
      for (const Stroke &stroke : placed)
        for (size_t i = 1; i < stroke.size(); ++i)
          nearest =
              std::min(nearest, distance(pixel, stroke[i - 1], stroke[i]));
      double value = ink * std::clamp(radius + 0.5 - nearest, 0.0, 1.0);
      value += random(-noise, noise);
      image[row * kSide + column] =
          (unsigned char)std::clamp(value, 0.0, 255.0);
    }
  }
  return image;
}

void writeBigEndian(std::ofstream &file, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8)
    file.put(char(value >> shift));
}

/// Writes `count` images and labels as PREFIX-images-idx3-ubyte and
/// PREFIX-labels-idx1-ubyte.
bool writeSplit(const std::string &prefix, int count, uint64_t seed) {
  const std::array<Glyph, 10> glyphs = makeGlyphs();
  Random random(seed);
  std::ofstream images(prefix + "-images-idx3-ubyte", std::ios::binary);
  std::ofstream labels(prefix + "-labels-idx1-ubyte", std::ios::binary);
  writeBigEndian(images, 0x00000803);
  for (int value : {count, kSide, kSide})
    writeBigEndian(images, value);
  writeBigEndian(labels, 0x00000801);
  writeBigEndian(labels, count);
  for (int i = 0; i < count; ++i) {
    int digit = std::min(9, int(random(0, 10)));
    Image image = draw(glyphs[digit], random);
    images.write(reinterpret_cast<const char *>(image.data()), image.size());
    labels.put(char(digit));
  }
  images.close();
  labels.close();
  return images.good() && labels.good();
}

/// A count given on the command line, or -1.
int parseCount(const char *text) {
  char *end = nullptr;
  long value = std::strtol(text, &end, 10);
  return *end == 0 && value >= 1 && value <= 1000000 ? int(value) : -1;
}

} // namespace

int main(int argc, char **argv) {
  int train = 6000, test = 1000;
  if (argc == 4) {
    train = parseCount(argv[2]);
    test = parseCount(argv[3]);
  }
  if ((argc != 2 && argc != 4) || argv[1][0] == '-' || train < 0 || test < 0) {
    std::cerr << "usage: dlcc-digits FOLDER [TRAIN TEST]\n"
                 "Draws TRAIN (6000) and TEST (1000) digits into FOLDER, in "
                 "MNIST's file format.\n"
                 "example: dlcc-digits build/digits\n";
    return 2;
  }
  std::string folder = argv[1];
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!writeSplit(folder + "/train", train, 1) ||
      !writeSplit(folder + "/t10k", test, 2)) {
    std::cerr << "dlcc-digits: cannot write to " << folder << "\n";
    return 1;
  }
  return 0;
}
