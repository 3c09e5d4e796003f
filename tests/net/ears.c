/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ears.h"

#include "base/json.h"

#define SEQ 42

static void
hear (Ears *self, char *what)
{
  /* Nothing may be heard inside one's own call. */
  g_assert_false (self->in_call);
  g_ptr_array_add (self->heard, what);
  if (self->cue != NULL && g_str_has_prefix (what, self->cue)) {
    self->cue = NULL;
    self->act (self);
  }
}

static void
hear_error (Ears *self, const char *word, const GError *error)
{
  g_assert_true (error->domain == OPENIM_ERROR);
  g_free (self->sentence);
  self->sentence = g_strdup (error->message);
  hear (self, g_strdup_printf ("%s %d", word, error->code));
}

static void
on_connecting (gpointer owner)
{
  hear (owner, g_strdup ("connecting"));
}

static void
on_connected (gpointer owner)
{
  hear (owner, g_strdup ("connected"));
}

static void
on_failed (gpointer owner, const GError *error)
{
  hear_error (owner, "failed", error);
}

static void
on_ended (gpointer owner, const GError *error)
{
  hear_error (owner, "ended", error);
}

static void
on_push (gpointer owner, guint id, GBytes *body)
{
  hear (owner, g_strdup_printf ("push %u %" G_GSIZE_FORMAT " bytes", id, g_bytes_get_size (body)));
}

static const OpenimGatewayListener listener = { on_connecting, on_connected, on_failed, on_ended, on_push };

Ears *
ears_new_as (const char *url, guint dead, const char *user_id, const char *token)
{
  static const OpenimGatewayTimes quick = { { 1000, 1000, 0 }, 50, 100 };
  OpenimGatewayTimes times = quick;
  OpenimGatewayConfig config = { url, user_id, token, 7, NULL };
  Ears *self = g_new0 (Ears, 1);
  g_autoptr (GError) error = NULL;

  self->heard = g_ptr_array_new_with_free_func (g_free);
  self->gateway = openim_gateway_new (&config, &listener, self, &error);
  g_assert_no_error (error);
  times.link.dead = dead;
  openim_gateway_set_times (self->gateway, &times);
  return self;
}

Ears *
ears_new (const char *url, guint dead)
{
  return ears_new_as (url, dead, "u_1001", "to/ken+1");
}

void
ears_free (Ears *self)
{
  if (self->gateway != NULL) {
    gpointer gone = self->gateway;
    g_object_add_weak_pointer (G_OBJECT (gone), &gone);
    openim_gateway_stop (self->gateway);
    guint heard = self->heard->len;
    g_clear_object (&self->gateway);
    test_until (gone == NULL);
    while (g_main_context_iteration (NULL, FALSE))
      ;
    g_assert_cmpuint (self->heard->len, ==, heard);
  }
  g_ptr_array_unref (self->heard);
  g_free (self->sentence);
  g_free (self);
}

guint
ears_count (Ears *self, const char *what)
{
  guint count = 0;
  for (guint i = 0; i < self->heard->len; i++)
    count += g_str_equal (g_ptr_array_index (self->heard, i), what);
  return count;
}

gboolean
ears_heard (Ears *self, const char *what)
{
  return ears_count (self, what) > 0;
}

char *
ears_all (Ears *self)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  for (guint i = 0; i < self->heard->len; i++)
    g_ptr_array_add (words, g_ptr_array_index (self->heard, i));
  g_ptr_array_add (words, NULL);
  return g_strjoinv (", ", (char **) words->pdata);
}

Ears *
ears_start (TestServer *server, guint dead)
{
  g_autofree char *url = test_server_url (server, "ws", "");
  Ears *ears = ears_new (url, dead);

  ears->in_call = TRUE;
  openim_gateway_start (ears->gateway);
  ears->in_call = FALSE;
  return ears;
}

void
ears_assert (Ears *ears, const char *expected)
{
  g_autofree char *all = ears_all (ears);
  g_assert_cmpstr (all, ==, expected);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  EarsRequest *self = data;
  g_autoptr (GError) error = NULL;
  Openim__Sdkws__GetMaxSeqResp *answer = openim_gateway_request_finish (
      OPENIM_GATEWAY (source), result, &openim__sdkws__get_max_seq_resp__descriptor, &error);

  g_assert_false (self->ears->in_call);
  g_assert_cmpint (self->order, ==, 0);
  self->order = ++self->ears->answers;
  self->code = openim_error_code (error);
  if (answer != NULL && answer->n_maxseqs == 1)
    self->answer = g_strdup_printf ("%s %d", answer->maxseqs[0]->key, (int) answer->maxseqs[0]->value);
  openim_pb_free (answer);
  if (self->ears->cue != NULL && g_str_equal (self->ears->cue, "answer")) {
    self->ears->cue = NULL;
    self->ears->act (self->ears);
  }
}

EarsRequest *
ears_request (Ears *self, const char *user_id, guint timeout_ms, GCancellable *cancellable)
{
  EarsRequest *request = g_new0 (EarsRequest, 1);
  Openim__Sdkws__GetMaxSeqReq *body = openim_pb_new (&openim__sdkws__get_max_seq_req__descriptor);

  request->ears = self;
  openim_pb_set (&body->userid, user_id);
  self->in_call = TRUE;
  openim_gateway_request_async (self->gateway, OPENIM_GATEWAY_NEWEST_SEQS, body, timeout_ms, cancellable,
                                on_answer, request);
  self->in_call = FALSE;
  openim_pb_free (body);
  return request;
}

void
ears_request_free (EarsRequest *self)
{
  g_assert_cmpint (self->order, !=, 0);
  g_free (self->answer);
  g_free (self);
}

static JsonObject *
envelope (GBytes *frame)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (frame, &length);
  JsonObject *object = openim_json_parse (text, length, 100000, &error);
  g_assert_no_error (error);
  return object;
}

char *
ears_user (GBytes *frame)
{
  g_autoptr (JsonObject) object = envelope (frame);
  gsize length;
  g_autofree guchar *data = g_base64_decode (openim_json_string (object, "data"), &length);
  Openim__Sdkws__GetMaxSeqReq *request =
      openim_pb_unpack (&openim__sdkws__get_max_seq_req__descriptor, data, length, NULL);
  char *user = g_strdup (request->userid);
  openim_pb_free (request);
  return user;
}

char *
ears_answer (GBytes *frame, const char *change, int code)
{
  g_autoptr (JsonObject) object = envelope (frame);
  g_autofree char *user = ears_user (frame);
  Openim__Sdkws__GetMaxSeqResp response = OPENIM__SDKWS__GET_MAX_SEQ_RESP__INIT;
  Openim__Sdkws__GetMaxSeqResp__MaxSeqsEntry entry = OPENIM__SDKWS__GET_MAX_SEQ_RESP__MAX_SEQS_ENTRY__INIT;
  Openim__Sdkws__GetMaxSeqResp__MaxSeqsEntry *entries[] = { &entry };

  entry.key = user;
  entry.value = SEQ;
  response.n_maxseqs = 1;
  response.maxseqs = entries;
  g_autoptr (GBytes) body = openim_pb_pack (&response);
  g_autofree char *data = g_base64_encode (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  return g_strdup_printf ("{\"reqIdentifier\":%d,\"msgIncr\":\"%s\",\"operationID\":\"o\",\"errCode\":%d,"
                          "\"errMsg\":\"%s\",\"data\":\"%s\"}",
                          (int) openim_json_int (object, "reqIdentifier"),
                          change != NULL ? change : openim_json_string (object, "msgIncr"), code,
                          code != 0 ? "Refused" : "", code != 0 ? "" : data);
}
