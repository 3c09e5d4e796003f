/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Each file fuzz-NAME.c defines this one function. With libFuzzer it is called by that; in the normal suite
 * main.c calls it with the corpus and with mutations of the corpus that are the same in each run. */

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
