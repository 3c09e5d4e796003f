/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/profile.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/gate.h"
#include "purple/blist.h"
#include "purple/chat.h"
#include "purple/members.h"
#include "purple/own-profile.h"
#include "purple/receipts.h"
#include "purple/status.h"
#include "purple/traits.h"
#include "purple/who.h"
#include "user.pb-c.h"

/* bitlbee reads before an empty value, so there are none. */
static void
add (PurpleNotifyUserInfo *info, const char *label, const char *value)
{
  if (value != NULL && *value != '\0')
    purple_notify_user_info_add_pair_plaintext (info, label, value);
}

static void
add_time (PurpleNotifyUserInfo *info, const char *label, gint64 ms, const char *format)
{
  g_autoptr (GDateTime) moment = NULL;
  g_autofree char *text = NULL;

  if (openim_gate_time (ms) == 0)
    return;
  moment = g_date_time_new_from_unix_local (ms / 1000);
  if (moment != NULL)
    text = g_date_time_format (moment, format);
  add (info, label, text);
}

static void
add_day (PurpleNotifyUserInfo *info, const char *label, gint64 ms)
{
  add_time (info, label, ms, "%x");
}

static void
add_moment (PurpleNotifyUserInfo *info, const char *label, gint64 ms)
{
  add_time (info, label, ms, "%x %X");
}

static void
add_person (OpenimConnection *self, PurpleNotifyUserInfo *info, const char *label, const char *user_id)
{
  const char *name = openim_roster_get_name (self, user_id);
  g_autofree char *text =
      g_strcmp0 (name, user_id) != 0 ? g_strdup_printf ("%s (%s)", name, user_id) : g_strdup (user_id);

  add (info, label, text);
}

static const char *
describe_way_in (const OpenimGroupMember *member)
{
  switch ((int) member->joinsource) {
  case OPENIM__SDK__SHARED__GROUP_JOIN_SOURCE__Invitation:
    return _ ("an invitation");
  case OPENIM__SDK__SHARED__GROUP_JOIN_SOURCE__Search:
    return _ ("searching");
  case OPENIM__SDK__SHARED__GROUP_JOIN_SOURCE__QRCode:
    return _ ("a QR code");
  default:
    return NULL;
  }
}

static void
add_friend (PurpleNotifyUserInfo *info, const OpenimFriend *person)
{
  add (info, _ ("Remark"), person->remark);
  add_day (info, _ ("Friends since"), person->createtime);
  /* TRANSLATORS: a friend who stands at the top of the contacts: “Pinned: Yes” */
  add (info, _ ("Pinned"), person->ispinned ? _ ("Yes") : NULL);
}

static void
add_blocked (OpenimConnection *self, PurpleNotifyUserInfo *info, const char *user_id)
{
  if (!purple_privacy_check (self->account, openim_who_name (self, user_id)))
    add (info, _ ("Blocked"), _ ("Yes"));
}

/* What has been read, on both sides. */
static void
add_talk (OpenimConnection *self, PurpleNotifyUserInfo *info, const char *user_id)
{
  OpenimPeer peer = { OPENIM_SESSION_SINGLE, user_id };
  const OpenimTraits *traits = self->self_id != NULL ? openim_traits_of_peer (self, &peer) : NULL;
  g_autofree char *unread = NULL;

  if (traits == NULL)
    return;
  add_moment (info, _ ("Has read your messages"), openim_receipts_get_time (self, user_id));
  unread = traits->unread > 0 ? g_strdup_printf ("%u", traits->unread) : NULL;
  add (info, _ ("Unread messages"), unread);
  add (info, _ ("Notices"), traits->muted ? _ ("off") : NULL);
}

void
openim_profile_get_tooltip (PurpleBuddy *buddy, PurpleNotifyUserInfo *info, gboolean full)
{
  OpenimConnection *self = openim_connection_get_for_account (purple_buddy_get_account (buddy));
  const OpenimFriend *person = NULL;
  const char *user_id = NULL;
  g_autofree char *where = NULL;

  if (self == NULL)
    return;
  user_id = openim_who_id (self, purple_buddy_get_name (buddy));
  person = openim_roster_get_friend (self, user_id);
  where = openim_status_get_text (buddy);
  add (info, _ ("User ID"), user_id);
  add_blocked (self, info, user_id);
  if (person != NULL) {
    add (info, _ ("Nickname"), person->nickname);
    add_friend (info, person);
  }
  add (info, _ ("Online with"), where);
  add_talk (self, info, user_id);
}

/* --- the window --- */

typedef struct {
  char *user_id;
  char *group_id; /* (nullable) asked for as a member of it */
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->user_id);
  g_free (question->group_id);
  g_free (question);
}

static void
add_member (OpenimConnection *self, PurpleNotifyUserInfo *info, const Question *question)
{
  OpenimRoom *room = question->group_id != NULL ? openim_rooms_get (self, question->group_id) : NULL;
  const OpenimGroupMember *member =
      room != NULL ? g_hash_table_lookup (room->members, question->user_id) : NULL;

  if (member == NULL)
    return;
  add (info, _ ("Name in the group"), member->nickname);
  add (info, _ ("Role"), openim_members_get_role (member));
  add_day (info, _ ("In the group since"), member->jointime);
  /* TRANSLATORS: how somebody has come into a group: by an invitation, by searching, by a QR code */
  add (info, _ ("Came in by"), describe_way_in (member));
  if (g_strcmp0 (member->inviteruserid, member->userid) != 0)
    add_person (self, info, _ ("Invited by"), member->inviteruserid);
  if (member->muteendtime > g_get_real_time () / 1000)
    add_moment (info, _ ("Muted until"), member->muteendtime);
}

static void
on_users (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__User__GetUsersInfoResp *answer = (gconstpointer) response;
  const Question *question = data;
  const OpenimFriend *person = openim_roster_get_friend (self, question->user_id);
  const char *name = openim_who_name (self, question->user_id);
  PurpleBuddy *buddy = purple_find_buddy (self->account, name);
  PurpleNotifyUserInfo *info = purple_notify_user_info_new ();
  g_autofree char *where = buddy != NULL ? openim_status_get_text (buddy) : NULL;
  g_autofree char *trouble = error != NULL ? openim_error_describe (error) : NULL;

  add (info, _ ("User ID"), question->user_id);
  add_blocked (self, info, question->user_id);
  if (error == NULL && answer->n_users > 0) {
    add (info, _ ("Nickname"), answer->users[0]->nickname);
    add (info, _ ("About"), openim_own_profile_read (answer->users[0]->ex));
    add_day (info, _ ("Registered"), answer->users[0]->createtime);
  }
  add (info, _ ("Not known"), trouble);
  if (person != NULL)
    add_friend (info, person);
  add_member (self, info, question);
  add (info, _ ("Online with"), where);
  purple_notify_userinfo (self->gc, name, info, NULL, NULL);
  purple_notify_user_info_destroy (info);
}

static void
ask (OpenimConnection *self, const char *user_id, const char *group_id)
{
  Openim__Sdk__User__GetUsersInfoReq request = OPENIM__SDK__USER__GET_USERS_INFO_REQ__INIT;
  char *ids[] = { (char *) user_id };
  Question *question = g_new0 (Question, 1);

  question->user_id = g_strdup (user_id);
  question->group_id = g_strdup (group_id);
  request.userids = ids;
  request.n_userids = G_N_ELEMENTS (ids);
  openim_connection_call (self, OPENIM_NUMBER (GetUsersInfo), &request, on_users, question, question_free);
}

void
openim_profile_show (PurpleConnection *gc, const char *who)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self != NULL)
    ask (self, openim_who_id (self, who), NULL);
}

void
openim_profile_show_member (PurpleConnection *gc, int id, const char *who)
{
  OpenimConnection *self = openim_connection_get (gc);
  OpenimRoom *room = self != NULL ? openim_rooms_get_by_id (self, id) : NULL;

  if (self != NULL)
    ask (self, openim_who_id (self, who), room != NULL ? room->group_id : NULL);
}
