/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A disk that fails at any step: once or for good, full, unreadable, not to be written or synced. Whoever
 * uses the store hears a sentence for what is not stored, and what he was told to be stored is there when the
 * disk is well again. */

#include <sqlite3.h>
#include <string.h>

#include "bad-disk.h"
#include "store/settings.h"
#include "world.h"

#define WRITES 6

static const struct {
  const char *name;
  int code;
  gboolean for_good;
} faults[] = {
  { "full", SQLITE_FULL, TRUE },
  { "full-once", SQLITE_FULL, FALSE },
  { "unwritable", SQLITE_IOERR_WRITE, TRUE },
  { "unwritable-once", SQLITE_IOERR_WRITE, FALSE },
  { "unsynced", SQLITE_IOERR_FSYNC, TRUE },
  { "unreadable", SQLITE_IOERR_READ, TRUE },
  { "unreadable-once", SQLITE_IOERR_READ, FALSE },
};

typedef struct {
  int number;
  gboolean there;
} Job;

/* Large enough to need pages. */
static gboolean
write_value (OpenimDb *db, gpointer data, GError **error)
{
  const Job *job = data;
  g_autofree char *name = g_strdup_printf ("value %d", job->number);
  g_autofree char *value = g_strnfill (5000, (char) ('a' + job->number));

  return openim_settings_set (db, name, value, error);
}

static gboolean
read_value (OpenimDb *db, gpointer data, GError **error)
{
  Job *job = data;
  g_autofree char *name = g_strdup_printf ("value %d", job->number);
  g_autoptr (GError) local = NULL;
  g_autofree char *value = openim_settings_get (db, name, &local);

  job->there = value != NULL;
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* What is said is for a person. */
static void
check_error (const GError *error)
{
  g_assert_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL);
  g_assert_cmpuint (strlen (error->message), >, 20);
}

/* As much of a day as there is: @stored tells which writes were successful. */
static void
use_store (const char *folder, gboolean *stored)
{
  g_autoptr (GError) error = NULL;
  OpenimStore *store = world_open (folder, WORLD_SELF, &error);

  if (store == NULL) {
    check_error (error);
    return;
  }
  for (int i = 0; i < WRITES; i++) {
    Job job = { i, FALSE };

    stored[i] =
        world_run (store, i % 2 == 0 ? OPENIM_STORE_DURABLE : OPENIM_STORE_WRITE, write_value, &job, &error);
    if (!stored[i])
      check_error (error);
    g_clear_error (&error);
    /* The store goes on: what can be read is what was stored. */
    if (world_run (store, OPENIM_STORE_READ, read_value, &job, &error))
      g_assert_cmpint (job.there, ==, stored[i]);
    else
      check_error (error);
    g_clear_error (&error);
  }
  world_close (store);
}

static void
check_store (const char *folder, const gboolean *stored, guint step)
{
  g_autoptr (GError) error = NULL;
  OpenimStore *store = world_open (folder, WORLD_SELF, &error);

  g_assert_no_error (error);
  if (openim_store_was_corrupt (store))
    g_error ("step %u: a fault of the disk is taken for a damaged file", step);
  for (int i = 0; i < WRITES; i++) {
    Job job = { i, FALSE };

    g_assert_true (world_run (store, OPENIM_STORE_READ, read_value, &job, &error));
    g_assert_no_error (error);
    if (stored[i] && !job.there)
      g_error ("step %u: what was stored is lost", step);
  }
  world_close (store);
}

/* With @made the file is there already. */
static guint
try_steps (guint fault, gboolean made)
{
  guint tried = 0;
  gboolean failed = TRUE;

  for (guint step = 1; failed; step++) {
    char *folder = world_folder_new ();
    gboolean stored[WRITES] = { FALSE };

    bad_disk_fail (0, SQLITE_OK, FALSE);
    if (made)
      world_close (world_open (folder, WORLD_SELF, NULL));
    bad_disk_fail (step, faults[fault].code, faults[fault].for_good);
    use_store (folder, stored);
    bad_disk_steps (&failed);
    bad_disk_fail (0, SQLITE_OK, FALSE);
    check_store (folder, stored, step);
    world_folder_remove (folder);
    tried += failed;
    /* Some of the many that make the tables. */
    if (!made)
      step += 7;
  }
  return tried;
}

static void
test_fault (gconstpointer data)
{
  guint fault = GPOINTER_TO_UINT (data);
  guint made = try_steps (fault, TRUE), fresh = try_steps (fault, FALSE);

  g_test_message ("%u steps with a file, %u without", made, fresh);
  g_assert_cmpuint (made, >, 2);
  g_assert_cmpuint (fresh, >, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  bad_disk_install ();
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autofree char *path = g_strdup_printf ("/store/faults/%s", faults[i].name);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_fault);
  }
  return g_test_run ();
}
