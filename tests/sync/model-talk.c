/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "model.h"

#include "base/id.h"

void
talk_begin (Talk *talk, guint number)
{
  talk->group = number % 2 == 1;
  talk->peer = g_strdup_printf ("%s%u", talk->group ? "g" : "p", number);
  talk->id =
      openim_id_conversation (talk->group ? OPENIM_SESSION_GROUP : OPENIM_SESSION_SINGLE, SELF, talk->peer);
  talk->messages = g_ptr_array_new_with_free_func (openim_pb_free);
  talk->contents = g_array_new (FALSE, FALSE, sizeof (Content));
  talk->heard = g_hash_table_new (NULL, NULL);
}

void
talk_end (Talk *talk)
{
  g_free (talk->id);
  g_free (talk->peer);
  g_ptr_array_unref (talk->messages);
  g_array_unref (talk->contents);
  g_hash_table_unref (talk->heard);
}

OpenimMsgData *
talk_add (Talk *talk, gint64 time, gboolean own, const char *client_id, Content content)
{
  static const char text[] = "{\"content\":\"x\"}";
  OpenimMsgData *data = openim_pb_new (&openim__sdkws__msg_data__descriptor);
  char *id = content == EMPTY    ? g_strdup ("")
             : client_id != NULL ? g_strdup (client_id)
                                 : openim_id_message (SELF);

  g_ptr_array_add (talk->messages, data);
  g_array_append_val (talk->contents, content);
  data->seq = talk->messages->len;
  data->sendtime = time;
  openim_pb_set (&data->sendid, own ? SELF : talk->group ? "someone" : talk->peer);
  openim_pb_set (&data->recvid, talk->group ? "" : own ? talk->peer : SELF);
  openim_pb_set (&data->groupid, talk->group ? talk->peer : "");
  openim_pb_set (&data->servermsgid, id);
  openim_pb_take (&data->clientmsgid, id);
  data->sessiontype = talk->group ? OPENIM_SESSION_GROUP : OPENIM_SESSION_SINGLE;
  data->contenttype = TEXT;
  data->content.data = (guint8 *) g_strdup (text);
  data->content.len = sizeof text - 1;
  data->status = content == EMPTY ? OPENIM_STATUS_DELETED : OPENIM_STATUS_SENT;
  data->senderplatformid = own && client_id == NULL ? 1 : 7;
  if (own)
    talk->read = data->seq;
  return data;
}

Content
talk_content (const Talk *talk, gint64 seq)
{
  return g_array_index (talk->contents, Content, seq - 1);
}

void
talk_read (Talk *talk, gint64 seq)
{
  talk->read = MAX (talk->read, seq);
}

/* Behind the mark, without what the server says to be deleted. */
guint
talk_unread (const Talk *talk)
{
  guint n = 0;

  for (gint64 seq = talk->read + 1; seq <= talk->messages->len; seq++)
    n += talk_content (talk, seq) != EMPTY;
  return n;
}

void
talk_forget (Talk *talk, gint64 time)
{
  talk->born = time;
  g_ptr_array_set_size (talk->messages, 0);
  g_array_set_size (talk->contents, 0);
  g_hash_table_remove_all (talk->heard);
  talk->read = 0;
  talk->silent = 0;
  talk->told = 0;
}

void
talk_hear (Talk *talk, const OpenimMsgData *data, gboolean in_order)
{
  gint64 seq = data->seq;

  /* Stored before, and told when the program comes back. */
  if (data->sendtime <= talk->born)
    return;
  if (in_order)
    g_assert_cmpint (seq, >, talk->told);
  g_assert_cmpint (seq, <=, talk->messages->len);
  talk->told = seq;
  g_assert_true (g_hash_table_add (talk->heard, GINT_TO_POINTER ((int) seq)));
}

/* Own messages of this device are not told; everything else is. */
void
talk_check_heard (const Talk *talk)
{
  for (gint64 seq = talk->silent + 1; seq <= talk->messages->len; seq++) {
    const OpenimMsgData *data = talk->messages->pdata[seq - 1];
    gboolean mine = data->senderplatformid == 7 && g_str_equal (data->sendid, SELF);

    g_assert_cmpint (g_hash_table_contains (talk->heard, GINT_TO_POINTER ((int) seq)), ==,
                     talk_content (talk, seq) == PLAIN && !mine);
  }
}
