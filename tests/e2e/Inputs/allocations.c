/* Counts every call of the C library's allocator in the program, the runtime
   and the thread pool, while a compiled model works. */
#include "mlp.h"

#include <stdio.h>
#include <stdlib.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);

static long calls; /* changed atomically: any thread may allocate */

static void count(void) { __atomic_fetch_add(&calls, 1, __ATOMIC_SEQ_CST); }

void *malloc(size_t bytes) {
  count();
  return __libc_malloc(bytes);
}
void *calloc(size_t number, size_t bytes) {
  count();
  return __libc_calloc(number, bytes);
}
void *realloc(void *pointer, size_t bytes) {
  count();
  return __libc_realloc(pointer, bytes);
}
void *aligned_alloc(size_t alignment, size_t bytes) {
  count();
  return __libc_memalign(alignment, bytes);
}
int posix_memalign(void **pointer, size_t alignment, size_t bytes) {
  count();
  *pointer = __libc_memalign(alignment, bytes);
  return *pointer ? 0 : 12;
}
void free(void *pointer) {
  count();
  __libc_free(pointer);
}

static float image[MLP_BATCH * 784], logits[MLP_BATCH * 10];
static int32_t digit[MLP_BATCH];

static int work(mlp *net, int steps) {
  mlp_metrics metrics;
  int failed = 0, i;
  for (i = 0; i < steps; ++i) {
    /* Also fewer rows, and outputs that nobody wants. */
    failed |= mlp_train_step(net, MLP_BATCH - i % 3, image, digit, &metrics);
    failed |= mlp_train_step(net, MLP_BATCH, image, digit, NULL);
    failed |= mlp_forward(net, MLP_BATCH - i % 3, image, logits);
    failed |= mlp_forward(net, MLP_BATCH, image, NULL);
    failed |= mlp_evaluate(net, MLP_BATCH, image, digit, &metrics);
  }
  return failed;
}

int main(void) {
  int threads, i, failed = 0;
  for (i = 0; i < MLP_BATCH * 784; ++i)
    image[i] = (float)(i % 13) / 13;
  for (i = 0; i < MLP_BATCH; ++i)
    digit[i] = i % 10;
  for (threads = 1; threads <= 3; ++threads) {
    dlcc_options options = DLCC_OPTIONS_INIT;
    mlp *net;
    long before, after;
    options.threads = threads;
    before = calls;
    net = mlp_create(&options);
    if (!net || calls == before) {
      printf("the allocator is not interposed, or no instance\n");
      return 1;
    }
    failed |= mlp_init(net, 1);
    failed |= work(net, 1);
    before = calls;
    failed |= work(net, 20);
    after = calls;
    printf("%d threads: %ld calls\n", threads, after - before);
    mlp_destroy(net);
  }
  return failed;
}
