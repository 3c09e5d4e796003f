/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The head of a picture is read without looking beyond it. */

#include "fuzz.h"

#include "base/picture.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  OpenimPicture picture = { 0 };

  if (openim_picture_read (data, size, &picture))
    g_assert_true (picture.type != NULL && picture.width > 0 && picture.height > 0);
  return 0;
}
