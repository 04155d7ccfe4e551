//===- Solver.cpp - how a solver trains -----------------------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/caffe/Solver.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace dlcc::caffe_reader;
using llvm::StringRef;

bool Solver::isSolver(const Message &message) {
  return llvm::any_of(message.fields, [](const Field &field) {
    for (const char *name : {"net", "train_net", "net_param", "train_net_param",
                             "base_lr", "lr_policy", "solver_mode", "max_iter"})
      if (field.name == name)
        return true;
    return false;
  });
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

void Solver::readType() {
  static constexpr StringRef older[] = {"SGD",     "NESTEROV", "ADAGRAD",
                                        "RMSPROP", "ADADELTA", "ADAM"};
  static constexpr StringRef newer[] = {"SGD",     "Nesterov", "AdaGrad",
                                        "RMSProp", "AdaDelta", "Adam"};
  type = message.text("type", "SGD");
  if (message.has("solver_type")) {
    std::string word = message.word("solver_type", older, "SGD");
    type = newer[llvm::find(older, word) - std::begin(older)].str();
  }
  if (!llvm::is_contained(newer, type))
    throw Refusal(message.find("type")->valuePlace,
                  "there is no solver of type '" + type + "'");
}

/// The rate goes down by gamma at each of the steps.
std::string Solver::multistep() const {
  std::string passed;
  for (int64_t at : message.integers("stepvalue", 0))
    passed +=
        (passed.empty() ? "" : " + ") + ("f32(step >= " + spell(at)) + ")";
  return passed.empty() ? "0" : "(" + passed + ")";
}

void Solver::readRate() {
  const Field *base = message.find("base_lr");
  if (!base)
    throw Refusal(message.place, "the solver has no base_lr");
  double first = numberOf(*base);
  if (!(first >= 0))
    throw Refusal(base->valuePlace, "'base_lr' is not negative");
  std::string policy = message.text("lr_policy", "fixed");
  double gamma = message.number("gamma", 0), power = message.number("power", 0);
  int64_t size = message.integer("stepsize", 1, 1);
  if (gamma < 0 &&
      (policy == "step" || policy == "exp" || policy == "multistep"))
    throw Refusal(
        message.find("gamma")->valuePlace,
        "'gamma' is not negative with this lr_policy: rates would be");
  std::string b = spell(first), g = spell(gamma);
  if (policy == "fixed")
    rate = b;
  else if (policy == "step")
    rate = b + " * " + g + " ^ floor(step / " + spell(size) + ")";
  else if (policy == "exp")
    rate = b + " * " + g + " ^ step";
  else if (policy == "inv")
    rate = b + " * (1 + " + g + " * step) ^ " + spell(-power);
  else if (policy == "multistep")
    rate = b + " * " + g + " ^ " + multistep();
  else if (policy == "poly")
    rate = b + " * (1 - minimum(step / " + spell(std::max<int64_t>(most, 1)) +
           ", 1)) ^ " + spell(power);
  else if (policy == "sigmoid")
    rate = b + " / (1 + exp(" + spell(-gamma) + " * (step - " + spell(size) +
           ")))";
  else
    throw Refusal(message.find("lr_policy")->valuePlace,
                  "there is no lr_policy '" + policy + "'");
  if (policy == "poly" && most == 0)
    throw Refusal(message.find("lr_policy")->valuePlace,
                  "lr_policy 'poly' needs max_iter");
}

void Solver::readRest() {
  momentum = message.number("momentum", 0);
  decay = message.number("weight_decay", 0);
  isL1 = message.text("regularization_type", "L2") == "L1";
  if (const Field *kind = message.find("regularization_type");
      kind && !isL1 && kind->text != "L2")
    throw Refusal(kind->valuePlace, "'regularization_type' is L1 or L2");
  clip = message.number("clip_gradients", -1);
  calls = message.integer("iter_size", 1, 1, INT32_MAX);
  for (StringRef state : {"train_state", "test_state"})
    for (const Message *group : message.groups(state)) {
      // A second test net tests the same weights on other data; the last one
      // counts.
      auto &into = state == "train_state" ? stages.train : stages.test;
      into = group->texts("stage");
      group->ignore({"phase"});
      if (group->integer("level", 0, INT32_MIN) != 0)
        throw Refusal(group->place, "levels of states are not supported");
    }
  netFile = message.find("net");
  if (!netFile)
    netFile = message.find("train_net");
  ownNet = message.has("net_param")         ? &message.group("net_param")
           : message.has("train_net_param") ? &message.group("train_net_param")
                                            : nullptr;
  if (!netFile && !ownNet)
    throw Refusal(message.place, "the solver names no net");
  // When to test, to show and to keep is told to the training program, as is on
  // what device it runs; tests are made at the end of each epoch.
  message.ignore({"test_net",
                  "test_net_param",
                  "train_net",
                  "test_iter",
                  "test_interval",
                  "test_compute_loss",
                  "test_initialization",
                  "average_loss",
                  "snapshot",
                  "snapshot_prefix",
                  "snapshot_diff",
                  "snapshot_format",
                  "snapshot_after_train",
                  "solver_mode",
                  "device_id",
                  "debug_info",
                  "display",
                  "random_seed",
                  "layer_wise_reduce",
                  "weights",
                  "max_iter",
                  "momentum2",
                  "rms_decay",
                  "delta",
                  "gamma",
                  "power",
                  "stepsize",
                  "stepvalue"});
}

Solver::Solver(const Message &message) : message(message) {
  most = message.integer("max_iter", 0, 0, INT32_MAX);
  readType();
  readRate();
  readRest();
  if (!ownNet) {
    message.refuseUnread();
    return;
  }
  for (const Field &field : message.fields)
    if (!field.isRead)
      throw Refusal(field.place,
                    "'" + field.name + "' is unknown, or not supported here");
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

std::string Solver::optimizer() const {
  Call call;
  call.set("learning_rate", rate);
  auto isPositive = [](double number) { return number > 0; };
  std::string delta = spell(message.number("delta", 1e-8));
  if (type == "SGD" || type == "Nesterov") {
    call.function = "sgd";
    // Caffe's momentum gathers steps, which the rate is a part of.
    if (isPositive(momentum))
      call.set("momentum", spell(momentum)).set("rate_in_momentum", "true");
    if (type == "Nesterov" && isPositive(momentum))
      call.set("nesterov", "true");
  } else if (type == "AdaGrad") {
    call.function = "adagrad";
    call.set("epsilon", delta);
  } else if (type == "RMSProp") {
    call.function = "rmsprop";
    call.set("decay", spell(message.number("rms_decay", 0.99)));
    call.set("epsilon", delta);
  } else if (type == "AdaDelta") {
    call.function = "adadelta";
    call.set("rho", spell(momentum)).set("epsilon", delta);
  } else {
    double second = message.number("momentum2", 0.999);
    call.function = "adam";
    call.set("beta1", spell(momentum)).set("beta2", spell(second));
    // Caffe adds delta before it corrects the second moment's bias.
    call.set("epsilon",
             delta + " * (1 - " + spell(second) + " ^ (step + 1)) ^ -0.5");
  }
  if (isPositive(momentum) && (type == "AdaGrad" || type == "RMSProp"))
    throw Refusal(message.find("momentum")->valuePlace,
                  "a solver of type " + type + " has no momentum");
  if (decay != 0)
    call.set(isL1 ? "l1_decay" : "weight_decay", spell(decay));
  return call.str();
}

void Solver::write(ModelText &into,
                   const std::vector<Translator::TrainedBlob> &blobs) const {
  const Field *base = message.find("base_lr");
  auto add = [&](const std::string &text) {
    into.add("  " + text, base->place, "the solver");
  };
  add("optimizer = " + optimizer());
  if (calls > 1)
    add("accumulate = " + spell(calls));
  // Caffe clips the sum of the gradients of a step, not their mean.
  if (clip > 0)
    add("clip_norm = " + spell(clip / double(calls)));
  // What is treated alike stands together.
  struct Group {
    Place place;
    std::vector<std::string> names;
  };
  std::map<std::pair<double, double>, Group> groups;
  for (const auto &[name, spec] : blobs) {
    if ((spec.rate == 1 && spec.decay == 1) || name.empty())
      continue;
    if (spec.rate < 0 || spec.decay < 0)
      throw Refusal(spec.place, "a factor of the rate or decay is not "
                                "negative");
    Group &group =
        groups.try_emplace({spec.rate, spec.decay}, Group{spec.place, {}})
            .first->second;
    group.names.push_back(quote(name));
  }
  for (const auto &[factors, group] : groups) {
    auto [rate, decayed] = factors;
    std::string settings = rate == 0 ? "frozen = true" : "";
    if (rate != 0 && rate != 1)
      settings = "learning_rate_scale = " + spell(rate);
    if (rate != 0 && decayed != 1 && decay != 0)
      settings += (settings.empty() ? "" : "; ") +
                  std::string(isL1 ? "l1_decay" : "weight_decay") + " = " +
                  spell(decay * decayed);
    if (!settings.empty())
      into.add("  parameters " + llvm::join(group.names, ", ") + " { " +
                   settings + " }",
               group.place, "param");
  }
}

std::vector<std::pair<std::string, std::string>>
Solver::programOptions() const {
  std::vector<std::pair<std::string, std::string>> options;
  if (most > 0)
    options.emplace_back("--limit-steps", spell(most * calls));
  if (int64_t every = message.integer("display", 0, 0, INT32_MAX))
    options.emplace_back("--log-every", spell(every * calls));
  if (const Field *seed = message.find("random_seed"))
    if (int64_t number = integerOf(*seed, -1, INT64_MAX); number >= 0)
      options.emplace_back("--seed", spell(number));
  return options;
}
