/* Fits the ten plots and compares with the textbook's fitted values. */
#include "linear_regression.h"

#include <math.h>
#include <stdio.h>

int main(void) {
  static const float fertiliser[10] = {6, 10, 12, 14, 16, 18, 22, 24, 26, 32};
  static const float insecticide[10] = {4, 4, 5, 7, 9, 12, 14, 20, 21, 24};
  static const float yield[10] = {40, 44, 46, 48, 52, 58, 60, 68, 74, 80};
  static const float expected[10] = {40.32f, 42.92f, 45.33f, 48.85f, 52.37f,
                                     57.0f,  61.82f, 69.78f, 72.19f, 79.42f};
  float fitted[10], worst = 0;
  int i;
  linear_regression *net = linear_regression_create(NULL);
  if (!net || linear_regression_init(net, 1))
    return 1;
  for (i = 0; i < 20000; i++)
    if (linear_regression_train_step(net, 10, fertiliser, insecticide, yield,
                                     NULL))
      return 1;
  if (linear_regression_forward(net, 10, fertiliser, insecticide, fitted))
    return 1;
  for (i = 0; i < 10; i++)
    if (fabsf(fitted[i] - expected[i]) > worst)
      worst = fabsf(fitted[i] - expected[i]);
  linear_regression_destroy(net);
  printf(worst < 0.05f ? "within 0.05\n" : "off by %g\n", worst);
  return 0;
}
