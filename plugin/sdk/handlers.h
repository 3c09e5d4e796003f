/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The handlers that functions.def names, by the file that has them. */

#include "sdk/call.h"

G_BEGIN_DECLS

/* session.c */
void openim_session_init (OpenimCall *call);
void openim_session_login (OpenimCall *call);
void openim_session_logout (OpenimCall *call);
void openim_session_set_background (OpenimCall *call);
void openim_session_network_changed (OpenimCall *call);
void openim_session_get_status (OpenimCall *call);
void openim_session_get_version (OpenimCall *call);
void openim_session_log (OpenimCall *call);

/* conversation.c */
void openim_conversation_get_all (OpenimCall *call);
void openim_conversation_get_list (OpenimCall *call);
void openim_conversation_get_split (OpenimCall *call);
void openim_conversation_get (OpenimCall *call);
void openim_conversation_get_one (OpenimCall *call);
void openim_conversation_get_multiple (OpenimCall *call);
void openim_conversation_get_total_unread (OpenimCall *call);
void openim_conversation_get_id (OpenimCall *call);
void openim_conversation_get_at_all_tag (OpenimCall *call);
void openim_conversation_search (OpenimCall *call);
void openim_conversation_hide (OpenimCall *call);
void openim_conversation_hide_all (OpenimCall *call);
void openim_conversation_set_draft (OpenimCall *call);

/* setting.c */
void openim_conversation_set (OpenimCall *call);

/* mark.c */
void openim_conversation_mark_read (OpenimCall *call);
void openim_conversation_mark_all_read (OpenimCall *call);

/* delete.c */
void openim_message_delete (OpenimCall *call);
void openim_message_delete_local (OpenimCall *call);
void openim_message_delete_all (OpenimCall *call);
void openim_message_delete_all_local (OpenimCall *call);
void openim_conversation_clear (OpenimCall *call);
void openim_conversation_delete (OpenimCall *call);

/* revoke.c */
void openim_message_revoke (OpenimCall *call);

/* insert.c */
void openim_message_insert_single (OpenimCall *call);
void openim_message_insert_group (OpenimCall *call);
void openim_message_set_local_ex (OpenimCall *call);

/* search.c */
void openim_message_search (OpenimCall *call);

/* message.c */
void openim_message_create_text (OpenimCall *call);
void openim_message_create_advanced_text (OpenimCall *call);
void openim_message_create_at (OpenimCall *call);
void openim_message_create_location (OpenimCall *call);
void openim_message_create_custom (OpenimCall *call);
void openim_message_create_card (OpenimCall *call);
void openim_message_create_face (OpenimCall *call);
void openim_message_create_quote (OpenimCall *call);
void openim_message_create_advanced_quote (OpenimCall *call);
void openim_message_create_merger (OpenimCall *call);
void openim_message_create_forward (OpenimCall *call);

/* media.c */
void openim_media_create_image (OpenimCall *call);
void openim_media_create_sound (OpenimCall *call);
void openim_media_create_video (OpenimCall *call);
void openim_media_create_file (OpenimCall *call);

/* send.c */
void openim_message_send (OpenimCall *call);
void openim_message_type (OpenimCall *call);
void openim_message_change_input (OpenimCall *call);
void openim_message_get_input (OpenimCall *call);

/* history.c */
void openim_history_get (OpenimCall *call);
void openim_history_get_reverse (OpenimCall *call);
void openim_history_find (OpenimCall *call);

/* user.c */
void openim_user_get_self (OpenimCall *call);
void openim_user_set_self (OpenimCall *call);
void openim_user_get_many (OpenimCall *call);
void openim_user_subscribe (OpenimCall *call);
void openim_user_unsubscribe (OpenimCall *call);

/* friend.c */
void openim_friend_get_all (OpenimCall *call);
void openim_friend_get_page (OpenimCall *call);
void openim_friend_get_many (OpenimCall *call);
void openim_friend_check (OpenimCall *call);
void openim_friend_search (OpenimCall *call);
void openim_friend_delete (OpenimCall *call);
void openim_friend_update (OpenimCall *call);

/* friend-request.c */
void openim_friend_request_add (OpenimCall *call);
void openim_friend_request_handle (OpenimCall *call);
void openim_friend_request_get_all (OpenimCall *call);

/* black.c */
void openim_black_get_all (OpenimCall *call);
void openim_black_add (OpenimCall *call);
void openim_black_delete (OpenimCall *call);

/* command.c */
void openim_command_get_all (OpenimCall *call);
void openim_command_add (OpenimCall *call);
void openim_command_update (OpenimCall *call);
void openim_command_delete (OpenimCall *call);

/* file.c */
void openim_file_upload (OpenimCall *call);
void openim_file_download (OpenimCall *call);

/* logs.c */
void openim_logs_upload (OpenimCall *call);

/* push.c */
void openim_push_update_token (OpenimCall *call);
void openim_push_set_badge (OpenimCall *call);

/* group.c */
void openim_group_get_joined (OpenimCall *call);
void openim_group_get_joined_page (OpenimCall *call);
void openim_group_get_many (OpenimCall *call);
void openim_group_is_joined (OpenimCall *call);
void openim_group_search (OpenimCall *call);

/* group-life.c */
void openim_group_create (OpenimCall *call);
void openim_group_join (OpenimCall *call);
void openim_group_quit (OpenimCall *call);
void openim_group_dismiss (OpenimCall *call);

/* group-admin.c */
void openim_group_mute (OpenimCall *call);
void openim_group_set_info (OpenimCall *call);
void openim_group_transfer (OpenimCall *call);

/* group-request.c */
void openim_group_request_get (OpenimCall *call);
void openim_group_request_handle (OpenimCall *call);

/* member.c */
void openim_member_get_page (OpenimCall *call);
void openim_member_get_chiefs (OpenimCall *call);
void openim_member_get_by_join_time (OpenimCall *call);
void openim_member_filter (OpenimCall *call);
void openim_member_get_many (OpenimCall *call);
void openim_member_search (OpenimCall *call);

/* member-admin.c */
void openim_member_invite (OpenimCall *call);
void openim_member_kick (OpenimCall *call);
void openim_member_mute (OpenimCall *call);
void openim_member_set_info (OpenimCall *call);

G_END_DECLS
