/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk.h"

#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

static Desk *
desk_new_in (World *world)
{
  Desk *desk = g_new0 (Desk, 1);

  desk->world = world;
  desk->folder = g_dir_make_tmp ("openim-files-XXXXXX", NULL);
  return desk;
}

Desk *
desk_new (void)
{
  return desk_new_in (world_new (FALSE));
}

Desk *
desk_new_with (const char *option, const char *value)
{
  return desk_new_in (world_new_at (server_start_option (option, value), FALSE));
}

void
desk_free (Desk *desk)
{
  world_free (desk->world);
  folder_remove (desk->folder);
  g_free (desk->folder);
  g_free (desk);
}

/* (transfer full) the path. */
char *
desk_put (Desk *desk, const char *name, const void *content, gsize length)
{
  char *path = g_build_filename (desk->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, content, (gssize) length, &error);
  g_assert_no_error (error);
  return path;
}

/* A file of which no two blocks are alike. (transfer full) the path. */
char *
desk_fill (Desk *desk, const char *name, gsize length)
{
  g_autofree guint32 *content = g_malloc (length + 4);

  for (gsize i = 0; i <= length / 4; i++)
    content[i] = (guint32) i * 2654435761u;
  return desk_put (desk, name, content, length);
}

/* What is at an address, by way of the redirect. */
/* (transfer full) What is at @url, from a connection of its own; of a redirect the place that it leads to. */
static GBytes *
get (const char *url, SoupMessage **message)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (GError) error = NULL;
  GBytes *bytes;

  *message = soup_message_new (SOUP_METHOD_GET, url);
  g_assert_nonnull (*message);
  soup_message_add_flags (*message, SOUP_MESSAGE_NO_REDIRECT);
  bytes = soup_session_send_and_read (session, *message, NULL, &error);
  g_assert_no_error (error);
  return bytes;
}

void
assert_stored (const char *url, const char *path, const char *type)
{
  g_autoptr (SoupMessage) redirect = NULL;
  g_autoptr (SoupMessage) message = NULL;
  g_autofree char *escaped = g_uri_escape_string (url, ":/?=&%", FALSE); /* it carries the name as it is */
  g_autoptr (GBytes) nothing = get (escaped, &redirect);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  gsize length;

  g_assert_cmpuint (soup_message_get_status (redirect), ==, 302);
  bytes =
      get (soup_message_headers_get_one (soup_message_get_response_headers (redirect), "Location"), &message);
  g_assert_cmpuint (soup_message_get_status (message), ==, 200);
  g_file_get_contents (path, &content, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), content, length);
  if (type != NULL)
    g_assert_cmpstr (
        soup_message_headers_get_content_type (soup_message_get_response_headers (message), NULL), ==, type);
}

char *
desk_upload (Visitor *visitor, const char *path, const char *name)
{
  Openim__Sdk__Third__UploadFileReq request = OPENIM__SDK__THIRD__UPLOAD_FILE_REQ__INIT;
  Openim__Sdk__Third__UploadFileResp *response;
  char *url;

  request.filepath = (char *) path;
  request.name = (char *) name;
  request.contenttype = (char *) "application/x-test";
  response = visitor_call (visitor, FUNCTION (UploadFile), &request);
  url = g_strdup (response->url);
  openim_pb_free (response);
  return url;
}

int
desk_upload_refused (Visitor *visitor, const char *path, const char *name)
{
  Openim__Sdk__Third__UploadFileReq request = OPENIM__SDK__THIRD__UPLOAD_FILE_REQ__INIT;

  request.filepath = (char *) path;
  request.name = (char *) name;
  return visitor_refused (visitor, FUNCTION (UploadFile), &request);
}

/* All answers with one message have it in the same place. (transfer full) */
OpenimMessage *
visitor_make (Visitor *visitor, int function, gconstpointer request)
{
  Openim__Sdk__Message__CreateTextMessageResp *response = visitor_call (visitor, function, request);
  OpenimMessage *message = g_steal_pointer (&response->message);

  openim_pb_free (response);
  return message;
}

OpenimMessage *
visitor_make_image (Visitor *visitor, const char *path)
{
  Openim__Sdk__Message__CreateImageMessageReq request = OPENIM__SDK__MESSAGE__CREATE_IMAGE_MESSAGE_REQ__INIT;

  request.imagesourcepath = (char *) path;
  return visitor_make (visitor, FUNCTION (CreateImageMessage), &request);
}

OpenimMessage *
visitor_make_file (Visitor *visitor, const char *path, const char *name)
{
  Openim__Sdk__Message__CreateFileMessageReq request = OPENIM__SDK__MESSAGE__CREATE_FILE_MESSAGE_REQ__INIT;

  request.filesourcepath = (char *) path;
  request.filename = (char *) name;
  return visitor_make (visitor, FUNCTION (CreateFileMessage), &request);
}

gboolean
is_message (gconstpointer data, gconstpointer client_msg_id)
{
  return g_str_equal (((const Openim__Event__EventOnRecvNewMessageData *) data)->message->clientmsgid,
                      client_msg_id);
}

/* (transfer full) @message as Bob gets it. */
OpenimMessage *
message_arrives (Visitor *bob, const OpenimMessage *message)
{
  Openim__Event__EventOnRecvNewMessageData *received =
      visitor_hear (bob, EVENT (RecvNewMessage), is_message, message->clientmsgid);
  OpenimMessage *arrived = g_steal_pointer (&received->message);

  openim_pb_free (received);
  return arrived;
}

gboolean
latest_is (gconstpointer data, gconstpointer status)
{
  const Openim__Event__EventOnConversationChangedData *list = data;

  for (size_t i = 0; i < list->n_conversationlist; i++) {
    const OpenimConversation *conversation = list->conversationlist[i];

    if (g_str_equal (conversation->conversationid, CHAT) && conversation->latestmsg != NULL &&
        (int) conversation->latestmsg->status == GPOINTER_TO_INT (status))
      return TRUE;
  }
  return FALSE;
}

/* (transfer full) */
OpenimMessage *
latest_stored (Visitor *visitor)
{
  OpenimConversation *conversation = visitor_conversation (visitor, CHAT);
  OpenimMessage *latest = g_steal_pointer (&conversation->latestmsg);

  openim_pb_free (conversation);
  return latest;
}

void
far_come_back (Far *self)
{
  g_autofree char *token = server_token (self->server, "ann", PLATFORM_LINUX);

  self->ann = visitor_new (self->directory);
  visitor_enter (self->ann, &self->through, "ann", token);
  visitor_heard (self->ann, EVENT (SyncServerFinish));
}

Far *
far_new (void)
{
  Far *self = g_new0 (Far, 1);

  self->server = server_start (NULL, FALSE);
  self->fault = fault_start (self->server, 7);
  self->through.api = self->fault->api;
  self->through.ws = self->fault->ws;
  person_free (person_new (self->server, "ann", "Ann"));
  self->bob = person_new (self->server, "bob", "Bob");
  self->folder = g_dir_make_tmp ("openim-files-XXXXXX", NULL);
  self->directory = g_dir_make_tmp ("openim-door-XXXXXX", NULL);
  far_come_back (self);
  return self;
}

void
far_free (Far *self)
{
  visitor_leave (self->ann);
  person_free (self->bob);
  fault_stop (self->fault);
  server_stop (self->server);
  folder_remove (self->folder);
  folder_remove (self->directory);
  g_free (self->folder);
  g_free (self->directory);
  g_free (self);
}

gboolean
has_begun (gconstpointer data, gconstpointer what)
{
  return ((const Openim__Event__EventOnSendMsgProgressData *) data)->progress >= GPOINTER_TO_INT (what);
}

guint64
far_send (Far *self, OpenimMessage *message)
{
  Openim__Sdk__Message__SendMessageReq request = OPENIM__SDK__MESSAGE__SEND_MESSAGE_REQ__INIT;

  request.message = message;
  request.recvid = (char *) "bob";
  return visitor_ask (self->ann, FUNCTION (SendMessage), &request);
}
