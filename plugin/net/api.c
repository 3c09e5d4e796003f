/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/api.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/clock.h"
#include "base/gate.h"
#include "base/id.h"
#include "base/log.h"
#include "net/api-private.h"
#include "net/http.h"

#define LOG "openim-net"
#define DEADLINE 10000 /* ms for a whole call */
#define BIG (64 * 1024)

struct _OpenimApi {
  GObject parent_instance;

  char *base_url;
  char *token;
  SoupSession *session;
  OpenimApiTokenFunc token_func;
  gpointer token_owner;
  guint deadline;
  guint calls;
  GPtrArray *cancellables; /* one for each call under way, owned by the call */
};

G_DEFINE_FINAL_TYPE (OpenimApi, openim_api, G_TYPE_OBJECT)

typedef struct {
  OpenimApi *self;
  char *path;
  char *operation;
  SoupMessage *message;
  GCancellable *cancellable; /* cancelled by the caller's, by the deadline and by openim_api_abort */
  GCancellable *caller;
  gulong caller_handler;
  gint64 began;
} Call;

static void
call_free (Call *call)
{
  if (call->caller != NULL)
    g_cancellable_disconnect (call->caller, call->caller_handler);
  g_clear_object (&call->caller);
  g_ptr_array_remove_fast (call->self->cancellables, call->cancellable);
  g_clear_object (&call->cancellable);
  g_clear_object (&call->message);
  g_free (call->path);
  g_free (call->operation);
  g_object_unref (call->self);
  g_free (call);
}

static void
openim_api_finalize (GObject *object)
{
  OpenimApi *self = OPENIM_API (object);

  g_clear_object (&self->session);
  g_ptr_array_unref (self->cancellables);
  g_free (self->base_url);
  g_free (self->token);
  G_OBJECT_CLASS (openim_api_parent_class)->finalize (object);
}

static void
openim_api_class_init (OpenimApiClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = openim_api_finalize;
}

static void
openim_api_init (OpenimApi *self)
{
  self->cancellables = g_ptr_array_new ();
  self->deadline = DEADLINE;
}

OpenimApi *
openim_api_new (const char *base_url, GProxyResolver *proxy, GError **error)
{
  g_autoptr (GUri) address = openim_http_address (base_url, "http", "https", error);
  if (address == NULL)
    return NULL;

  OpenimApi *self = g_object_new (OPENIM_TYPE_API, NULL);
  self->base_url = g_uri_to_string (address);
  if (g_str_has_suffix (self->base_url, "/"))
    self->base_url[strlen (self->base_url) - 1] = '\0';
  self->session = openim_http_session_new (proxy);
  return self;
}

const char *
openim_api_get_base_url (OpenimApi *self)
{
  return self->base_url;
}

void
openim_api_set_token (OpenimApi *self, const char *token)
{
  g_autofree char *clean = NULL;

  if (token != NULL) {
    /* A header line ends at a line feed: only what can be part of a token goes in. */
    char *to = clean = g_strdup (token);
    for (const char *from = token; *from != '\0'; from++)
      if (g_ascii_isgraph (*from))
        *to++ = *from;
    *to = '\0';
  }
  g_free (self->token);
  self->token = g_steal_pointer (&clean);
}

void
openim_api_set_token_func (OpenimApi *self, OpenimApiTokenFunc func, gpointer owner)
{
  self->token_func = func;
  self->token_owner = owner;
}

guint
openim_api_get_call_count (OpenimApi *self)
{
  return self->calls;
}

void
openim_api_set_deadline (OpenimApi *self, guint ms)
{
  self->deadline = ms;
}

void
openim_api_abort (OpenimApi *self)
{
  /* A copy, for calls leave the list when they end. */
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < self->cancellables->len; i++)
    g_ptr_array_add (all, g_object_ref (g_ptr_array_index (self->cancellables, i)));
  for (guint i = 0; i < all->len; i++)
    g_cancellable_cancel (g_ptr_array_index (all, i));
}

static void
call_fail (GTask *task, GError *error)
{
  OpenimApi *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  gboolean cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  openim_log (LOG, cancelled ? OPENIM_LOG_DEBUG : OPENIM_LOG_INFO, "%s %s: %d %s", call->operation,
              call->path, openim_error_code (error), error->message);
  if (openim_error_is_token (error) && self->token_func != NULL)
    self->token_func (self->token_owner, error);
  g_task_return_error (task, error);
  g_object_unref (task);
}

/* Takes @root, or NULL when the answer was no JSON object. */
static void
call_answer (GTask *task, JsonObject *root)
{
  Call *call = g_task_get_task_data (task);
  g_autoptr (JsonObject) envelope = root;

  if (g_cancellable_is_cancelled (call->cancellable)) {
    call_fail (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled.")));
    return;
  }
  if (envelope == NULL || !json_object_has_member (envelope, "errCode")) {
    call_fail (task, openim_http_status_error (call->message));
    return;
  }
  gint64 code = openim_json_int (envelope, "errCode");
  if (code != 0) {
    call_fail (task, openim_http_envelope_error (code, openim_json_string (envelope, "errMsg"),
                                                 openim_json_string (envelope, "errDlt")));
    return;
  }
  openim_log (LOG, OPENIM_LOG_DEBUG, "%s %s: done after %" G_GINT64_FORMAT " ms", call->operation, call->path,
              openim_clock_monotonic () - call->began);
  JsonObject *data = openim_json_object (envelope, "data");
  g_task_return_pointer (task, data != NULL ? json_object_ref (data) : json_object_new (),
                         (GDestroyNotify) json_object_unref);
  g_object_unref (task);
}

static JsonObject *
parse (GBytes *body, GError **error)
{
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  return openim_json_parse (length > 0 ? text : "", length, OPENIM_GATE_BODY_MAX, error);
}

static void
parse_in_thread (GTask *job, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  JsonObject *root = parse (data, &error);
  if (root != NULL)
    g_task_return_pointer (job, root, (GDestroyNotify) json_object_unref);
  else
    g_task_return_error (job, error);
}

static void
take_parsed (GTask *task, JsonObject *root, const GError *error)
{
  Call *call = g_task_get_task_data (task);
  if (root == NULL)
    openim_log (LOG, OPENIM_LOG_INFO, "%s %s: no envelope: %s", call->operation, call->path, error->message);
  call_answer (task, root);
}

static void
on_parsed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  JsonObject *root = g_task_propagate_pointer (G_TASK (result), &error);
  take_parsed (data, root, error);
}

static void
on_body (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  GError *error = NULL;
  g_autoptr (GBytes) body = openim_http_fetch_finish (SOUP_SESSION (source), result, &error);

  if (body == NULL) {
    call_fail (task, error);
  } else if (g_bytes_get_size (body) <= BIG) {
    JsonObject *root = parse (body, &error);
    take_parsed (task, root, error);
    g_clear_error (&error);
  } else {
    g_autoptr (GTask) job = g_task_new (NULL, NULL, on_parsed, task);
    g_task_set_task_data (job, g_steal_pointer (&body), (GDestroyNotify) g_bytes_unref);
    g_task_run_in_thread (job, parse_in_thread);
  }
}

static void
on_caller_cancelled (GCancellable *caller, gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
}

void
openim_api_call_async (OpenimApi *self,
                       const char *path,
                       JsonObject *body,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Call *call = g_new0 (Call, 1);
  g_autofree char *url = g_strconcat (self->base_url, path, NULL);
  g_autofree char *text = body != NULL ? openim_json_print (body) : g_strdup ("{}");
  g_clear_pointer (&body, json_object_unref);

  g_task_set_source_tag (task, openim_api_call_async);
  self->calls++;
  call->self = g_object_ref (self);
  call->path = g_strdup (path);
  call->operation = openim_id_operation ();
  call->began = openim_clock_monotonic ();
  call->message = soup_message_new (SOUP_METHOD_POST, url);
  call->cancellable = g_cancellable_new ();
  g_ptr_array_add (self->cancellables, call->cancellable);
  g_task_set_task_data (task, call, (GDestroyNotify) call_free);

  /* Only so does libsoup use a connection again for a POST. It sends none twice: that goes by the method. */
  soup_message_add_flags (call->message, SOUP_MESSAGE_IDEMPOTENT);
  SoupMessageHeaders *headers = soup_message_get_request_headers (call->message);
  soup_message_headers_append (headers, "operationID", call->operation);
  if (self->token != NULL)
    soup_message_headers_append (headers, "token", self->token);
  /* The address of a file begins with it; the server does not know itself under which name it is reached. */
  if (g_str_has_prefix (path, "/object/"))
    soup_message_headers_append (headers, "X-Request-Api", self->base_url);
  gsize length = strlen (text);
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&text), length);
  soup_message_set_request_body_from_bytes (call->message, "application/json", bytes);

  if (cancellable != NULL) {
    call->caller = g_object_ref (cancellable);
    call->caller_handler =
        g_cancellable_connect (cancellable, G_CALLBACK (on_caller_cancelled), call->cancellable, NULL);
  }
  openim_http_fetch_async (self->session, call->message, OPENIM_GATE_BODY_MAX, self->deadline,
                           call->cancellable, on_body, task);
}

JsonObject *
openim_api_call_finish (OpenimApi *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
