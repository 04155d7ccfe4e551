//===- Lanes.cpp - a few instructions run by each lane --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lanes.h"

using namespace dlcc::test;

Lanes::Lanes(unsigned operands, unsigned results, const std::string &body,
             const std::string &declarations)
    : operands(operands), results(results) {
  std::string text = declarations + R"(
define ptx_kernel void @lanes(ptr addrspace(1) %in, ptr addrspace(1) %out) {
  %tid = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
)";
  auto place = [&](const std::string &name, const std::string &base,
                   unsigned columns, unsigned column) {
    text += "  %" + name + ".row = mul i32 %tid, " + std::to_string(columns) +
            "\n  %" + name + ".index = add i32 %" + name + ".row, " +
            std::to_string(column) + "\n  %" + name +
            " = getelementptr i32, ptr addrspace(1) %" + base + ", i32 %" +
            name + ".index\n";
  };
  for (unsigned i = 0; i < operands; ++i) {
    std::string name = "a" + std::to_string(i);
    place(name + ".at", "in", operands, i);
    text += "  %" + name + " = load i32, ptr addrspace(1) %" + name + ".at\n";
  }
  text += body + "\n";
  for (unsigned i = 0; i < results; ++i) {
    std::string name = "r" + std::to_string(i);
    place(name + ".at", "out", results, i);
    text += "  store i32 %" + name + ", ptr addrspace(1) %" + name + ".at\n";
  }
  text += "  ret void\n}\n";
  emulation = Emulation::ofText(text);
}

std::optional<Fault> Lanes::launch(const Words &rows, Argument &out) {
  std::vector<uint32_t> in;
  for (const auto &row : rows)
    in.insert(in.end(), row.begin(), row.end());
  EXPECT_EQ(in.size(), rows.size() * operands);
  Argument inputs = emulation->add("in", in);
  out = emulation->add("out", std::vector<uint32_t>(rows.size() * results));
  return emulation->run(
      {"lanes", {}, {uint32_t(rows.size())}, 0, {inputs, out}});
}

std::optional<Fault> Lanes::fault(const Words &rows) {
  Argument out;
  return launch(rows, out);
}

Words Lanes::run(const Words &rows) {
  Argument out;
  EXPECT_TRUE(isDone(launch(rows, out)));
  std::vector<uint32_t> flat = emulation->get<uint32_t>(out);
  Words result;
  for (size_t i = 0; i < rows.size(); ++i)
    result.emplace_back(flat.begin() + i * results,
                        flat.begin() + (i + 1) * results);
  return result;
}
