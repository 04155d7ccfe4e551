/* Two models in one program: learns a made batch, refuses wrong calls with a
   sentence, serves fewer rows than the batch. Compiled as C99 and as C++17. */
#include "mlp.h"
#include "softmax_regression.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static float image[MLP_BATCH * 784], logits[MLP_BATCH * 10];
static float fewer[MLP_BATCH * 10];
static int32_t digit[MLP_BATCH];

static int fail(const char *what) {
  printf("%s: %s\n", what, dlcc_last_error());
  return 1;
}

static void make_batch(void) {
  int i;
  for (i = 0; i < MLP_BATCH * 784; i++)
    image[i] = (float)((i * 7919) % 255) / 255.0f;
  for (i = 0; i < MLP_BATCH; i++)
    digit[i] = i % 10;
}

static int learns(mlp *net) {
  mlp_metrics metrics;
  float first = 0;
  int i;
  for (i = 0; i < 200; i++) {
    if (mlp_train_step(net, MLP_BATCH, image, digit, &metrics))
      return 0;
    if (i == 0)
      first = metrics.loss;
  }
  return metrics.loss < 0.5f * first && metrics.accuracy >= 0 &&
         metrics.accuracy <= 1;
}

int main(void) {
  dlcc_options options = DLCC_OPTIONS_INIT;
  mlp *net;
  mlp *shared;
  softmax_regression *other = softmax_regression_create(NULL);
  softmax_regression_metrics metrics;
  float before[10], after[10];
  int i;

  make_batch();
  options.threads = 2;
  net = mlp_create(&options);
  if (!net || !other)
    return fail("create");
  if (mlp_forward(net, 1, image, logits) != DLCC_NO_WEIGHTS)
    return fail("forward without weights");
  if (mlp_init(net, 7) || softmax_regression_init(other, 7))
    return fail("init");
  if (!learns(net))
    return fail("no learning");

  /* What a call brings in fewer rows is what the full batch says of them. */
  if (mlp_forward(net, MLP_BATCH, image, logits) ||
      mlp_forward(net, 5, image, fewer))
    return fail("forward");
  if (memcmp(logits, fewer, 5 * 10 * sizeof(float)) != 0 || fewer[50] != 0)
    return fail("fewer rows");
  shared = mlp_create_shared(net, NULL);
  if (!shared || mlp_forward(shared, MLP_BATCH, image, fewer) ||
      memcmp(logits, fewer, sizeof logits) != 0)
    return fail("shared instance");
  mlp_destroy(shared);
  if (mlp_forward(net, MLP_BATCH, image, NULL))
    return fail("null output");
  if (mlp_train_step(net, MLP_BATCH, image, digit, NULL))
    return fail("null metrics");

  /* A refused step changes nothing. */
  mlp_get_parameter(net, "dense_2.bias", before, sizeof before);
  digit[3] = 10;
  if (mlp_train_step(net, MLP_BATCH, image, digit, NULL) != DLCC_OUT_OF_RANGE)
    return fail("label out of range");
  printf("%s\n", dlcc_last_error());
  mlp_get_parameter(net, "dense_2.bias", after, sizeof after);
  if (memcmp(before, after, sizeof before) != 0)
    return fail("weights changed");
  if (mlp_forward(net, MLP_BATCH + 1, image, logits) != DLCC_OUT_OF_RANGE)
    return fail("too many rows");
  printf("%s\n", dlcc_last_error());
  if (mlp_load(net, "/no/such/file") != DLCC_NOT_FOUND)
    return fail("missing file");

  for (i = 0; i < 10; i++)
    digit[i] = i;
  if (softmax_regression_evaluate(other, 10, image, digit, &metrics) ||
      !(fabsf(metrics.loss - 2.3f) < 1.5f))
    return fail("softmax regression");
  mlp_destroy(net);
  softmax_regression_destroy(other);
  puts("done");
  return 0;
}
