/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Each row of content-types.def whose content is a detail names a function of this file. Whoever reads is
 * "you". */

#include "sdk/notice.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/json.h"
#include "sdk/content.h"

typedef char *(*TextFunc) (const OpenimMessage *message, const char *self_id);

static gboolean
is_set (const char *text)
{
  return text != NULL && *text != '\0';
}

static gboolean
is_self (const OpenimGroupMember *member, const char *self_id)
{
  return member != NULL && self_id != NULL && strcmp (member->userid, self_id) == 0;
}

/* Owned by @member, or static. */
static const char *
name_of (const OpenimGroupMember *member, const char *self_id)
{
  if (is_self (member, self_id))
    /* TRANSLATORS: stands where a name could, never as the subject: “Bob removed you from the group.” */
    return _ ("you");
  if (member != NULL && is_set (member->nickname))
    return member->nickname;
  if (member != NULL && is_set (member->userid))
    return member->userid;

  return _ ("somebody");
}

static char *
names_of (OpenimGroupMember *const *members, size_t n, const char *self_id)
{
  GString *names = g_string_new (NULL);

  for (size_t i = 0; i < n; i++) {
    if (i > 0)
      g_string_append (names, ", ");
    g_string_append (names, name_of (members[i], self_id));
  }
  if (n == 0)
    g_string_append (names, _ ("somebody"));

  return g_string_free (names, FALSE);
}

static char *
text_of_friend_approved (const OpenimMessage *message, const char *self_id)
{
  return g_strdup (_ ("You are friends now and can write to each other."));
}

static char *
text_of_announcement (const OpenimMessage *message, const char *self_id)
{
  g_autoptr (JsonObject) detail = openim_content_get_raw_detail (message);
  JsonObject *picture = openim_json_object (openim_json_object (detail, "pictureElem"), "sourcePicture");
  const char *parts[] = {
    openim_json_string (detail, "text"),
    openim_json_string (detail, "url"),
    openim_json_string (detail, "externalUrl"),
    openim_json_string (picture, "url"),
    openim_json_string (openim_json_object (detail, "videoElem"), "videoUrl"),
    openim_json_string (openim_json_object (detail, "fileElem"), "sourceUrl"),
  };
  const char *name = openim_json_string (detail, "notificationName");
  GString *text = g_string_new (NULL);

  if (*name != '\0')
    g_string_append_printf (text, "%s:", name);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    if (*parts[i] != '\0')
      g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", parts[i]);
  }

  return g_string_free (text, FALSE);
}

static char *
text_of_group_created (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__GroupCreatedTips *tips = message->groupcreatedtips;

  return is_self (tips->opuser, self_id)
             ? g_strdup (_ ("You created the group."))
             : g_strdup_printf (_ ("%s created the group."), name_of (tips->opuser, self_id));
}

static char *
text_of_member_quit (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__MemberQuitTips *tips = message->memberquittips;

  return is_self (tips->quituser, self_id)
             ? g_strdup (_ ("You left the group."))
             : g_strdup_printf (_ ("%s left the group."), name_of (tips->quituser, self_id));
}

static char *
text_of_owner_transferred (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__GroupOwnerTransferredTips *tips = message->groupownertransferredtips;

  return is_self (tips->newgroupowner, self_id) ? g_strdup (_ ("You are the owner of the group now."))
                                                : g_strdup_printf (_ ("%s is the owner of the group now."),
                                                                   name_of (tips->newgroupowner, self_id));
}

static char *
text_of_member_kicked (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__MemberKickedTips *tips = message->memberkickedtips;
  g_autofree char *whom = names_of (tips->kickeduserlist, tips->n_kickeduserlist, self_id);

  return is_self (tips->opuser, self_id)
             ? g_strdup_printf (_ ("You removed %s from the group."), whom)
             : g_strdup_printf (_ ("%s removed %s from the group."), name_of (tips->opuser, self_id), whom);
}

static char *
text_of_member_invited (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__MemberInvitedTips *tips = message->memberinvitedtips;
  /* An administrator of the server adds people in somebody's name. */
  const OpenimGroupMember *inviter =
      tips->inviteruser != NULL && is_set (tips->inviteruser->userid) ? tips->inviteruser : tips->opuser;
  g_autofree char *whom = names_of (tips->inviteduserlist, tips->n_inviteduserlist, self_id);

  return is_self (inviter, self_id)
             ? g_strdup_printf (_ ("You added %s to the group."), whom)
             : g_strdup_printf (_ ("%s added %s to the group."), name_of (inviter, self_id), whom);
}

static char *
text_of_member_enter (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__MemberEnterTips *tips = message->memberentertips;

  return is_self (tips->entrantuser, self_id)
             ? g_strdup (_ ("You joined the group."))
             : g_strdup_printf (_ ("%s joined the group."), name_of (tips->entrantuser, self_id));
}

static char *
text_of_group_dismissed (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__GroupDismissedTips *tips = message->groupdismissedtips;

  return is_self (tips->opuser, self_id)
             ? g_strdup (_ ("You dissolved the group."))
             : g_strdup_printf (_ ("%s dissolved the group."), name_of (tips->opuser, self_id));
}

/* (transfer full) "10 minutes" */
static char *
duration (guint32 seconds)
{
  if (seconds % 86400 == 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u day", "%u days", seconds / 86400),
                            seconds / 86400);
  if (seconds % 3600 == 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u hour", "%u hours", seconds / 3600),
                            seconds / 3600);
  if (seconds % 60 == 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u minute", "%u minutes", seconds / 60),
                            seconds / 60);

  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u second", "%u seconds", seconds), seconds);
}

static char *
text_of_member_muted (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__GroupMemberMutedTips *tips = message->groupmembermutedtips;
  const char *whom = name_of (tips->muteduser, self_id);
  g_autofree char *time = duration (tips->mutedseconds);

  return is_self (tips->opuser, self_id)
             ? g_strdup_printf (_ ("You muted %s for %s."), whom, time)
             : g_strdup_printf (_ ("%s muted %s for %s."), name_of (tips->opuser, self_id), whom, time);
}

static char *
text_of_member_unmuted (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__GroupMemberCancelMutedTips *tips = message->groupmembercancelmutedtips;
  const char *whom = name_of (tips->muteduser, self_id);

  return is_self (tips->opuser, self_id)
             ? g_strdup_printf (_ ("You allowed %s to write again."), whom)
             : g_strdup_printf (_ ("%s allowed %s to write again."), name_of (tips->opuser, self_id), whom);
}

static char *
text_of_group_muted (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__GroupMutedTips *tips = message->groupmutedtips;

  return is_self (tips->opuser, self_id)
             ? g_strdup (_ ("You muted the group: only owner and administrators can write."))
             : g_strdup_printf (_ ("%s muted the group: only owner and administrators can write."),
                                name_of (tips->opuser, self_id));
}

static char *
text_of_group_unmuted (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__GroupCancelMutedTips *tips = message->groupcancelmutedtips;

  return is_self (tips->opuser, self_id)
             ? g_strdup (_ ("You allowed everyone to write again."))
             : g_strdup_printf (_ ("%s allowed everyone to write again."), name_of (tips->opuser, self_id));
}

/* The two notices about a group that the interface has no record for. (transfer full) */
static OpenimGroupMember *
read_operator (JsonObject *detail)
{
  return openim_json_read (openim_json_object (detail, "opUser"), NULL,
                           &openim__sdk__shared__imgroup_member__descriptor);
}

static char *
text_of_group_notice (const OpenimMessage *message, const char *self_id)
{
  g_autoptr (JsonObject) detail = openim_content_get_raw_detail (message);
  g_autoptr (OpenimGroupMember) who = read_operator (detail);
  const char *notice = openim_json_string (openim_json_object (detail, "group"), "notification");

  if (detail == NULL)
    return NULL;

  return is_self (who, self_id)
             ? g_strdup_printf (_ ("You changed the announcement: %s"), notice)
             : g_strdup_printf (_ ("%s changed the announcement: %s"), name_of (who, self_id), notice);
}

static char *
text_of_group_renamed (const OpenimMessage *message, const char *self_id)
{
  g_autoptr (JsonObject) detail = openim_content_get_raw_detail (message);
  g_autoptr (OpenimGroupMember) who = read_operator (detail);
  const char *name = openim_json_string (openim_json_object (detail, "group"), "groupName");

  if (detail == NULL)
    return NULL;

  return is_self (who, self_id)
             ? g_strdup_printf (_ ("You renamed the group to “%s”."), name)
             : g_strdup_printf (_ ("%s renamed the group to “%s”."), name_of (who, self_id), name);
}

static char *
text_of_private_chat (const OpenimMessage *message, const char *self_id)
{
  return g_strdup (message->conversationprivatechattips->isprivate
                       ? _ ("From now on, messages vanish some time after they are read.")
                       : _ ("From now on, messages stay after they are read."));
}

static char *
text_of_business (const OpenimMessage *message, const char *self_id)
{
  return g_strdup_printf (_ ("[notice from the service] %s"), message->businesstips->data);
}

static char *
text_of_revoked (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__RevokedTips *tips = message->revokedtips;
  const char *revoker = is_set (tips->revokernickname) ? tips->revokernickname : tips->revokerid;
  gboolean own = self_id != NULL && strcmp (tips->revokerid, self_id) == 0;

  if (!is_set (revoker))
    return NULL;
  if (!is_set (tips->sourcemessagesendid) || strcmp (tips->sourcemessagesendid, tips->revokerid) == 0)
    return own ? g_strdup (_ ("You withdrew a message."))
               : g_strdup_printf (_ ("%s withdrew a message."), revoker);

  return own ? g_strdup_printf (_ ("You withdrew a message of %s."), tips->sourcemessagesendernickname)
             : g_strdup_printf (_ ("%s withdrew a message of %s."), revoker,
                                tips->sourcemessagesendernickname);
}

/* ---- all of them */

static const struct {
  int type;
  TextFunc text;
} texts[] = {
#define BODY(number, text)
#define DETAIL(number, text) { number, text_of_##text },
#define CONTENT(number, place, member, sendable, text) place (number, text)
#include "sdk/content-types.def"
#undef CONTENT
#undef DETAIL
#undef BODY
};

char *
openim_notice_get_text (const OpenimMessage *message, const char *self_id)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    if (texts[i].type == (int) message->contenttype)
      return texts[i].text (message, self_id);
  }
  return NULL;
}
