/* The same words through a model of 32 steps and, one at a time, through the
   same model compiled for one step, whose state goes on from call to call: the
   same probabilities, over two sequences and again after a reset. */
#include "whole.h"
#include "word.h"

#include <math.h>
#include <stdio.h>

enum { ROWS = WHOLE_BATCH, STEPS = 32, WORDS = 10000 };

static int32_t words[ROWS * STEPS], one[ROWS];
static float all[(size_t)ROWS * STEPS * WORDS], now[(size_t)ROWS * WORDS];

static int fail(const char *what) {
  printf("%s: %s\n", what, dlcc_last_error());
  return 1;
}

static void draw_words(int seed) {
  int i;
  for (i = 0; i < ROWS * STEPS; i++)
    words[i] = (int)((i * 7919LL + seed * 104729LL) % WORDS);
}

/* The largest difference of the next sequence, relative to the largest
   probability of its row; -1 where a call fails. */
static double compare(whole *a, word *b) {
  double worst = 0;
  int row, step, k;
  if (whole_forward(a, ROWS, words, all))
    return -1;
  for (step = 0; step < STEPS; step++) {
    for (row = 0; row < ROWS; row++)
      one[row] = words[row * STEPS + step];
    if (word_forward(b, ROWS, one, now))
      return -1;
    for (row = 0; row < ROWS; row++) {
      const float *p = all + ((size_t)row * STEPS + step) * WORDS;
      const float *q = now + (size_t)row * WORDS;
      double top = 0, off = 0;
      for (k = 0; k < WORDS; k++) {
        top = fmax(top, p[k]);
        off = fmax(off, fabs((double)p[k] - q[k]));
      }
      worst = fmax(worst, off / top);
    }
  }
  return worst;
}

int main(int argc, char **argv) {
  whole *a = whole_create(NULL);
  word *b = word_create(NULL);
  double first, second, again, stale;
  if (argc != 2 || !a || !b)
    return fail("create");
  if (whole_init(a, 7) || whole_save(a, argv[1]) || word_load(b, argv[1]))
    return fail("weights");
  draw_words(1);
  first = compare(a, b);
  draw_words(2);
  second = compare(a, b);
  whole_reset_state(a);
  stale = compare(a, b);
  whole_reset_state(a);
  word_reset_state(b);
  again = compare(a, b);
  if (first < 0 || second < 0 || again < 0)
    return fail("forward");
  printf("same: %d %d %d, with another state: %d\n", first < 1e-5,
         second < 1e-5, again < 1e-5, stale < 1e-5);
  whole_destroy(a);
  word_destroy(b);
  return 0;
}
