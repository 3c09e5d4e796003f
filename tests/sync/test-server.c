/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Two people and the local server, over real sockets. */

#include "base/id.h"
#include "person.h"
#include "store/lists.h"

typedef struct {
  Host *host;
  Person *ann, *bob;
} Pair;

static void
set_up (Pair *pair, gconstpointer data)
{
  pair->host = host_new ();
  pair->ann = person_new (pair->host, "ann");
  pair->bob = person_new (pair->host, "bob");
}

static void
tear_down (Pair *pair, gconstpointer data)
{
  person_free (pair->ann);
  person_free (pair->bob);
  host_free (pair->host);
}

static void
test_first_login (Pair *pair, gconstpointer data)
{
  Person *ann = pair->ann;

  host_befriend (pair->host, "ann", "bob");
  person_login (ann);
  g_assert_cmpuint (person_place (ann, "ConnectSuccess"), <, person_place (ann, "SyncServerStart {\"reinstalled\":true}"));
  g_assert_cmpuint (person_place (ann, "SyncServerProgress {\"progress\":1}"), <, person_place (ann, "SyncServerProgress {\"progress\":4}"));
  g_assert_cmpuint (person_place (ann, "SyncServerProgress {\"progress\":100}"), <, person_place (ann, "SyncServerFinish {\"reinstalled\":true}"));
  g_assert_cmpuint (person_count (ann, "Friend*"), ==, 0);

  person_logout (ann);
  person_forget (ann);
  guint calls = openim_api_get_call_count (ann->api);
  person_login (ann);
  g_assert_nonnull (ann->lines->pdata[person_place (ann, "SyncServerStart {}")]);
  calls = openim_api_get_call_count (ann->api) - calls + openim_gateway_get_request_count (ann->gateway);
  g_test_message ("a warm login costs %u requests", calls);
  g_assert_cmpuint (calls, <=, 16);
}

static void
test_talk (Pair *pair, gconstpointer data)
{
  person_login (pair->ann);
  person_login (pair->bob);
  g_assert_cmpint (person_say (pair->ann, "bob", NULL, "one"), ==, 0);
  person_wait (pair->bob, "RecvNewMessage si_ann_bob 1 one");
  person_wait (pair->bob, "NewConversation si_ann_bob unread 1 latest one status 2 name Nick ann");
  person_wait (pair->bob, "TotalUnreadMessageCountChanged {\"totalUnreadCount\":1}");
  g_assert_cmpuint (person_place (pair->ann, "NewConversation si_ann_bob unread 0 latest one status 1*"), <, person_place (pair->ann, "ConversationChanged si_ann_bob unread 0 latest one status 2*"));
  g_assert_cmpuint (person_count (pair->ann, "Recv*"), ==, 0);

  g_assert_cmpint (person_say (pair->bob, "ann", NULL, "two"), ==, 0);
  person_wait (pair->ann, "RecvNewMessage si_ann_bob 2 two");
  g_assert_cmpint (person_say (pair->bob, "nobody", NULL, "x"), !=, 10001);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/sync/server/" path, Pair, NULL, set_up, func, tear_down)
  ADD ("first-login", test_first_login);
  ADD ("talk", test_talk);
  return g_test_run ();
}
