// RUN: dlcc-opt %s --dlc-expand-math | FileCheck %s

// CHECK-LABEL: func.func @rsqrt
// CHECK: %[[ONE:.*]] = arith.constant dense<1.0{{.*}}> : vector<16xf32>
// CHECK: %[[S:.*]] = math.sqrt %{{.*}} : vector<16xf32>
// CHECK: arith.divf %[[ONE]], %[[S]] : vector<16xf32>
func.func @rsqrt(%x: vector<16xf32>) -> vector<16xf32> {
  %y = math.rsqrt %x : vector<16xf32>
  return %y : vector<16xf32>
}

// No function is left; the portable target rounds each product.
// CHECK-LABEL: func.func @all
// CHECK-NOT: math.{{exp|log|tanh|erf|sin|cos|pow|fma}}
// CHECK: return
func.func @all(%x: f32) -> f32 {
  %0 = math.exp %x : f32
  %1 = math.log %0 : f32
  %2 = math.tanh %1 : f32
  %3 = math.erf %2 : f32
  %4 = math.sin %3 : f32
  %5 = math.cos %4 : f32
  %6 = math.powf %5, %x : f32
  %7 = math.expm1 %6 : f32
  %8 = math.log1p %7 : f32
  return %8 : f32
}

// The portable target cannot round to integers either.
// CHECK-LABEL: func.func @floor
// CHECK-NOT: math.{{floor|roundeven}}
// CHECK: return
func.func @floor(%x: vector<4xf32>) -> vector<4xf32> {
  %y = math.floor %x : vector<4xf32>
  return %y : vector<4xf32>
}

// Left for libm.
// CHECK-LABEL: func.func @double
// CHECK: math.tanh %{{.*}} : f64
func.func @double(%x: f64) -> f64 {
  %y = math.tanh %x : f64
  return %y : f64
}
