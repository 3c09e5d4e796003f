/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui.h"

#include <gio/gio.h>

/* Dialogs that ask. Each gets a number; the record shows it with everything a person would read, a command
 * answers or cancels it. For bitlbee only inputs and actions exist, and an action calls back only when a
 * caption says Accept/OK or Reject/Cancel. */

typedef enum { INPUT, CHOICE, ACTION, FIELDS, FILE_NAME, FOLDER, AUTHORIZE } Kind;

typedef struct {
  guint id;
  Kind kind;
  PurpleRequestType type;
  PurpleAccount *account;
  gpointer data;
  GCallback ok;
  GCallback cancel;
  PurpleRequestFields *fields; /* FIELDS */
  GPtrArray *captions;         /* ACTION and CHOICE */
  GArray *callbacks;           /* ACTION: PurpleRequestActionCb; CHOICE: int */
} Request;

static GHashTable *requests; /* id → Request */
static guint last_id;

static void
request_free (gpointer data)
{
  Request *request = data;

  if (request->fields != NULL)
    purple_request_fields_destroy (request->fields);
  g_clear_pointer (&request->captions, g_ptr_array_unref);
  g_clear_pointer (&request->callbacks, g_array_unref);
  g_free (request);
}

static Request *
request_new (
    Kind kind, PurpleRequestType type, PurpleAccount *account, GCallback ok, GCallback cancel, gpointer data)
{
  Request *request = g_new0 (Request, 1);

  request->id = ++last_id;
  request->kind = kind;
  request->type = type;
  request->account = account;
  request->ok = ok;
  request->cancel = cancel;
  request->data = data;
  g_hash_table_insert (requests, GUINT_TO_POINTER (request->id), request);
  return request;
}

static char *
headline (const char *title, const char *primary, const char *secondary)
{
  g_autofree char *a = ui_quote (title);
  g_autofree char *b = ui_quote (primary);
  g_autofree char *c = ui_quote (secondary);

  return g_strdup_printf ("%s %s %s", a, b, c);
}

static void *
on_input (const char *title,
          const char *primary,
          const char *secondary,
          const char *initial,
          gboolean multiline,
          gboolean masked,
          gchar *hint,
          const char *ok_text,
          GCallback ok,
          const char *cancel_text,
          GCallback cancel,
          PurpleAccount *account,
          const char *who,
          PurpleConversation *conversation,
          void *data)
{
  Request *request = request_new (INPUT, PURPLE_REQUEST_INPUT, account, ok, cancel, data);
  g_autofree char *head = headline (title, primary, secondary);
  g_autofree char *value = ui_quote (initial);

  if (account == NULL && !ui.persona->dialogs)
    ui_record (NULL, "BROKEN request %u: no account, bitlbee would crash", request->id);
  ui_record (account, "request %u input %s default %s%s%s", request->id, head, value,
             multiline ? " multiline" : "", masked ? " masked" : "");
  return request;
}

static void *
on_choice (const char *title,
           const char *primary,
           const char *secondary,
           int initial,
           const char *ok_text,
           GCallback ok,
           const char *cancel_text,
           GCallback cancel,
           PurpleAccount *account,
           const char *who,
           PurpleConversation *conversation,
           void *data,
           va_list choices)
{
  Request *request = request_new (CHOICE, PURPLE_REQUEST_CHOICE, account, ok, cancel, data);
  g_autofree char *head = headline (title, primary, secondary);
  g_autoptr (GString) list = g_string_new (NULL);
  const char *label = NULL;

  request->captions = g_ptr_array_new_with_free_func (g_free);
  request->callbacks = g_array_new (FALSE, FALSE, sizeof (int));
  while ((label = va_arg (choices, const char *)) != NULL) {
    int value = va_arg (choices, int);
    g_autofree char *quoted = ui_quote (label);

    g_ptr_array_add (request->captions, g_strdup (label));
    g_array_append_val (request->callbacks, value);
    g_string_append_printf (list, " %s", quoted);
  }
  ui_record (account, "request %u choice %s%s", request->id, head, list->str);
  return request;
}

static void *
on_action (const char *title,
           const char *primary,
           const char *secondary,
           int initial,
           PurpleAccount *account,
           const char *who,
           PurpleConversation *conversation,
           void *data,
           size_t count,
           va_list actions)
{
  Request *request = request_new (ACTION, PURPLE_REQUEST_ACTION, account, NULL, NULL, data);
  g_autofree char *head = headline (title, primary, secondary);
  g_autoptr (GString) list = g_string_new (NULL);

  request->captions = g_ptr_array_new_with_free_func (g_free);
  request->callbacks = g_array_new (FALSE, FALSE, sizeof (GCallback));
  for (size_t i = 0; i < count; i++) {
    const char *label = va_arg (actions, const char *);
    GCallback callback = va_arg (actions, GCallback);
    g_autofree char *quoted = ui_quote (label);

    g_ptr_array_add (request->captions, g_strdup (label));
    g_array_append_val (request->callbacks, callback);
    g_string_append_printf (list, " %s", quoted);
  }
  ui_record (account, "request %u action %s%s", request->id, head, list->str);
  return request;
}

static void *
on_action_with_icon (const char *title,
                     const char *primary,
                     const char *secondary,
                     int initial,
                     PurpleAccount *account,
                     const char *who,
                     PurpleConversation *conversation,
                     gconstpointer icon,
                     gsize icon_size,
                     void *data,
                     size_t count,
                     va_list actions)
{
  return on_action (title, primary, secondary, initial, account, who, conversation, data, count, actions);
}

static const char *
field_kind (PurpleRequestField *field)
{
  switch (purple_request_field_get_type (field)) {
  case PURPLE_REQUEST_FIELD_STRING:
    return purple_request_field_string_is_masked (field) ? "secret" : "string";
  case PURPLE_REQUEST_FIELD_INTEGER:
    return "int";
  case PURPLE_REQUEST_FIELD_BOOLEAN:
    return "bool";
  case PURPLE_REQUEST_FIELD_CHOICE:
    return "choice";
  case PURPLE_REQUEST_FIELD_LIST:
    return "list";
  case PURPLE_REQUEST_FIELD_LABEL:
    return "label";
  case PURPLE_REQUEST_FIELD_IMAGE:
    return ui.persona->images ? "image" : "image-not-shown";
  case PURPLE_REQUEST_FIELD_ACCOUNT:
    return "account";
  case PURPLE_REQUEST_FIELD_NONE:
  default:
    return "none";
  }
}

static void *
on_fields (const char *title,
           const char *primary,
           const char *secondary,
           PurpleRequestFields *fields,
           const char *ok_text,
           GCallback ok,
           const char *cancel_text,
           GCallback cancel,
           PurpleAccount *account,
           const char *who,
           PurpleConversation *conversation,
           void *data)
{
  Request *request = request_new (FIELDS, PURPLE_REQUEST_FIELDS, account, ok, cancel, data);
  g_autofree char *head = headline (title, primary, secondary);
  g_autoptr (GString) list = g_string_new (NULL);

  request->fields = fields;
  for (GList *g = purple_request_fields_get_groups (fields); g != NULL; g = g->next)
    for (GList *l = purple_request_field_group_get_fields (g->data); l != NULL; l = l->next) {
      g_autofree char *label = ui_quote (purple_request_field_get_label (l->data));

      g_string_append_printf (list, " [%s %s %s]", purple_request_field_get_id (l->data),
                              field_kind (l->data), label);
    }
  ui_record (account, "request %u fields %s%s", request->id, head, list->str);
  return request;
}

static void *
on_file (const char *title,
         const char *file,
         gboolean saving,
         GCallback ok,
         GCallback cancel,
         PurpleAccount *account,
         const char *who,
         PurpleConversation *conversation,
         void *data)
{
  Request *request = request_new (FILE_NAME, PURPLE_REQUEST_FILE, account, ok, cancel, data);
  g_autofree char *name = ui_quote (file);

  ui_record (account, "request %u %s %s", request->id, saving ? "save" : "open", name);
  return request;
}

static void *
on_folder (const char *title,
           const char *folder,
           GCallback ok,
           GCallback cancel,
           PurpleAccount *account,
           const char *who,
           PurpleConversation *conversation,
           void *data)
{
  Request *request = request_new (FOLDER, PURPLE_REQUEST_FOLDER, account, ok, cancel, data);

  ui_record (account, "request %u folder", request->id);
  return request;
}

void *
ui_request_authorize (PurpleAccount *account,
                      const char *who,
                      const char *id,
                      const char *alias,
                      const char *message,
                      gboolean on_list,
                      PurpleAccountRequestAuthorizationCb accept,
                      PurpleAccountRequestAuthorizationCb deny,
                      void *data)
{
  Request *request = request_new (AUTHORIZE, 0, account, G_CALLBACK (accept), G_CALLBACK (deny), data);
  g_autofree char *name = ui_quote (alias);
  g_autofree char *text = ui_quote (message);

  ui_record (account, "request %u authorize %s %s %s%s", request->id, who, name, text,
             on_list ? " on-list" : "");
  return request;
}

/* Both libpurple and the answering code may close; the second time there is nothing left to do. */
static void
forget (Request *request)
{
  if (g_hash_table_lookup (requests, GUINT_TO_POINTER (request->id)) == request)
    g_hash_table_remove (requests, GUINT_TO_POINTER (request->id));
}

static void
on_close (PurpleRequestType type, void *handle)
{
  Request *request = handle;

  ui_record (NULL, "request %u closed", request->id);
  forget (request);
}

void
ui_request_authorize_close (void *handle)
{
  Request *request = handle;

  ui_record (request->account, "request %u closed", request->id);
  forget (request);
}

static gboolean
fill_field (Request *request, const char *assignment, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (assignment, "=", 2);
  PurpleRequestField *field = NULL;

  if (parts[0] != NULL && parts[1] != NULL)
    field = purple_request_fields_get_field (request->fields, parts[0]);
  if (field == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "request %u has no field for %s", request->id,
                 assignment);
    return FALSE;
  }
  switch (purple_request_field_get_type (field)) {
  case PURPLE_REQUEST_FIELD_STRING:
    purple_request_field_string_set_value (field, parts[1]);
    break;
  case PURPLE_REQUEST_FIELD_INTEGER:
    purple_request_field_int_set_value (field, (int) g_ascii_strtoll (parts[1], NULL, 10));
    break;
  case PURPLE_REQUEST_FIELD_BOOLEAN:
    purple_request_field_bool_set_value (field, g_str_equal (parts[1], "1"));
    break;
  case PURPLE_REQUEST_FIELD_CHOICE:
    purple_request_field_choice_set_value (field, (int) g_ascii_strtoll (parts[1], NULL, 10));
    break;
  case PURPLE_REQUEST_FIELD_LIST:
    purple_request_field_list_add_selected (field, parts[1]);
    break;
  case PURPLE_REQUEST_FIELD_NONE:
  case PURPLE_REQUEST_FIELD_LABEL:
  case PURPLE_REQUEST_FIELD_IMAGE:
  case PURPLE_REQUEST_FIELD_ACCOUNT:
  default:
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "field %s takes no value", parts[0]);
    return FALSE;
  }
  return TRUE;
}

/* The button whose caption is @wanted, with or without the underscore that marks its key; -1 if there is
 * none. */
static int
find_caption (Request *request, const char *wanted)
{
  for (guint i = 0; i < request->captions->len; i++) {
    g_autofree char *plain = purple_strreplace (g_ptr_array_index (request->captions, i), "_", "");

    if (g_strcmp0 (plain, wanted) == 0 || g_strcmp0 (g_ptr_array_index (request->captions, i), wanted) == 0)
      return (int) i;
  }
  return -1;
}

static gboolean
press (Request *request, const char *caption, GError **error)
{
  int button = find_caption (request, caption);
  const char *label = NULL;

  if (button < 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "request %u has no button %s", request->id,
                 caption);
    return FALSE;
  }
  label = g_ptr_array_index (request->captions, (guint) button);
  if (!ui.persona->any_button && strstr (label, "Accept") == NULL && strstr (label, "OK") == NULL &&
      strstr (label, "Reject") == NULL && strstr (label, "Cancel") == NULL) {
    ui_record (request->account, "request %u button \"%s\" does nothing here", request->id, label);
    return TRUE;
  }
  if (request->kind == ACTION) {
    PurpleRequestActionCb callback =
        (PurpleRequestActionCb) g_array_index (request->callbacks, GCallback, (guint) button);

    if (callback != NULL)
      callback (request->data, button);
  } else if (request->ok != NULL) {
    ((PurpleRequestChoiceCb) request->ok) (request->data,
                                           g_array_index (request->callbacks, int, (guint) button));
  }
  return TRUE;
}

static Request *
find_request (guint id, GError **error)
{
  Request *request = g_hash_table_lookup (requests, GUINT_TO_POINTER (id));

  if (request == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "there is no open request %u", id);
  return request;
}

/* After a callback: the request may be gone by its own doing. Closing tells libpurple, which calls on_close.
 */
static void
finish (guint id)
{
  Request *request = g_hash_table_lookup (requests, GUINT_TO_POINTER (id));

  if (request == NULL)
    return;
  if (request->kind == AUTHORIZE)
    g_hash_table_remove (requests, GUINT_TO_POINTER (id));
  else
    purple_request_close (request->type, request);
}

gboolean
ui_request_answer (guint id, char **values, GError **error)
{
  Request *request = find_request (id, error);
  const char *first = values[0] != NULL ? values[0] : "";

  if (request == NULL)
    return FALSE;
  switch (request->kind) {
  case INPUT:
    if (request->ok != NULL)
      ((PurpleRequestInputCb) request->ok) (request->data, first);
    break;
  case FILE_NAME:
  case FOLDER:
    if (request->ok != NULL)
      ((PurpleRequestFileCb) request->ok) (request->data, first);
    break;
  case ACTION:
  case CHOICE:
    if (!press (request, first, error))
      return FALSE;
    break;
  case FIELDS:
    for (guint i = 0; values[i] != NULL; i++)
      if (!fill_field (request, values[i], error))
        return FALSE;
    if (!purple_request_fields_all_required_filled (request->fields)) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "request %u lacks a required field", id);
      return FALSE;
    }
    if (request->ok != NULL)
      ((PurpleRequestFieldsCb) request->ok) (request->data, request->fields);
    break;
  case AUTHORIZE:
    ((PurpleAccountRequestAuthorizationCb) request->ok) (request->data);
    break;
  default:
    g_assert_not_reached ();
  }
  finish (id);
  return TRUE;
}

gboolean
ui_request_cancel (guint id, GError **error)
{
  Request *request = find_request (id, error);

  if (request == NULL)
    return FALSE;
  /* bitlbee drops the answer to an input that is not given. */
  if (request->cancel != NULL && (ui.persona->dialogs || request->kind != INPUT)) {
    switch (request->kind) {
    case INPUT:
      ((PurpleRequestInputCb) request->cancel) (request->data, NULL);
      break;
    case CHOICE:
      ((PurpleRequestChoiceCb) request->cancel) (request->data, 0);
      break;
    case FIELDS:
      ((PurpleRequestFieldsCb) request->cancel) (request->data, request->fields);
      break;
    case FILE_NAME:
    case FOLDER:
      ((PurpleRequestFileCb) request->cancel) (request->data, NULL);
      break;
    case AUTHORIZE:
      ((PurpleAccountRequestAuthorizationCb) request->cancel) (request->data);
      break;
    case ACTION:
    default:
      break;
    }
  }
  finish (id);
  return TRUE;
}

void
ui_requests_init (void)
{
  static PurpleRequestUiOps ops = {
    .request_input = on_input,
    .request_choice = on_choice,
    .request_action = on_action,
    .request_action_with_icon = on_action_with_icon,
    .request_fields = on_fields,
    .request_file = on_file,
    .request_folder = on_folder,
    .close_request = on_close,
  };

  if (requests == NULL)
    requests = g_hash_table_new_full (NULL, NULL, NULL, request_free);
  if (!ui.persona->dialogs) {
    ops.request_choice = NULL;
    ops.request_fields = NULL;
    ops.request_file = NULL;
    ops.request_folder = NULL;
    ops.request_action_with_icon = NULL;
  }
  purple_request_set_ui_ops (&ops);
}
