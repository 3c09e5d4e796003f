/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/icons.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/log.h"
#include "group.pb-c.h"
#include "purple/attach.h"
#include "purple/blist.h"
#include "purple/events.h"
#include "purple/host.h"
#include "purple/picture.h"
#include "purple/who.h"
#include "third.pb-c.h"
#include "user.pb-c.h"

#define FIRST_MS 2000 /* after a sync: messages go first */
#define PAUSE_MS 50
#define AT_ONCE 2
#define BYTES_MAX (1024 * 1024)
#define AREA_MAX (2048 * 2048)

/* Kept on the group's node: the address of the picture that libpurple has for it, and the name under which it
 * has it. Another name there is a picture that the person has chosen, which stays. */
#define NODE_URL "openim-picture"
#define NODE_FILE "openim-picture-file"
#define LIBPURPLE_FILE "custom_buddy_icon"

typedef struct {
  gboolean group;
  char *id;
  char *url;
} Want;

struct _OpenimIcons {
  GQueue wants;       /* of Want */
  GHashTable *failed; /* set of addresses that are not asked for again in this session */
  guint running;
  OpenimTimer *timer;
  guint own; /* counts one's own pictures: the last one stays */
};

static void
want_free (gpointer data)
{
  Want *want = data;

  g_free (want->id);
  g_free (want->url);
  g_free (want);
}

OpenimIcons *
openim_icons_new (void)
{
  OpenimIcons *icons = g_new0 (OpenimIcons, 1);

  g_queue_init (&icons->wants);
  icons->failed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return icons;
}

void
openim_icons_free (OpenimIcons *icons)
{
  if (icons == NULL)
    return;
  g_queue_clear_full (&icons->wants, want_free);
  g_hash_table_destroy (icons->failed);
  g_free (icons);
}

/* --- what there is already --- */

static PurpleBlistNode *
find_node (OpenimConnection *self, const char *group_id)
{
  return PURPLE_BLIST_NODE (purple_blist_find_chat (self->account, group_id));
}

static gboolean
is_own_choice (PurpleBlistNode *node)
{
  return purple_buddy_icons_node_has_custom_icon (node) &&
         g_strcmp0 (purple_blist_node_get_string (node, LIBPURPLE_FILE),
                    purple_blist_node_get_string (node, NODE_FILE)) != 0;
}

static void
set_group (OpenimConnection *self, const char *group_id, const char *url, GBytes *picture)
{
  PurpleBlistNode *node = find_node (self, group_id);
  gsize length = 0;
  gconstpointer data = picture != NULL ? g_bytes_get_data (picture, &length) : NULL;

  if (node == NULL || is_own_choice (node))
    return;
  purple_buddy_icons_node_set_custom_icon (node, g_memdup2 (data, length), length);
  purple_blist_node_set_string (node, NODE_URL, url);
  purple_blist_node_set_string (node, NODE_FILE, purple_blist_node_get_string (node, LIBPURPLE_FILE));
}

static void
set_person (OpenimConnection *self, const char *user_id, const char *url, GBytes *picture)
{
  gsize length = 0;
  gconstpointer data = picture != NULL ? g_bytes_get_data (picture, &length) : NULL;

  purple_buddy_icons_set_for_user (self->account, openim_who_name (self, user_id), g_memdup2 (data, length),
                                   length, picture != NULL ? url : NULL);
}

/* (nullable) The address of what is shown. */
static const char *
get_shown (OpenimConnection *self, const Want *want)
{
  PurpleBlistNode *node = NULL;
  PurpleBuddy *buddy = NULL;

  if (want->group) {
    node = find_node (self, want->id);
    return node != NULL && purple_buddy_icons_node_has_custom_icon (node)
               ? purple_blist_node_get_string (node, NODE_URL)
               : NULL;
  }
  buddy = purple_find_buddy (self->account, openim_who_name (self, want->id));
  return buddy != NULL ? purple_buddy_icons_get_checksum_for_user (buddy) : NULL;
}

static gboolean
is_on_list (OpenimConnection *self, const Want *want)
{
  PurpleBlistNode *node = NULL;

  if (!want->group)
    return purple_find_buddy (self->account, openim_who_name (self, want->id)) != NULL;
  node = find_node (self, want->id);
  return node != NULL && !is_own_choice (node);
}

/* --- fetching --- */

static void go_on (OpenimConnection *self);

static void
on_timer (OpenimConnection *self, gpointer data)
{
  self->icons->timer = NULL;
  go_on (self);
}

static void
later (OpenimConnection *self, guint ms)
{
  if (self->icons->timer == NULL && self->icons->wants.length > 0)
    self->icons->timer = openim_connection_later (self, ms, on_timer, NULL, NULL);
}

static void
show (OpenimConnection *self, const Want *want, GBytes *picture)
{
  if (want->group)
    set_group (self, want->id, want->url, picture);
  else
    set_person (self, want->id, want->url, picture);
}

static void
on_fetched (OpenimConnection *self, GBytes *picture, gpointer data)
{
  const Want *want = data;

  self->icons->running--;
  if (picture == NULL)
    g_hash_table_add (self->icons->failed, g_strdup (want->url));
  else if (is_on_list (self, want))
    show (self, want, picture);
  if (openim_connection_is_open (self))
    later (self, PAUSE_MS);
}

/* One in a turn of the main loop; most need nothing. */
static void
go_on (OpenimConnection *self)
{
  static const OpenimPictureLimit limit = { BYTES_MAX, AREA_MAX };
  OpenimIcons *icons = self->icons;
  Want *want = NULL;

  if (icons->running >= AT_ONCE)
    return;
  while ((want = g_queue_pop_head (&icons->wants)) != NULL) {
    const char *shown = get_shown (self, want);

    if (is_on_list (self, want) && g_strcmp0 (shown, *want->url != '\0' ? want->url : NULL) != 0 &&
        !g_hash_table_contains (icons->failed, want->url))
      break;
    want_free (want);
  }
  if (want == NULL)
    return;
  if (*want->url == '\0') {
    show (self, want, NULL);
    want_free (want);
    if (!openim_connection_is_open (self))
      return;
  } else {
    icons->running++;
    openim_picture_fetch (self, want->url, &limit, on_fetched, want, want_free);
  }
  later (self, PAUSE_MS);
}

static void
add (OpenimConnection *self, gboolean group, const char *id, const char *url)
{
  Want *want = NULL;

  if (!openim_host_has_images () || id == NULL || *id == '\0')
    return;
  want = g_new0 (Want, 1);
  want->group = group;
  want->id = g_strdup (id);
  want->url = g_strdup (url);
  g_queue_push_tail (&self->icons->wants, want);
}

/* --- who has one --- */

static void
add_all (OpenimConnection *self)
{
  g_autoptr (GPtrArray) groups = openim_roster_get_groups (self);
  GSList *buddies = purple_find_buddies (self->account, NULL);

  for (GSList *iter = buddies; iter != NULL; iter = iter->next) {
    const char *id = openim_who_id (self, purple_buddy_get_name (iter->data));
    const OpenimFriend *friend = openim_roster_get_friend (self, id);

    if (friend != NULL)
      add (self, FALSE, id, friend->faceurl);
  }
  g_slist_free (buddies);
  for (guint i = 0; i < groups->len; i++) {
    const OpenimGroup *group = g_ptr_array_index (groups, i);

    add (self, TRUE, group->groupid, group->faceurl);
  }
}

static void
on_quiet (OpenimConnection *self, gpointer data)
{
  add_all (self);
  go_on (self);
}

static void
on_sync_end (PurpleConnection *gc, const Openim__Event__EventOnSyncServerFinishData *data, gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self != NULL && openim_host_has_images ())
    openim_connection_later (self, FIRST_MS, on_quiet, NULL, NULL);
}

static void
add_friend (PurpleConnection *gc, const OpenimFriend *friend)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self == NULL || friend == NULL)
    return;
  add (self, FALSE, friend->frienduserid, friend->faceurl);
  later (self, PAUSE_MS);
}

static void
on_friend_added (PurpleConnection *gc, const Openim__Event__EventOnFriendAddedData *data, gpointer user_data)
{
  add_friend (gc, data->friend_);
}

static void
on_friend_changed (PurpleConnection *gc,
                   const Openim__Event__EventOnFriendInfoChangedData *data,
                   gpointer user_data)
{
  add_friend (gc, data->friend_);
}

static void
add_group (PurpleConnection *gc, const OpenimGroup *group)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self == NULL || group == NULL)
    return;
  add (self, TRUE, group->groupid, group->faceurl);
  later (self, PAUSE_MS);
}

static void
on_group_added (PurpleConnection *gc,
                const Openim__Event__EventOnJoinedGroupAddedData *data,
                gpointer user_data)
{
  add_group (gc, data->group);
}

static void
on_group_changed (PurpleConnection *gc,
                  const Openim__Event__EventOnGroupInfoChangedData *data,
                  gpointer user_data)
{
  add_group (gc, data->group);
}

void
openim_icons_connect_signals (PurplePlugin *plugin)
{
  static const OpenimHandler handlers[] = {
    { OPENIM_NUMBER (EventOnSyncServerFinish), PURPLE_CALLBACK (on_sync_end) },
    { OPENIM_NUMBER (EventOnFriendAdded), PURPLE_CALLBACK (on_friend_added) },
    { OPENIM_NUMBER (EventOnFriendInfoChanged), PURPLE_CALLBACK (on_friend_changed) },
    { OPENIM_NUMBER (EventOnJoinedGroupAdded), PURPLE_CALLBACK (on_group_added) },
    { OPENIM_NUMBER (EventOnGroupInfoChanged), PURPLE_CALLBACK (on_group_changed) },
  };

  openim_events_connect (plugin, handlers, G_N_ELEMENTS (handlers));
}

/* --- the other way --- */

/* A picture on its way up: whose it will be, and who is told. */
typedef struct {
  char *group_id; /* NULL: one's own */
  guint number;
  OpenimCommandLine *command; /* (nullable) */
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_free (change->group_id);
  g_clear_pointer (&change->command, openim_command_unref);
  g_free (change);
}

static Change *
change_new (OpenimConnection *self, const char *group_id, OpenimCommandLine *command)
{
  Change *change = g_new0 (Change, 1);

  change->group_id = g_strdup (group_id);
  if (group_id == NULL)
    change->number = ++self->icons->own;
  if (command != NULL)
    change->command = openim_command_ref (command);
  return change;
}

static void
tell (OpenimConnection *self, const Change *change, const GError *error)
{
  OpenimPeer peer = { OPENIM_SESSION_GROUP, change->group_id };
  g_autofree char *reason = error != NULL ? openim_error_describe (error) : NULL;
  /* TRANSLATORS: a sentence that says why */
  g_autofree char *sentence =
      error != NULL ? g_strdup_printf (_ ("The picture was not changed. %s"), reason) : NULL;

  if (change->command != NULL && error != NULL)
    openim_command_say_error (self, change->command, error);
  else if (change->command != NULL)
    openim_command_say (self, change->command, "%s", _ ("The picture has been changed."));
  else if (error != NULL && change->group_id != NULL)
    openim_peer_tell (self, &peer, sentence, PURPLE_MESSAGE_ERROR);
  else if (error != NULL)
    purple_notify_error (self->gc, "OpenIM", sentence, NULL);
}

static void
on_changed (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  tell (self, data, error);
}

/* @change: (transfer full) */
static void
set_url (OpenimConnection *self, const char *url, Change *change)
{
  Openim__Sdk__User__SetSelfInfoReq own = OPENIM__SDK__USER__SET_SELF_INFO_REQ__INIT;
  Openim__Sdk__Group__SetGroupInfoReq group = OPENIM__SDK__GROUP__SET_GROUP_INFO_REQ__INIT;

  if (change->group_id != NULL) {
    group.groupid = change->group_id;
    group._face_url_case = OPENIM__SDK__GROUP__SET_GROUP_INFO_REQ___FACE_URL_FACE_URL;
    group.faceurl = (char *) url;
    openim_connection_call (self, OPENIM_NUMBER (SetGroupInfo), &group, on_changed, change, change_free);
  } else {
    own.userid = self->self_id;
    own._face_url_case = OPENIM__SDK__USER__SET_SELF_INFO_REQ___FACE_URL_FACE_URL;
    own.faceurl = (char *) url;
    openim_connection_call (self, OPENIM_NUMBER (SetSelfInfo), &own, on_changed, change, change_free);
  }
}

static void
on_uploaded (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__Third__UploadFileResp *answer = (gconstpointer) response;
  const Change *change = data;

  if (error != NULL)
    tell (self, change, error);
  else if (change->group_id != NULL || change->number == self->icons->own)
    set_url (self, answer->url, change_new (self, change->group_id, change->command));
}

/* @change: (transfer full) */
static void
upload (OpenimConnection *self, const char *path, Change *change)
{
  Openim__Sdk__Third__UploadFileReq request = OPENIM__SDK__THIRD__UPLOAD_FILE_REQ__INIT;

  request.filepath = (char *) path;
  openim_connection_call (self, OPENIM_NUMBER (UploadFile), &request, on_uploaded, change, change_free);
}

static void
on_saved (OpenimConnection *self, const char *path, const GError *error, gpointer data)
{
  const Change *change = data;

  if (error != NULL)
    tell (self, change, error);
  else if (change->number == self->icons->own)
    upload (self, path, change_new (self, NULL, NULL));
}

void
openim_icons_set_own (PurpleConnection *gc, PurpleStoredImage *image)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self == NULL || self->self_id == NULL)
    return;
  if (image == NULL)
    set_url (self, "", change_new (self, NULL, NULL));
  else
    openim_picture_save (self, image, on_saved, change_new (self, NULL, NULL), change_free);
}

void
openim_icons_set_group (OpenimConnection *self, const char *group_id, const char *path)
{
  upload (self, path, change_new (self, group_id, NULL));
}

static void
run (OpenimConnection *self, OpenimCommandLine *command, const char *group_id)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = openim_attach_find (self, command->args[0], &error);

  if (path == NULL)
    openim_command_say_error (self, command, error);
  else
    upload (self, path, change_new (self, group_id, command));
}

void
openim_icons_run_picture (OpenimConnection *self, OpenimCommandLine *command)
{
  run (self, command, command->peer.name);
}

void
openim_icons_run_avatar (OpenimConnection *self, OpenimCommandLine *command)
{
  run (self, command, NULL);
}
