//===- EvaluateCall.cpp - calls, layers and parameters --------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/Evaluator.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"

using namespace dlcc;
using namespace dlcc::dlm;
using llvm::StringRef;

/// Parameters of a function or builtin, in order.
static std::vector<std::string> parameterNames(const FunctionDecl *function,
                                               const Builtin *builtin) {
  std::vector<std::string> names;
  if (function)
    for (const ParameterDecl &parameter : function->parameters)
      names.push_back(parameter.name.text);
  if (builtin)
    for (StringRef name : llvm::split(builtin->parameters, ' '))
      if (!name.empty())
        names.push_back(name.rtrim('?').str());
  return names;
}

static std::string calleeName(const Value &callee) {
  if (callee.layer)
    return callee.layer->name;
  return callee.function ? callee.function->name.text
                         : callee.builtin->name.str();
}

/// Puts the call's arguments under the names of the callee's parameters, those
/// of a layer or initialiser first. False after an error.
static bool distribute(Evaluator &evaluator, const Value &callee,
                       const Expr &call,
                       std::vector<std::pair<const Argument *, Value>> given,
                       BoundArguments &into) {
  std::vector<std::string> names =
      parameterNames(callee.function, callee.builtin);
  auto isPoison = [](const auto &entry) { return entry.second.isPoison(); };
  if (llvm::any_of(given, isPoison))
    return false;
  bool ok = true;
  if (callee.bound)
    into = *callee.bound;
  // `normal(0.01)`: what has no list in front lacks its shape.
  size_t next = 0;
  if (callee.function && !names.empty() && names[0] == "shape" &&
      !given.empty() && given[0].first->name.text.empty() &&
      !given[0].second.is(ValueKind::List))
    next = 1;
  for (auto &[argument, value] : given) {
    std::string name = argument->name.text;
    Range range = argument->value->range;
    if (name.empty()) {
      while (next < names.size() && into.count(names[next]))
        ++next;
      if (next == names.size()) {
        evaluator.error(
            range,
            "'" + calleeName(callee) + "' takes " + llvm::Twine(names.size()) +
                (names.size() == 1 ? " argument" : " arguments"),
            names.empty() ? "" : "they are " + llvm::join(names, ", "));
        return false;
      }
      into[names[next++]] = {value, range};
      continue;
    }
    if (!llvm::is_contained(names, name)) {
      evaluator.error(argument->name.range,
                      "'" + calleeName(callee) + "' has no parameter '" + name +
                          "'",
                      names.empty() ? "" : "it has " + llvm::join(names, ", "));
      ok = false;
      continue;
    }
    bool isBound = callee.bound && callee.bound->count(name);
    if (into.count(name) && !isBound) {
      evaluator.error(argument->name.range,
                      "argument '" + name + "' is given twice");
      return false;
    }
    into[name] = {value, range};
  }
  return ok;
}

Value Evaluator::callFunction(const Value &function, const Expr &call,
                              Scope &scope) {
  std::string target = std::move(bindingName);
  bindingName.clear();
  // The path's element, not an argument, unless the function wants one.
  Name fixed;
  std::vector<std::pair<const Argument *, Value>> given;
  std::vector<std::string> names =
      parameterNames(function.function, function.builtin);
  for (const Argument &argument : call.arguments) {
    Value value = evaluate(*argument.value, scope);
    bool isPathName = argument.name.text == "name" && function.function &&
                      !llvm::is_contained(names, "name");
    if (!isPathName) {
      given.emplace_back(&argument, std::move(value));
    } else if (value.is(ValueKind::String) && !value.text.empty()) {
      fixed = {value.text, argument.value->range};
    } else if (!value.isPoison()) {
      return error(argument.value->range,
                   "a name is a string, not " + describe(value));
    }
  }
  if (function.isPoison())
    return function;
  if (function.is(ValueKind::Type)) {
    if (given.size() != 1)
      return error(call.pointAt, "a conversion takes one argument");
    Value &value = given[0].second;
    Range range = given[0].first->value->range;
    locate(call);
    bool isConstant = value.isNumber() || value.is(ValueKind::Bool);
    std::optional<Tensor> tensor =
        value.is(ValueKind::Bool)
            ? tensorOf(value, range)
            : tensorOf(value, range,
                       isConstant && value.is(ValueKind::Float) &&
                               !isFloat(function.type)
                           ? mlir::Type()
                           : mlir::Type(isBool(function.type) ? mlir::Type()
                                                              : function.type));
    return tensor ? Value::ofTensor(emitter->cast(*tensor, function.type))
                  : Value::poison();
  }
  if (!function.is(ValueKind::Function))
    return error(call.pointAt, describe(function) + " cannot be called");
  if (function.function && function.function->isBroken)
    return Value::poison();
  BoundArguments arguments;
  if (!distribute(*this, function, call, std::move(given), arguments))
    return Value::poison();

  if (function.builtin) {
    BuiltinCall builtinCall{call, *function.builtin, std::move(arguments)};
    for (StringRef parameter : llvm::split(function.builtin->parameters, ' '))
      if (!parameter.empty() && !parameter.ends_with("?") &&
          !builtinCall.arguments.count(parameter.str()))
        return error(call.pointAt, "'" + function.builtin->name +
                                       "' lacks its argument '" + parameter +
                                       "'");
    bindingName = target;
    locate(call);
    Value result = function.builtin->run(*this, builtinCall);
    bindingName.clear();
    return result;
  }

  const FunctionDecl &decl = *function.function;
  for (const ParameterDecl &parameter : decl.parameters) {
    const std::string &name = parameter.name.text;
    if (arguments.count(name) || parameter.defaultValue)
      continue;
    if (name == "shape" && &parameter == &decl.parameters.front()) {
      // An initialiser: all it lacks is its shape.
      Value result = function;
      result.bound = std::make_shared<BoundArguments>(std::move(arguments));
      return result;
    }
    return error(call.pointAt,
                 "'" + calleeName(function) + "' lacks its argument '" + name +
                     "'",
                 "it has " + llvm::join(names, ", "));
  }
  std::shared_ptr<PathNode> path;
  if (function.layer) {
    path = function.layer->path;
    path->beginSharedCall();
  } else {
    path = std::make_shared<PathNode>();
    path->parent = frame->path;
    path->shared = frame->path->shared;
    path->candidate = fixed.text.empty() ? decl.name.text : fixed.text;
    path->fixed = !fixed.text.empty();
  }
  return inlineCall(decl, std::move(arguments), call, std::move(path));
}

Value Evaluator::inlineCall(const FunctionDecl &function,
                            BoundArguments arguments, const Expr &call,
                            std::shared_ptr<PathNode> path) {
  unsigned height = 0;
  for (const Frame *at = frame; at; at = at->parent, ++height)
    if (at->function == &function)
      return error(call.pointAt,
                   "'" + function.name.text +
                       "' calls itself; functions do not recurse",
                   "a loop at compile time is 'for' or 'repeat'");
  if (height > 64)
    return error(call.pointAt, "calls are nested too deeply");
  Frame inner;
  inner.parent = frame;
  inner.function = &function;
  inner.call = call.pointAt;
  inner.path = std::move(path);
  Scope scope;
  Frame *outer = frame;
  frame = &inner;
  llvm::scope_exit leave([&] { frame = outer; });
  std::vector<Value> values;
  for (const ParameterDecl &parameter : function.parameters) {
    auto it = arguments.find(parameter.name.text);
    if (it == arguments.end()) {
      values.push_back(evaluate(*parameter.defaultValue, scope));
    } else {
      inner.arguments[parameter.name.text] = it->second.second;
      values.push_back(it->second.first);
    }
    scope.bind(parameter.name, values.back());
  }
  if (function.external)
    return callExtern(function, values, call);
  for (const ParameterDecl &parameter : function.parameters)
    if (parameter.type)
      return error(parameter.type->range,
                   "a type of a function's parameter is not supported yet");
  runBody(function.body, scope);
  if (!inner.hasReturned && !exhausted) {
    frame = outer;
    // A function that only stores gives nothing, and nobody may use it.
    return Value::none();
  }
  if (function.gradient)
    return giveGradient(function, values, scope, call);
  return inner.returned;
}

Value Evaluator::apply(const Value &function, std::vector<Value> arguments,
                       const Expr &call) {
  if (!function.is(ValueKind::Function))
    return Value::poison();
  Expr placeholder;
  placeholder.range = placeholder.pointAt = call.pointAt;
  Argument unnamed;
  unnamed.value = &placeholder;
  std::vector<std::pair<const Argument *, Value>> given;
  for (Value &argument : arguments)
    given.emplace_back(&unnamed, std::move(argument));
  BoundArguments bound;
  if (!distribute(*this, function, call, std::move(given), bound))
    return Value::poison();
  if (function.builtin) {
    BuiltinCall builtinCall{call, *function.builtin, std::move(bound)};
    return function.builtin->run(*this, builtinCall);
  }
  for (const ParameterDecl &parameter : function.function->parameters)
    if (!bound.count(parameter.name.text) && !parameter.defaultValue)
      return error(call.pointAt, "'" + function.function->name.text +
                                     "' lacks its argument '" +
                                     parameter.name.text + "'");
  auto path = std::make_shared<PathNode>();
  path->parent = frame->path;
  path->candidate = function.function->name.text;
  return inlineCall(*function.function, std::move(bound), call,
                    std::move(path));
}

/// `enc.encode(x)` does not exist; the error says what does.
Value Evaluator::callMember(const Expr &call, Scope &scope) {
  Value member = evaluateMember(*call.operands[0], scope);
  if (member.isPoison())
    return member;
  return error(call.pointAt, "a part of a layer cannot be called");
}

void Evaluator::bindLayer(const Stmt &stmt, Scope &scope) {
  const Name &target = stmt.targets[0];
  const Expr &call = *stmt.value;
  if (call.kind != ExprKind::Call || call.operands[0]->kind == ExprKind::Member)
    return scope.bind(target, Value::poison());
  Value function = evaluateRaw(*call.operands[0], scope);
  if (function.isPoison())
    return scope.bind(target, function);
  if (!function.is(ValueKind::Function) || !function.function ||
      function.layer) {
    scope.bind(target, error(call.pointAt,
                             "a layer is made from a function, not from " +
                                 describe(function)));
    return;
  }
  BoundArguments bound;
  std::vector<std::string> names = parameterNames(function.function, nullptr);
  std::string fixed;
  for (const Argument &argument : call.arguments) {
    Value value = evaluate(*argument.value, scope);
    bool isPathName =
        argument.name.text == "name" && !llvm::is_contained(names, "name");
    if (isPathName && value.is(ValueKind::String) && !value.text.empty()) {
      fixed = value.text;
      continue;
    }
    if (argument.name.text.empty() ||
        !llvm::is_contained(names, argument.name.text)) {
      bool unnamed = argument.name.text.empty();
      error(unnamed ? argument.value->range : argument.name.range,
            unnamed ? "a layer binds its arguments by name"
                    : "'" + function.function->name.text +
                          "' has no parameter '" + argument.name.text + "'",
            "it has " + llvm::join(names, ", "));
      return scope.bind(target, Value::poison());
    }
    bound[argument.name.text] = {value, argument.value->range};
  }
  function.bound = std::make_shared<BoundArguments>(std::move(bound));
  function.layer = std::make_shared<LayerData>();
  function.layer->name = target.text;
  function.layer->path = std::make_shared<PathNode>();
  function.layer->path->parent = frame->path;
  function.layer->path->candidate = fixed.empty() ? target.text : fixed;
  function.layer->path->fixed = !fixed.empty();
  function.layer->path->shared = true;
  scope.bind(target, function);
}

void Evaluator::bindFileLayers(Scope &scope) {
  for (const Stmt *layer : program.layers)
    if (layer->kind == StmtKind::Error)
      poisonTargets(*layer, scope);
    else
      bindLayer(*layer, scope);
}

//===----------------------------------------------------------------------===//
// Parameters and buffers
//===----------------------------------------------------------------------===//

Value Evaluator::makeVariable(dlc::VariableKind kind, const Extents &shape,
                              mlir::Type element, const Value &init,
                              const BuiltinCall &call) {
  std::string word = stringifyEnum(kind).str();
  if (!variables || !emitter || emitter == variables->init)
    return error(call.expr.pointAt, "a " + word + " is made in a model");
  if (bindingName.empty())
    return error(call.expr.pointAt, "a " + word + " is bound to a name",
                 "w = " + program.sources.text(call.expr.pointAt).str() +
                     "(…)");
  for (const Extent &extent : shape)
    if (extent.hasBatch() && kind != dlc::VariableKind::State)
      return error(call.range("shape"),
                   "a " + word +
                       " cannot depend on the batch: " + toString(shape));
  for (const Frame *at = frame; at; at = at->parent)
    if (at->function && at->function->gradient)
      return error(call.expr.pointAt,
                   "a function with a gradient of its own makes no " + word,
                   "give it as an argument, whose gradient can be returned");
  if (!checkSize(shape, element, call.range("shape")))
    return Value::poison();
  Range place = userPlace(call.expr.pointAt);
  std::string name = frame->path->claim(bindingName);
  bool isSecond = made.count(name);
  if (isSecond && !frame->path->shared)
    return error(Diagnostic(call.expr.pointAt,
                            "a second " + word + " called '" + name + "'")
                     .note(made[name], "the first one")
                     .withHint("to share parameters, bind the call with "
                               "'layer'"));
  made[name] = place;
  VariableInfo *known = findVariable(name);
  if (known && (known->shape != shape || known->element != element)) {
    Tensor wanted{{}, element, shape};
    Tensor first{{}, known->element, known->shape};
    return error(Diagnostic(call.expr.pointAt,
                            "'" + name + "' would be " + toString(wanted) +
                                ", but it was made as " + toString(first))
                     .note(known->range, "made here")
                     .withHint("every call of a layer has the same shapes"));
  }
  Value result = Value::ofString(name);
  result.kind = ValueKind::Variable;
  if (known)
    return result;

  mlir::OpBuilder top =
      mlir::OpBuilder::atBlockBegin(variables->module.getBody());
  if (!variables->table.empty()) {
    // After the variable that was made last, before the functions.
    for (mlir::Operation &op : *variables->module.getBody())
      if (mlir::isa<dlc::VariableOp>(op))
        top.setInsertionPointAfter(&op);
  }
  bool isParameter = kind == dlc::VariableKind::Parameter;
  auto op = dlc::VariableOp::create(top, emitter->getLocation(), kind, name,
                                    emitter->typeOf(element, shape),
                                    isParameter && isFloat(element));
  VariableInfo info{name, op, element, shape, place};
  variables->table[name] = info;
  if (isParameter && isFloat(element))
    variables->parameters.push_back(name);
  if (kind == dlc::VariableKind::State)
    return result; // zero at create and at reset

  // The initial value is computed in `init`, from its path's own randomness.
  Emitter *outer = emitter;
  emitter = variables->init;
  emitter->setLocation(outer->getLocation());
  Frame initFrame;
  initFrame.parent = frame;
  initFrame.call = place;
  initFrame.path = std::make_shared<PathNode>();
  auto root = std::make_shared<PathNode>();
  initFrame.path->parent = root;
  initFrame.path->candidate = name;
  initFrame.path->fixed = true;
  frame = &initFrame;
  llvm::scope_exit leave([&] {
    frame = initFrame.parent;
    emitter = outer;
  });
  Value value = init;
  if (init.is(ValueKind::Function)) {
    std::vector<Value> extents;
    for (const Extent &extent : shape)
      extents.push_back(Value::ofExtent(extent));
    std::string target = std::move(bindingName);
    bindingName.clear();
    value = apply(init, {Value::ofList(std::move(extents))}, call.expr);
    bindingName = std::move(target);
  }
  std::optional<Tensor> tensor = tensorOf(value, call.range("init"), element);
  if (!tensor)
    return result;
  Tensor whole{{}, element, shape};
  std::optional<Extents> fits = broadcastShapes(
      {whole, *tensor}, {call.range("shape"), call.range("init")},
      call.range("init"), "the initial value");
  if (!fits)
    return result;
  if (*fits != shape) {
    error(call.range("init"), "an initial value of shape " +
                                  toString(tensor->shape) +
                                  " does not fit into " + toString(shape));
    return result;
  }
  emitter->write(info,
                 emitter->broadcast(emitter->cast(*tensor, element), shape));
  return result;
}
