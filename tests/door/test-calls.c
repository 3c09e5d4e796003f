/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What holds for every function: frames, numbers, what it needs, request bytes that are none. */

#include "sdk/table.h"
#include "visitor.h"

static const guint8 garbage[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

static void
test_frames (void)
{
  static const guint8 no_request[] = { 3, 0, 0, 0, 0x0a, 0x05, 'x' };
  static const guint8 too_long[] = { 1, 0, 0, 4 }; /* 64 MiB and a byte */
  static const guint8 cut_off[] = { 9, 0, 0, 0, 1 };
  Visitor *visitor = visitor_new (NULL);
  Openim__Init__VersionResp *version;

  visitor_write (visitor, no_request, sizeof no_request);
  g_assert_cmpint (visitor_stray (visitor), ==, OPENIM_ERROR_SDK_ARGS);
  version = visitor_call (visitor, FUNCTION (Version), NULL);
  g_assert_cmpstr (version->version, ==, OPENIM_VERSION);
  openim_pb_free (version);

  visitor_write (visitor, too_long, sizeof too_long);
  g_assert_cmpint (visitor_status (visitor), ==, 1);
  visitor_free (visitor);

  visitor = visitor_new (NULL);
  visitor_write (visitor, cut_off, sizeof cut_off);
  visitor_end (visitor);
  g_assert_cmpint (visitor_status (visitor), ==, 1);
  visitor_free (visitor);

  visitor_leave (visitor_new (NULL));
  proves_functions (FUNCTION (Version), 0);
}

static void
test_numbers (void)
{
  Visitor *visitor = visitor_new (NULL);
  const OpenimFunction *events;
  guint n;

  events = openim_events_get_all (&n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpint (visitor_refused (visitor, events[i], NULL), ==, OPENIM_ERROR_FUNC_NOT_FOUND);
  g_assert_cmpint (visitor_refused (visitor, 0, NULL), ==, OPENIM_ERROR_FUNC_NOT_FOUND);
  g_assert_cmpint (visitor_refused (visitor, 4711, NULL), ==, OPENIM_ERROR_FUNC_NOT_FOUND);
  g_assert_cmpint (visitor_refused (visitor, -1, NULL), ==, OPENIM_ERROR_FUNC_NOT_FOUND);

  visitor_leave (visitor);
}

/* Every function, with what it answers to somebody who may call those that need at most @have. */
static void
check_needs (Visitor *visitor, OpenimNeeds have)
{
  static const int codes[] = { 0, OPENIM_ERROR_NOT_INIT, OPENIM_ERROR_NOT_LOGIN };
  const OpenimFunctionRow *rows;
  guint n;

  rows = openim_functions_get_rows (&n);
  for (guint i = 0; i < n; i++) {
    int expected = rows[i].handler == NULL ? OPENIM_ERROR_FUNC_NOT_FOUND
                   : rows[i].needs <= have ? OPENIM_ERROR_SDK_ARGS
                                           : codes[have + 1];

    /* What one needs is looked at before what one says. */
    g_test_message ("%s", rows[i].name);
    g_assert_cmpint (visitor_refused_bytes (visitor, rows[i].number, garbage, sizeof garbage), ==, expected);
  }
}

static void
test_needs (void)
{
  Server *server = server_start (NULL, FALSE);
  Person *ann = person_new (server, "ann", "Ann");
  Visitor *visitor = visitor_new (NULL);

  check_needs (visitor, OPENIM_NEEDS_NOTHING);
  visitor_init (visitor, server->api, server->ws);
  check_needs (visitor, OPENIM_NEEDS_INIT);
  visitor_login (visitor, server, "ann");
  check_needs (visitor, OPENIM_NEEDS_LOGIN);
  visitor_do (visitor, FUNCTION (Logout), NULL);
  check_needs (visitor, OPENIM_NEEDS_INIT);

  visitor_leave (visitor);
  person_free (ann);
  server_stop (server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/calls/frames", test_frames);
  g_test_add_func ("/door/calls/numbers", test_numbers);
  g_test_add_func ("/door/calls/needs", test_needs);

  return g_test_run ();
}
