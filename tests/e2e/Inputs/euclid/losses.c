/* The loss and the weights after one step of three models that are the same,
   of a whole batch and of fewer rows. */
#include "composed.h"
#include "given.h"
#include "written_in_c.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BATCH = 8, INPUTS = 4, OUTPUTS = 3, MODELS = 3, PARAMETERS = 43 };

static float x[BATCH * INPUTS], target[BATCH * OUTPUTS];
/* The loss, then the parameters. */
static float results[MODELS][1 + PARAMETERS];

static const char *const names[] = {
    "network.dense.weight", "network.dense.bias", "network.dense_1.weight",
    "network.dense_1.bias"};
static const int sizes[] = {20, 5, 15, 3};

static void check(int ok) {
  if (!ok) {
    printf("%s\n", dlcc_last_error());
    exit(1);
  }
}

#define STEP(model, rows, result)                                              \
  do {                                                                         \
    model *net = model##_create(NULL);                                         \
    model##_metrics metrics;                                                   \
    float *to = result;                                                        \
    int i;                                                                     \
    check(net != NULL);                                                        \
    check(model##_init(net, 7) == DLCC_OK);                                    \
    check(model##_train_step(net, rows, x, target, &metrics) == DLCC_OK);      \
    *to++ = metrics.loss;                                                      \
    for (i = 0; i < 4; to += sizes[i++])                                       \
      check(model##_get_parameter(net, names[i], to, 4 * (size_t)sizes[i]) ==  \
            DLCC_OK);                                                          \
    model##_destroy(net);                                                      \
  } while (0)

int main(void) {
  int i, rows, model, differ = 0;
  for (i = 0; i < BATCH * INPUTS; ++i)
    x[i] = sinf((float)i);
  for (i = 0; i < BATCH * OUTPUTS; ++i)
    target[i] = cosf((float)(3 * i));
  for (rows = BATCH; rows > 0; rows -= 5) {
    STEP(composed, rows, results[0]);
    STEP(given, rows, results[1]);
    STEP(written_in_c, rows, results[2]);
    printf("%d rows: loss %.4f\n", rows, results[0][0]);
    for (model = 1; model < MODELS; ++model)
      for (i = 0; i < 1 + PARAMETERS; ++i)
        if (!(fabsf(results[model][i] - results[0][i]) <= 1e-6f))
          ++differ;
  }
  printf("%d numbers differ\n", differ);
  return differ != 0;
}
