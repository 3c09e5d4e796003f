/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/search.h"

#include <string.h>

#include "base/gate.h"
#include "base/json.h"
#include "store/message-rows.h"

/* Rows in one transaction of the indexer: bounds the time that a job waits for it. */
#define SLICE 100

/* A rowid of the index is conversation << SLOT_BITS | slot, slots beginning at -SLOT_LIMIT. */
#define SLOT_BITS 42
#define SLOT_LIMIT (G_GINT64_CONSTANT (1) << (SLOT_BITS - 1))
#define CONVERSATION_LIMIT (G_GINT64_CONSTANT (1) << (62 - SLOT_BITS))

/* The index takes letters, digits and everything above U+007F for parts of words: other signs move there. */
#define SIGNS 0xe000

#define FIRST_HAN 0x4e00
#define LAST_HAN 0x9fff

/* Which member of a content people see as text. */
static const struct {
  int type;
  const char *member;
} visible_members[] = {
  { 101, "content" },     /* text */
  { 105, "fileName" },    /* file */
  { 106, "text" },        /* @ */
  { 107, "title" },       /* merged messages */
  { 108, "nickname" },    /* contact card */
  { 109, "description" }, /* place */
  { 110, "description" }, /* custom */
  { 114, "text" },        /* quote */
  { 117, "text" },        /* advanced text */
  { 118, "content" },     /* markdown */
};

static const char *
visible_member (int type)
{
  for (guint i = 0; i < G_N_ELEMENTS (visible_members); i++)
    if (visible_members[i].type == type)
      return visible_members[i].member;
  return NULL;
}

/* ASCII and the common Chinese characters: nothing to be normalized, and no capitals but those of ASCII. */
static gboolean
is_simple (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar c = (guchar) *text < 0x80 ? (gunichar) *text : g_utf8_get_char (text);

    if (c >= 0x80 && (c < FIRST_HAN || c > LAST_HAN))
      return FALSE;
  }
  return TRUE;
}

/* The form in which texts are compared: full width is half width, capital is small. (transfer full)
 * (nullable) */
static char *
fold (const char *text)
{
  g_autofree char *normal = NULL;

  if (is_simple (text))
    return g_ascii_strdown (text, -1);
  normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);

  return normal != NULL ? g_utf8_casefold (normal, -1) : NULL;
}

/* What people see of a message, folded. (transfer full) (nullable) */
static char *
visible_text (const OpenimMsgData *data)
{
  const char *member = visible_member (data->contenttype);
  g_autoptr (JsonObject) object = NULL;
  g_autofree char *plain = NULL;
  gboolean is_text;
  gsize length;
  const guint8 *middle;

  if (member == NULL)
    return NULL;

  /* Nearly all are plain texts without anything that JSON would escape. */
  middle = openim_message_row_content (&data->content, &length, &is_text);
  if (is_text && data->contenttype == 101 && memchr (middle, '\\', length) == NULL) {
    plain = g_strndup ((const char *) middle, length);
    return fold (plain);
  }

  object =
      openim_json_parse ((const char *) data->content.data, data->content.len, OPENIM_GATE_FRAME_MAX, NULL);
  return object != NULL ? fold (openim_json_string (object, member)) : NULL;
}

/* ---- pairs */

static void
append_sign (GString *words, gunichar sign)
{
  g_string_append_unichar (words, sign < 0x80 && !g_ascii_isalnum ((char) sign) ? SIGNS + sign : sign);
}

/* Every character with the one behind it, or alone at the end of a word. (transfer full) */
static char *
make_pairs (const char *text)
{
  GString *words = g_string_new (NULL);

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar second = g_utf8_get_char (g_utf8_next_char (at));

    if (g_unichar_isspace (g_utf8_get_char (at)))
      continue;
    append_sign (words, g_utf8_get_char (at));
    if (second != 0 && !g_unichar_isspace (second))
      append_sign (words, second);
    g_string_append_c (words, ' ');
  }
  return g_string_free (words, FALSE);
}

/* The index's question for one keyword. In a text its last character may have another one behind it,
 * therefore that one is left out, or asked for as a beginning when there is nothing else. */
static void
append_question (GString *question, const char *keyword)
{
  g_autofree char *pairs = make_pairs (keyword);
  g_auto (GStrv) words = g_strsplit (pairs, " ", -1);
  guint n = g_strv_length (words) - 1; /* behind the last one is nothing */

  g_string_append_c (question, '(');
  for (guint i = 0; i < MAX (n - 1, 1); i++)
    g_string_append_printf (question, "%s\"%s\"%s", i > 0 ? " AND " : "", words[i], n == 1 ? " *" : "");
  g_string_append_c (question, ')');
}

/* ---- the index */

/* FALSE: that place has no number in the index. */
static gboolean
get_rowid (gint64 conversation, gint64 slot, gint64 *rowid)
{
  if (slot <= -SLOT_LIMIT || slot >= SLOT_LIMIT || conversation >= CONVERSATION_LIMIT)
    return FALSE;
  *rowid = (conversation << SLOT_BITS) + slot + SLOT_LIMIT;
  return TRUE;
}

/* (transfer full) (nullable) */
static OpenimStoredMessage *
read_row (OpenimDb *db, gint64 conversation, gint64 slot, GError **error)
{
  gboolean row;
  g_autoptr (OpenimStatement) statement = openim_db_query (
      db, error, OPENIM_MESSAGE_SELECT "WHERE m.conversation = ?1 AND m.slot = ?2 AND m.status < 4", "ii",
      conversation, slot);

  if (statement == NULL || !openim_statement_next (statement, &row, error) || !row)
    return NULL;
  return openim_message_row_read (statement, "", error);
}

/* Puts a row into the index, or (@sql) takes it out. */
static gboolean
change_index (OpenimDb *db, const char *sql, gint64 conversation, gint64 slot, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (OpenimStoredMessage) message = NULL;
  g_autofree char *text = NULL;
  g_autofree char *pairs = NULL;
  gint64 rowid;

  if (!get_rowid (conversation, slot, &rowid))
    return TRUE;
  message = read_row (db, conversation, slot, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  text = message != NULL ? visible_text (message->data) : NULL;
  if (text == NULL)
    return TRUE;
  pairs = make_pairs (text);
  return openim_db_run (db, error, sql, "is", rowid, pairs);
}

gboolean
openim_search_add (OpenimDb *db, gint64 conversation, gint64 slot, int content_type, GError **error)
{
  if (visible_member (content_type) == NULL)
    return TRUE;
  if (db->unindexed >= 0)
    db->unindexed++;
  return openim_db_run (db, error, "INSERT INTO search_todo (conversation, slot) VALUES (?1, ?2)", "ii",
                        conversation, slot);
}

gboolean
openim_search_remove (OpenimDb *db, gint64 conversation, gint64 slot, GError **error)
{
  if (!openim_db_run (db, error, "DELETE FROM search_todo WHERE conversation = ?1 AND slot = ?2", "ii",
                      conversation, slot))
    return FALSE;
  return sqlite3_changes (db->sqlite) > 0 ||
         change_index (db, "INSERT INTO search (search, rowid, text) VALUES ('delete', ?1, ?2)", conversation,
                       slot, error);
}

gboolean
openim_search_remove_all (OpenimDb *db, GError **error)
{
  return openim_db_run (db, error, "DELETE FROM search_todo", "") &&
         openim_db_run (db, error, "INSERT INTO search (search) VALUES ('delete-all')", "");
}

typedef struct {
  gint64 conversation, slot;
} Place;

/* (element-type Place) (transfer full) */
static GArray *
read_slice (OpenimDb *db, GError **error)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (Place));
  gboolean row;
  g_autoptr (OpenimStatement) statement = openim_db_query (
      db, error, "SELECT conversation, slot FROM search_todo ORDER BY conversation, slot LIMIT ?1", "i",
      (gint64) SLICE);

  if (statement == NULL)
    return NULL;
  for (;;) {
    Place place;

    if (!openim_statement_next (statement, &row, error))
      return NULL;
    if (!row)
      return g_steal_pointer (&places);
    place.conversation = sqlite3_column_int64 (statement, 0);
    place.slot = sqlite3_column_int64 (statement, 1);
    g_array_append_val (places, place);
  }
}

static gboolean
index_slice (OpenimDb *db, gboolean *more, GError **error)
{
  g_autoptr (GArray) places = read_slice (db, error);

  if (places == NULL)
    return FALSE;
  *more = places->len == SLICE;
  for (guint i = 0; i < places->len; i++) {
    const Place *place = &g_array_index (places, Place, i);

    if (!change_index (db, "INSERT INTO search (rowid, text) VALUES (?1, ?2)", place->conversation,
                       place->slot, error) ||
        !openim_db_run (db, error, "DELETE FROM search_todo WHERE conversation = ?1 AND slot = ?2", "ii",
                        place->conversation, place->slot))
      return FALSE;
  }
  return TRUE;
}

gboolean
openim_search_may_be_due (OpenimDb *db)
{
  return db->unindexed < 0 || db->unindexed > OPENIM_SEARCH_UNINDEXED;
}

gboolean
openim_search_is_due (OpenimDb *db, gboolean *due, GError **error)
{
  gint64 waiting = 0;

  if (db->unindexed < 0) {
    if (!openim_db_get_int (db, &waiting, error, "SELECT count(*) FROM search_todo", ""))
      return FALSE;
    db->unindexed = waiting;
  }
  *due = db->unindexed > OPENIM_SEARCH_UNINDEXED;
  return TRUE;
}

gboolean
openim_search_index (OpenimDb *db, gboolean *more, GError **error)
{
  gint64 waiting = 0;

  *more = FALSE;
  if (!openim_db_get_int (db, &waiting, error, "SELECT 1 FROM search_todo LIMIT 1", ""))
    return FALSE;
  if (waiting == 0) {
    db->unindexed = 0;
    return TRUE;
  }
  if (!openim_db_begin (db, FALSE, error))
    return FALSE;
  if (!index_slice (db, more, error)) {
    openim_db_rollback (db);
    return FALSE;
  }
  if (!openim_db_commit (db, error))
    return FALSE;
  if (!*more)
    db->unindexed = 0;
  return TRUE;
}

/* ---- searching */

typedef struct {
  const OpenimSearch *search;
  GPtrArray *keywords; /* folded */
  guint enough;        /* results of one source, newest first */
  GPtrArray *found;    /* OpenimStoredMessage */
} Search;

static gboolean
has_type (const OpenimSearch *search, int type)
{
  for (guint i = 0; i < search->n_types; i++)
    if (search->types[i] == type)
      return TRUE;
  return FALSE;
}

/* @text: folded; (nullable) */
static gboolean
text_has_words (const Search *self, const char *text)
{
  guint n = 0;

  if (text == NULL)
    return FALSE;
  for (guint i = 0; i < self->keywords->len; i++)
    n += strstr (text, g_ptr_array_index (self->keywords, i)) != NULL;
  return self->search->all_keywords ? n == self->keywords->len : n > 0;
}

static gboolean
has_words (const Search *self, const OpenimMsgData *data)
{
  g_autofree char *text = visible_text (data);

  return text_has_words (self, text);
}

static gboolean
matches (const Search *self, const OpenimMsgData *data)
{
  const OpenimSearch *search = self->search;

  return has_type (search, data->contenttype) && data->sendtime >= search->begin &&
         data->sendtime <= search->end &&
         (search->senders == NULL || *search->senders == NULL ||
          g_strv_contains (search->senders, data->sendid)) &&
         (self->keywords->len == 0 || has_words (self, data));
}

/* (transfer full) */
static char *
get_conversation_id (OpenimDb *db, gint64 conversation, GError **error)
{
  gboolean row;
  g_autoptr (OpenimStatement) statement = openim_db_query (
      db, error, "SELECT conversationID FROM conversations WHERE id = ?1", "i", conversation);

  if (statement == NULL || !openim_statement_next (statement, &row, error))
    return NULL;
  return g_strdup (openim_statement_text (statement, 0));
}

static gboolean
look_at (OpenimDb *db, Search *self, gint64 conversation, gint64 slot, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (OpenimStoredMessage) message = read_row (db, conversation, slot, &local);

  if (local == NULL && message != NULL && matches (self, message->data)) {
    g_free (message->conversation_id);
    message->conversation_id = get_conversation_id (db, conversation, &local);
    if (local == NULL)
      g_ptr_array_add (self->found, g_steal_pointer (&message));
  }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Looks at the rows that @query (transfer full) tells, by conversation and slot or (@rowids) by number in the
 * index, until there are enough. */
static gboolean
look_at_all (OpenimDb *db, Search *self, OpenimStatement *query, gboolean rowids, GError **error)
{
  g_autoptr (OpenimStatement) statement = query;
  guint enough = self->enough > G_MAXUINT - self->found->len ? G_MAXUINT : self->found->len + self->enough;
  gboolean row;

  if (statement == NULL)
    return FALSE;
  while (self->found->len < enough) {
    gint64 number;

    if (!openim_statement_next (statement, &row, error))
      return FALSE;
    if (!row)
      return TRUE;
    number = sqlite3_column_int64 (statement, 0);
    if (rowids ? !look_at (db, self, number >> SLOT_BITS,
                           (number & ((G_GINT64_CONSTANT (1) << SLOT_BITS) - 1)) - SLOT_LIMIT, error)
               : !look_at (db, self, number, sqlite3_column_int64 (statement, 1), error))
      return FALSE;
  }
  return TRUE;
}

/* FALSE for most plain texts that lack the words, without reading all of the row. */
static gboolean
may_match (const Search *self, OpenimStatement *statement)
{
  g_autofree char *text = NULL;

  if (!has_type (self->search, sqlite3_column_int (statement, 2)))
    return FALSE;
  if (sqlite3_column_int (statement, 2) != 101 || sqlite3_column_type (statement, 3) != SQLITE_TEXT ||
      strchr (openim_statement_text (statement, 3), '\\') != NULL)
    return TRUE;
  text = fold (openim_statement_text (statement, 3));
  return text_has_words (self, text);
}

/* Looks through what is not in the index yet. @conversation: 0 for all. */
static gboolean
look_at_waiting (OpenimDb *db, Search *self, gint64 conversation, GError **error)
{
  gboolean row;
  g_autoptr (OpenimStatement) statement = openim_db_query (
      db, error,
      "SELECT m.conversation, m.slot, m.contentType, m.content FROM search_todo AS t "
      "CROSS JOIN messages AS m ON m.conversation = t.conversation AND m.slot = t.slot "
      "WHERE t.conversation BETWEEN ?1 AND ?2 AND m.status < 4 AND m.sendTime BETWEEN ?3 AND ?4 "
      "ORDER BY t.conversation DESC, t.slot DESC",
      "iiii", conversation == 0 ? G_GINT64_CONSTANT (1) : conversation,
      conversation == 0 ? G_MAXINT64 : conversation, self->search->begin, self->search->end);

  if (statement == NULL)
    return FALSE;
  while (self->found->len < self->enough) {
    if (!openim_statement_next (statement, &row, error))
      return FALSE;
    if (!row)
      return TRUE;
    if (may_match (self, statement) &&
        !look_at (db, self, sqlite3_column_int64 (statement, 0), sqlite3_column_int64 (statement, 1), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
ask_index (OpenimDb *db, Search *self, const char *question, gint64 first, gint64 last, GError **error)
{
  return look_at_all (db, self,
                      openim_db_query (db, error,
                                       "SELECT rowid FROM search WHERE search MATCH ?1 "
                                       "AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid DESC",
                                       "sii", question, first, last),
                      TRUE, error);
}

/* Asks the index. @conversation: 0 for all. */
static gboolean
search_words (OpenimDb *db, Search *self, gint64 conversation, GError **error)
{
  gint64 first = conversation << SLOT_BITS;
  gint64 last = ((conversation == 0 ? CONVERSATION_LIMIT : conversation + 1) << SLOT_BITS) - 1;
  g_autoptr (GString) question = g_string_new (NULL);

  for (guint i = 0; i < self->keywords->len; i++) {
    if (i > 0)
      g_string_append (question, self->search->all_keywords ? " AND " : " OR ");
    append_question (question, g_ptr_array_index (self->keywords, i));
  }

  if (!look_at_waiting (db, self, conversation, error))
    return FALSE;
  if (conversation == 0)
    return ask_index (db, self, question->str, first, last, error);
  /* Rows without a seq are few, and their slots do not say how new they are. */
  return ask_index (db, self, question->str, first, first + SLOT_LIMIT - 1, error) &&
         ask_index (db, self, question->str, first + SLOT_LIMIT, last, error);
}

/* Looks at one row after the other. */
static gboolean
search_rows (OpenimDb *db, Search *self, gint64 conversation, GError **error)
{
  const OpenimSearch *search = self->search;

  if (conversation != 0)
    return look_at_all (db, self,
                        openim_db_query (db, error,
                                         "SELECT conversation, slot FROM messages INDEXED BY messages_shown "
                                         "WHERE conversation = ?1 AND status < 4 "
                                         "AND sendTime BETWEEN ?2 AND ?3 ORDER BY sendTime DESC, slot DESC",
                                         "iii", conversation, search->begin, search->end),
                        FALSE, error);

  for (guint i = 0; i < search->n_types; i++) {
    gint64 type = search->types[i];
    /* The index by type leaves plain texts out: who asks for them gets the first ones that there are. */
    const char *sql = type == 101 ? "SELECT conversation, slot FROM messages WHERE contentType = ?1 "
                                    "AND status < 4 AND sendTime BETWEEN ?2 AND ?3"
                                  : "SELECT conversation, slot FROM messages WHERE contentType <> 101 "
                                    "AND contentType = ?1 AND status < 4 AND sendTime BETWEEN ?2 AND ?3 "
                                    "ORDER BY sendTime DESC";

    if (!look_at_all (db, self, openim_db_query (db, error, sql, "iii", type, search->begin, search->end),
                      FALSE, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_blank (const char *text)
{
  while (*text != '\0' && g_unichar_isspace (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);
  return *text == '\0';
}

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  const OpenimMsgData *one = (*(OpenimStoredMessage *const *) a)->data;
  const OpenimMsgData *two = (*(OpenimStoredMessage *const *) b)->data;

  if (one->sendtime != two->sendtime)
    return one->sendtime > two->sendtime ? -1 : 1;
  return one->seq > two->seq ? -1 : one->seq < two->seq;
}

GPtrArray *
openim_search_messages (OpenimDb *db, const OpenimSearch *search, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) openim_stored_message_free);
  g_autoptr (GPtrArray) keywords = g_ptr_array_new_with_free_func (g_free);
  Search self = { search, keywords, OPENIM_SEARCH_MAX, found };
  gint64 conversation = 0;
  gboolean use_index;

  if (search->conversation_id != NULL) {
    if (!openim_db_conversation (db, search->conversation_id, FALSE, &conversation, error))
      return NULL;
    if (conversation == 0)
      return g_steal_pointer (&found);
    if (search->count > 0)
      self.enough = MIN ((guint64) search->offset + search->count, OPENIM_SEARCH_MAX);
  }
  for (guint i = 0; search->keywords != NULL && search->keywords[i] != NULL; i++) {
    char *keyword = fold (search->keywords[i]);

    if (keyword == NULL || is_blank (keyword)) {
      g_free (keyword);
      return g_steal_pointer (&found);
    }
    g_ptr_array_add (keywords, keyword);
  }

  /* A single character begins so many pairs that looking into one conversation is quicker. */
  use_index = keywords->len > 0;
  for (guint i = 0; conversation != 0 && i < keywords->len; i++)
    use_index &= g_utf8_strlen (keywords->pdata[i], 2) > 1;

  if (use_index ? !search_words (db, &self, conversation, error)
                : !search_rows (db, &self, conversation, error))
    return NULL;
  g_ptr_array_sort (found, compare_newest_first);
  if (search->offset > 0)
    g_ptr_array_remove_range (found, 0, MIN (search->offset, found->len));
  if (search->count > 0 && found->len > search->count)
    g_ptr_array_set_size (found, (int) search->count);
  return g_steal_pointer (&found);
}

GPtrArray *
openim_search_quotes (OpenimDb *db, const OpenimStoredMessage *message, GError **error)
{
  g_autoptr (GPtrArray) quotes = g_ptr_array_new_with_free_func ((GDestroyNotify) openim_stored_message_free);
  gint64 conversation;
  gboolean row;

  if (!openim_db_conversation (db, message->conversation_id, FALSE, &conversation, error))
    return NULL;
  g_autoptr (OpenimStatement) statement = openim_db_query (
      db, error,
      OPENIM_MESSAGE_SELECT "WHERE m.conversation = ?1 AND m.status < 4 AND m.sendTime >= ?2 "
                            "AND m.contentType IN (106, 114) AND instr(m.content, CAST(?3 AS BLOB)) > 0",
      "iis", conversation, message->data->sendtime, message->data->clientmsgid);
  if (statement == NULL)
    return NULL;
  for (;;) {
    OpenimStoredMessage *quote;

    if (!openim_statement_next (statement, &row, error))
      return NULL;
    if (!row)
      return g_steal_pointer (&quotes);
    quote = openim_message_row_read (statement, message->conversation_id, error);
    if (quote == NULL)
      return NULL;
    g_ptr_array_add (quotes, quote);
  }
}
