/* SPDX-License-Identifier: GPL-3.0-or-later */

/* usage: fuzz-NAME CORPUS_FOLDER [MUTATIONS]. What fails is written to standard error as base64 before it is
 * tried, so that a crash names its input. */

#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

#define LONGEST 65536

static const GByteArray *current;

static void
report (int signal_number)
{
  /* The program is lost in any case. */
  g_autofree char *text = g_base64_encode (current->data, current->len);
  g_printerr ("input: %s\n", text);
  signal (signal_number, SIG_DFL);
  raise (signal_number);
}

static void
try_input (const GByteArray *input)
{
  /* Memory of its own and exactly as large, so that tools see each byte read beyond it. */
  g_autofree guint8 *copy = g_memdup2 (input->data, input->len);

  current = input;
  LLVMFuzzerTestOneInput (copy, input->len);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static GPtrArray *
read_corpus (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GPtrArray *corpus = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);

  if (dir == NULL)
    g_error ("%s", error->message);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++) {
    char *data;
    gsize length;
    if (!g_file_get_contents (names->pdata[i], &data, &length, &error))
      g_error ("%s", error->message);
    g_ptr_array_add (corpus, g_byte_array_new_take ((guint8 *) data, length));
  }
  return corpus;
}

/* One small change. */
static void
mutate (GByteArray *input, const GPtrArray *corpus, GRand *rand)
{
  static const char *const words[] = { "\"",
                                       "\\u0000",
                                       "\\ud83d",
                                       "\\ude00",
                                       "[",
                                       "]",
                                       "{",
                                       "}",
                                       ",",
                                       ":",
                                       "null",
                                       "1e999",
                                       "-",
                                       "18446744073709551615",
                                       "\xff",
                                       "\xc3",
                                       "\xed\xa0\x80",
                                       "\xef\xb7\x90"
                                       "9",
                                       "\xe2\x80\xae",
                                       "\x0a\x00",
                                       "\x0a\x80",
                                       "\x7f" };
  guint at = input->len > 0 ? g_rand_int (rand) % input->len : 0;
  guint rest = input->len - at;

  switch (g_rand_int (rand) % 7) {
  case 0: /* flip a bit */
    if (rest > 0)
      input->data[at] ^= (guint8) (1 << g_rand_int (rand) % 8);
    break;
  case 1: /* another byte */
    if (rest > 0)
      input->data[at] = (guint8) g_rand_int (rand);
    break;
  case 2: /* take some away */
    if (rest > 0)
      g_byte_array_remove_range (input, at, 1 + g_rand_int (rand) % MIN (rest, 16));
    break;
  case 3: /* cut */
    g_byte_array_set_size (input, at);
    break;
  case 4: { /* a word in place of what is there */
    const char *word = words[g_rand_int (rand) % G_N_ELEMENTS (words)];
    if (rest > 0)
      memcpy (input->data + at, word, MIN (strlen (word), rest));
    break;
  }
  case 5: { /* the same again, several times */
    guint length = rest > 0 ? 1 + g_rand_int (rand) % MIN (rest, 64) : 0;
    g_autofree guint8 *block = g_memdup2 (input->data + at, length);
    for (guint i = g_rand_int (rand) % 50; i > 0 && length > 0 && input->len < LONGEST; i--)
      g_byte_array_append (input, block, length);
    break;
  }
  default: { /* the end of another one */
    const GByteArray *other = g_ptr_array_index (corpus, g_rand_int (rand) % corpus->len);
    guint from = other->len > 0 ? g_rand_int (rand) % other->len : 0;
    g_byte_array_set_size (input, at);
    g_byte_array_append (input, other->data + from, MIN (other->len - from, LONGEST));
    break;
  }
  }
}

int
main (int argc, char **argv)
{
  if (argc < 2)
    g_error ("usage: %s CORPUS_FOLDER [MUTATIONS]", argv[0]);

  g_autoptr (GPtrArray) corpus = read_corpus (argv[1]);
  guint64 mutations = argc > 2 ? g_ascii_strtoull (argv[2], NULL, 10) : 0;
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  if (corpus->len == 0)
    g_error ("%s is empty", argv[1]);
  signal (SIGABRT, report);
  signal (SIGSEGV, report);
  for (guint i = 0; i < corpus->len; i++)
    try_input (corpus->pdata[i]);
  for (guint64 i = 0; i < mutations; i++) {
    const GByteArray *seed = g_ptr_array_index (corpus, i % corpus->len);
    g_autoptr (GByteArray) input = g_byte_array_sized_new (seed->len);
    g_byte_array_append (input, seed->data, seed->len);
    for (guint n = 1 + g_rand_int (rand) % 4; n > 0; n--)
      mutate (input, corpus, rand);
    try_input (input);
  }
  g_print ("%u files, %" G_GUINT64_FORMAT " mutations\n", corpus->len, mutations);
  return 0;
}
