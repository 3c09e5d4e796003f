/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/id.h"

#include <string.h>

#include "base/types.h"

char *
openim_id_message (const char *user_id)
{
  /* As official clients do it: a digest of time, user and chance. A UUID holds the chance. */
  g_autofree char *chance = g_uuid_string_random ();
  g_autofree char *seed = g_strdup_printf ("%" G_GINT64_FORMAT "%s%s", g_get_real_time (),
                                           user_id != NULL ? user_id : "", chance);

  return g_compute_checksum_for_string (G_CHECKSUM_MD5, seed, -1);
}

char *
openim_id_operation (void)
{
  return g_uuid_string_random ();
}

static char *
join_sorted (const char *prefix, const char *a, const char *b)
{
  /* strcmp compares as unsigned bytes, which is the order that the server uses. */
  return strcmp (a, b) <= 0 ? g_strconcat (prefix, a, "_", b, NULL) : g_strconcat (prefix, b, "_", a, NULL);
}

char *
openim_id_conversation (int session_type, const char *self_id, const char *peer_or_group_id)
{
  switch (session_type) {
  case OPENIM_SESSION_SINGLE:
    return join_sorted ("si_", self_id, peer_or_group_id);
  case OPENIM_SESSION_WRITE_GROUP:
    return g_strconcat ("g_", peer_or_group_id, NULL);
  case OPENIM_SESSION_GROUP:
    return g_strconcat ("sg_", peer_or_group_id, NULL);
  case OPENIM_SESSION_NOTIFICATION:
    return join_sorted ("sn_", self_id, peer_or_group_id);
  default:
    return g_strdup ("");
  }
}

char *
openim_id_notification_channel (const char *conversation_id)
{
  const char *rest = strchr (conversation_id, '_');

  return rest != NULL ? g_strconcat ("n", rest, NULL) : g_strdup ("");
}

gboolean
openim_id_is_notification_channel (const char *conversation_id)
{
  return g_str_has_prefix (conversation_id, "n_");
}
