/* The vocabulary that a checkpoint brings. */
#include "counter.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
  counter *net = counter_create(NULL);
  int64_t i, count, known = 0;
  if (argc != 2 || !net || counter_load(net, argv[1])) {
    printf("%s\n", dlcc_last_error());
    return 1;
  }
  count = counter_token_count(net);
  printf("%d words, the last is %s\n", (int)count,
         counter_token(net, count - 1));
  for (i = 0; i < count; i++)
    known += counter_token_index(net, counter_token(net, i)) == i;
  printf("to be or not: %s\n", known == count ? "known" : "not known");
  if (counter_token_index(net, "surely-not") == count - 1)
    printf("something else: the number of <unk>\n");
  if (!counter_token(net, count) && !counter_token(net, -1))
    printf("beyond: nothing\n");
  counter_destroy(net);
  return 0;
}
