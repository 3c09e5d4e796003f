/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/backlog.h"

#include <stdlib.h>

#include <glib/gi18n-lib.h>

#include "base/log.h"
#include "purple/account.h"
#include "purple/display.h"
#include "purple/listing.h"

#define MOST 200     /* lines at once */
#define USUAL 20     /* of /history */
#define PAGE_MS 3000 /* a window waits for its page no longer */

struct _OpenimBacklog {
  GHashTable *pages;  /* conversation ID → number of the page that is on its way */
  GHashTable *oldest; /* conversation ID → clientMsgID of the first line that its window has */
  guint last;
};

OpenimBacklog *
openim_backlog_new (void)
{
  OpenimBacklog *backlog = g_new0 (OpenimBacklog, 1);

  backlog->pages = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  backlog->oldest = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return backlog;
}

void
openim_backlog_free (OpenimBacklog *backlog)
{
  if (backlog == NULL)
    return;
  g_hash_table_destroy (backlog->pages);
  g_hash_table_destroy (backlog->oldest);
  g_free (backlog);
}

/* Plugins of Pidgin and Finch that show the end of the log in a window that opens. */
static gboolean
host_shows_log (void)
{
  static const char *const ids[] = { "gtk-history", "gnt-history" };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    PurplePlugin *plugin = purple_plugins_find_with_id (ids[i]);

    if (plugin != NULL && purple_plugin_is_loaded (plugin))
      return TRUE;
  }
  return FALSE;
}

guint
openim_backlog_get_count (OpenimConnection *self)
{
  return host_shows_log () ? 0 : openim_option_get_number (self->account, OPENIM_OPTION_HISTORY, MOST);
}

void
openim_backlog_set_oldest (OpenimConnection *self, const char *conversation_id, const char *client_msg_id)
{
  g_hash_table_replace (self->backlog->oldest, g_strdup (conversation_id), g_strdup (client_msg_id));
}

/* --- asking --- */

void
openim_backlog_ask (OpenimConnection *self,
                    const char *conversation_id,
                    const char *client_msg_id,
                    guint count,
                    gboolean reverse,
                    OpenimReplyFunc reply,
                    gpointer data,
                    GDestroyNotify destroy)
{
  Openim__Sdk__Message__GetAdvancedHistoryMessageListParams params =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_PARAMS__INIT;

  params.conversationid = (char *) conversation_id;
  params.startclientmsgid = (char *) client_msg_id;
  params.count = (gint32) count;
  if (reverse) {
    Openim__Sdk__Message__GetAdvancedHistoryMessageListReverseReq request =
        OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_REVERSE_REQ__INIT;

    request.getadvancedhistorymessagelistparams = &params;
    openim_connection_call (self, OPENIM_NUMBER (GetAdvancedHistoryMessageListReverse), &request, reply, data,
                            destroy);
  } else {
    Openim__Sdk__Message__GetAdvancedHistoryMessageListReq request =
        OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_REQ__INIT;

    request.getadvancedhistorymessagelistparams = &params;
    openim_connection_call (self, OPENIM_NUMBER (GetAdvancedHistoryMessageList), &request, reply, data,
                            destroy);
  }
}

const OpenimHistoryPage *
openim_backlog_read (const GError *error, const ProtobufCMessage *response, gboolean reverse)
{
  const Openim__Sdk__Message__GetAdvancedHistoryMessageListResp *answer = (gconstpointer) response;
  const Openim__Sdk__Message__GetAdvancedHistoryMessageListReverseResp *reversed = (gconstpointer) response;
  const OpenimHistoryPage *page = NULL;

  if (error != NULL) {
    openim_log (OPENIM_LOG, OPENIM_LOG_WARNING, "no history: %s", error->message);
    return NULL;
  }
  page = reverse ? reversed->getadvancedhistorymessagelistcallback
                 : answer->getadvancedhistorymessagelistcallback;
  if (page != NULL && page->errcode != 0)
    openim_log (OPENIM_LOG, OPENIM_LOG_WARNING, "the history is not complete: %s", page->errmsg);
  return page;
}

/* --- a window opens --- */

typedef struct {
  char *conversation_id;
  int session;
  char *name;
  guint number;
  gboolean opens; /* it is not there yet */
} Page;

static void
page_free (gpointer data)
{
  Page *page = data;

  g_free (page->conversation_id);
  g_free (page->name);
  g_free (page);
}

static Page *
page_new (OpenimConnection *self, const OpenimPeer *peer, gboolean opens)
{
  Page *page = g_new0 (Page, 1);

  page->conversation_id = openim_peer_conversation_id (self, peer);
  page->session = peer->session;
  page->name = g_strdup (peer->name);
  page->number = ++self->backlog->last;
  page->opens = opens;
  g_hash_table_replace (self->backlog->pages, g_strdup (page->conversation_id),
                        GUINT_TO_POINTER (page->number));
  g_hash_table_remove (self->backlog->oldest, page->conversation_id);
  openim_display_hold (self, page->conversation_id, PAGE_MS);
  return page;
}

/* What changed in a group is worth a line when it happens, not each time that its window opens. */
static GPtrArray *
pick (const OpenimHistoryPage *answer)
{
  GPtrArray *messages = g_ptr_array_new ();

  for (gsize i = 0; i < answer->n_messagelist; i++)
    if (!openim_message_is_notice (answer->messagelist[i]))
      g_ptr_array_add (messages, answer->messagelist[i]);
  return messages;
}

static void
on_page (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const OpenimHistoryPage *answer = openim_backlog_read (error, response, FALSE);
  g_autoptr (GPtrArray) messages = answer != NULL ? pick (answer) : g_ptr_array_new ();
  const Page *page = data;
  OpenimPeer peer = { page->session, page->name };
  OpenimReleased released = { NULL, 0, G_MAXINT64, NULL, page->opens };
  gboolean wanted =
      GPOINTER_TO_UINT (g_hash_table_lookup (self->backlog->pages, page->conversation_id)) == page->number;

  if (wanted)
    g_hash_table_remove (self->backlog->pages, page->conversation_id);
  if (wanted && messages->len > 0 && (page->opens || openim_peer_find (self, &peer) != NULL)) {
    const OpenimMessage *first = g_ptr_array_index (messages, 0);

    openim_backlog_set_oldest (self, page->conversation_id, first->clientmsgid);
    released.messages = (OpenimMessage *const *) messages->pdata;
    released.n = messages->len;
  }
  openim_display_release (self, page->conversation_id, &released);
}

gboolean
openim_backlog_prepare (OpenimConnection *self, const OpenimPeer *peer, const OpenimMessage *message)
{
  guint count = openim_backlog_get_count (self);
  Page *page = NULL;

  if (count == 0 || message->seq == 0)
    return FALSE;
  page = page_new (self, peer, TRUE);
  openim_backlog_ask (self, page->conversation_id, message->clientmsgid, count, FALSE, on_page, page,
                      page_free);
  return TRUE;
}

void
openim_backlog_forget (OpenimConnection *self, const OpenimPeer *peer)
{
  g_autofree char *id = openim_peer_conversation_id (self, peer);

  g_hash_table_remove (self->backlog->pages, id);
}

/* Whoever has opened the window may be about to write into it. */
static void
on_opened (OpenimConnection *self, gpointer data)
{
  const Page *page = data;
  OpenimPeer peer = { page->session, page->name };
  PurpleConversation *conversation = openim_peer_find (self, &peer);
  OpenimReleased nothing = { NULL, 0, 0, NULL, FALSE };

  if (conversation == NULL || purple_conversation_get_message_history (conversation) != NULL)
    openim_display_release (self, page->conversation_id, &nothing);
  else {
    Page *copy = g_memdup2 (page, sizeof *page);

    copy->conversation_id = g_strdup (page->conversation_id);
    copy->name = g_strdup (page->name);
    openim_backlog_ask (self, page->conversation_id, "", openim_backlog_get_count (self), FALSE, on_page,
                        copy, page_free);
  }
}

static void
on_created (PurpleConversation *conversation, gpointer data)
{
  OpenimConnection *self = data;
  OpenimPeer peer = { 0 };
  g_autofree char *id = NULL;

  if (!openim_connection_is_open (self) || self->self_id == NULL ||
      purple_conversation_get_account (conversation) != self->account)
    return;
  openim_peer_of_window (self, conversation, &peer);
  id = openim_peer_conversation_id (self, &peer);
  if (openim_backlog_get_count (self) > 0 && !openim_display_is_at_work (self, id))
    openim_connection_later (self, 0, on_opened, page_new (self, &peer, FALSE), page_free);
}

void
openim_backlog_renew (OpenimConnection *self, const OpenimPeer *peer)
{
  PurpleConversation *conversation = openim_peer_find (self, peer);
  Page *page = NULL;

  if (conversation == NULL || !openim_host_has_windows ())
    return;
  page = page_new (self, peer, FALSE);
  purple_conversation_clear_message_history (conversation);
  openim_backlog_ask (self, page->conversation_id, "", USUAL, FALSE, on_page, page, page_free);
}

void
openim_backlog_watch (OpenimConnection *self)
{
  purple_signal_connect (purple_conversations_get_handle (), "conversation-created", self,
                         PURPLE_CALLBACK (on_created), self);
}

/* --- commands --- */

static void
show_page (OpenimConnection *self, OpenimCommandLine *command, const ProtobufCMessage *response)
{
  const OpenimHistoryPage *page = openim_backlog_read (NULL, response, FALSE);
  g_autofree char *id = openim_peer_conversation_id (self, &command->peer);
  g_autofree char *footer = NULL;

  if (page == NULL || page->n_messagelist == 0) {
    openim_command_say (self, command, _ ("Nothing was said here before that."));
    return;
  }
  openim_backlog_set_oldest (self, id, page->messagelist[0]->clientmsgid);
  if (page->errcode != 0)
    footer = g_strdup (_ ("There may be more at the server, which does not answer now."));
  else if (page->isend)
    footer = g_strdup (_ ("This is where the conversation begins."));
  else
    /* TRANSLATORS: %s is "/" or "?": the command is /more */
    footer = g_strdup_printf (_ ("%smore shows what was said before that."), openim_commands_get_mark ());
  openim_listing_show (self, &command->peer, page->messagelist, page->n_messagelist, footer);
}

static void
ask_for (OpenimConnection *self, OpenimCommandLine *command, const char *before, const char *number)
{
  Openim__Sdk__Message__GetAdvancedHistoryMessageListReq request =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_REQ__INIT;
  Openim__Sdk__Message__GetAdvancedHistoryMessageListParams params =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_PARAMS__INIT;
  g_autofree char *id = openim_peer_conversation_id (self, &command->peer);
  int count = number != NULL ? atoi (number) : USUAL;

  if (count <= 0) {
    openim_command_say (self, command, _ ("“%s” is not a number of messages."), number);
    return;
  }
  openim_backlog_forget (self, &command->peer);
  params.conversationid = id;
  params.startclientmsgid = (char *) before;
  params.count = MIN (count, MOST);
  request.getadvancedhistorymessagelistparams = &params;
  openim_command_call (self, command, OPENIM_NUMBER (GetAdvancedHistoryMessageList), &request, show_page);
}

void
openim_backlog_history (OpenimConnection *self, OpenimCommandLine *command)
{
  ask_for (self, command, "", command->args[0]);
}

void
openim_backlog_more (OpenimConnection *self, OpenimCommandLine *command)
{
  g_autofree char *id = openim_peer_conversation_id (self, &command->peer);
  g_autofree char *oldest = g_strdup (g_hash_table_lookup (self->backlog->oldest, id));

  ask_for (self, command, oldest != NULL ? oldest : "", command->args[0]);
}
