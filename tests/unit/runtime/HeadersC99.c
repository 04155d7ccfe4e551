/*===- HeadersC99.c - the public headers as C99
----------------------------===*\
|*                                                                            *|
|* Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.          *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "dlcc/runtime.h"

#include "dlcc/abi.h"

dlcc_options dlcc_test_options_c99(void);

dlcc_options dlcc_test_options_c99(void) {
  dlcc_options options = DLCC_OPTIONS_INIT;
  return options;
}
