/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "objects.h"

#include <string.h>

#include "storage.h"

#define PART_MIN (G_GINT64_CONSTANT (5) << 20)
#define PART_MAX (G_GINT64_CONSTANT (5) << 30)
#define PARTS_MAX G_GINT64_CONSTANT (10000)
#define UPLOAD_LIFETIME (G_GINT64_CONSTANT (7) * 24 * 3600 * 1000) /* ms */
#define NAME_MAX_LENGTH 1024
#define FORM_LIFETIME (10 * 60 * 1000) /* ms */

/* An upload is known by what its ID says: base64 of JSON. */
typedef struct {
  gboolean single; /* one part: nothing more can be signed */
  char *id;        /* in the storage */
  char *hash;
  gint64 size;
} Upload;

static void
upload_free (Upload *upload)
{
  if (!upload)
    return;
  g_free (upload->id);
  g_free (upload->hash);
  g_free (upload);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Upload, upload_free)

static char *
encode (GString *text)
{
  char *encoded = base64url_encode (text->str, text->len);

  g_string_free (text, TRUE);
  return encoded;
}

/* (transfer full) (nullable) */
static JsonObject *
decode (const char *text)
{
  gsize length;
  g_autofree char *data = (char *) base64url_decode (text, &length);

  return openim_json_parse (data, length, 65536, NULL);
}

static char *
upload_to_id (const Upload *upload)
{
  GString *text = g_string_new (NULL);

  out_begin (text, NULL, '{');
  out_put (text, "a", 'i', (gint64) (upload->single ? 2 : 1), "b", 's', upload->id, "d", 'i', upload->size,
           "e", 's', upload->hash, NULL);
  out_end (text, '}');
  return encode (text);
}

static Upload *
upload_from_id (const char *id)
{
  g_autoptr (JsonObject) object = decode (id);
  Upload *upload;

  if (!object || !*openim_json_string (object, "b"))
    return NULL;
  upload = g_new0 (Upload, 1);
  upload->single = openim_json_int (object, "a") == 2;
  upload->id = g_strdup (openim_json_string (object, "b"));
  upload->hash = g_strdup (openim_json_string (object, "e"));
  upload->size = openim_json_int (object, "d");
  return upload;
}

static gint64
part_size (gint64 size)
{
  return size <= PART_MIN * PARTS_MAX ? PART_MIN : (size + PARTS_MAX - 1) / PARTS_MAX;
}

static gboolean
is_md5 (const char *text)
{
  return strlen (text) == 32 && strspn (text, "0123456789abcdef") == 32;
}

static Result
check_name (Call *call, const char *name)
{
  g_autofree char *own = g_strconcat (call->user, "/", NULL);

  if (*name == '/' || strlen (name) > NAME_MAX_LENGTH)
    return result (ARGS, "the name is invalid");
  if (!call->admin && !g_str_has_prefix (name, own))
    return result (NO_PERMISSION, "the name must begin with one's own ID");
  return RESULT_OK;
}

static void
put_url (Call *call, const char *name)
{
  const char *public_base =
      soup_message_headers_get_one (soup_server_message_get_request_headers (call->message), "X-Request-Api");
  g_autofree char *base = public_base ? g_strdup (public_base) : storage_base (call->message);
  g_autofree char *url = g_strconcat (base, g_str_has_suffix (base, "/") ? "" : "/", "object/", name, NULL);

  out_put (call->data, "url", 's', url, NULL);
}

static void
name_object (Server *server, const char *name, const char *key, const char *type)
{
  db_run (server->db, "INSERT OR REPLACE INTO objects VALUES (?, ?, ?)", "sss", name, key, type);
}

static gboolean
is_stored (Server *server, const char *key)
{
  return db_has (server->db, "SELECT 1 FROM blobs WHERE key = ?", "s", key);
}

/* ---- signatures */

static void
put_pair (GString *out, const char *key, const char *value)
{
  const char *values[] = { value, NULL };

  out_begin (out, NULL, '{');
  out_put (out, "key", 's', key, "values", 'S', values, NULL);
  out_end (out, '}');
}

/* A part of several is signed in headers of its own, */
static void
put_part (GString *out, const char *upload, gint64 number)
{
  g_autofree char *date = g_strdup_printf ("%" G_GINT64_FORMAT, now_ms ());
  g_autofree char *digits = g_strdup_printf ("%" G_GINT64_FORMAT, number);
  g_autofree char *sign = storage_sign_part (upload, number, date);

  out_begin (out, NULL, '{');
  out_put (out, "partNumber", 'i', number, "url", 's', "", NULL);
  out_list_begin (out, "query");
  put_pair (out, "partNumber", digits);
  out_list_end (out);
  out_list_begin (out, "header");
  put_pair (out, "Authorization", sign);
  put_pair (out, "X-Amz-Date", date);
  out_list_end (out);
  out_end (out, '}');
}

/* and the only one in its address. */
static void
put_single (GString *out, const char *url, const char *upload)
{
  g_autofree char *date = g_strdup_printf ("%" G_GINT64_FORMAT, now_ms ());
  g_autofree char *sign = storage_sign_part (upload, 1, date);
  g_autofree char *whole = g_strconcat (url, "?partNumber=1&date=", date, "&sign=", sign, NULL);

  out_begin (out, NULL, '{');
  out_put (out, "partNumber", 'i', (gint64) 1, "url", 's', whole, "query", 'n', NULL, "header", 'n', NULL,
           NULL);
  out_end (out, '}');
}

/* Writes what every signature has in common, and opens the list of parts. */
static void
begin_sign (GString *out, const char *key, const char *url, const char *upload)
{
  out_begin (out, key, '{');
  out_put (out, "url", 's', url, NULL);
  if (upload) {
    out_list_begin (out, "query");
    put_pair (out, "uploadId", upload);
    out_list_end (out);
  } else {
    out_put (out, "query", 'n', NULL, NULL);
  }
  out_put (out, "header", 'n', NULL, NULL);
  out_list_begin (out, "parts");
}

static void
put_sign (GString *out,
          const char *key,
          SoupServerMessage *message,
          const Upload *upload,
          const gint64 *numbers,
          gint64 n)
{
  g_autofree char *base = storage_base (message);
  g_autofree char *url = storage_put_url (base, upload->id);

  begin_sign (out, key, upload->single ? "" : url, upload->single ? NULL : upload->id);
  for (gint64 i = 0; i < n; i++) {
    if (upload->single)
      put_single (out, url, upload->id);
    else
      put_part (out, upload->id, numbers ? numbers[i] : i + 1);
  }
  out_list_end (out);
  out_end (out, '}');
}

/* ---- uploads in parts */

static Result
part_limit (Call *call)
{
  out_begin (call->data, NULL, '{');
  out_put (call->data, "minPartSize", 'i', PART_MIN, "maxPartSize", 'i', PART_MAX, "maxNumSize", 'i',
           PARTS_MAX, NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_part_size (Call *call)
{
  gint64 size = call_int (call, "size");

  if (size <= 0 || size > PART_MAX * PARTS_MAX)
    return result (INTERNAL, "size must be greater than 0");
  out_begin (call->data, NULL, '{');
  out_put (call->data, "size", 'i', part_size (size), NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
initiate_multipart_upload (Call *call)
{
  const char *name = call_string (call, "name"), *hash = call_string (call, "hash");
  gint64 size = call_int (call, "size"), wanted = call_int (call, "maxParts"), step, count;
  g_autofree char *id = NULL;
  Upload upload = { 0 };
  Result answer = check_name (call, name);

  if (answer.code)
    return answer;
  if (size <= 0 || size > PART_MAX * PARTS_MAX || !is_md5 (hash))
    return result (INTERNAL, "size or hash is invalid");
  step = part_size (size);
  count = (size + step - 1) / step;
  if (wanted > count)
    return result (INTERNAL, "too many parts");
  out_begin (call->data, NULL, '{');
  if (is_stored (call->server, hash)) {
    name_object (call->server, name, hash, call_string (call, "contentType"));
    put_url (call, name);
    out_put (call->data, "upload", 'n', NULL, NULL);
    out_end (call->data, '}');
    return RESULT_OK;
  }
  upload.single = count == 1;
  upload.id = g_uuid_string_random ();
  upload.hash = (char *) hash;
  upload.size = size;
  id = upload_to_id (&upload);
  out_put (call->data, "url", 's', "", NULL);
  out_begin (call->data, "upload", '{');
  out_put (call->data, "uploadID", 's', id, "partSize", 'i', step, NULL);
  put_sign (call->data, "sign", call->message, &upload, NULL, wanted < 0 ? count : wanted);
  out_put (call->data, "expireTime", 'i', now_ms () + UPLOAD_LIFETIME, NULL);
  out_end (call->data, '}');
  out_end (call->data, '}');
  g_free (upload.id);
  return RESULT_OK;
}

static Result
auth_sign (Call *call)
{
  g_autoptr (Upload) upload = upload_from_id (call_string (call, "uploadID"));
  JsonArray *numbers = openim_json_array (call->body, "partNumbers");
  g_autofree gint64 *list = NULL;
  gint64 n;

  if (!upload || upload->single || !numbers || json_array_get_length (numbers) == 0)
    return result (INTERNAL, "nothing to be signed");
  n = json_array_get_length (numbers);
  list = g_new (gint64, n);
  for (gint64 i = 0; i < n; i++)
    list[i] = json_array_get_int_element (numbers, (guint) i);
  put_sign (call->data, NULL, call->message, upload, list, n);
  return RESULT_OK;
}

/* All parts there, and as announced? Then they are put together under their hash. */
static Result
assemble (Server *server, const Upload *upload, char **md5s)
{
  g_autofree char *list = g_strjoinv (",", md5s);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_MD5, list, -1);
  gint64 total = 0;

  if (!g_str_equal (hash, upload->hash))
    return result (INTERNAL, "md5 mismatching");
  if (is_stored (server, hash))
    return RESULT_OK;
  for (int i = 0; md5s[i]; i++) {
    gint64 size = 0;
    g_autofree char *md5 = storage_part_md5 (server, upload->id, i + 1, &size);

    if (g_strcmp0 (md5, md5s[i]) != 0)
      return result (INTERNAL, "a part is missing or another than announced");
    total += size;
  }
  if (total != upload->size)
    return result (INTERNAL, "size mismatching");
  blobs_rename (server->blobs, upload->id, hash);
  db_run (server->db, "INSERT INTO blobs VALUES (?, ?)", "si", hash, total);
  db_run (server->db, "DELETE FROM parts WHERE upload = ?", "s", upload->id);
  return RESULT_OK;
}

static Result
complete_multipart_upload (Call *call)
{
  const char *name = call_string (call, "name");
  g_autoptr (Upload) upload = upload_from_id (call_string (call, "uploadID"));
  g_auto (GStrv) md5s = call_list (call, "parts");
  Result answer = check_name (call, name);

  if (answer.code)
    return answer;
  if (!upload)
    return result (INTERNAL, "invalid multipart upload id");
  answer = assemble (call->server, upload, md5s);
  if (answer.code)
    return answer;
  name_object (call->server, name, upload->hash, call_string (call, "contentType"));
  out_begin (call->data, NULL, '{');
  put_url (call, name);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
access_url (Call *call)
{
  g_autofree char *base = storage_base (call->message);
  gint64 expires = 0;
  g_autofree char *url = storage_download_url (call->server, base, call_string (call, "name"), &expires);

  if (!url)
    return result (NOT_FOUND, "no such file");
  out_begin (call->data, NULL, '{');
  out_put (call->data, "url", 's', url, "expireTime", 'i', expires, NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

/* ---- uploads by a form */

static Result
initiate_form_data (Call *call)
{
  const char *name = call_string (call, "name"), *type = call_string (call, "contentType");
  g_autofree char *base = storage_base (call->message);
  g_autofree char *url = g_strconcat (base, "/storage/form", NULL);
  g_autofree char *key = g_uuid_string_random ();
  g_autofree char *sign = storage_sign (key);
  g_autofree char *id = NULL;
  GString *text = g_string_new (NULL);
  Result answer = check_name (call, name);

  out_begin (text, NULL, '{');
  out_put (text, "name", 's', name, "size", 'i', call_int (call, "size"), "contentType", 's', type, "group",
           's', call_string (call, "group"), "key", 's', key, NULL);
  out_end (text, '}');
  id = encode (text);
  if (call_int (call, "size") <= 0)
    return result (ARGS, "size must be greater than 0");
  if (answer.code)
    return answer;
  out_begin (call->data, NULL, '{');
  out_put (call->data, "id", 's', id, "url", 's', url, "file", 's', "file", "header", 'n', NULL, NULL);
  out_begin (call->data, "formData", '{');
  out_put (call->data, "key", 's', key, "signature", 's', sign, "Content-Type", 's', type, NULL);
  out_end (call->data, '}');
  out_put (call->data, "expires", 'i', now_ms () + FORM_LIFETIME, NULL);
  out_raw (call->data, "successCodes", "[200]");
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
complete_form_data (Call *call)
{
  g_autoptr (JsonObject) form = decode (call_string (call, "id"));
  const char *name = openim_json_string (form, "name"), *key = openim_json_string (form, "key");
  gint64 size;
  Result answer;

  if (!*name || !*key)
    return result (ARGS, "invalid id");
  answer = check_name (call, name);
  if (answer.code)
    return answer;
  size = db_int (call->server->db, -1, "SELECT size FROM blobs WHERE key = ?", "s", key);
  if (size < 0)
    return result (INTERNAL, "the file is not there");
  if (size != openim_json_int (form, "size"))
    return result (DATA_ERROR, "size mismatching");
  name_object (call->server, name, key, openim_json_string (form, "contentType"));
  out_begin (call->data, NULL, '{');
  put_url (call, name);
  out_end (call->data, '}');
  return RESULT_OK;
}

const Route object_routes[] = {
  { "/object/part_limit", part_limit, NEEDS_TOKEN, "" },
  { "/object/part_size", get_part_size, NEEDS_TOKEN, "size:i" },
  { "/object/initiate_multipart_upload", initiate_multipart_upload, NEEDS_TOKEN,
    "hash:s size:i partSize:i maxParts:i cause:s name:s! contentType:s" },
  { "/object/auth_sign", auth_sign, NEEDS_TOKEN, "uploadID:s partNumbers:I" },
  { "/object/complete_multipart_upload", complete_multipart_upload, NEEDS_TOKEN,
    "uploadID:s! parts:S! name:s! contentType:s cause:s" },
  { "/object/access_url", access_url, NEEDS_TOKEN, "name:s query:o" },
  { "/object/initiate_form_data", initiate_form_data, NEEDS_TOKEN,
    "name:s! size:i contentType:s group:s millisecond:i absolute:b" },
  { "/object/complete_form_data", complete_form_data, NEEDS_TOKEN, "id:s!" },
  { NULL },
};
