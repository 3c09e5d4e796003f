/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/origins.h"

#include <string.h>

#include "base/pb.h"

#define REMEMBERED 256 /* origins; a burst comes from few people */

/* Keys of the options map that have a meaning; the order is that of the bits in the file. */
static const char *const option_keys[] = {
  "history",           "persistent",         "offlinePush",
  "unreadCount",       "conversationUpdate", "senderConversationUpdate",
  "senderSync",        "notPrivate",         "senderNotificationPush",
  "reactionFromCache", "isNotNotification",  "isSendMsg",
};

/* ---- options */

gint64
openim_origin_options (const OpenimMsgData *data)
{
  gint64 bits = 0;

  for (gsize i = 0; i < data->n_options; i++)
    for (guint k = 0; k < G_N_ELEMENTS (option_keys); k++)
      if (strcmp (data->options[i]->key, option_keys[k]) == 0) {
        bits &= ~(G_GINT64_CONSTANT (3) << 2 * k);
        bits |= (data->options[i]->value ? G_GINT64_CONSTANT (3) : 1) << 2 * k;
      }
  return bits;
}

void
openim_origin_set_options (OpenimMsgData *data, gint64 options)
{
  for (guint k = 0; k < G_N_ELEMENTS (option_keys); k++) {
    if ((options >> 2 * k & 1) == 0)
      continue;
    Openim__Sdkws__MsgData__OptionsEntry *entry =
        openim_pb_new (&openim__sdkws__msg_data__options_entry__descriptor);
    openim_pb_set (&entry->key, option_keys[k]);
    entry->value = (options >> 2 * k & 2) != 0;
    openim_pb_append (&data->n_options, &data->options, entry);
  }
}

/* ---- rows */

enum { SEND_ID, RECV_ID, GROUP_ID, NICKNAME, FACE_URL, ATTACHED_INFO, N_TEXTS };

typedef struct {
  gint64 hash, options;
  gint64 platform, session_type, from;
  const char *texts[N_TEXTS];
  gint64 id;
} Origin;

static gint64
hash_texts (const Origin *origin)
{
  guint hash = (guint) origin->options;

  for (guint i = 0; i < N_TEXTS; i++)
    hash = hash * 31 + g_str_hash (origin->texts[i]);
  return (gint32) hash;
}

static Origin
origin_of (const OpenimMsgData *data)
{
  Origin origin = { .options = openim_origin_options (data),
                    .platform = data->senderplatformid,
                    .session_type = data->sessiontype,
                    .from = data->msgfrom,
                    .texts = { data->sendid, data->recvid, data->groupid, data->sendernickname,
                               data->senderfaceurl, data->attachedinfo } };

  origin.hash = hash_texts (&origin);
  return origin;
}

static guint
origin_hash (gconstpointer origin)
{
  return (guint) ((const Origin *) origin)->hash;
}

static gboolean
origin_equal (gconstpointer a, gconstpointer b)
{
  const Origin *one = a, *two = b;

  if (one->hash != two->hash || one->options != two->options || one->platform != two->platform ||
      one->session_type != two->session_type || one->from != two->from)
    return FALSE;
  for (guint i = 0; i < N_TEXTS; i++)
    if (strcmp (one->texts[i], two->texts[i]) != 0)
      return FALSE;
  return TRUE;
}

static void
origin_free (gpointer data)
{
  Origin *origin = data;

  for (guint i = 0; i < N_TEXTS; i++)
    g_free ((char *) origin->texts[i]);
  g_free (origin);
}

static void
remember (OpenimDb *db, const Origin *origin)
{
  Origin *copy = g_memdup2 (origin, sizeof *origin);

  for (guint i = 0; i < N_TEXTS; i++)
    copy->texts[i] = g_strdup (origin->texts[i]);
  if (db->origins == NULL)
    db->origins = g_hash_table_new_full (origin_hash, origin_equal, origin_free, NULL);
  if (g_hash_table_size (db->origins) >= REMEMBERED)
    g_hash_table_remove_all (db->origins);
  g_hash_table_add (db->origins, copy);
}

void
openim_origins_forget (OpenimDb *db)
{
  g_clear_pointer (&db->origins, g_hash_table_unref);
}

gboolean
openim_origin_find (OpenimDb *db, const OpenimMsgData *data, gint64 *id, GError **error)
{
  Origin origin = origin_of (data);
  const Origin *known = db->origins != NULL ? g_hash_table_lookup (db->origins, &origin) : NULL;

  if (known != NULL) {
    *id = known->id;
    return TRUE;
  }

#define VALUES                                                                                               \
  origin.hash, data->sendid, data->recvid, data->groupid, data->sendernickname, data->senderfaceurl,         \
      data->attachedinfo, origin.platform, origin.session_type, origin.from, origin.options
  if (!openim_db_get_int (
          db, &origin.id, error,
          "SELECT id FROM origins WHERE hash = ?1 AND sendID = ?2 AND recvID = ?3 AND groupID = ?4 "
          "AND senderNickname = ?5 AND senderFaceURL = ?6 AND attachedInfo = ?7 "
          "AND senderPlatformID = ?8 AND sessionType = ?9 AND msgFrom = ?10 AND options = ?11",
          "issssssiiii", VALUES))
    return FALSE;
  if (origin.id == 0) {
    if (!openim_db_run (db, error,
                        "INSERT INTO origins (hash, sendID, recvID, groupID, senderNickname, senderFaceURL, "
                        "attachedInfo, senderPlatformID, sessionType, msgFrom, options) "
                        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                        "issssssiiii", VALUES))
      return FALSE;
    origin.id = sqlite3_last_insert_rowid (db->sqlite);
  }
#undef VALUES
  remember (db, &origin);
  *id = origin.id;
  return TRUE;
}
