/*===- dlcc/runtime.h - what a program that uses a compiled model needs ---===*\
|*                                                                            *|
|* Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.          *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
|*===----------------------------------------------------------------------===*|
|*                                                                            *|
|* Ownership: NAME_create gives an instance to the caller, who ends it with   *|
|* NAME_destroy; every pointer that an accessor returns is borrowed from the  *|
|* instance or from the program's constants. Arrays passed in are read or     *|
|* written during the call only.                                              *|
|*                                                                            *|
|* Threads: one instance is used by one thread at a time. Different           *|
|* instances are independent; NAME_create_shared makes one that shares the    *|
|* weights of another, for inference in parallel.                             *|
|*                                                                            *|
|* Errors: a function that can fail returns a dlcc_status (0 is success) or   *|
|* a null pointer, and dlcc_last_error() then says in one sentence what was   *|
|* wrong. After a refusal nothing has changed.                                *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef DLCC_RUNTIME_H
#define DLCC_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Append-only; the values never change. */
typedef enum dlcc_status {
  DLCC_OK = 0,
  DLCC_INVALID_ARGUMENT = 1, /* a null pointer, a wrong size, an option */
  DLCC_OUT_OF_RANGE = 2,     /* rows, or an index input outside its bound */
  DLCC_NO_WEIGHTS = 3,       /* a call before init, load or set_parameter */
  DLCC_NOT_FOUND = 4,        /* no such file, or no parameter of that name */
  DLCC_BAD_FILE = 5,         /* not a file of ours, cut off, or corrupted */
  DLCC_MISMATCH = 6,         /* a file of another model */
  DLCC_IO_ERROR = 7,         /* the system refused to read or write */
  DLCC_OUT_OF_MEMORY = 8,    /* of the host, or of the GPU */
  DLCC_UNSUPPORTED = 9,      /* this object or machine cannot do that */
  DLCC_DEVICE_ERROR = 10     /* the GPU or its driver failed */
} dlcc_status;

/* What went wrong in this thread's latest call that failed; "" before any.
   Valid until the thread's next failing call. */
const char *dlcc_last_error(void);

typedef struct dlcc_model dlcc_model;       /* see dlcc/abi.h */
typedef struct dlcc_instance dlcc_instance; /* what NAME_create makes */

/* A task of a parallel region: `body(context, task)`. */
typedef void (*dlcc_task)(void *context, int64_t task, int64_t worker);

/* Runs body(context, task, worker) for every task in [0, tasks), in any order
   and on any threads, and returns when all are done. `worker` is in
   [0, threads) and no two tasks run with one worker number at one time. */
typedef void (*dlcc_parallel_for)(void *user, int64_t tasks, dlcc_task body,
                                  void *context);

/* Set `size` to sizeof(dlcc_options); everything else may be zero. */
typedef struct dlcc_options {
  size_t size;
  int32_t threads;         /* 0: the number given to the compiler */
  uint64_t seed;           /* of dropout and the like, and of NAME_init(0) */
  int64_t steps_per_epoch; /* needed where the training block reads `epoch` */
  void *user;              /* first argument of the four functions below */
  void *(*allocate)(void *user, size_t bytes, size_t alignment);
  void (*deallocate)(void *user, void *pointer, size_t bytes);
  dlcc_parallel_for parallel_for; /* the caller's own threads */
  void (*log)(void *user, const char *message);
} dlcc_options;

#define DLCC_OPTIONS_INIT                                                      \
  {sizeof(dlcc_options), 0, 0, 0, NULL, NULL, NULL, NULL, NULL}

#ifdef __cplusplus
}
#endif

#endif /* DLCC_RUNTIME_H */
