/* One step and one inference with a model that CMake compiled. */
#include "classifier.h"

#include <stdio.h>

int main(void) {
  static float image[4 * 784], logits[4 * 10];
  int32_t digit[4] = {1, 2, 3, 4};
  classifier_metrics metrics;
  classifier *net = classifier_create(NULL);
  if (!net || classifier_init(net, 1) ||
      classifier_train_step(net, 4, image, digit, &metrics) ||
      classifier_forward(net, 4, image, logits)) {
    puts(dlcc_last_error());
    return 1;
  }
  classifier_destroy(net);
  return 0;
}
