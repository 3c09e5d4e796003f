/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/status.h"

#include <glib/gi18n-lib.h>

#include "base/log.h"
#include "init.pb-c.h"
#include "purple/blist.h"
#include "purple/display.h"
#include "purple/events.h"
#include "purple/history.h"
#include "purple/who.h"

#define BATCH 200 /* people in one subscription */

struct _OpenimStatuses {
  GHashTable *platforms; /* user ID → char *: where that person is online, "" for nowhere; followed people */
  gboolean away;         /* as the SDK has been told */
};

/* By number; the ones that are carried about. */
static const struct {
  const char *name;
  gboolean mobile;
} platforms[] = {
  [OPENIM__SDK__COMMON__PLATFORM__iOS] = { N_ ("iPhone"), TRUE },
  [OPENIM__SDK__COMMON__PLATFORM__Android] = { N_ ("Android"), TRUE },
  [OPENIM__SDK__COMMON__PLATFORM__Windows] = { N_ ("Windows"), FALSE },
  [OPENIM__SDK__COMMON__PLATFORM__macOS] = { N_ ("macOS"), FALSE },
  [OPENIM__SDK__COMMON__PLATFORM__Web] = { N_ ("Web browser"), FALSE },
  [OPENIM__SDK__COMMON__PLATFORM__MiniWeb] = { N_ ("Mini program"), TRUE },
  [OPENIM__SDK__COMMON__PLATFORM__Linux] = { N_ ("Linux"), FALSE },
  [OPENIM__SDK__COMMON__PLATFORM__AndroidPad] = { N_ ("Android tablet"), TRUE },
  [OPENIM__SDK__COMMON__PLATFORM__iPad] = { N_ ("iPad"), TRUE },
  [OPENIM__SDK__COMMON__PLATFORM__Admin] = { N_ ("Administration"), FALSE },
  [OPENIM__SDK__COMMON__PLATFORM__HarmonyOS] = { N_ ("HarmonyOS"), TRUE },
};

OpenimStatuses *
openim_status_new (void)
{
  OpenimStatuses *statuses = g_new0 (OpenimStatuses, 1);

  statuses->platforms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return statuses;
}

void
openim_status_free (OpenimStatuses *statuses)
{
  if (statuses == NULL)
    return;
  g_hash_table_destroy (statuses->platforms);
  g_free (statuses);
}

/* Numbers as text, for the table: "2 5". */
static char *
pack (const int *ids, gsize n)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < n; i++)
    if (ids[i] > 0 && (gsize) ids[i] < G_N_ELEMENTS (platforms))
      g_string_append_printf (text, "%s%d", text->len > 0 ? " " : "", ids[i]);
  return g_string_free (text, FALSE);
}

static void
set_state (OpenimConnection *self, const char *user_id, const int *ids, gsize n)
{
  PurpleBuddy *buddy = NULL;
  gboolean online = n > 0;

  if (!g_hash_table_contains (self->statuses->platforms, user_id))
    return;
  g_hash_table_replace (self->statuses->platforms, g_strdup (user_id), pack (ids, n));
  buddy = purple_find_buddy (self->account, openim_who_name (self, user_id));
  if (buddy == NULL)
    return;
  if (online != purple_presence_is_online (purple_buddy_get_presence (buddy)))
    purple_prpl_got_user_status (self->account, purple_buddy_get_name (buddy),
                                 online ? OPENIM_STATUS_ID_AVAILABLE : OPENIM_STATUS_ID_OFFLINE, NULL);
}

static void
on_states (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__Internal__SubscribeUsersOnlineStatusResp *answer = (gconstpointer) response;

  if (error != NULL) {
    /* Remembered by the SDK and asked again with the next connection. */
    openim_log (OPENIM_LOG, OPENIM_LOG_INFO, "who is online is not known: %s", error->message);
    return;
  }
  for (gsize i = 0; i < answer->n_status && openim_connection_is_open (self); i++)
    set_state (self, answer->status[i]->userid, (const int *) answer->status[i]->platforms,
               answer->status[i]->n_platforms);
}

static void
subscribe (OpenimConnection *self, GPtrArray *ids)
{
  for (guint start = 0; start < ids->len; start += BATCH) {
    Openim__Sdk__Internal__SubscribeUsersOnlineStatusReq request =
        OPENIM__SDK__INTERNAL__SUBSCRIBE_USERS_ONLINE_STATUS_REQ__INIT;

    request.userids = (char **) ids->pdata + start;
    request.n_userids = MIN (BATCH, ids->len - start);
    openim_connection_call (self, OPENIM_INTERNAL_NUMBER (SubscribeUsersOnlineStatus), &request, on_states,
                            NULL, NULL);
  }
}

void
openim_status_follow (OpenimConnection *self, const char *user_id)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  if (g_hash_table_contains (self->statuses->platforms, user_id))
    return;
  g_hash_table_insert (self->statuses->platforms, g_strdup (user_id), g_strdup (""));
  g_ptr_array_add (ids, g_strdup (user_id));
  subscribe (self, ids);
}

void
openim_status_follow_friends (OpenimConnection *self)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  GSList *buddies = purple_find_buddies (self->account, NULL);

  for (GSList *l = buddies; l != NULL; l = l->next) {
    const char *id = openim_who_id (self, purple_buddy_get_name (l->data));

    if (openim_roster_get_friend (self, id) == NULL ||
        !g_hash_table_insert (self->statuses->platforms, g_strdup (id), g_strdup ("")))
      continue;
    g_ptr_array_add (ids, g_strdup (id));
  }
  g_slist_free (buddies);
  subscribe (self, ids);
}

void
openim_status_forget (OpenimConnection *self, const char *user_id)
{
  Openim__Sdk__Internal__UnsubscribeUsersOnlineStatusReq request =
      OPENIM__SDK__INTERNAL__UNSUBSCRIBE_USERS_ONLINE_STATUS_REQ__INIT;
  char *ids[] = { (char *) user_id };

  if (!g_hash_table_remove (self->statuses->platforms, user_id))
    return;
  request.userids = ids;
  request.n_userids = G_N_ELEMENTS (ids);
  openim_connection_call (self, OPENIM_INTERNAL_NUMBER (UnsubscribeUsersOnlineStatus), &request, NULL, NULL,
                          NULL);
}

void
openim_status_forget_all (OpenimConnection *self)
{
  g_hash_table_remove_all (self->statuses->platforms);
}

static void
on_status_changed (PurpleConnection *gc,
                   const Openim__Event__EventOnUserStatusChangedData *data,
                   gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self != NULL)
    set_state (self, data->userid, data->platformids, data->n_platformids);
}

/* --- one's own --- */

static void
on_told (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  if (error != NULL)
    openim_log (OPENIM_LOG, OPENIM_LOG_INFO, "the server does not know who is away: %s", error->message);
  /* The end of a sync does the same. */
  if (!GPOINTER_TO_INT (data) && !openim_display_is_syncing (self))
    openim_history_catch_up (self);
}

static void
set_away (OpenimConnection *self, gboolean away)
{
  Openim__Init__SetAppBackgroundStatusReq request = OPENIM__INIT__SET_APP_BACKGROUND_STATUS_REQ__INIT;

  if (self->statuses->away == away)
    return;
  self->statuses->away = away;
  /* What comes first after the return must not be shown before what came in the meantime. */
  if (!away)
    openim_display_pause (self);
  request.isbackground = away;
  openim_connection_call (self, OPENIM_NUMBER (SetAppBackgroundStatus), &request, on_told,
                          GINT_TO_POINTER (away), NULL);
}

void
openim_status_begin (OpenimConnection *self)
{
  openim_status_set (self->account, purple_account_get_active_status (self->account));
}

/* --- members of the prpl --- */

void
openim_status_set (PurpleAccount *account, PurpleStatus *status)
{
  OpenimConnection *self = openim_connection_get_for_account (account);

  if (self != NULL && openim_connection_is_connected (self) && purple_status_is_active (status))
    set_away (self, !purple_status_is_available (status));
}

GList *
openim_status_get_types (PurpleAccount *account)
{
  GList *types = NULL;

  types =
      g_list_append (types, purple_status_type_new_full (PURPLE_STATUS_AVAILABLE, OPENIM_STATUS_ID_AVAILABLE,
                                                         NULL, TRUE, TRUE, FALSE));
  types = g_list_append (types, purple_status_type_new_full (PURPLE_STATUS_AWAY, OPENIM_STATUS_ID_AWAY, NULL,
                                                             TRUE, TRUE, FALSE));
  types = g_list_append (types, purple_status_type_new_full (PURPLE_STATUS_OFFLINE, OPENIM_STATUS_ID_OFFLINE,
                                                             NULL, TRUE, TRUE, FALSE));
  return types;
}

/* (transfer full) Never NULL; its words are numbers of platforms. */
static GStrv
get_platforms (PurpleBuddy *buddy)
{
  OpenimConnection *self = openim_connection_get_for_account (purple_buddy_get_account (buddy));
  const char *ids = self != NULL ? g_hash_table_lookup (self->statuses->platforms,
                                                        openim_who_id (self, purple_buddy_get_name (buddy)))
                                 : NULL;

  return g_strsplit (ids != NULL ? ids : "", " ", -1);
}

char *
openim_status_get_text (PurpleBuddy *buddy)
{
  g_auto (GStrv) ids = get_platforms (buddy);
  GString *text = g_string_new (NULL);

  for (guint i = 0; ids[i] != NULL; i++) {
    guint64 id = g_ascii_strtoull (ids[i], NULL, 10);

    if (id > 0 && id < G_N_ELEMENTS (platforms))
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", _ (platforms[id].name));
  }
  return g_string_free (text, text->len == 0);
}

const char *
openim_status_get_emblem (PurpleBuddy *buddy)
{
  g_auto (GStrv) ids = get_platforms (buddy);
  gboolean mobile = ids[0] != NULL;
  OpenimConnection *self = openim_connection_get_for_account (purple_buddy_get_account (buddy));

  /* Put on the list by hand, and has not agreed. */
  if (self != NULL &&
      openim_roster_get_friend (self, openim_who_id (self, purple_buddy_get_name (buddy))) == NULL)
    return "not-authorized";
  if (self != NULL && !purple_privacy_check (self->account, purple_buddy_get_name (buddy)))
    return "blocked";
  for (guint i = 0; ids[i] != NULL; i++) {
    guint64 id = g_ascii_strtoull (ids[i], NULL, 10);

    mobile = mobile && id < G_N_ELEMENTS (platforms) && platforms[id].mobile;
  }
  return mobile ? "mobile" : NULL;
}

void
openim_status_connect_signals (PurplePlugin *plugin)
{
  static const OpenimHandler handlers[] = {
    { OPENIM_NUMBER (EventOnUserStatusChanged), PURPLE_CALLBACK (on_status_changed) },
  };

  openim_events_connect (plugin, handlers, G_N_ELEMENTS (handlers));
}
