//===- ExternFunctions.cpp - functions that are written in C --------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A dimension of the declared types is a number, a constant of the file, or a
// name, which stands for one extent in a call. The C function is told the
// extents of the names in the order in which they first appear.
//
//===----------------------------------------------------------------------===//

#include "frontend/dlm/ExternFunctions.h"

#include "frontend/dlm/Evaluator.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"

#include <set>

using namespace dlcc;
using namespace dlcc::dlm;

/// The number that a dimension is; none for a name.
static std::optional<int64_t> numberOf(const Program &program,
                                       const Expr &dim) {
  if (dim.kind == ExprKind::Integer)
    return dim.integer;
  auto constant = program.constants.find(dim.text);
  if (constant == program.constants.end())
    return std::nullopt;
  return constant->second.value.integer;
}

//===----------------------------------------------------------------------===//
// Declarations
//===----------------------------------------------------------------------===//

namespace {

class DeclarationCheck {
public:
  explicit DeclarationCheck(const Program &program) : program(program) {}

  bool run(const FunctionDecl &function);

private:
  bool report(Diagnostic &&diagnostic) {
    program.diagnostics.report(diagnostic);
    return false;
  }
  bool checkSymbol(const Pattern &symbol);
  bool checkType(const TypeExpr &type, bool isResult);
  bool checkDimension(const Expr &dim, bool isResult);
  bool checkGradient(const FunctionDecl &function);
  bool isFloat(const TypeExpr &type) const {
    return dlm::isFloat(typeNamed(&program.context, type.element.text));
  }

  const Program &program;
  /// All C functions so far, each with its place.
  std::map<std::string, Range> symbols;
  std::set<std::string> dims; ///< names of the parameters' dimensions
};

} // namespace

bool DeclarationCheck::checkSymbol(const Pattern &symbol) {
  llvm::StringRef text = symbol.text;
  auto isPart = [](char c) { return llvm::isAlnum(c) || c == '_'; };
  if (text.empty() || llvm::isDigit(text[0]) || !llvm::all_of(text, isPart))
    return report(Diagnostic(symbol.range, "'" + text + "' is no name in C"));
  if (text.starts_with("dlcc_"))
    return report(Diagnostic(
        symbol.range, "names that begin with 'dlcc_' are the runtime's"));
  auto [it, isNew] = symbols.try_emplace(symbol.text, symbol.range);
  if (!isNew)
    return report(
        Diagnostic(symbol.range,
                   "a second declaration of the C function '" + text + "'")
            .note(it->second, "the first one"));
  return true;
}

bool DeclarationCheck::checkDimension(const Expr &dim, bool isResult) {
  if (dim.kind == ExprKind::Error)
    return false;
  if (dim.kind != ExprKind::Integer && dim.kind != ExprKind::Name)
    return report(Diagnostic(
        dim.range, "a dimension of a C function is a number or a name"));
  auto constant = program.constants.find(dim.text);
  if (dim.kind == ExprKind::Name && constant != program.constants.end()) {
    const Value &value = constant->second.value;
    if (value.isPoison())
      return false;
    if (!value.is(ValueKind::Int))
      return report(Diagnostic(dim.range, "'" + dim.text + "' is " +
                                              describe(value) +
                                              ", which is no dimension"));
  }
  if (std::optional<int64_t> number = numberOf(program, dim)) {
    if (*number >= 1)
      return true;
    return report(Diagnostic(dim.range, "a dimension is at least 1, not " +
                                            llvm::Twine(*number)));
  }
  if (!isResult)
    dims.insert(dim.text);
  else if (!dims.count(dim.text))
    return report(Diagnostic(dim.range, "no parameter has the dimension '" +
                                            dim.text + "'"));
  return true;
}

bool DeclarationCheck::checkType(const TypeExpr &type, bool isResult) {
  if (!typeNamed(&program.context, type.element.text))
    return report(
        Diagnostic(type.element.range, "'" + type.element.text + "' is no type")
            .withHint("types are bool u8 i8 i32 i64 bf16 f16 f32 f64"));
  if (type.bound)
    return report(
        Diagnostic(type.bound->range, "only an input of a model has a bound"));
  return llvm::all_of(type.dims, [&](const Expr *dim) {
    return checkDimension(*dim, isResult);
  });
}

bool DeclarationCheck::checkGradient(const FunctionDecl &function) {
  const ExternDecl &external = *function.external;
  if (!external.gradient)
    return true;
  for (const TypeExpr &result : external.results)
    if (!isFloat(result))
      return report(
          Diagnostic(result.range, "'" + function.name.text +
                                       "' has a gradient, so it gives floats"));
  if (llvm::none_of(function.parameters, [&](const ParameterDecl &parameter) {
        return isFloat(*parameter.type);
      }))
    return report(Diagnostic(external.gradient->range,
                             "a gradient of '" + function.name.text +
                                 "', which takes no floats"));
  return true;
}

bool DeclarationCheck::run(const FunctionDecl &function) {
  const ExternDecl &external = *function.external;
  dims.clear();
  std::map<std::string, Range> names;
  for (const ParameterDecl &parameter : function.parameters) {
    auto [it, isNew] =
        names.try_emplace(parameter.name.text, parameter.name.range);
    if (!isNew)
      return report(
          Diagnostic(parameter.name.range,
                     "a second parameter called '" + parameter.name.text + "'")
              .note(it->second, "the first one"));
    if (!checkType(*parameter.type, /*isResult=*/false))
      return false;
  }
  for (const TypeExpr &result : external.results)
    if (!checkType(result, /*isResult=*/true))
      return false;
  return checkSymbol(external.symbol) &&
         (!external.gradient || checkSymbol(*external.gradient)) &&
         checkGradient(function);
}

void dlcc::dlm::checkExternFunctions(const Program &program, Files &files) {
  DeclarationCheck check(program);
  for (const auto &ast : files.asts)
    for (FunctionDecl &function : ast->functions)
      if (function.external && !function.isBroken)
        function.isBroken = !check.run(function);
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

/// `f32[n, 3]`, as the declaration says it.
static std::string toString(const TypeExpr &type) {
  std::vector<std::string> dims;
  for (const Expr *dim : type.dims)
    dims.push_back(dim->kind == ExprKind::Integer ? std::to_string(dim->integer)
                                                  : dim->text);
  return type.element.text + "[" + llvm::join(dims, ", ") + "]";
}

/// Whether a dimension behind the first depends on the batch: fewer rows would
/// leave gaps that C does not know of.
static bool hasRowsBehind(llvm::ArrayRef<Extent> shape) {
  return llvm::any_of(llvm::drop_begin(shape, shape.empty() ? 0 : 1),
                      [](const Extent &extent) { return extent.hasBatch(); });
}

namespace {

/// The types of one call.
class CallTypes {
public:
  CallTypes(Evaluator &evaluator, const Frame &frame)
      : evaluator(evaluator), program(evaluator.program), frame(frame),
        function(*frame.function) {}

  /// The tensor for parameter `i`; none after an error.
  std::optional<Tensor> bind(size_t i, const Value &value);
  /// What the function gives, without values; none after an error.
  std::optional<llvm::SmallVector<Tensor>> results(Range call);

  /// Where the extents are found that the function is told: pairs of an input
  /// and its axis.
  llvm::SmallVector<int64_t> dims() const;

private:
  struct BoundDim {
    std::string name, parameter; ///< where it was met first
    Extent extent;
    int64_t input, axis;
  };
  const BoundDim *find(const std::string &name) const {
    auto isIt = [&](const BoundDim &dim) { return dim.name == name; };
    auto found = llvm::find_if(bound, isIt);
    return found == bound.end() ? nullptr : &*found;
  }
  std::string bindDims(size_t i, const Tensor &tensor);

  Evaluator &evaluator;
  const Program &program;
  const Frame &frame;
  const FunctionDecl &function;
  std::vector<BoundDim> bound;
};

} // namespace

static bool isForTensor(const Value &value) {
  return value.isTensor() || value.isNumber() || value.is(ValueKind::Bool) ||
         value.is(ValueKind::Dim) || value.is(ValueKind::List);
}

/// Why the dimensions do not fit; empty where they do.
std::string CallTypes::bindDims(size_t i, const Tensor &tensor) {
  const ParameterDecl &parameter = function.parameters[i];
  for (auto [axis, dim] : llvm::enumerate(parameter.type->dims)) {
    const Extent &extent = tensor.shape[axis];
    if (std::optional<int64_t> number = numberOf(program, *dim)) {
      if (extent != Extent(*number))
        return ": " + std::to_string(*number) + " and " + extent.str() +
               " differ";
      continue;
    }
    const BoundDim *first = find(dim->text);
    if (!first)
      bound.push_back(
          {dim->text, parameter.name.text, extent, int64_t(i), int64_t(axis)});
    else if (first->extent != extent)
      return ": '" + dim->text + "' is " + first->extent.str() + " in '" +
             first->parameter + "'";
  }
  return "";
}

std::optional<Tensor> CallTypes::bind(size_t i, const Value &value) {
  const ParameterDecl &parameter = function.parameters[i];
  const std::string &name = parameter.name.text;
  const TypeExpr &type = *parameter.type;
  Range range = frame.arguments.at(name);
  auto fail = [&](const std::string &given, llvm::StringRef hint = "") {
    evaluator.error(range,
                    "'" + function.name.text + "' takes " + toString(type) +
                        " as '" + name + "', not " + given,
                    hint);
    return std::nullopt;
  };
  if (value.isPoison())
    return std::nullopt;
  if (!isForTensor(value))
    return fail(describe(value));
  mlir::Type element = typeNamed(&program.context, type.element.text);
  std::optional<Tensor> tensor = evaluator.tensorOf(value, range, element);
  if (!tensor)
    return std::nullopt;
  std::string given = dlm::toString(*tensor);
  if (tensor->element != element)
    return fail(given, nameOf(element) + "(x) converts");
  if (tensor->rank() != type.dims.size())
    return fail(given);
  if (hasRowsBehind(tensor->shape))
    return fail(given + ": 'batch' is the first dimension of what C gets",
                "rows lie one after the other there");
  if (std::string why = bindDims(i, *tensor); !why.empty())
    return fail(given + why);
  return tensor;
}

std::optional<llvm::SmallVector<Tensor>> CallTypes::results(Range call) {
  llvm::SmallVector<Tensor> tensors;
  for (const TypeExpr &type : function.external->results) {
    Tensor &result = tensors.emplace_back();
    result.element = typeNamed(&program.context, type.element.text);
    for (const Expr *dim : type.dims) {
      std::optional<int64_t> number = numberOf(program, *dim);
      result.shape.push_back(number ? Extent(*number)
                                    : find(dim->text)->extent);
    }
    if (hasRowsBehind(result.shape)) {
      evaluator.error(
          call,
          "'" + function.name.text + "' gives " + dlm::toString(result) +
              ", but 'batch' is the first dimension of what C gives",
          "rows lie one after the other there");
      return std::nullopt;
    }
    if (!evaluator.checkSize(result.shape, result.element, call))
      return std::nullopt;
  }
  return tensors;
}

llvm::SmallVector<int64_t> CallTypes::dims() const {
  llvm::SmallVector<int64_t> pairs;
  for (const BoundDim &dim : bound)
    pairs.append({dim.input, dim.axis});
  return pairs;
}

Value Evaluator::callExtern(const FunctionDecl &function,
                            llvm::ArrayRef<Value> values, const Expr &call) {
  locate(call);
  // There is no text inside: what is wrong is so in the caller's.
  Frame *own = frame;
  frame = own->parent;
  llvm::scope_exit leave([&] { frame = own; });
  if (!emitter)
    return error(call.pointAt, "a constant is not computed by a C function");
  CallTypes types(*this, *own);
  llvm::SmallVector<Tensor> inputs;
  for (auto [i, value] : llvm::enumerate(values)) {
    std::optional<Tensor> input = types.bind(i, value);
    if (!input)
      return Value::poison();
    inputs.push_back(*input);
  }
  std::optional<llvm::SmallVector<Tensor>> results =
      types.results(call.pointAt);
  if (!results)
    return Value::poison();
  std::vector<Value> given;
  for (Tensor &result :
       emitter->callExtern(*function.external, inputs, types.dims(), *results))
    given.push_back(Value::ofTensor(std::move(result)));
  return given.size() == 1 ? given[0] : Value::ofList(std::move(given));
}
