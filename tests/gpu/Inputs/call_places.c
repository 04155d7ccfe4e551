/* Calls a model that was compiled for a GPU, with fewer rows than the batch and
   with all of them; outputs that are not asked for are null. */
#include "places.h"

#include <stdio.h>
#include <string.h>

static int refused(void) {
  fprintf(stderr, "error: %s\n", dlcc_last_error());
  return 1;
}

int main(void) {
  int32_t word[3 * 7] = {0};
  float v[3 * 7 * 6], x[3 * 19], sums[3 * 7 * 6];
  int32_t smallest[3 * 3];
  for (int i = 0; i < 3 * 7 * 6; ++i)
    v[i] = 0.5f * (float)(1 + i / 42);
  for (int i = 0; i < 3 * 19; ++i)
    x[i] = -(float)i;
  x[5] = x[19 + 13] = x[38] = -100;

  places *net = places_create(NULL);
  if (!net)
    return refused();
  if (places_init(net, 1))
    return refused();
  for (int rows = 2; rows <= 3; ++rows) {
    memset(sums, 0, sizeof sums);
    if (places_forward(net, rows, word, v, x, NULL, NULL, NULL, smallest, sums,
                       NULL))
      return refused();
    printf("%d rows: place of the smallest %d and %d", rows, smallest[0],
           smallest[3]);
    if (rows == 3)
      printf(" and %d", smallest[6]);
    for (int r = 0; r < rows; ++r) {
      float all = 0;
      for (int i = 0; i < 6; ++i)
        all += sums[r * 42 + 36 + i];
      printf("%s %.1f", r == 0 ? ", sum of all" : " and", all);
    }
    printf("\n");
  }
  places_destroy(net);
  return 0;
}
