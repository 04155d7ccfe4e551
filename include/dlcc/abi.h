/*===- dlcc/abi.h - between compiled code and the runtime -----------------===*\
|*                                                                            *|
|* Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.          *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
|*===----------------------------------------------------------------------===*|
|*                                                                            *|
|* The one thing that compiler and runtime share. The code generator emits    *|
|* these structs as constants and calls these functions; it checks sizes and  *|
|* offsets against this header, and so does a unit test. Generic callers      *|
|* (the training program, language bindings) read dlcc_model.                 *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef DLCC_ABI_H
#define DLCC_ABI_H

#include "dlcc/runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Raised when a struct below changes in a way that old objects cannot take;
   create refuses an object of another version. */
#define DLCC_ABI_VERSION 5

typedef enum dlcc_element_type {
  DLCC_BOOL = 0, /* one byte, 0 or 1 */
  DLCC_I8 = 1,
  DLCC_I16 = 2,
  DLCC_I32 = 3,
  DLCC_I64 = 4,
  DLCC_U8 = 5,
  DLCC_U16 = 6,
  DLCC_U32 = 7,
  DLCC_U64 = 8,
  DLCC_F16 = 9,
  DLCC_BF16 = 10,
  DLCC_F32 = 11,
  DLCC_F64 = 12
} dlcc_element_type;

/* A tensor as users see it: dense, row-major. */
typedef struct dlcc_tensor {
  const char *name;
  int32_t type; /* dlcc_element_type */
  int32_t rank;
  const int64_t *dims;  /* with the compiled batch */
  int64_t row_elements; /* elements a row takes; 0: does not depend on rows */
  int64_t bound;        /* integer input: values in [0, bound); 0: no bound */
} dlcc_tensor;

typedef enum dlcc_variable_kind {
  DLCC_PARAMETER = 0, /* in weights files */
  DLCC_BUFFER = 1,    /* in weights files, not trained */
  DLCC_SLOT = 2,      /* of the optimizer; in checkpoints */
  DLCC_STATE = 3      /* of the stream; in checkpoints */
} dlcc_variable_kind;

typedef struct dlcc_variable {
  dlcc_tensor tensor;
  int32_t kind;      /* dlcc_variable_kind */
  int32_t trainable; /* 0 or 1 */
  int64_t offset;    /* bytes, in the region of its kind: weights for the first
                        two, optimizer, state */
  int64_t bytes;
} dlcc_variable;

/* Scalars that the runtime writes before each call and kernels read. */
typedef struct dlcc_control {
  int64_t rows;              /* offset 0: rows given to this call */
  int64_t step;              /* offset 8: steps done by this training entry; in
                                inference the instance's count of calls */
  int64_t steps_per_epoch;   /* offset 16: at least 1 */
  int64_t seed;              /* offset 24 */
  float learning_rate_scale; /* offset 32 */
  float reserved;
  int64_t first_row; /* offset 40: rows before those that kernels are given;
                        the body writes it where it takes the rows in parts */
} dlcc_control;

/* A kernel: one task of `tasks`. Buffers are inputs, then outputs. */
typedef void (*dlcc_kernel)(void *const *buffers, int64_t rows, int64_t task,
                            void *scratch);

/* A kernel in the code of a level, and how many tasks it is there. */
typedef struct dlcc_level_kernel {
  dlcc_kernel kernel;
  int64_t tasks;
} dlcc_level_kernel;

/* The kernels for one kind of processor. The levels of an object have the same
   kernels in the same order. */
typedef struct dlcc_level {
  const char *cpu;      /* the processor compiled for, for messages */
  const char *features; /* CPU features the code needs, "+avx2,+fma" */
  const dlcc_level_kernel *kernels; /* null where they run on a GPU */
} dlcc_level;

/* What a matrix's elements are when they come to shared memory. */
typedef enum dlcc_map_elements {
  DLCC_MAP_F16 = 0,
  DLCC_MAP_BF16 = 1,
  DLCC_MAP_TF32 = 2 /* of f32, rounded */
} dlcc_map_elements;

/* A matrix of which a function copies boxes (tensor memory accelerator). */
typedef struct dlcc_tensor_map {
  int32_t buffer;        /* of the kernel */
  int32_t elements;      /* dlcc_map_elements */
  int32_t box_columns;   /* 128 bytes of them, which are swizzled */
  int32_t box_rows;      /* at most 256 */
  int64_t offset;        /* bytes from the buffer's beginning */
  int64_t columns, rows; /* columns lie next to one another */
  int64_t row_bytes;     /* from one row to the next */
  int64_t rows_of_row;   /* rows for each row given; 0: all that there are */
} dlcc_tensor_map;

/* A launch of a function of a GPU's code. */
typedef struct dlcc_launch {
  const char *function;
  int32_t grid[3];      /* blocks, x first */
  int32_t block;        /* threads of a block */
  int32_t shared_bytes; /* of dynamic shared memory */
  int32_t num_maps;     /* at most DLCC_MOST_MAPS */
  const dlcc_tensor_map *maps;
} dlcc_launch;

#define DLCC_MOST_MAPS 2

/* A kernel on a GPU: its launches, one after the other. All have the same
   arguments: the addresses of the kernel's buffers, inputs first, that of the
   workspace (the model's scratch_bytes), and the rows given (i32); behind these
   a launch's own maps, 128 bytes each. */
typedef struct dlcc_device_kernel {
  int32_t num_buffers;
  int32_t num_launches;
  const dlcc_launch *launches;
} dlcc_device_kernel;

/* The code of a model that was compiled for GPUs, for one chip. */
typedef struct dlcc_device {
  const char *chip;   /* "sm_90", for messages */
  int32_t capability; /* 90: the least compute capability that runs it */
  int32_t exact;      /* 1: and no other, as for sm_90a */
  const char *ptx;    /* the text, with a zero at its end */
  const void *cubin;  /* machine code for the chip; null where there was no
                         ptxas */
  int64_t num_kernels;
  const dlcc_device_kernel *kernels;
} dlcc_device;

/* What a compiled entry point gets. The arguments are the caller's arrays:
   aligned to their elements, not to 64. Everything else is aligned to 64.
   Where the model is for a GPU all addresses but `instance` are the device's,
   arguments too, aligned to 256. */
typedef struct dlcc_call {
  void *const *args;       /* offset 0: the entry's inputs, then its outputs */
  char *weights;           /* offset 8 */
  char *optimizer;         /* offset 16 */
  char *state;             /* offset 24 */
  char *arena;             /* offset 32 */
  dlcc_control *control;   /* offset 40 */
  dlcc_instance *instance; /* offset 48 */
  int64_t rows;            /* offset 56 */
  const dlcc_level_kernel *kernels; /* offset 64: of the instance's level */
} dlcc_call;

typedef void (*dlcc_body)(const dlcc_call *call);

/* Called by compiled bodies: runs all tasks of a kernel, or none where there
   are 0, on the instance's threads, giving each its thread's scratch. */
void dlcc_run_kernel(const dlcc_call *call, dlcc_kernel kernel,
                     void *const *buffers, int64_t tasks);

/* The same of models for a GPU: launches kernel number `kernel` of the model's
   device on the instance's stream. */
void dlcc_run_device_kernel(const dlcc_call *call, int32_t kernel,
                            void *const *buffers);

typedef enum dlcc_entry_kind {
  DLCC_ENTRY_INIT = 0,     /* writes parameters and buffers */
  DLCC_ENTRY_FORWARD = 1,  /* inputs -> outputs */
  DLCC_ENTRY_EVALUATE = 2, /* inputs -> loss and metrics, inference mode */
  DLCC_ENTRY_TRAIN = 3,    /* inputs -> loss and metrics, weights change */
  DLCC_ENTRY_REPORT = 4    /* averages of loss and metrics -> reports */
} dlcc_entry_kind;

/* What the training program does to images on their way from the data to an
   input. An image is [channels, height, width]. */
typedef enum dlcc_reader_function {
  DLCC_RESIZE = 0, /* side: the shorter one of the result; or height, width */
  DLCC_CENTER_CROP = 1,         /* height, width */
  DLCC_RANDOM_CROP = 2,         /* height, width, pad */
  DLCC_RANDOM_RESIZED_CROP = 3, /* height, width, least and most share of the
                                   area, least and most width / height */
  DLCC_RANDOM_FLIP = 4,         /* takes no numbers */
  DLCC_NORMALIZE = 5 /* means, then as many deviations: one, or one a channel */
} dlcc_reader_function;

typedef struct dlcc_reader_call {
  int32_t function; /* dlcc_reader_function */
  int32_t num_numbers;
  const double *numbers;
} dlcc_reader_call;

/* What feeds an input of a training block, as the data blocks of its text
   say. */
typedef struct dlcc_feed {
  const char *field; /* of the data; null: nothing was said */
  int64_t num_calls;
  const dlcc_reader_call *calls; /* the innermost first */
} dlcc_feed;

typedef struct dlcc_entry {
  const char *name;  /* forward, train_step, critic_train_step, … */
  const char *block; /* name of the training block, "" where it has none */
  int32_t kind;      /* dlcc_entry_kind */
  int32_t all_rows;  /* 1: fewer rows than the batch are refused */
  int32_t num_inputs, num_outputs;
  const dlcc_tensor *inputs, *outputs; /* f32 scalars where they are metrics */
  dlcc_body body;
  int64_t spill_offset; /* arena bytes where outputs that the caller leaves null
                           go: one after the other, each aligned to 64 */
  const dlcc_feed *feeds; /* one an input; null: nothing was said of any */
} dlcc_entry;

/* Everything about a compiled model; a constant of its object. */
struct dlcc_model {
  size_t size; /* sizeof(dlcc_model) when the object was compiled */
  int32_t abi_version;
  int32_t threads; /* default number of threads; 0: one a processor */
  const char *name;
  uint64_t hash;            /* of the model's graph; checkpoints carry it */
  const dlcc_level *levels; /* the most demanding first: create takes the first
                               one that the processor has all features for,
                               or whose chip's code the GPU runs */
  int64_t num_levels;       /* at least 1 */
  int64_t batch;
  int64_t weight_bytes, optimizer_bytes, state_bytes, arena_bytes;
  int64_t scratch_bytes; /* a thread; on a GPU the workspace of its kernels */
  int32_t num_variables, num_entries;
  const dlcc_variable *variables;
  const dlcc_entry *entries;
  int32_t needs_steps_per_epoch; /* 1: the training block reads `epoch` */
  float learning_rate;    /* of the training block; 0 where it is no constant */
  int64_t default_epochs; /* of the training block; 0: none given */
  const dlcc_device *devices; /* of each level, all with the same kernels: the
                                 model's run on a GPU; null: here */
};

dlcc_instance *dlcc_create(const dlcc_model *, const dlcc_options *);
dlcc_instance *dlcc_create_shared(dlcc_instance *, const dlcc_options *);
void dlcc_destroy(dlcc_instance *);
dlcc_status dlcc_init(dlcc_instance *, uint64_t seed);
dlcc_status dlcc_load(dlcc_instance *, const char *path);
dlcc_status dlcc_save(dlcc_instance *, const char *path);
dlcc_status dlcc_load_checkpoint(dlcc_instance *, const char *path);
dlcc_status dlcc_save_checkpoint(dlcc_instance *, const char *path);

/* Runs entry number `entry`: checks rows, null pointers, that weights exist
   and index bounds, fills the control block, calls the body. `args` are the
   entry's inputs, then its outputs; an output may be null (the body gets the
   arena's spill instead and never sees null). A training entry that succeeds
   raises the step. */
dlcc_status dlcc_run(dlcc_instance *, int32_t entry, int64_t rows,
                     void *const *args);

dlcc_status dlcc_get_parameter(dlcc_instance *, const char *name, void *out,
                               size_t bytes);
dlcc_status dlcc_set_parameter(dlcc_instance *, const char *name,
                               const void *in, size_t bytes);
dlcc_status dlcc_set_learning_rate_scale(dlcc_instance *, float scale);
void dlcc_reset_state(dlcc_instance *);

/* What the model's indices stand for where it was trained on text: characters
   or words in UTF-8, kept in weights files and checkpoints. An index beyond the
   count has a null pointer; a token that is not known has the index of "<unk>",
   or -1 where the vocabulary has none. */
int64_t dlcc_token_count(const dlcc_instance *);
const char *dlcc_token(const dlcc_instance *, int64_t index);
int64_t dlcc_token_index(const dlcc_instance *, const char *token);
dlcc_status dlcc_set_tokens(dlcc_instance *, int64_t count,
                            const char *const *tokens);

/* For the training program: where training stands, and where the data stood
   (opaque to the runtime, stored in checkpoints). */
typedef struct dlcc_position {
  /* step: of the training entry that did the most; setting another one sets
     those of all entries */
  int64_t step, epoch, batch_in_epoch;
  uint64_t seed;
  double sums[16];   /* running epoch sums of loss and metrics */
  int64_t rows;      /* rows in those sums */
  int64_t data_rows; /* rows of the data set; 0 before training */
} dlcc_position;
void dlcc_get_position(const dlcc_instance *, dlcc_position *);
void dlcc_set_position(dlcc_instance *, const dlcc_position *);
void dlcc_set_steps_per_epoch(dlcc_instance *, int64_t steps);
const dlcc_model *dlcc_get_model(const dlcc_instance *);
const dlcc_level *dlcc_get_level(const dlcc_instance *);

/* The whole training program: what a model's `main` calls. */
int dlcc_train_main(const dlcc_model *model, int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif /* DLCC_ABI_H */
