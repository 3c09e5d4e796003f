/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/history.h"

#include <glib/gi18n-lib.h>

#include "base/log.h"
#include "conversation.pb-c.h"
#include "purple/backlog.h"
#include "purple/display.h"
#include "purple/mentions.h"
#include "purple/shown.h"
#include "purple/traits.h"
#include "user.pb-c.h"

#define AT_ONCE 4 /* conversations that are read back at the same time */
#define ATTEMPTS 3
#define PAUSE_MS 3000           /* between two attempts */
#define DEADLINE_MS (60 * 1000) /* longer than all attempts take in any ordinary case */
#define RECENT_MS (G_GINT64_CONSTANT (7) * 24 * 3600 * 1000)
#define NAMED 10 /* conversations with more unread messages than can be shown */

/* One conversation that is to be read back. */
typedef struct {
  char *conversation_id;
  int session;
  char *name;     /* of the window */
  gboolean opens; /* the window is not there yet */
  gboolean known; /* something of it has been shown here before */
  gint64 after;   /* the news begins above this seq */
  gint64 missed;  /* messages since then, as far as seqs tell */
  guint news;     /* … of which so many are shown */
  guint page;     /* and so many before them */
  guint attempts;
} Gap;

struct _OpenimHistory {
  GQueue gaps; /* of Gap, waiting */
  guint running;
};

static void
gap_free (gpointer data)
{
  Gap *gap = data;

  g_free (gap->conversation_id);
  g_free (gap->name);
  g_free (gap);
}

static Gap *
gap_copy (const Gap *gap)
{
  Gap *copy = g_memdup2 (gap, sizeof *gap);

  copy->conversation_id = g_strdup (gap->conversation_id);
  copy->name = g_strdup (gap->name);
  return copy;
}

OpenimHistory *
openim_history_new (void)
{
  OpenimHistory *history = g_new0 (OpenimHistory, 1);

  g_queue_init (&history->gaps);
  return history;
}

void
openim_history_free (OpenimHistory *history)
{
  if (history == NULL)
    return;
  g_queue_clear_full (&history->gaps, gap_free);
  g_free (history);
}

static void start_some (OpenimConnection *self);

static void
on_pause_end (OpenimConnection *self, gpointer data)
{
  g_queue_push_tail (&self->history->gaps, gap_copy (data));
  start_some (self);
}

/* Newer lines wait: once they are shown, the older ones would be taken for shown too. */
static gboolean
try_again (OpenimConnection *self, const Gap *gap)
{
  Gap *again = NULL;

  if (gap->attempts + 1 >= ATTEMPTS)
    return FALSE;
  again = gap_copy (gap);
  again->attempts++;
  openim_connection_later (self, PAUSE_MS, on_pause_end, again, gap_free);
  return TRUE;
}

static gint64
find_newest (const OpenimHistoryPage *page)
{
  gint64 newest = 0;

  for (gsize i = 0; i < page->n_messagelist; i++)
    newest = MAX (newest, page->messagelist[i]->seq);
  return newest;
}

/* What a page has before the news, and what happened in a group before this device knew it ("created",
 * "joined"), is shown if it was said by a person. */
static GPtrArray *
pick (const Gap *gap, const OpenimHistoryPage *page, guint *n_news)
{
  GPtrArray *messages = g_ptr_array_new ();

  *n_news = 0;
  for (gsize i = 0; i < page->n_messagelist; i++) {
    OpenimMessage *message = page->messagelist[i];
    gboolean news = message->seq > gap->after;

    if (message->seq == 0 || (openim_message_is_notice (message) && (!news || gap->after == 0)))
      continue;
    *n_news += news;
    g_ptr_array_add (messages, message);
  }
  return messages;
}

/* (nullable) (transfer full) */
static char *
describe_more (const Gap *gap)
{
  guint more = gap->missed > gap->news ? (guint) MIN (gap->missed - gap->news, G_MAXUINT) : 0;

  if (more == 0)
    return NULL;
  /* TRANSLATORS: %s is "/" or "?": the command is /history */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u earlier message came too; %shistory shows it.",
                                       "%u earlier messages came too; %shistory shows them.", more),
                          more, openim_commands_get_mark ());
}

static void
on_page (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const OpenimHistoryPage *page = openim_backlog_read (error, response, FALSE);
  g_autoptr (GPtrArray) messages = NULL;
  g_autofree char *note = NULL;
  OpenimReleased released = { NULL, 0, 0, NULL, FALSE };
  const Gap *gap = data;
  guint n_news = 0;

  self->history->running--;
  if ((page == NULL || page->errcode != 0) && try_again (self, gap)) {
    start_some (self);
    return;
  }
  messages = page != NULL ? pick (gap, page, &n_news) : g_ptr_array_new ();
  if (n_news == 0 && page != NULL)
    openim_shown_pass (self->shown, gap->conversation_id, find_newest (page));
  if (n_news > 0) {
    note = describe_more (gap);
    released.messages = (OpenimMessage *const *) messages->pdata;
    released.n = messages->len;
    released.page_end = gap->after;
    released.note = note;
    released.opens = gap->opens;
    openim_backlog_set_oldest (self, gap->conversation_id,
                               ((OpenimMessage *) g_ptr_array_index (messages, 0))->clientmsgid);
  }
  openim_display_release (self, gap->conversation_id, &released);
  if (openim_connection_is_open (self))
    start_some (self);
}

static void
start_some (OpenimConnection *self)
{
  while (self->history->running < AT_ONCE && self->history->gaps.length > 0) {
    Gap *gap = g_queue_pop_head (&self->history->gaps);

    self->history->running++;
    openim_backlog_ask (self, gap->conversation_id, "", gap->news + gap->page, FALSE, on_page, gap, gap_free);
  }
}

/* --- which conversations --- */

/* What need not be shown counts as shown: read somewhere else, or from before this device was used. */
static void
pass (OpenimConnection *self, const OpenimConversation *conversation)
{
  if (conversation->latestmsg != NULL)
    openim_shown_pass (self->shown, conversation->conversationid, conversation->latestmsg->seq);
}

/* (nullable) What the conversation has to be shown. */
static Gap *
find_gap (OpenimConnection *self, const OpenimConversation *conversation)
{
  const char *id = conversation->conversationid;
  gint64 newest = conversation->latestmsg != NULL ? conversation->latestmsg->seq : 0;
  gint64 unread = MAX (conversation->unreadcount, 0);
  gint64 shown = openim_shown_get_seq (self->shown, id);
  OpenimPeer peer = { 0 };
  gboolean open = FALSE;
  Gap *gap = NULL;

  if (!openim_peer_of_conversation (conversation, &peer))
    return NULL;
  if (newest > 0 && newest < shown) {
    shown = MAX (newest - unread, 0);
    openim_shown_rewind (self->shown, id, shown);
  }
  if (newest > 0 && newest <= shown)
    return NULL;
  open = openim_peer_find (self, &peer) != NULL;
  if (open ? shown == 0 && unread == 0
           : unread == 0 || !openim_display_may_disturb (self, id, openim_traits_get (self, id)->at_self)) {
    pass (self, conversation);
    return NULL;
  }
  gap = g_new0 (Gap, 1);
  gap->conversation_id = g_strdup (id);
  gap->session = peer.session;
  gap->name = g_strdup (peer.name);
  gap->opens = !open;
  /* Right after a sync the unread ones are the last ones. A window that is open has all that came before. */
  gap->after = open && shown > 0 ? shown : MAX (shown, newest - unread);
  gap->known = shown > 0;
  gap->missed = newest > 0 ? newest - gap->after : unread;
  gap->news = (guint) CLAMP (gap->missed, 1, OPENIM_HISTORY_LIMIT);
  gap->page = open || gap->missed > OPENIM_HISTORY_LIMIT ? 0 : openim_backlog_get_count (self);
  return gap;
}

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  gint64 one = (*(OpenimConversation *const *) a)->latestmsgsendtime;
  gint64 two = (*(OpenimConversation *const *) b)->latestmsgsendtime;

  return (one < two) - (one > two);
}

/* A device that is new to a conversation begins with what is recent. */
static gboolean
may_open (const Gap *gap, const OpenimConversation *conversation, guint opened)
{
  return opened < OPENIM_HISTORY_WINDOWS &&
         (gap->known || g_get_real_time () / 1000 - conversation->latestmsgsendtime < RECENT_MS);
}

/* The rest waits, and it is said where; once. */
static void
tell_waiting (OpenimConnection *self, GPtrArray *waiting)
{
  g_autofree char *summary = NULL;
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < waiting->len && i < NAMED; i++) {
    const OpenimConversation *conversation = g_ptr_array_index (waiting, i);

    g_string_append_printf (names, "%s%s (%d)", i > 0 ? ", " : "", conversation->showname,
                            conversation->unreadcount);
  }
  if (waiting->len > NAMED)
    g_string_append (names, ", …");
  summary = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Unread messages wait in %u more conversation.",
                                          "Unread messages wait in %u more conversations.", waiting->len),
                             waiting->len);
  if (waiting->len > 0)
    purple_notify_info (self->gc, _ ("Unread messages"), summary, names->str);
  g_string_free (names, TRUE);
}

static void
hold (OpenimConnection *self, Gap *gap /* (transfer full) */)
{
  openim_display_hold (self, gap->conversation_id, DEADLINE_MS);
  g_queue_push_tail (&self->history->gaps, gap);
}

static void
on_conversations (OpenimConnection *self,
                  const GError *error,
                  const ProtobufCMessage *response,
                  gpointer data)
{
  const Openim__Sdk__Conversation__GetAllConversationListResp *answer = (gconstpointer) response;
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  g_autoptr (GPtrArray) waiting = g_ptr_array_new ();
  guint opened = 0;

  if (error != NULL)
    openim_log (OPENIM_LOG, OPENIM_LOG_WARNING, "no conversations: %s", error->message);
  else {
    openim_traits_set (self, answer->conversationlist, answer->n_conversationlist);
    for (gsize i = 0; i < answer->n_conversationlist; i++)
      g_ptr_array_add (list, answer->conversationlist[i]);
  }
  g_ptr_array_sort (list, compare_newest_first);
  for (guint i = 0; i < list->len; i++) {
    const OpenimConversation *conversation = g_ptr_array_index (list, i);
    Gap *gap = find_gap (self, conversation);

    if (gap == NULL)
      continue;
    if (gap->opens && !may_open (gap, conversation, opened)) {
      pass (self, conversation);
      g_ptr_array_add (waiting, (gpointer) conversation);
      gap_free (gap);
      continue;
    }
    opened += gap->opens;
    hold (self, gap);
  }
  openim_display_resume (self);
  if (openim_connection_is_open (self))
    start_some (self);
  if (openim_connection_is_open (self))
    tell_waiting (self, waiting);
}

static void
on_self (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__User__GetSelfUserInfoResp *answer = (gconstpointer) response;

  if (error == NULL && answer->user != NULL)
    openim_traits_set_quiet (self, answer->user->globalrecvmsgopt != 0);
}

void
openim_history_catch_up (OpenimConnection *self)
{
  openim_mentions_start (self);
  openim_connection_call (self, OPENIM_NUMBER (GetSelfUserInfo), NULL, on_self, NULL, NULL);
  openim_connection_call (self, OPENIM_NUMBER (GetAllConversationList), NULL, on_conversations, NULL, NULL);
}
