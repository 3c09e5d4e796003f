/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "visitor.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "ffi.pb-c.h"

struct _Visitor {
  char *directory;
  gboolean own_directory;
  GSubprocess *process;
  GOutputStream *input;
  GInputStream *output;
  GCancellable *reading;
  guint8 head[4];
  guint8 *body;
  guint32 length;
  gboolean ended;
  gboolean may_go;

  GPtrArray *results; /* Openim__Ffi__FfiResult, all that came and was not taken yet */
  GArray *order;
  guint64 handle;
  guint64 heard; /* handle of the last event that was taken */
  char *error_text;
};

typedef Openim__Ffi__FfiResult Result;

static void read_head (Visitor *visitor);

static void
on_body (GObject *source, GAsyncResult *async, gpointer data)
{
  g_autoptr (GError) error = NULL;
  Visitor *visitor = data;
  Result *result;
  gsize length;
  int number;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), async, &length, &error)) {
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      return;
    story_fail ("the door: %s", error->message);
  }
  if (length < visitor->length && visitor->may_go) {
    visitor->ended = TRUE;
    return;
  }

  result = openim_pb_unpack (&openim__ffi__ffi_result__descriptor, visitor->body, visitor->length, &error);
  if (result == NULL || length < visitor->length)
    story_fail ("the door said something that is no result");
  number = result->funcname;
  g_array_append_val (visitor->order, number);
  g_ptr_array_add (visitor->results, result);
  g_clear_pointer (&visitor->body, g_free);
  read_head (visitor);
}

static void
on_head (GObject *source, GAsyncResult *async, gpointer data)
{
  g_autoptr (GError) error = NULL;
  Visitor *visitor = data;
  gsize length;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), async, &length, &error)) {
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      return;
    story_fail ("the door: %s", error->message);
  }
  if (length == 0 || (length < sizeof visitor->head && visitor->may_go)) {
    visitor->ended = TRUE;
    return;
  }

  memcpy (&visitor->length, visitor->head, sizeof visitor->length);
  visitor->length = GUINT32_FROM_LE (visitor->length);
  visitor->body = g_malloc (MAX (visitor->length, 1));
  g_input_stream_read_all_async (visitor->output, visitor->body, visitor->length, G_PRIORITY_DEFAULT,
                                 visitor->reading, on_body, visitor);
}

static void
read_head (Visitor *visitor)
{
  g_input_stream_read_all_async (visitor->output, visitor->head, sizeof visitor->head, G_PRIORITY_DEFAULT,
                                 visitor->reading, on_head, visitor);
}

Visitor *
visitor_new (const char *directory)
{
  const char *const nothing[] = { NULL };

  return visitor_new_with (directory, nothing);
}

Visitor *
visitor_new_with (const char *directory, const char *const *environment)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autofree char *door = story_program ("tests/door/openim-door");
  g_autoptr (GError) error = NULL;
  Visitor *visitor = g_new0 (Visitor, 1);

  visitor->directory = directory != NULL ? g_strdup (directory) : g_dir_make_tmp ("openim-door-XXXXXX", NULL);
  visitor->own_directory = directory == NULL;
  visitor->results = g_ptr_array_new_with_free_func (openim_pb_free);
  visitor->order = g_array_new (FALSE, FALSE, sizeof (int));
  visitor->reading = g_cancellable_new ();
  for (; *environment != NULL; environment += 2)
    g_subprocess_launcher_setenv (launcher, environment[0], environment[1], TRUE);
  visitor->process = g_subprocess_launcher_spawn (launcher, &error, door, NULL);
  if (visitor->process == NULL)
    story_fail ("%s: %s", door, error->message);
  visitor->input = g_object_ref (g_subprocess_get_stdin_pipe (visitor->process));
  visitor->output = g_object_ref (g_subprocess_get_stdout_pipe (visitor->process));
  read_head (visitor);

  return visitor;
}

int
visitor_pid (Visitor *visitor)
{
  return atoi (g_subprocess_get_identifier (visitor->process));
}

static gboolean
has_ended (gpointer data)
{
  return ((Visitor *) data)->ended;
}

int
visitor_status (Visitor *visitor)
{
  if (!story_wait (has_ended, visitor, 0))
    story_fail ("the door does not close");
  g_subprocess_wait (visitor->process, NULL, NULL);

  return g_subprocess_get_if_exited (visitor->process) ? g_subprocess_get_exit_status (visitor->process) : -1;
}

void
folder_remove (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR))
      folder_remove (child);
    else
      g_remove (child);
  }
  g_rmdir (path);
}

void
visitor_free (Visitor *visitor)
{
  if (visitor->own_directory)
    folder_remove (visitor->directory);
  g_cancellable_cancel (visitor->reading);
  g_object_unref (visitor->reading);
  g_object_unref (visitor->input);
  g_object_unref (visitor->output);
  g_object_unref (visitor->process);
  g_ptr_array_unref (visitor->results);
  g_array_unref (visitor->order);
  g_free (visitor->body);
  g_free (visitor->error_text);
  g_free (visitor->directory);
  g_free (visitor);
}

void
visitor_end (Visitor *visitor)
{
  g_output_stream_close (visitor->input, NULL, NULL);
}

void
visitor_leave (Visitor *visitor)
{
  int status;

  visitor_end (visitor);
  status = visitor_status (visitor);
  if (status != 0)
    story_fail ("the door ended with %d", status);
  visitor_free (visitor);
}

void
visitor_may_go (Visitor *visitor)
{
  visitor->may_go = TRUE;
}

gboolean
visitor_is_gone (Visitor *visitor)
{
  return visitor->ended;
}

void
visitor_kill (Visitor *visitor)
{
  g_subprocess_force_exit (visitor->process);
  if (visitor_status (visitor) != -1)
    story_fail ("the door ended by itself");
}

/* ---- calls */

void
visitor_write (Visitor *visitor, const void *bytes, gsize length)
{
  g_autoptr (GError) error = NULL;

  if (!g_output_stream_write_all (visitor->input, bytes, length, NULL, NULL, &error) && !visitor->may_go)
    story_fail ("the door does not listen: %s", error->message);
}

static guint64
ask_bytes (Visitor *visitor, int function, const void *bytes, gsize length)
{
  Openim__Ffi__FfiRequest request = OPENIM__FFI__FFI_REQUEST__INIT;
  g_autoptr (GBytes) frame = NULL;
  guint32 head;

  request.handleid = (guint64) 1000000 + ++visitor->handle;
  request.funcname = function;
  request.data.data = (guint8 *) bytes;
  request.data.len = length;
  frame = openim_pb_pack (&request);
  head = GUINT32_TO_LE ((guint32) g_bytes_get_size (frame));
  visitor_write (visitor, &head, sizeof head);
  visitor_write (visitor, g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));

  return request.handleid;
}

guint64
visitor_ask (Visitor *visitor, int function, gconstpointer request)
{
  g_autoptr (GBytes) bytes = request == NULL ? g_bytes_new (NULL, 0) : openim_pb_pack (request);

  return ask_bytes (visitor, function, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* What is looked for among the results. */
typedef struct {
  Visitor *visitor;
  guint64 handle; /* an answer, if not 0 */
  int event;
  VisitorWants wanted;
  gconstpointer what;
  guint next; /* results before this one are none */
  guint found;
  gpointer data;
} Search;

static gboolean
is_event (const Result *result)
{
  return openim_event_get_name (result->funcname) != NULL;
}

static gpointer
unpack (const Result *result, const ProtobufCMessageDescriptor *descriptor)
{
  g_autoptr (GError) error = NULL;
  gpointer message = openim_pb_unpack (descriptor, result->data.data, result->data.len, &error);

  if (message == NULL)
    story_fail ("%s: %s", descriptor->short_name, error->message);
  return message;
}

static gboolean
is_found (gpointer data)
{
  Search *search = data;
  GPtrArray *results = search->visitor->results;

  for (; search->next < results->len; search->next++) {
    const Result *result = results->pdata[search->next];

    if (search->handle != 0) {
      if (result->handleid == search->handle && (result->errcode != 0 || !is_event (result)))
        break;
    } else if ((int) result->funcname == search->event && is_event (result)) {
      search->data = unpack (result, openim_event_get_descriptor (search->event));
      if (search->wanted == NULL || search->wanted (search->data, search->what))
        break;
      g_clear_pointer (&search->data, openim_pb_free);
    }
  }

  search->found = search->next;
  return search->next < results->len;
}

gboolean
visitor_has_answered (Visitor *visitor, guint64 handle)
{
  Search search = { .visitor = visitor, .handle = handle };

  return is_found (&search);
}

static gboolean
is_found_or_gone (gpointer data)
{
  Search *search = data;

  return is_found (search) || search->visitor->ended;
}

int
visitor_answer (Visitor *visitor, guint64 handle, int function, gpointer *response)
{
  Search search = { .visitor = visitor, .handle = handle };
  gboolean answered = story_wait (visitor->may_go ? is_found_or_gone : is_found, &search, 0);
  const Result *result;
  int code;

  if (visitor->may_go && visitor->ended && !is_found (&search)) {
    if (response != NULL)
      *response = NULL;
    return VISITOR_GONE;
  }
  if (!answered)
    story_fail ("%s is not answered", openim_function_get_name (function));
  result = visitor->results->pdata[search.found];
  if ((int) result->funcname != function)
    story_fail ("%s is answered as %d", openim_function_get_name (function), result->funcname);
  code = result->errcode;
  if (code != 0 && (result->data.len != 0 || *result->errmsg == '\0'))
    story_fail ("%s: an error with data or without a text", openim_function_get_name (function));
  g_free (visitor->error_text);
  visitor->error_text = g_strdup (result->errmsg);
  if (response != NULL)
    *response = code == 0 ? unpack (result, openim_function_get_response (function)) : NULL;
  g_ptr_array_remove_index (visitor->results, search.found);

  return code;
}

const char *
visitor_error_text (Visitor *visitor)
{
  return visitor->error_text;
}

gpointer
visitor_call (Visitor *visitor, int function, gconstpointer request)
{
  gpointer response;
  int code = visitor_answer (visitor, visitor_ask (visitor, function, request), function, &response);

  if (code != 0)
    story_fail ("%s is refused: %d %s", openim_function_get_name (function), code, visitor->error_text);
  return response;
}

void
visitor_do (Visitor *visitor, int function, gconstpointer request)
{
  openim_pb_free (visitor_call (visitor, function, request));
}

int
visitor_refused_bytes (Visitor *visitor, int function, const void *bytes, gsize length)
{
  int code = visitor_answer (visitor, ask_bytes (visitor, function, bytes, length), function, NULL);

  if (code == 0)
    story_fail ("%s is not refused", openim_function_get_name (function));
  return code;
}

int
visitor_refused (Visitor *visitor, int function, gconstpointer request)
{
  int code = visitor_answer (visitor, visitor_ask (visitor, function, request), function, NULL);

  if (code == 0)
    story_fail ("%s is not refused", openim_function_get_name (function));
  return code;
}

/* ---- events */

gpointer
visitor_take (Visitor *visitor, int event)
{
  Search search = { .visitor = visitor, .event = event };

  if (!is_found (&search))
    return NULL;
  visitor->heard = ((const Result *) visitor->results->pdata[search.found])->handleid;
  g_ptr_array_remove_index (visitor->results, search.found);
  return search.data;
}

gpointer
visitor_hear (Visitor *visitor, int event, VisitorWants wanted, gconstpointer what)
{
  Search search = { .visitor = visitor, .event = event, .wanted = wanted, .what = what };

  if (!story_wait (is_found, &search, 0)) {
    g_autoptr (GString) came = g_string_new (NULL);

    for (guint i = 0; i < visitor->order->len; i++)
      g_string_append_printf (came, " %d", g_array_index (visitor->order, int, i));
    story_fail ("%s does not come; what came:%s", openim_event_get_name (event), came->str);
  }
  visitor->heard = ((const Result *) visitor->results->pdata[search.found])->handleid;
  g_ptr_array_remove_index (visitor->results, search.found);

  return search.data;
}

guint64
visitor_heard_handle (Visitor *visitor)
{
  return visitor->heard;
}

void
visitor_heard (Visitor *visitor, int event)
{
  openim_pb_free (visitor_hear (visitor, event, NULL, NULL));
}

const GArray *
visitor_order (Visitor *visitor)
{
  return visitor->order;
}

guint
visitor_place (Visitor *visitor, int number)
{
  for (guint i = visitor->order->len; i > 0; i--) {
    if (g_array_index (visitor->order, int, i - 1) == number)
      return i;
  }
  return 0;
}

guint
visitor_count (Visitor *visitor, int number)
{
  guint count = 0;

  for (guint i = 0; i < visitor->order->len; i++) {
    if (g_array_index (visitor->order, int, i) == number)
      count++;
  }
  return count;
}

static gboolean
is_stray (gpointer data)
{
  Search *search = data;

  for (; search->next < search->visitor->results->len; search->next++) {
    const Result *result = search->visitor->results->pdata[search->next];

    if (!is_event (result) && result->handleid < 1000000)
      return TRUE;
  }
  return FALSE;
}

int
visitor_stray (Visitor *visitor)
{
  Search search = { .visitor = visitor };
  int code;

  if (!story_wait (is_stray, &search, 0))
    story_fail ("nothing comes of a frame that is no request");
  code = ((const Result *) visitor->results->pdata[search.next])->errcode;
  g_ptr_array_remove_index (visitor->results, search.next);

  return code;
}

/* ---- coming in */

void
visitor_init (Visitor *visitor, const char *api, const char *ws)
{
  Openim__Init__IMConfig config = OPENIM__INIT__IMCONFIG__INIT;
  Openim__Init__InitSDKReq request = OPENIM__INIT__INIT_SDKREQ__INIT;
  Openim__Init__InitSDKResp *response;

  config.platform = OPENIM__SDK__COMMON__PLATFORM__Linux;
  config.apiaddr = (char *) api;
  config.wsaddr = (char *) ws;
  config.datadir = visitor->directory;
  request.config = &config;
  response = visitor_call (visitor, FUNCTION (InitSDK), &request);
  if (!response->suc)
    story_fail ("InitSDK without success");
  openim_pb_free (response);
}

void
visitor_enter (Visitor *visitor, Server *server, const char *user_id, const char *token)
{
  Openim__Init__LoginReq request = OPENIM__INIT__LOGIN_REQ__INIT;

  visitor_init (visitor, server->api, server->ws);
  request.userid = (char *) user_id;
  request.token = (char *) token;
  visitor_do (visitor, FUNCTION (Login), &request);
}

void
visitor_login (Visitor *visitor, Server *server, const char *user_id)
{
  g_autofree char *token = server_token (server, user_id, PLATFORM_LINUX);

  visitor_enter (visitor, server, user_id, token);
  visitor_heard (visitor, EVENT (SyncServerFinish));
}

/* ---- proofs */

void
proves_functions (int number, ...)
{
  va_list numbers;

  va_start (numbers, number);
  for (; number != 0; number = va_arg (numbers, int))
    story_proves_function (number);
  va_end (numbers);
  fflush (stdout);
}

void
proves_events (int number, ...)
{
  va_list numbers;

  va_start (numbers, number);
  for (; number != 0; number = va_arg (numbers, int))
    story_proves_event (number);
  va_end (numbers);
  fflush (stdout);
}
