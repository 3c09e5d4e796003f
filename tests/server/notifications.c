/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notifications.h"

#include <string.h>

typedef Openim__Sdkws__MsgData__OptionsEntry Option;

typedef struct {
  int type;
  const char *words; /* "x" stands for "x title", "x desc", "x ext"; "=x" for x three times */
  gboolean stored;
  gboolean line; /* a copy in the chat */
  gboolean offline_push;
} Row;

/* The stock configuration. */
static const Row rows[] = {
  { FRIEND_APPROVED, "=Someone applies to add your friend application", .line = TRUE, .offline_push = TRUE },
  { FRIEND_REJECTED, "=Someone rejected your friend application", .offline_push = TRUE },
  { FRIEND_APPLICATION, "=Somebody applies to add you as a friend", .offline_push = TRUE },
  { FRIEND_DELETED, "=deleted a friend" },
  { FRIEND_REMARK_SET, "=Your friend's profile has been changed" },
  { BLACK_ADDED, "=blocked a user" },
  { BLACK_DELETED, "=Remove a blocked user" },
  { FRIEND_INFO_UPDATED, "=friend info updated" },
  { FRIENDS_INFO_UPDATE, "=friend info updated" },
  { CONVERSATION_CHANGED, "=conversation changed" },
  { USER_INFO_UPDATED, "=userInfo updated" },
  { GROUP_CREATED, "create group", .line = TRUE },
  { GROUP_INFO_SET, "groupInfoSet" },
  { JOIN_APPLICATION, "joinGroupApplication", .offline_push = TRUE },
  { MEMBER_QUIT, "memberQuit", .line = TRUE },
  { APPLICATION_ACCEPTED, "groupApplicationAccepted", .offline_push = TRUE },
  { APPLICATION_REJECTED, "groupApplicationRejected", .offline_push = TRUE },
  { OWNER_TRANSFERRED, "groupOwnerTransferred", .line = TRUE },
  { MEMBER_KICKED, "memberKicked", .line = TRUE },
  { MEMBER_INVITED, "memberInvited", .line = TRUE },
  { MEMBER_ENTER, "memberEnter", .line = TRUE },
  { GROUP_DISMISSED_TIPS, "groupDismissed", .line = TRUE },
  { MEMBER_MUTED, "groupMemberMuted", .line = TRUE },
  { MEMBER_UNMUTED, "groupMemberCancelMuted", .line = TRUE },
  { GROUP_MUTED_TIPS, "groupMuted", .line = TRUE },
  { GROUP_UNMUTED, "groupCancelMuted", .line = TRUE },
  { MEMBER_INFO_SET, "groupMemberInfoSet" },
  { MEMBER_TO_ADMIN, "=" },
  { MEMBER_TO_ORDINARY, "=" },
  { ANNOUNCEMENT_SET, "groupInfoSetAnnouncement", .line = TRUE },
  { NAME_SET, "groupInfoSetName", .line = TRUE },
  { PRIVATE_CHAT, "=burn after reading", .line = TRUE },
  { CONVERSATION_CLEARED, "=" },
  { MESSAGE_REVOKED, "=", .stored = TRUE },
  { MESSAGES_DELETED, "=", .stored = TRUE },
  { HAS_READ, "=", .stored = TRUE },
};

static const Row *
row_of (int type)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].type == type)
      return rows + i;
  g_assert_not_reached ();
}

GString *
notification_content (const char *detail)
{
  GString *content = g_string_new (NULL);

  out_begin (content, NULL, '{');
  out_string (content, "detail", detail);
  out_end (content, '}');
  return content;
}

char *
notification_id (void)
{
  g_autofree char *text =
      g_strdup_printf ("%" G_GINT64_FORMAT "%08x%08x", g_get_real_time (), g_random_int (), g_random_int ());

  return g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
}

static char *
words (const Row *row, const char *part)
{
  return *row->words == '=' ? g_strdup (row->words + 1) : g_strconcat (row->words, " ", part, NULL);
}

void
notify (Server *server, const Notification *notification)
{
  const Row *row = row_of (notification->type);
  /* a read mark for one's own devices is not kept */
  gboolean stored =
      row->stored && !(row->type == HAS_READ && g_str_equal (notification->from, notification->to));
  gboolean line = row->line && !notification->no_line;
  const struct {
    const char *key;
    gboolean value;
  } settings[] = {
    { "isNotNotification", FALSE },
    { "isSendMsg", line },
    { "history", stored },
    { "persistent", stored },
    { "offlinePush", row->offline_push && !line },
    { "unreadCount", FALSE },
    { "conversationUpdate", FALSE },
    { "senderSync", TRUE },
    { "notPrivate", FALSE },
    { "senderConversationUpdate", FALSE },
    { "reactionFromCache", FALSE },
  };
  Option options[G_N_ELEMENTS (settings)];
  Option *pointers[G_N_ELEMENTS (settings)];
  g_autofree char *id = notification_id ();
  g_autofree char *title = words (row, "title");
  g_autofree char *desc = words (row, "desc");
  g_autofree char *ext = words (row, "ext");
  GString *content = notification_content (notification->detail);
  Openim__Sdkws__OfflinePushInfo offline = OPENIM__SDKWS__OFFLINE_PUSH_INFO__INIT;
  MsgData message = OPENIM__SDKWS__MSG_DATA__INIT;

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    openim__sdkws__msg_data__options_entry__init (options + i);
    options[i].key = (char *) settings[i].key;
    options[i].value = settings[i].value;
    pointers[i] = options + i;
  }
  offline.title = title;
  offline.desc = desc;
  offline.ex = ext;
  message.sendid = (char *) notification->from;
  message.recvid = (char *) notification->to;
  message.groupid = (char *) (notification->group ? notification->to : "");
  message.sendernickname = (char *) (notification->nickname ? notification->nickname : "");
  message.clientmsgid = id;
  message.sessiontype = notification->group ? SESSION_GROUP : SESSION_SINGLE;
  message.msgfrom = 200;
  message.contenttype = notification->type;
  message.content.data = (guint8 *) content->str;
  message.content.len = content->len;
  message.createtime = now_ms ();
  message.options = pointers;
  message.n_options = G_N_ELEMENTS (pointers);
  message.offlinepushinfo = &offline;
  message_deliver (server, &message,
                   &(Delivery){ .also = notification->also,
                                .copy = line,
                                .copy_offline_push = row->offline_push,
                                .after = notification->after,
                                .data = notification->data });
  g_free (message.servermsgid);
  g_string_free (content, TRUE);
}

void
notify_user (Server *server, int type, const char *from, const char *to, GString *detail)
{
  notify (server, &(Notification){ .type = type, .from = from, .to = to, .detail = detail->str });
  g_string_free (detail, TRUE);
}
