/* SPDX-License-Identifier: GPL-3.0-or-later */

/* openim-door: the SDK for any language. Reads frames from standard input, writes frames to standard output.
 *
 * A frame is its length in 4 bytes, lowest first, and that many bytes: an FfiRequest on the way in, an
 * FfiResult on the way out, for answers and events alike. A frame that is no FfiRequest is answered with
 * 10002. End of input logs out and ends the program with 0; a frame longer than 64 MiB, or one that is cut
 * off, ends it with 1. */

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <string.h>
#include <unistd.h>

#include "ffi.pb-c.h"

#include "base/pb.h"
#include "sdk/sdk.h"

#define FRAME_MAX (64 * 1024 * 1024)

typedef struct {
  GMainLoop *loop;
  OpenimSdk *sdk;
  GInputStream *input;
  GOutputStream *output;
  guint8 head[4];
  guint8 *body;
  guint32 length;
  int status;
} Door;

static void read_head (Door *door);

static void
leave (Door *door, int status)
{
  door->status = status;
  g_main_loop_quit (door->loop);
}

/* ---- out */

static void
write_result (
    Door *door, OpenimFunction function, guint64 handle, int code, const char *text, gconstpointer data)
{
  Openim__Ffi__FfiResult result = OPENIM__FFI__FFI_RESULT__INIT;
  g_autoptr (GBytes) bytes = data == NULL ? NULL : openim_pb_pack (data);
  g_autoptr (GBytes) frame = NULL;
  g_autoptr (GError) error = NULL;
  guint32 head;

  result.funcname = function;
  result.handleid = handle;
  result.errcode = code;
  result.errmsg = (char *) text;
  if (bytes != NULL)
    result.data.data = (guint8 *) g_bytes_get_data (bytes, &result.data.len);
  frame = openim_pb_pack (&result);
  head = GUINT32_TO_LE ((guint32) g_bytes_get_size (frame));

  /* Whoever reads sets the pace. */
  if (!g_output_stream_write_all (door->output, &head, sizeof head, NULL, NULL, &error) ||
      !g_output_stream_write_all (door->output, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame),
                                  NULL, NULL, &error)) {
    g_printerr ("openim-door: %s\n", error->message);
    leave (door, 1);
  }
}

typedef struct {
  Door *door;
  OpenimFunction function;
} Question;

static void
on_answer (
    OpenimSdk *sdk, guint64 handle, const GError *error, const ProtobufCMessage *response, gpointer user_data)
{
  g_autofree Question *question = user_data;

  if (error != NULL)
    write_result (question->door, question->function, handle, openim_error_code (error), error->message,
                  NULL);
  else
    write_result (question->door, question->function, handle, 0, "", response);
}

static void
on_event (
    OpenimSdk *sdk, OpenimFunction event, guint64 handle, const ProtobufCMessage *data, gpointer user_data)
{
  write_result (user_data, event, handle, 0, "", data);
}

/* ---- in */

static void
handle_frame (Door *door)
{
  g_autoptr (GError) error = NULL;
  Openim__Ffi__FfiRequest *request =
      openim_pb_unpack (&openim__ffi__ffi_request__descriptor, door->body, door->length, &error);
  Question *question;

  if (request == NULL) {
    write_result (door, OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__None, 0, OPENIM_ERROR_SDK_ARGS,
                  error->message, NULL);
    return;
  }

  question = g_new (Question, 1);
  question->door = door;
  question->function = request->funcname;
  openim_sdk_call_bytes (door->sdk, request->handleid, request->funcname, request->data.data,
                         request->data.len, on_answer, question);
  openim_pb_free (request);
}

static void
on_body (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Door *door = user_data;
  g_autoptr (GError) error = NULL;
  gsize length;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &length, &error) ||
      length < door->length) {
    g_printerr ("openim-door: %s\n", error != NULL ? error->message : "the last frame is cut off");
    leave (door, 1);
    return;
  }

  handle_frame (door);
  g_clear_pointer (&door->body, g_free);
  read_head (door);
}

static void
on_logged_out (
    OpenimSdk *sdk, guint64 handle, const GError *error, const ProtobufCMessage *response, gpointer user_data)
{
  leave (user_data, 0);
}

static void
on_head (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Door *door = user_data;
  g_autoptr (GError) error = NULL;
  gsize length;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &length, &error)) {
    g_printerr ("openim-door: %s\n", error->message);
    leave (door, 1);
    return;
  }
  if (length == 0) {
    openim_sdk_call (door->sdk, OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__Logout, NULL, on_logged_out, door);
    return;
  }

  memcpy (&door->length, door->head, sizeof door->length);
  door->length = GUINT32_FROM_LE (door->length);
  if (length < sizeof door->head || door->length > FRAME_MAX) {
    g_printerr ("openim-door: a frame of %u bytes, or less than its length\n", door->length);
    leave (door, 1);
    return;
  }

  door->body = g_malloc (MAX (door->length, 1));
  g_input_stream_read_all_async (door->input, door->body, door->length, G_PRIORITY_DEFAULT, NULL, on_body,
                                 door);
}

static void
read_head (Door *door)
{
  g_input_stream_read_all_async (door->input, door->head, sizeof door->head, G_PRIORITY_DEFAULT, NULL,
                                 on_head, door);
}

int
main (void)
{
  Door door = { 0 };

  g_log_writer_default_set_use_stderr (TRUE); /* standard output is for frames */
  door.loop = g_main_loop_new (NULL, FALSE);
  door.sdk = openim_sdk_new ();
  door.input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  door.output = g_unix_output_stream_new (STDOUT_FILENO, FALSE);
  openim_sdk_listen (door.sdk, on_event, &door);

  read_head (&door);
  g_main_loop_run (door.loop);

  openim_sdk_close (door.sdk);
  g_object_unref (door.sdk);
  g_object_unref (door.input);
  g_object_unref (door.output);
  g_free (door.body);
  g_main_loop_unref (door.loop);

  return door.status;
}
