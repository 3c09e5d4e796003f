/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is remembered of files that are half sent. */

#include <string.h>

#include "base/clock.h"
#include "store/uploads.h"
#include "world.h"

#define SOON 100000 /* ms */

static void
remember (OpenimDb *db, const char *hash, gint64 expires, guint8 parts)
{
  g_autoptr (OpenimHalfUpload) half = openim_half_upload_new (hash);
  g_autoptr (GError) error = NULL;

  half->part_size = G_GINT64_CONSTANT (5) << 30;
  half->upload_id = g_strdup ("an ID");
  half->expires = expires;
  half->parts = g_bytes_new (&parts, 1);
  g_assert_true (openim_uploads_set (db, half, &error));
  g_assert_no_error (error);
}

/* The parts that are there; -1: nothing is known. */
static int
remembered (OpenimDb *db, const char *hash)
{
  g_autoptr (OpenimHalfUpload) half = openim_half_upload_new (hash);
  g_autoptr (GError) error = NULL;
  gboolean found;

  g_assert_true (openim_uploads_get (db, half, &found, &error));
  g_assert_no_error (error);
  if (!found)
    return -1;
  g_assert_cmpint (half->part_size, ==, G_GINT64_CONSTANT (5) << 30);
  g_assert_cmpstr (half->upload_id, ==, "an ID");
  g_assert_cmpuint (g_bytes_get_size (half->parts), ==, 1);
  return *(const guint8 *) g_bytes_get_data (half->parts, NULL);
}

static gboolean
some (OpenimDb *db, gpointer job, GError **error)
{
  gint64 now = openim_clock_now ();

  g_assert_cmpint (remembered (db, "a"), ==, -1);
  remember (db, "a", now + SOON, 1);
  remember (db, "b", now + SOON, 2);
  remember (db, "a", now + SOON, 5);
  g_assert_cmpint (remembered (db, "a"), ==, 5);
  g_assert_cmpint (remembered (db, "b"), ==, 2);
  g_assert_true (openim_uploads_remove (db, "a", error));
  g_assert_true (openim_uploads_remove (db, "a", error));
  g_assert_cmpint (remembered (db, "a"), ==, -1);
  g_assert_cmpint (remembered (db, "b"), ==, 2);
  return TRUE;
}

static gboolean
forgets (OpenimDb *db, gpointer job, GError **error)
{
  gint64 now = openim_clock_now ();

  remember (db, "old", now - 1, 1);
  remember (db, "new", now + SOON, 1);
  g_assert_cmpint (remembered (db, "old"), ==, -1);
  g_assert_cmpint (remembered (db, "new"), ==, 1);
  return TRUE;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  world_add_job_test ("/store/uploads/some", some);
  world_add_job_test ("/store/uploads/forgets", forgets);
  return g_test_run ();
}
