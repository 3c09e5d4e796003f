/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Messages as plain text, for people. Each row of content-types.def names a function of this file; one that
 * has nothing to say returns NULL. */

#include "sdk/sdk.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/gate.h"
#include "base/json.h"
#include "sdk/content.h"

#define AT_ALL_TAG "AtAllTag"
#define QUOTE_MAX 400 /* bytes of a quoted text */

typedef char *(*TextFunc) (const OpenimMessage *message, const char *self_id);

/* ---- names */

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

static const char *
sender_of (const OpenimMessage *message)
{
  if (is_set (message->sendernickname))
    return message->sendernickname;

  return is_set (message->sendid) ? message->sendid : _ ("somebody");
}

/* ---- what people write */

static char *
text_of_text (const OpenimMessage *message, const char *self_id)
{
  return g_strdup (message->textelem->content);
}

static char *
text_of_advanced (const OpenimMessage *message, const char *self_id)
{
  return g_strdup (message->advancedtextelem->text);
}

static char *
text_of_markdown (const OpenimMessage *message, const char *self_id)
{
  g_autofree char *raw = openim_content_get_raw (message);
  g_autoptr (JsonObject) object =
      raw == NULL ? NULL : openim_json_parse (raw, strlen (raw), OPENIM_GATE_FRAME_MAX, NULL);

  return g_strdup (openim_json_string (object, "content"));
}

/* "@" and an ID in the text stand for the name; the longest ID that fits is the one that is meant. */
static const char *
find_mention (const Openim__Sdk__Shared__AtTextElem *elem, const char *place, gsize *length)
{
  const char *name = NULL;

  *length = 0;
  if (g_str_has_prefix (place, AT_ALL_TAG)) {
    *length = strlen (AT_ALL_TAG);
    name = _ ("everyone");
  }
  for (size_t i = 0; i < elem->n_atusersinfo; i++) {
    const Openim__Sdk__Shared__AtInfo *info = elem->atusersinfo[i];
    gsize id_length = strlen (info->atuserid);

    if (id_length > *length && is_set (info->groupnickname) && g_str_has_prefix (place, info->atuserid)) {
      *length = id_length;
      name = info->groupnickname;
    }
  }

  return name;
}

static char *quote (const OpenimMessage *quoted, const char *text, const char *self_id);

static char *
text_of_at (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__AtTextElem *elem = message->attextelem;
  GString *text = g_string_new (NULL);

  for (const char *place = elem->text; *place != '\0'; place++) {
    gsize length;
    const char *name = *place == '@' ? find_mention (elem, place + 1, &length) : NULL;

    g_string_append_c (text, *place);
    if (name != NULL) {
      g_string_append (text, name);
      place += length;
    }
  }

  if (elem->quotemessage != NULL) {
    g_autofree char *own = g_string_free (text, FALSE);

    return quote (elem->quotemessage, own, self_id);
  }
  return g_string_free (text, FALSE);
}

/* What is quoted of a quote is what its sender wrote. */
static char *
quoted_text (const OpenimMessage *quoted, const char *self_id)
{
  g_autofree char *text = NULL;
  g_autofree char *cut = NULL;

  if (quoted->content_case == OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_QUOTE_ELEM && quoted->quoteelem != NULL)
    text = g_strdup (quoted->quoteelem->text);
  else
    text = openim_message_get_text (quoted, self_id);

  if (strlen (text) <= QUOTE_MAX)
    return g_steal_pointer (&text);

  cut = openim_gate_text (text, -1, QUOTE_MAX, FALSE);
  return g_strconcat (cut, "…", NULL);
}

static char *
quote (const OpenimMessage *quoted, const char *text, const char *self_id)
{
  g_autofree char *said = quoted_text (quoted, self_id);
  /* What is left of a withdrawn message says itself who it was. */
  gboolean withdrawn = quoted->contenttype == OPENIM__SDK__COMMON__CONTENT_TYPE__RevokedNotification;
  g_autofree char *whole = withdrawn ? g_strdup (said) : g_strdup_printf ("%s: %s", sender_of (quoted), said);
  g_auto (GStrv) lines = g_strsplit (whole, "\n", -1);
  GString *result = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    g_string_append_printf (result, "> %s\n", lines[i]);
  g_string_append (result, text);

  return g_string_free (result, FALSE);
}

static char *
text_of_quote (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__QuoteElem *elem = message->quoteelem;

  return elem->quotemessage == NULL ? g_strdup (elem->text) : quote (elem->quotemessage, elem->text, self_id);
}

static char *
text_of_merge (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__MergeElem *elem = message->mergeelem;
  GString *text = g_string_new (_ ("[chat record]"));

  if (is_set (elem->title))
    g_string_append_printf (text, " %s", elem->title);
  for (size_t i = 0; i < elem->n_abstractlist; i++)
    g_string_append_printf (text, "\n> %s", elem->abstractlist[i]);
  for (size_t i = 0; elem->n_abstractlist == 0 && i < elem->n_multimessage; i++) {
    g_autofree char *said = quoted_text (elem->multimessage[i], self_id);

    g_string_append_printf (text, "\n> %s: %s", sender_of (elem->multimessage[i]), said);
  }

  return g_string_free (text, FALSE);
}

static char *
text_of_card (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__CardElem *card = message->cardelem;

  return g_strdup_printf (_ ("[contact card] %s (%s)"),
                          is_set (card->nickname) ? card->nickname : card->userid, card->userid);
}

static char *
text_of_location (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__LocationElem *place = message->locationelem;
  char latitude[G_ASCII_DTOSTR_BUF_SIZE], longitude[G_ASCII_DTOSTR_BUF_SIZE];
  /* Some programs put JSON of their own there. */
  gboolean readable = is_set (place->description) && *place->description != '{';

  g_ascii_formatd (latitude, sizeof latitude, "%.6f", place->latitude);
  g_ascii_formatd (longitude, sizeof longitude, "%.6f", place->longitude);

  return g_strdup_printf ("%s %s%shttps://www.openstreetmap.org/?mlat=%s&mlon=%s", _ ("[location]"),
                          readable ? place->description : "", readable ? " " : "", latitude, longitude);
}

static char *
text_of_custom (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__CustomElem *elem = message->customelem;

  if (is_set (elem->description))
    return g_strdup (elem->description);

  return is_set (elem->data) ? g_strdup_printf (_ ("[message of another program] %s"), elem->data) : NULL;
}

static char *
text_of_face (const OpenimMessage *message, const char *self_id)
{
  return g_strdup_printf (_ ("[sticker %d]"), message->faceelem->index);
}

static char *
text_of_typing (const OpenimMessage *message, const char *self_id)
{
  return g_strdup_printf (_ ("%s is typing."), sender_of (message));
}

static char *
text_of_stream (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__StreamElem *elem = message->streamelem;
  GString *text = g_string_new (elem->content);

  for (size_t i = 0; i < elem->n_packets; i++)
    g_string_append (text, elem->packets[i]);

  return g_string_free (text, FALSE);
}

/* ---- files */

/* The last part of an address' path. (transfer full) (nullable) */
static char *
name_in_url (const char *url)
{
  g_autoptr (GUri) uri = is_set (url) ? g_uri_parse (url, G_URI_FLAGS_PARSE_RELAXED, NULL) : NULL;
  const char *slash = uri == NULL ? NULL : strrchr (g_uri_get_path (uri), '/');

  return slash == NULL || slash[1] == '\0' ? NULL : g_strdup (slash + 1);
}

static char *
file_line (const char *kind, const char *name, gint64 duration, gint64 size, const char *url)
{
  g_autofree char *from_url = is_set (name) ? NULL : name_in_url (url);
  GString *line = g_string_new (kind);

  if (is_set (name) || from_url != NULL)
    g_string_append_printf (line, " %s", from_url != NULL ? from_url : name);
  if (duration > 0)
    g_string_append_printf (line, " %" G_GINT64_FORMAT ":%02d", duration / 60, (int) (duration % 60));
  if (size > 0) {
    g_autofree char *text = g_format_size (size);

    g_string_append_printf (line, " %s", text);
  }
  if (is_set (url))
    g_string_append_printf (line, " %s", url);

  return g_string_free (line, FALSE);
}

static char *
text_of_picture (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__PictureElem *elem = message->pictureelem;
  const Openim__Sdk__Shared__PictureBaseInfo *kinds[] = { elem->sourcepicture, elem->bigpicture,
                                                          elem->snapshotpicture };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (kinds[i] != NULL && is_set (kinds[i]->url))
      return file_line (_ ("[picture]"), NULL, 0, kinds[i]->size, kinds[i]->url);
  }
  return g_strdup (_ ("[picture]"));
}

static char *
text_of_sound (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__SoundElem *elem = message->soundelem;

  return file_line (_ ("[voice message]"), NULL, elem->duration, elem->datasize, elem->sourceurl);
}

static char *
text_of_video (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__VideoElem *elem = message->videoelem;

  return file_line (_ ("[video]"), NULL, elem->duration, elem->videosize, elem->videourl);
}

static char *
text_of_file (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__FileElem *elem = message->fileelem;

  return file_line (_ ("[file]"), elem->filename, 0, elem->filesize, elem->sourceurl);
}

/* ---- what the server tells */

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
    return g_strdup_printf (ngettext ("%u day", "%u days", seconds / 86400), seconds / 86400);
  if (seconds % 3600 == 0)
    return g_strdup_printf (ngettext ("%u hour", "%u hours", seconds / 3600), seconds / 3600);
  if (seconds % 60 == 0)
    return g_strdup_printf (ngettext ("%u minute", "%u minutes", seconds / 60), seconds / 60);

  return g_strdup_printf (ngettext ("%u second", "%u seconds", seconds), seconds);
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
                       ? _ ("Messages vanish some time after they are read from now on.")
                       : _ ("Messages stay after they are read from now on."));
}

static char *
text_of_business (const OpenimMessage *message, const char *self_id)
{
  return g_strdup_printf (_ ("[notice of the service] %s"), message->businesstips->data);
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
#define CONTENT(number, place, member, sendable, text) { number, text_of_##text },
#include "sdk/content-types.def"
#undef CONTENT
};

static char *
plain_text (const OpenimMessage *message, const char *self_id)
{
  const OpenimContentRow *row = openim_content_find (message->contenttype);

  /* A body that could not be read has no member. */
  if (row == NULL || (row->member != NULL && (message->content_case == 0 || message->textelem == NULL)))
    return NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    if (texts[i].type == (int) message->contenttype)
      return texts[i].text (message, self_id);
  }
  return NULL;
}

char *
openim_message_get_text (const OpenimMessage *message, const char *self_id)
{
  g_autofree char *text = plain_text (message, self_id);
  g_autofree char *clean = is_set (text) ? openim_gate_text (text, -1, 0, FALSE) : NULL;

  if (is_set (clean))
    return g_steal_pointer (&clean);
  if (message->contenttype == OPENIM__SDK__COMMON__CONTENT_TYPE__RevokedNotification)
    return g_strdup (_ ("A message was withdrawn."));
  if (openim_content_find (message->contenttype) != NULL)
    return g_strdup (_ ("[message without a text]"));

  return g_strdup_printf (_ ("[message of an unknown kind: %d]"), message->contenttype);
}

gboolean
openim_message_is_notice (const OpenimMessage *message)
{
  return (int) message->contenttype >= 1000 && (int) message->contenttype != OPENIM_CONTENT_OA_NOTIFICATION;
}

gboolean
openim_message_mentions (const OpenimMessage *message, const char *self_id)
{
  if (message->content_case != OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_AT_TEXT_ELEM ||
      message->attextelem == NULL)
    return FALSE;

  for (size_t i = 0; i < message->attextelem->n_atuserlist; i++) {
    const char *id = message->attextelem->atuserlist[i];

    if (strcmp (id, AT_ALL_TAG) == 0 || g_strcmp0 (id, self_id) == 0)
      return TRUE;
  }
  return FALSE;
}
