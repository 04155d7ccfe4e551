// RUN: not dlcc check %s 2>&1 | FileCheck %s

import "no_such_file.dlm"
model m(x: f32[batch, 4]) -> y {
  y = x
}

// CHECK: missing_import.dlm:3:8: error: cannot read '{{.*}}no_such_file.dlm': No such file or directory
// CHECK-NEXT: import "no_such_file.dlm"
// CHECK-NEXT: ^~~~~~~~~~~~~~~~~~
// CHECK-NOT: error:
