//===- Training.cpp - training blocks to evaluate, train_step and report --===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Elaborate.h"

#include "ir/Target.h"
#include "llvm/ADT/StringExtras.h"

using namespace dlcc;
using namespace dlcc::dlm;

static std::string entryName(const TrainingDecl &block, const char *name) {
  return block.block.text.empty() ? name : block.block.text + "_" + name;
}

/// `loss` and metrics leave as f32 scalars.
static Tensor asMetric(Emitter &emitter, const Tensor &tensor) {
  return emitter.cast(tensor, emitter.getBuilder().getF32Type());
}

/// Runs the block's statements but for reports, groups and what is no name of
/// the text: settings of the step go to `settings`.
void ModelBuilder::runBlock(const TrainingDecl &block, Evaluator &evaluator,
                            Scope &scope, StepSettings &settings) {
  for (const Stmt *stmt : block.body) {
    if (stmt->kind == StmtKind::Report || stmt->kind == StmtKind::Group ||
        stmt->kind == StmtKind::Only || stmt->kind == StmtKind::Data)
      continue;
    bool bindsOne = stmt->kind == StmtKind::Assign && stmt->targets.size() == 1;
    const std::string name = bindsOne ? stmt->targets[0].text : "";
    if (name == "batch" || name == "epochs" ||
        (bindsOne && dims.contains(name)))
      continue;
    if (StepSettings::isSetting(name))
      readSetting(*stmt, evaluator, scope, settings);
    else
      evaluator.run(*stmt, scope);
  }
}

std::optional<Tensor> ModelBuilder::lossOf(const TrainingDecl &block,
                                           Evaluator &evaluator, Scope &scope) {
  std::string title = block.model.text +
                      (block.block.text.empty() ? "" : "." + block.block.text);
  auto it = scope.names.find("loss");
  if (it == scope.names.end()) {
    if (missesStatements(block.body, evaluator))
      return std::nullopt;
    report(Diagnostic(block.model.range,
                      "training block '" + title + "' has no loss")
               .withHint("loss = softmax_cross_entropy(logits, label)"));
    return std::nullopt;
  }
  const auto &[value, range] = it->second;
  if (value.isPoison())
    return std::nullopt;
  if (!value.isTensor() || value.tensor.rank() ||
      !isFloat(value.tensor.element)) {
    report(
        Diagnostic(range, "the loss is a scalar float, not " + describe(value))
            .withHint(value.isTensor() && value.tensor.rank()
                          ? "mean(…) or sum(…) makes a scalar of it"
                          : ""));
    return std::nullopt;
  }
  return value.tensor;
}

void ModelBuilder::buildStep(const TrainingDecl &block, bool training) {
  Emitter emitter(*module,
                  entryName(block, training ? "train_step" : "evaluate"),
                  training ? "train" : "evaluate", dims, training);
  mlir::Builder &builder = emitter.getBuilder();
  if (!block.block.text.empty())
    emitter.getFunction()->setAttr(attr::kBlock,
                                   builder.getStringAttr(block.block.text));
  Evaluator evaluator(program, dims, &variables, &emitter);
  Frame frame;
  frame.path = std::make_shared<PathNode>();
  evaluator.frame = &frame;
  Scope file, top, scope;
  runModel(evaluator, file, top);
  scope.parent = &top;
  for (const ParameterDecl &input : block.inputs)
    // An unknown name that was reported is bound, to poison.
    if (auto it = top.names.find(input.name.text);
        it != top.names.end() && !it->second.value.isPoison())
      report(Diagnostic(input.name.range,
                        "the model has a '" + input.name.text + "' already")
                 .note(it->second.range, "this one")
                 .withHint("a training block reads the model's names"));
  // An output that the model never binds was reported with the forward pass.
  for (const Name &output : model.outputs)
    if (!top.names.count(output.text))
      top.bind(output, Value::poison());
  Scope inputs;
  inputs.parent = &top;
  bindInputs(block.inputs, evaluator, inputs);
  bindData(block, emitter);
  scope.parent = &inputs;
  evaluator.inTraining = true;
  StepSettings settings;
  const TrainingDecl *from = nullptr;
  evaluator.callsPerStep = defaultOf("accumulate", &block, from).value_or(1);
  runBlock(block, evaluator, scope, settings);
  const Stmt *optimizer = settings.find("optimizer");
  if (!optimizer && !missesStatements(block.body, evaluator))
    report(Diagnostic(block.keyword, "this training block has no optimizer")
               .withHint("optimizer = sgd(learning_rate = 0.1)"));
  std::optional<Tensor> loss = lossOf(block, evaluator, scope);
  if (loss && training && optimizer)
    minimize(block, evaluator, scope, *loss, settings, optimizer->value->range);

  std::vector<std::pair<std::string, Tensor>> results;
  metrics.clear();
  for (const std::string &name : scope.order) {
    const Scope::Binding &binding = scope.names[name];
    const Value &value = binding.value;
    bool isMetric = value.isTensor() && value.tensor.rank() == 0 &&
                    emitter.owns(value.tensor.value);
    if (!isMetric)
      continue;
    emitter.setLocation(emitter.getFunction().getLoc());
    results.emplace_back(name, asMetric(emitter, value.tensor));
    metrics.push_back(name);
    if (metrics.size() == 17)
      report(
          Diagnostic(binding.range, "a training block has 16 metrics at most")
              .withHint("every scalar of it is a metric; compute "
                        "intermediate ones in a function"));
  }
  emitter.finish(results);
}

//===----------------------------------------------------------------------===//
// Reports
//===----------------------------------------------------------------------===//

void ModelBuilder::buildReport(const TrainingDecl &block) {
  auto isReport = [](const Stmt *stmt) {
    return stmt->kind == StmtKind::Report;
  };
  if (llvm::none_of(block.body, isReport))
    return;
  Emitter emitter(*module, entryName(block, "report"), "report", dims,
                  /*training=*/false);
  if (!block.block.text.empty())
    emitter.getFunction()->setAttr(
        attr::kBlock, emitter.getBuilder().getStringAttr(block.block.text));
  Evaluator evaluator(program, dims, &variables, &emitter);
  Frame frame;
  frame.path = std::make_shared<PathNode>();
  evaluator.frame = &frame;
  Scope scope;
  // What the block binds but is no average is unknown to a report; where it
  // was in error, the report's use of it follows from that.
  bool hadErrors = program.diagnostics.errors() > 0;
  for (const Stmt *stmt : block.body)
    if (stmt->kind != StmtKind::Report && hadErrors)
      for (const Name &target : stmt->targets)
        scope.bind(target, Value::poison());
  for (const std::string &metric : metrics)
    scope.bind({metric, block.keyword},
               Value::ofTensor(emitter.argument(
                   metric, emitter.getBuilder().getF32Type(), {})));
  std::vector<std::pair<std::string, Tensor>> results;
  for (const Stmt *stmt : block.body) {
    if (!isReport(stmt))
      continue;
    const Name &name = stmt->targets[0];
    if (llvm::is_contained(metrics, name.text)) {
      report(Diagnostic(name.range,
                        "a metric is called '" + name.text + "' already"));
      continue;
    }
    Value value = evaluator.evaluate(*stmt->value, scope);
    std::optional<Tensor> tensor =
        evaluator.tensorOf(value, stmt->value->range);
    if (!tensor)
      continue;
    if (tensor->rank())
      report(Diagnostic(stmt->value->range,
                        "a report is a scalar, not " + toString(*tensor)));
    else
      results.emplace_back(name.text, asMetric(emitter, *tensor));
    scope.bind(name, Value::ofTensor(*tensor));
  }
  emitter.finish(results);
}
