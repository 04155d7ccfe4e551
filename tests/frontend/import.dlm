// Functions and constants of another file, relative to this one; a cycle ends.
// RUN: dlcc compile --stop-after=parsed --batch 4 -o - %s | FileCheck %s
// RUN: not dlcc check %S/Inputs/cycle.dlm 2>&1 | FileCheck %s --check-prefix=CYCLE

import "Inputs/layers.dlm"

model m(x: f32[batch, 8]) -> y {
  y = scaled(x)
}

// CHECK: dlc.constant dense<3.000000e+00>
// CYCLE: cycle_back.dlm:1:8: error: {{.*}}cycle.dlm' imports itself by way of this
