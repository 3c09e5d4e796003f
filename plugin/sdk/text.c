/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Messages as plain text, for people. Each row of content-types.def names a function of this file; one that
 * has nothing to say returns NULL. */

#include "sdk/sdk.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/gate.h"
#include "base/json.h"
#include "base/link.h"
#include "sdk/content.h"
#include "sdk/file-info.h"
#include "sdk/notice.h"

#define AT_ALL_TAG "AtAllTag"
#define QUOTE_MAX 400 /* bytes of a quoted text */
#define MERGED_MAX 20 /* lines of a merged message */

typedef char *(*TextFunc) (const OpenimMessage *message, const char *self_id);

static gboolean
is_set (const char *text)
{
  return text != NULL && *text != '\0';
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

/* One line for each message of a record, the first ones of a long one. Other programs put only some of them
 * into the list of summaries. */
static char *
text_of_merge (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__MergeElem *elem = message->mergeelem;
  GString *text = g_string_new (_ ("[chat record]"));
  size_t all = MAX (elem->n_multimessage, elem->n_abstractlist);
  size_t shown = MIN (all, MERGED_MAX);

  if (is_set (elem->title))
    g_string_append_printf (text, " %s", elem->title);
  for (size_t i = 0; i < shown; i++) {
    g_autofree char *said = NULL;
    g_autofree char *line = NULL;

    if (i < elem->n_multimessage) {
      g_autofree char *words = quoted_text (elem->multimessage[i], self_id);

      said = g_strdup_printf ("%s: %s", sender_of (elem->multimessage[i]), words);
    } else {
      said = g_strdup (elem->abstractlist[i]);
    }
    line = openim_gate_text (said, -1, QUOTE_MAX, TRUE);
    g_string_append_printf (text, "\n> %s", line);
  }
  if (all > shown)
    g_string_append_printf (
        text,
        g_dngettext (GETTEXT_PACKAGE, "\n> … and %u more", "\n> … and %u more", (unsigned) (all - shown)),
        (unsigned) (all - shown));

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

/* What the official programs make of messages of their own: "customType" in the data, which is JSON. */
static const struct {
  gint64 type;
  const char *text;
} customs[] = {
  /* TRANSLATORS: these stand for what another program has sent */
  { 200, N_ ("[call] It can be taken with another OpenIM program only.") },
  { 201, N_ ("[call taken]") },
  { 202, N_ ("[call declined]") },
  { 203, N_ ("[call cancelled]") },
  { 204, N_ ("[call ended]") },
  { 901, N_ ("[call]") },
  { 905, N_ ("[invitation to a meeting]") },
};

static const char *
find_custom (const char *data)
{
  g_autoptr (JsonObject) object =
      *data == '{' ? openim_json_parse (data, strlen (data), OPENIM_GATE_FRAME_MAX, NULL) : NULL;
  gint64 type = object == NULL ? 0 : openim_json_int (object, "customType");

  for (guint i = 0; i < G_N_ELEMENTS (customs); i++) {
    if (customs[i].type == type)
      return _ (customs[i].text);
  }
  return NULL;
}

static char *
text_of_custom (const OpenimMessage *message, const char *self_id)
{
  const Openim__Sdk__Shared__CustomElem *elem = message->customelem;
  const char *known = is_set (elem->data) ? find_custom (elem->data) : NULL;

  if (is_set (elem->description))
    return g_strdup (elem->description);
  if (known != NULL)
    return g_strdup (known);

  return is_set (elem->data) ? g_strdup_printf (_ ("[message from another program] %s"), elem->data) : NULL;
}

static char *
text_of_face (const OpenimMessage *message, const char *self_id)
{
  g_auto (OpenimFileInfo) info = { 0 };
  g_autofree char *name = g_strdup_printf (_ ("[sticker %d]"), message->faceelem->index);

  return openim_file_info_read (message, &info) ? g_strdup_printf ("%s %s", name, info.url)
                                                : g_steal_pointer (&name);
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

static char *
file_line (const char *kind, const char *name, gint64 duration, gint64 size, const char *url)
{
  g_autofree char *from_url = is_set (name) || !is_set (url) ? NULL : openim_link_get_name (url);
  g_autofree char *link = openim_link_clean (url);
  GString *line = g_string_new (kind);

  if (is_set (name) || from_url != NULL)
    g_string_append_printf (line, " %s", from_url != NULL ? from_url : name);
  if (duration > 0)
    g_string_append_printf (line, " %" G_GINT64_FORMAT ":%02d", duration / 60, (int) (duration % 60));
  if (size > 0) {
    g_autofree char *text = g_format_size (size);

    g_string_append_printf (line, " %s", text);
  }
  if (link != NULL)
    g_string_append_printf (line, " %s", link);

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

/* ---- all of them */

static const struct {
  int type;
  TextFunc text;
} texts[] = {
#define BODY(number, text) { number, text_of_##text },
#define DETAIL(number, text)
#define CONTENT(number, place, member, sendable, text) place (number, text)
#include "sdk/content-types.def"
#undef CONTENT
#undef DETAIL
#undef BODY
};

static char *
plain_text (const OpenimMessage *message, const char *self_id)
{
  const OpenimContentRow *row = openim_content_find (message->contenttype);

  /* A body that could not be read has no member, and one in another's may have a wrong one. */
  if (row == NULL || !openim_content_fits (message))
    return NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    if (texts[i].type == (int) message->contenttype)
      return texts[i].text (message, self_id);
  }
  return openim_notice_get_text (message, self_id);
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
