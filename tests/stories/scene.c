/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

#include <stdarg.h>
#include <string.h>

#define SYNCED "openim-sync-server-finish"

static const char *const watched[] = { SYNCED, NULL };

char *
scene_plugin (void)
{
  return story_program ("plugin/purple/libopenim.so");
}

gboolean
scene_is (Scene *scene, const char *persona)
{
  return g_str_equal (scene->stage->persona, persona);
}

void
scene_open (Scene *scene, Stage *stage)
{
  static const char *const none[] = { NULL };

  scene_open_with (scene, stage, none);
}

void
scene_open_with (Scene *scene, Stage *stage, const char *const *options)
{
  g_autofree char *plugin = scene_plugin ();

  scene->stage = stage;
  scene->server = server_start_with (options);
  scene->host = host_new (stage, "alice", plugin);
  /* Whoever quits right after having said something leaves before the server's answer is there. */
  host_ignore (scene->host, "alice: * \"Not confirmed: *");
  host_ignore (scene->host, "alice: * \"Not sent: *The connection ended.\"");
}

void
scene_close (Scene *scene)
{
  host_free (scene->host);
  server_stop (scene->server);
}

void
scene_account (Host *host, const Server *server, const char *name, const char *password, const char *token)
{
  host_account_new (host, name, OPENIM, password);
  host_account_option (host, name, "api", server->api);
  host_account_option (host, name, "gateway", server->ws);
  host_account_option (host, name, "chat-server", token != NULL ? "" : server->chat);
  if (token != NULL)
    host_account_option (host, name, "token", token);
}

void
scene_account_through (Host *host, const Fault *fault, const char *name, const char *token)
{
  host_account_new (host, name, OPENIM, NULL);
  host_account_option (host, name, "api", fault->api);
  host_account_option (host, name, "gateway", fault->ws);
  host_account_option (host, name, "chat-server", "");
  host_account_option (host, name, "token", token);
}

void
scene_alice (Scene *scene)
{
  Person *alice = person_new (scene->server, "alice", "Alice");
  g_autofree char *token = server_token (scene->server, "alice", PLATFORM_LINUX);

  person_free (alice);
  scene_account (scene->host, scene->server, "alice", NULL, token);
}

/* --- lines that depend on the persona --- */

static gboolean
is_for_us (Scene *scene, const char **line)
{
  const char *end = NULL;
  g_autofree char *name = NULL;
  gboolean not = FALSE;

  if (**line != '(' || (end = strstr (*line, ") ")) == NULL)
    return TRUE;
  not = (*line)[1] == '!';
  name = g_strndup (*line + 1 + not, (gsize) (end - *line - 1 - not ));
  *line = end + 2;
  return scene_is (scene, name) != not ;
}

static char *
fill_in (Scene *scene, const char *line)
{
  gboolean first = scene_is (scene, "bitlbee");
  GString *out = g_string_new (NULL);

  for (const char *c = line; *c != '\0'; c++) {
    const char *bar = *c == '{' ? strchr (c, '|') : NULL;
    const char *end = bar != NULL ? strchr (bar, '}') : NULL;

    if (end == NULL) {
      g_string_append_c (out, *c);
      continue;
    }
    g_string_append_c (out, '"');
    if (first)
      g_string_append_len (out, c + 1, bar - c - 1);
    else
      g_string_append_len (out, bar + 1, end - bar - 1);
    g_string_append_c (out, '"');
    c = end;
  }
  return g_string_free (out, FALSE);
}

static char **
collect (Scene *scene, va_list args)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  const char *line = NULL;

  while ((line = va_arg (args, const char *)) != NULL)
    if (is_for_us (scene, &line)) {
      g_autofree char *text = fill_in (scene, line);

      g_strv_builder_add (lines, text);
    }
  return g_strv_builder_end (lines);
}

void
scene_expect (Scene *scene, ...)
{
  g_auto (GStrv) lines = NULL;
  va_list args;

  va_start (args, scene);
  lines = collect (scene, args);
  va_end (args);
  host_expect_lines (scene->host, (const char *const *) lines);
}

void
scene_expect_unordered (Scene *scene, ...)
{
  g_auto (GStrv) lines = NULL;
  va_list args;

  va_start (args, scene);
  lines = collect (scene, args);
  va_end (args);
  host_expect_lines_unordered (scene->host, (const char *const *) lines);
}

const HostLine *
scene_wait_for (Scene *scene, const char *pattern)
{
  g_autofree char *line = fill_in (scene, pattern);

  return host_wait_for (scene->host, line, 0);
}

/* --- coming and going --- */

void
scene_login_until (Scene *scene, const char *account, const char *first, ...)
{
  g_autofree char *synced = g_strdup_printf ("%s: signal " SYNCED "*", account);
  va_list args;

  host_watch_signals (scene->host, OPENIM, watched);
  host_login (scene->host, account);
  host_wait_for (scene->host, synced, 0);
  va_start (args, first);
  for (const char *line = first; line != NULL; line = va_arg (args, const char *))
    if (is_for_us (scene, &line))
      scene_wait_for (scene, line);
  va_end (args);
  host_unwatch_signals (scene->host, OPENIM, watched);
  host_forget (scene->host);
}

void
scene_login (Scene *scene)
{
  scene_login_until (scene, "alice", "alice: connected", NULL);
}

void
scene_logout (Scene *scene, const char *account)
{
  g_autofree char *line = g_strdup_printf ("%s: disconnected", account);

  host_logout (scene->host, account);
  host_run_until (scene->host, line, 0);
}

void
scene_type (Scene *scene, const char *conversation, const char *command)
{
  g_autofree char *text = g_strconcat (scene_is (scene, "bitlbee") ? "?" : "/", command + 1, NULL);

  host_do (scene->host, "say", "alice", conversation, text, NULL);
}

void
scene_group_is_read (Scene *scene, const char *conversation)
{
  Person *phone = person_device (scene->server, "alice", PLATFORM_ANDROID);

  person_read (phone, conversation, 1);
  person_free (phone);
}

/* --- speed --- */

void
scene_forget_work (Scene *scene)
{
  g_free (host_ask (scene->host, "measure", "work", NULL));
}

void
scene_expect_work (Scene *scene, const char *what, guint most_ms)
{
  g_autofree char *work = host_ask (scene->host, "measure", "work", NULL);

  g_print ("# longest turn of %s: %s us\n", what, work);
  if (story_scaled (1) == 1)
    g_assert_cmpint (g_ascii_strtoll (work, NULL, 10), <, most_ms * 1000);
}
