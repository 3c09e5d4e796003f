/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "client.h"
#include "figures.h"

#include "group.pb-c.h"
#include "message.pb-c.h"

#define DEADLINE 300 /* s */
#define HISTORY_PAGE 100
#define MEMBERS_PAGE 200
#define GROUP "crowd"
#define SETTLE 2000 /* ms after a login, before idleness is measured */
#define PAUSE 200   /* ms before what is measured begins */

static double
ms_since (gint64 begin)
{
  return (double) (g_get_monotonic_time () - begin) / 1000;
}

static void
finish (const Bench *bench, Client *client)
{
  bench_rest (bench->quiet * 1000);
  figures_print ();
  client_free (client);
}

static void
login (const Bench *bench)
{
  Client *client;

  figures_begin (!bench->still);
  client = client_new (bench);
  figures_pause ();
  finish (bench, client);
}

static void
idle (const Bench *bench)
{
  Client *client = client_new (bench);

  bench_rest (bench->each > 0 ? SETTLE : 0);
  figures_begin (FALSE);
  bench_rest (bench->each * 1000);
  figures_pause ();
  finish (bench, client);
}

/* ---- members */

static void
count_members (gpointer data, const ProtobufCMessage *response)
{
  *(gsize *) data = ((const Openim__Sdk__Group__GetGroupMembersResp *) response)->n_members;
}

static void
members (const Bench *bench)
{
  Openim__Sdk__Group__GetGroupMembersReq request = OPENIM__SDK__GROUP__GET_GROUP_MEMBERS_REQ__INIT;
  Openim__Sdk__Common__RequestPagination page = OPENIM__SDK__COMMON__REQUEST_PAGINATION__INIT;
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  gsize all = 0, got = MEMBERS_PAGE;
  Client *client;
  gint64 begin;
  double took;

  request.groupid = (char *) GROUP;
  request.pagination = &page;
  page.shownumber = MEMBERS_PAGE;
  figures_begin (!bench->still);
  client = client_new (bench);
  begin = g_get_monotonic_time ();
  for (page.pagenumber = 1; got == MEMBERS_PAGE; page.pagenumber++, all += got) {
    gint64 asked = g_get_monotonic_time ();

    client_call (client, FUNCTION (GetGroupMembers), &request, count_members, &got);
    took = ms_since (asked);
    if (page.pagenumber == 1)
      figures_add ("open", took);
    g_array_append_val (times, took);
  }
  figures_add ("pages", ms_since (begin));
  figures_add_spread ("page", times);
  figures_add ("count", (double) all);
  figures_pause ();
  finish (bench, client);
}

/* ---- receiving */

typedef struct {
  guint left;
  GArray *delays; /* double, ms */
} Hearing;

static void
heard (Client *client, const OpenimMessage *message)
{
  Hearing *hearing = client->data;
  double delay;

  if (message->content_case != OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_TEXT_ELEM || hearing->left == 0)
    return;
  delay = (double) bench_text_age (message->textelem->content, strlen (message->textelem->content)) / 1000;
  g_array_append_val (hearing->delays, delay);
  hearing->left--;
}

static gboolean
heard_all (gpointer hearing)
{
  return ((Hearing *) hearing)->left == 0;
}

static void
receive (const Bench *bench)
{
  Client *client = client_new (bench);
  Hearing hearing = { bench->count, g_array_new (FALSE, FALSE, sizeof (double)) };

  bench_rest (PAUSE);
  client->heard = heard;
  client->data = &hearing;
  bench_ready ();
  figures_begin (!bench->still);
  bench_wait (heard_all, &hearing, DEADLINE, "receiving");
  figures_pause ();
  figures_add_spread ("delay", hearing.delays);
  finish (bench, client);
  g_array_unref (hearing.delays);
}

/* ---- sending */

static Openim__Sdk__Message__SendMessageReq send_request = OPENIM__SDK__MESSAGE__SEND_MESSAGE_REQ__INIT;

typedef struct {
  Client *client;
  guint left;
} Sending;

static void
sent (gpointer data, const ProtobufCMessage *response)
{
  ((Sending *) data)->left--;
}

static gboolean
sent_all (gpointer sending)
{
  return ((Sending *) sending)->left == 0;
}

static void
created (gpointer data, const ProtobufCMessage *response)
{
  Sending *sending = data;

  send_request.message = ((const Openim__Sdk__Message__CreateTextMessageResp *) response)->message;
  client_ask (sending->client, FUNCTION (SendMessage), &send_request, sent, sending);
}

static void
send_one (Client *client, guint n, Sending *sending)
{
  Openim__Sdk__Message__CreateTextMessageReq create = OPENIM__SDK__MESSAGE__CREATE_TEXT_MESSAGE_REQ__INIT;
  g_autofree char *text = bench_text_new (n);

  create.text = text;
  client_ask (client, FUNCTION (CreateTextMessage), &create, created, sending);
}

static void
send_serial (const Bench *bench)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  Client *client = client_new (bench);

  send_request.recvid = (char *) "p000000";
  bench_rest (PAUSE);
  figures_begin (!bench->still);
  for (int i = 0; i < bench->count; i++) {
    Sending sending = { client, 1 };
    gint64 begin = g_get_monotonic_time ();
    double took;

    send_one (client, i, &sending);
    bench_wait (sent_all, &sending, DEADLINE, "sending");
    took = ms_since (begin);
    g_array_append_val (times, took);
  }
  figures_pause ();
  figures_add_spread ("delay", times);
  finish (bench, client);
}

static void
send_queued (const Bench *bench)
{
  Client *client = client_new (bench);
  Sending sending = { client, bench->count };

  send_request.recvid = (char *) "p000000";
  bench_rest (PAUSE);
  figures_begin (!bench->still);
  for (int i = 0; i < bench->count; i++)
    send_one (client, i, &sending);
  bench_wait (sent_all, &sending, DEADLINE, "sending");
  figures_pause ();
  finish (bench, client);
}

/* ---- history */

typedef struct {
  gsize got;
  gboolean end;
  char *first;
} Page;

static void
took_page (gpointer data, const ProtobufCMessage *response)
{
  const Openim__Sdk__Message__GetAdvancedHistoryMessageListCallback *list =
      ((const Openim__Sdk__Message__GetAdvancedHistoryMessageListResp *) response)
          ->getadvancedhistorymessagelistcallback;
  Page *page = data;

  page->got = list->n_messagelist;
  page->end = list->isend;
  g_free (page->first);
  page->first = page->got > 0 ? g_strdup (list->messagelist[0]->clientmsgid) : NULL;
}

/* From the newest to the oldest. The first time most of it has to come from the server. */
static void
history (const Bench *bench)
{
  Openim__Sdk__Message__GetAdvancedHistoryMessageListReq request =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_REQ__INIT;
  Openim__Sdk__Message__GetAdvancedHistoryMessageListParams params =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_PARAMS__INIT;
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  Client *client = client_new (bench);
  Page page = { 0 };
  gsize all = 0;

  params.conversationid = (char *) "si_bench_p000000";
  params.count = HISTORY_PAGE;
  request.conversationid = params.conversationid;
  request.getadvancedhistorymessagelistparams = &params;
  bench_rest (PAUSE);
  figures_begin (!bench->still);
  while (!page.end) {
    gint64 begin = g_get_monotonic_time ();
    double took;

    params.startclientmsgid = page.first != NULL ? page.first : (char *) "";
    client_call (client, FUNCTION (GetAdvancedHistoryMessageList), &request, took_page, &page);
    took = ms_since (begin);
    g_array_append_val (times, took);
    if (page.got == 0)
      break;
    all += page.got;
  }
  figures_pause ();
  figures_add_spread ("page", times);
  figures_add ("count", (double) all);
  finish (bench, client);
  g_free (page.first);
}

const BenchRow bench_sdk_works[] = {
  { "login", login, "Login until the sync is over" },
  { "idle", idle, "--each seconds in which nothing happens" },
  { "members", members, "Login, and all members of the group, page by page" },
  { "receive", receive, "--count messages after \"ready\"" },
  { "send", send_serial, "--count messages, each after the answer to the one before" },
  { "send-queued", send_queued, "--count messages at once" },
  { "history", history, "All messages of one conversation in pages" },
  { NULL },
};
