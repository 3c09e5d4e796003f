/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "bare.h"
#include "base/pb.h"
#include "figures.h"

#include "msg.pb-c.h"

#define DEADLINE 300 /* s */
#define PACK 100     /* seqs in one request */
#define WINDOW 500   /* messages on their way to the server */
#define SETTLE 2000  /* ms after a login, before idleness is measured */
#define PAUSE 200    /* ms before what is measured begins */
enum { NEWEST_SEQS = 1001, SEND = 1003, PULL_SEQS = 1005, READ_SEQS = 1006 };

static double
ms_since (gint64 begin)
{
  return (double) (g_get_monotonic_time () - begin) / 1000;
}

static void
finish (const Bench *bench, Bare *bare)
{
  bench_rest (bench->quiet * 1000);
  figures_print ();
  bare_free (bare);
}

/* ---- coming in: the requests of a first login, and rows as many as they bring */

static void
ask_seqs (Bare *bare)
{
  Openim__Msg__GetConversationsHasReadAndMaxSeqReq marks =
      OPENIM__MSG__GET_CONVERSATIONS_HAS_READ_AND_MAX_SEQ_REQ__INIT;
  Openim__Sdkws__GetMaxSeqReq newest = OPENIM__SDKWS__GET_MAX_SEQ_REQ__INIT;

  marks.userid = newest.userid = bare->bench->user;
  bare_ask (bare, NEWEST_SEQS, &newest);
  bare_ask (bare, READ_SEQS, &marks);
  bare_wait (bare, 2);
}

static Openim__Msg__ConversationSeqs *
seqs_new (int chat, int each)
{
  Openim__Msg__ConversationSeqs *seqs = openim_pb_new (&openim__msg__conversation_seqs__descriptor);

  openim_pb_take (&seqs->conversationid, g_strdup_printf ("si_bench_p%06d", chat));
  seqs->seqs = g_new (gint64, each);
  for (; seqs->n_seqs < (gsize) each; seqs->n_seqs++)
    seqs->seqs[seqs->n_seqs] = seqs->n_seqs + 1;
  return seqs;
}

static void
ask_messages (Bare *bare)
{
  guint together = MAX (1, PACK / bare->bench->each);

  for (int chat = 0; chat < bare->bench->chats;) {
    Openim__Msg__GetSeqMessageReq *request = openim_pb_new (&openim__msg__get_seq_message_req__descriptor);
    guint answers = bare->answers;

    openim_pb_set (&request->userid, bare->bench->user);
    for (guint i = 0; i < together && chat < bare->bench->chats; i++)
      openim_pb_append (&request->n_conversations, &request->conversations,
                        seqs_new (chat++, bare->bench->each));
    bare_ask (bare, PULL_SEQS, request);
    bare_wait (bare, answers + 1);
    openim_pb_free (request);
  }
}

static void
ask_pages (Bare *bare, const char *path, const char *key, const char *id, int rows, int page)
{
  for (int i = 0; i * page < rows; i++) {
    g_autofree char *body = g_strdup_printf (
        "{\"%s\":\"%s\",\"pagination\":{\"pageNumber\":%d,\"showNumber\":%d}}", key, id, i + 1, page);

    bare_post (bare, path, body);
  }
}

static void
login (const Bench *bench)
{
  g_autofree char *ids = g_strdup_printf ("{\"idHash\":0,\"userID\":\"%s\"}", bench->user);
  sqlite3 *db;
  Bare *bare;

  figures_begin (!bench->still);
  db = rows_open (bench->dir);
  bare = bare_new (bench);
  if (bench->chats > 0) {
    ask_seqs (bare);
    ask_messages (bare);
    ask_pages (bare, "/conversation/get_owner_conversation", "userID", bench->user, bench->chats, 500);
    rows_insert_messages (db, bench->chats, bench->each);
    rows_insert_conversations (db, bench->chats);
  }
  if (bench->count > 0) {
    ask_pages (bare, "/friend/get_friend_list", "userID", bench->user, bench->count, 1000);
    bare_post (bare, "/friend/get_full_friend_user_ids", ids);
    rows_insert_friends (db, bench->count);
  }
  figures_pause ();
  finish (bench, bare);
  rows_close (db);
}

/* Only what is needed to be there. */
static void
idle (const Bench *bench)
{
  sqlite3 *db = rows_open (bench->dir);
  Bare *bare = bare_new (bench);

  ask_seqs (bare);
  bench_rest (bench->each > 0 ? SETTLE : 0);
  figures_begin (FALSE);
  bench_rest (bench->each * 1000);
  figures_pause ();
  finish (bench, bare);
  rows_close (db);
}

static void
members (const Bench *bench)
{
  Bare *bare;

  figures_begin (!bench->still);
  bare = bare_new (bench);
  ask_pages (bare, "/group/get_group_member_list", "groupID", "crowd", bench->count, 500);
  figures_pause ();
  finish (bench, bare);
}

/* ---- receiving */

static void
note_delay (Bare *bare, const char *frame, gsize length)
{
  const char *data = g_strstr_len (frame, length, "\"data\":\"");
  g_autofree char *text = data != NULL ? g_strndup (data + 8, strcspn (data + 8, "\"")) : NULL;
  g_autofree guchar *body = NULL;
  gsize size;

  if (text == NULL)
    return;
  body = g_base64_decode (text, &size);
  double delay = (double) bench_text_age ((char *) body, size) / 1000;
  g_array_append_val (bare->data, delay);
}

static gboolean
heard_all (gpointer data)
{
  const Bare *bare = data;

  return bare->pushes >= (guint) bare->bench->count;
}

static void
receive (const Bench *bench)
{
  Bare *bare = bare_new (bench);
  g_autoptr (GArray) delays = g_array_new (FALSE, FALSE, sizeof (double));

  bench_rest (PAUSE);
  bare->pushes = 0;
  bare->data = delays;
  if (bench->pace > 0)
    bare->heard = note_delay;
  bench_ready ();
  figures_begin (!bench->still);
  bench_wait (heard_all, bare, DEADLINE, "receiving");
  figures_pause ();
  figures_add_spread ("delay", delays);
  finish (bench, bare);
}

/* ---- sending */

static void
say (Bare *bare, const char *from, const char *to, guint n)
{
  OpenimMsgData *message = openim_pb_new (&openim__sdkws__msg_data__descriptor);
  g_autofree char *text = bench_text_new (n);

  openim_pb_set (&message->sendid, from);
  openim_pb_set (&message->recvid, to);
  openim_pb_take (&message->clientmsgid,
                  g_strdup_printf ("%08x%08x%08x%08x", g_random_int (), g_random_int (), g_random_int (), n));
  openim_pb_take (&message->sendernickname, g_strdup_printf ("Person %s", from));
  message->senderplatformid = 7;
  message->sessiontype = 1;
  message->msgfrom = 100;
  message->contenttype = 101;
  message->status = 1;
  message->createtime = g_get_real_time () / 1000;
  message->content.data = (guint8 *) g_strdup_printf ("{\"content\":\"%s\"}", text);
  message->content.len = strlen ((char *) message->content.data);
  bare_ask (bare, SEND, message);
  openim_pb_free (message);
}

static void
send_serial (const Bench *bench)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (double));
  Bare *bare = bare_new (bench);

  bench_rest (PAUSE);
  bare->answers = 0;
  figures_begin (!bench->still);
  for (int i = 0; i < bench->count; i++) {
    gint64 begin = g_get_monotonic_time ();
    double took;

    say (bare, bench->user, "p000000", i);
    bare_wait (bare, i + 1);
    took = ms_since (begin);
    g_array_append_val (times, took);
  }
  figures_pause ();
  figures_add_spread ("delay", times);
  finish (bench, bare);
}

static void
send_queued (const Bench *bench)
{
  Bare *bare = bare_new (bench);

  bench_rest (PAUSE);
  bare->answers = 0;
  figures_begin (!bench->still);
  for (int i = 0; i < bench->count; i++)
    say (bare, bench->user, "p000000", i);
  bare_wait (bare, bench->count);
  figures_pause ();
  finish (bench, bare);
}

/* ---- the people on the other side: no figures */

static void
peer (const Bench *bench)
{
  Bare *bare = bare_new (bench);
  gint64 next = g_get_monotonic_time () / 1000;

  for (int i = 0; i < bench->count; i++) {
    g_autofree char *from = g_strdup_printf ("p%06d", i % bench->chats);

    if (bench->pace > 0) {
      next += bench->pace;
      bench_rest (MAX (0, next - g_get_monotonic_time () / 1000));
    }
    say (bare, from, "bench", i);
    if (i >= WINDOW)
      bare_wait (bare, i - WINDOW);
  }
  bare_wait (bare, bench->count);
  bare_free (bare);
}

const BenchRow bench_bare_works[] = {
  { "bare-login", login,
    "The frames and rows of a login with --chats of --each messages and --count friends" },
  { "bare-idle", idle, "--each seconds in which nothing happens" },
  { "bare-members", members, "--count members, page by page" },
  { "bare-receive", receive, "--count messages after \"ready\"" },
  { "bare-send", send_serial, "--count messages, each after the answer to the one before" },
  { "bare-send-queued", send_queued, "--count messages at once" },
  { "peer", peer, "Sends --count messages of --chats people; tells no figures" },
  { NULL },
};
