// RUN: not dlcc check %s 2>&1 | FileCheck %s
// CHECK: no_model.dlm:5:21: error: the file holds no model
// CHECK-NOT: error:

fn f(x) { return x }
