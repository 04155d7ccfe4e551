//===- Rules.cpp - registration of the gradient rules ---------------------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "passes/autodiff/Rules.h"

using namespace mlir;

namespace dlcc {

void registerGradientRules(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, dlc::DLCDialect *) {
    attachElementwiseRules(context);
    attachReductionRules(context);
    attachShapeRules(context);
    attachIndexedRules(context);
    attachContractionRules(context);
    attachGivenRules(context);
    attachExternRule(context);
    attachScanRule(context);
  });
}

} // namespace dlcc
