/* Runs a model from a shared library that is loaded by its path. */
#include "mlp.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static void *library;

/* ISO C has no conversion from an object pointer to a function's. */
static void look_up(const char *name, void *function) {
  void *found = dlsym(library, name);
  memcpy(function, &found, sizeof found);
}

int main(int argc, char **argv) {
  static float image[784], logits[10];
  mlp *(*create)(const dlcc_options *);
  dlcc_status (*init)(mlp *, uint64_t);
  dlcc_status (*forward)(mlp *, int64_t, const float *, float *);
  void (*destroy)(mlp *);
  const char *(*last_error)(void);
  mlp *net;

  if (argc != 2 || !(library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL))) {
    printf("%s\n", argc == 2 ? dlerror() : "usage: loaded LIBRARY");
    return 1;
  }
  look_up("mlp_create", &create);
  look_up("mlp_init", &init);
  look_up("mlp_forward", &forward);
  look_up("mlp_destroy", &destroy);
  look_up("dlcc_last_error", &last_error);
  net = create(NULL);
  if (!net || forward(net, 1, image, logits) != DLCC_NO_WEIGHTS)
    return 1;
  printf("%s\n", last_error());
  if (init(net, 1) || forward(net, 1, image, logits))
    return 1;
  printf("%d logits\n", (int)(sizeof logits / sizeof logits[0]));
  destroy(net);
  return dlclose(library);
}
