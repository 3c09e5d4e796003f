/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Uploads that go on where others ended. */

#include "base/clock.h"
#include "storage.h"

#define WEEK (G_GINT64_CONSTANT (7) * 24 * 3600 * 1000) /* ms */

/* ---- somebody who remembers */

typedef struct {
  OpenimUploadState *state;
  guint finds, keeps, forgets;
  OpenimUploadFound found;
  gpointer user_data;
} Memory;

static OpenimUploadState *
state_copy (const OpenimUploadState *state)
{
  OpenimUploadState *copy = g_new0 (OpenimUploadState, 1);

  copy->hash = g_strdup (state->hash);
  copy->part_size = state->part_size;
  copy->id = g_strdup (state->id);
  copy->expires = state->expires;
  copy->parts = g_bytes_ref (state->parts);
  return copy;
}

static gboolean
on_find (gpointer owner)
{
  Memory *memory = owner;
  OpenimUploadFound found = memory->found;

  memory->found = NULL;
  found (memory->state != NULL ? state_copy (memory->state) : NULL, memory->user_data);
  return G_SOURCE_REMOVE;
}

static void
find (gpointer owner, const char *hash, OpenimUploadFound found, gpointer user_data)
{
  Memory *memory = owner;

  g_assert_null (memory->found);
  if (memory->state != NULL && memory->state->hash != NULL)
    g_assert_cmpstr (memory->state->hash, ==, hash);
  memory->finds++;
  memory->found = found;
  memory->user_data = user_data;
  g_idle_add (on_find, memory);
}

static void
keep (gpointer owner, const OpenimUploadState *state)
{
  Memory *memory = owner;

  memory->keeps++;
  openim_upload_state_free (memory->state);
  memory->state = state_copy (state);
}

static void
forget (gpointer owner, const char *hash)
{
  Memory *memory = owner;

  memory->forgets++;
  g_clear_pointer (&memory->state, openim_upload_state_free);
}

static const OpenimUploadMemory vtable = { find, keep, forget };

/* So many of 7 parts are there. */
static void
know (Memory *memory, guint8 bits, gint64 part_size, gint64 expires, gsize length)
{
  guint8 bytes[8] = { bits };

  g_clear_pointer (&memory->state, openim_upload_state_free);
  memory->state = g_new0 (OpenimUploadState, 1);
  memory->state->part_size = part_size;
  memory->state->id = g_strdup ("an older one");
  memory->state->expires = expires;
  memory->state->parts = g_bytes_new (bytes, length);
}

static void
again (Case *it)
{
  g_clear_pointer (&it->url, g_free);
  g_clear_pointer (&it->message, g_free);
  case_begin (it);
  test_until (it->done > 0);
}

/* What has arrived is not sent a second time, whichever part it was that did not. */
static void
test_goes_on (void)
{
  for (guint part = 1; part <= 7; part++) {
    const Plan plan = { .bad_part = part, .bad_times = 1, .bad_status = 418 };
    Memory memory = { 0 };
    guint arrived, puts;
    Case it;

    case_init (&it, &plan, 6 * PART + 1);
    openim_files_set_memory (it.files, &vtable, &memory);
    case_begin (&it);
    test_until (it.done > 0);
    g_assert_cmpint (it.code, ==, OPENIM_ERROR_INTERNAL);
    arrived = memory.keeps;
    puts = seen.puts;

    again (&it);
    g_assert_cmpstr (it.message, ==, "");
    /* two at most had set out beside the bad one, and may be counted late */
    g_assert_cmpuint (seen.puts - puts, >=, 7 - arrived);
    g_assert_cmpuint (seen.puts - puts, <=, 7 - arrived + 2);
    g_assert_cmpuint (seen.begun, ==, arrived > 0 ? 1 : 2);
    g_assert_cmpint (it.told, ==, it.size);
    g_assert_cmpuint (memory.forgets, ==, 1);
    g_assert_null (memory.state);
    case_clear (&it);
  }
}

/* Nothing is missing any more but that the server be told. */
static void
test_all_there (void)
{
  const Plan plan = { .complete = "{\"errCode\":500,\"errMsg\":\"not now\",\"errDlt\":\"\"}" };
  const Plan fine = { .earlier = TRUE };
  Memory memory = { 0 };
  Case it, other;

  case_init (&it, &plan, 3 * PART);
  openim_files_set_memory (it.files, &vtable, &memory);
  case_begin (&it);
  test_until (it.done > 0);
  g_assert_cmpint (it.code, ==, 500);
  g_assert_cmpstr (it.message, ==, "not now");
  g_assert_nonnull (memory.state);
  case_clear (&it);

  case_init (&other, &fine, 3 * PART);
  openim_files_set_memory (other.files, &vtable, &memory);
  know (&memory, 0x06, PART, openim_clock_now () + WEEK, 1);
  case_begin (&other);
  test_until (other.done > 0);
  g_assert_cmpuint (seen.puts, ==, 1);
  case_clear (&other);
}

/* What is remembered does not fit: all of it is sent. */
static void
test_useless (void)
{
  const Plan plan = { 0 };
  const gint64 now = openim_clock_now ();
  const struct {
    gint64 part_size, expires;
    gsize length;
  } rows[] = {
    { PART + 1, now + WEEK, 1 }, { PART, now + 60000, 1 }, { PART, now + WEEK, 2 }, { PART, 0, 0 }
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Memory memory = { 0 };
    Case it;

    case_init (&it, &plan, 7 * PART);
    openim_files_set_memory (it.files, &vtable, &memory);
    know (&memory, 0x0f, rows[i].part_size, rows[i].expires, rows[i].length);
    case_begin (&it);
    test_until (it.done > 0);
    g_assert_cmpstr (it.message, ==, "");
    g_assert_cmpuint (seen.puts, ==, 7);
    g_assert_cmpuint (seen.begun, ==, 1);
    g_assert_null (memory.state);
    case_clear (&it);
  }
}

/* The server, or its storage, does not know of it any more: all of it is sent. */
static void
test_gone (void)
{
  const Plan plans[] = { { .gone_signs = TRUE }, { .gone_parts = TRUE }, { .gone_whole = TRUE } };

  for (guint i = 0; i < G_N_ELEMENTS (plans); i++) {
    Memory memory = { 0 };
    Case it;

    case_init (&it, &plans[i], 7 * PART);
    openim_files_set_memory (it.files, &vtable, &memory);
    know (&memory, plans[i].gone_whole ? 0x7f : 0x0f, PART, openim_clock_now () + WEEK, 1);
    case_begin (&it);
    test_until (it.done > 0);
    g_assert_cmpstr (it.message, ==, "");
    g_assert_cmpuint (seen.begun, ==, 1);
    g_assert_null (memory.state);
    case_clear (&it);
  }
}

static void
test_single (void)
{
  const Plan plan = { 0 };
  Memory memory = { 0 };
  Case it;

  case_init (&it, &plan, PART);
  openim_files_set_memory (it.files, &vtable, &memory);
  case_begin (&it);
  test_until (it.done > 0);
  g_assert_cmpstr (it.message, ==, "");
  g_assert_cmpuint (memory.finds + memory.keeps + memory.forgets, ==, 0);
  case_clear (&it);
}

/* Away for longer than a few tries take: once something has gone through, that is waited for. */
static void
test_away (void)
{
  for (guint part = 1; part <= 3; part++) {
    const Plan plan = { .bad_part = part, .bad_times = 8 };
    Case it;

    case_init (&it, &plan, 2 * PART + 500);
    openim_files_set_patience (it.files, 500, 5, 20000);
    case_begin (&it);
    test_until (it.done > 0);
    g_assert_cmpstr (it.message, ==, "");
    g_assert_cmpuint (seen.bad, ==, 8);
    case_clear (&it);
  }
}

/* Given up while the memory is asked, and while what was begun before is gone. */
static void
test_cancel (void)
{
  const Plan plan = { .gone_parts = TRUE };

  for (guint after = 0; after < 2; after++) {
    Memory memory = { 0 };
    Case it;

    case_init (&it, &plan, 7 * PART);
    openim_files_set_memory (it.files, &vtable, &memory);
    know (&memory, 0x01, PART, openim_clock_now () + WEEK, 1);
    case_begin (&it);
    test_until (memory.finds > 0 && (after == 0 || memory.forgets > 0));
    g_cancellable_cancel (it.cancellable);
    it.told = G_MAXINT64;
    test_until (it.done > 0);
    g_assert_cmpint (it.code, ==, -1);
    test_run_for (20);
    g_clear_pointer (&memory.state, openim_upload_state_free);
    case_clear (&it);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/resume/goes-on", test_goes_on);
  g_test_add_func ("/resume/all-there", test_all_there);
  g_test_add_func ("/resume/useless", test_useless);
  g_test_add_func ("/resume/gone", test_gone);
  g_test_add_func ("/resume/single", test_single);
  g_test_add_func ("/resume/away", test_away);
  g_test_add_func ("/resume/cancel", test_cancel);
  return g_test_run ();
}
