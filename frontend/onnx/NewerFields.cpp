//===- NewerFields.cpp - fields that the messages lack --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/onnx/NewerFields.h"

#include "frontend/onnx/Refusal.h"

#include <google/protobuf/unknown_field_set.h>

using namespace dlcc::onnx_reader;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

/// The strings or messages of a field, as bytes, whether or not this version of
/// the messages has it.
static std::vector<std::string> bytesOf(const Message &message, int number) {
  std::vector<std::string> all;
  const auto *reflection = message.GetReflection();
  const FieldDescriptor *field =
      message.GetDescriptor()->FindFieldByNumber(number);
  if (!field) {
    const auto &unknown = reflection->GetUnknownFields(message);
    for (int i = 0; i < unknown.field_count(); ++i)
      if (unknown.field(i).number() == number &&
          unknown.field(i).type() ==
              google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED)
        all.push_back(unknown.field(i).length_delimited());
  } else if (field->is_repeated()) {
    for (int i = 0; i < reflection->FieldSize(message, field); ++i)
      all.push_back(reflection->GetRepeatedMessage(message, field, i)
                        .SerializeAsString());
  } else if (reflection->HasField(message, field)) {
    all.push_back(reflection->GetString(message, field));
  }
  return all;
}

static std::string lastOf(const Message &message, int number) {
  std::vector<std::string> all = bytesOf(message, number);
  return all.empty() ? "" : all.back();
}

LocalFunction::LocalFunction(const onnx::FunctionProto &proto)
    : proto(&proto), overload(lastOf(proto, /*overload*/ 13)) {
  for (const std::string &bytes : bytesOf(proto, /*attribute_proto*/ 11))
    if (!defaults.emplace_back().ParseFromString(bytes))
      throw Refusal("function '" + proto.name() +
                    "': a default of its attributes cannot be read");
}

std::string dlcc::onnx_reader::overloadOf(const onnx::NodeProto &node) {
  return lastOf(node, /*overload*/ 8);
}
