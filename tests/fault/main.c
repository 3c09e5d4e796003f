/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <signal.h>
#include <string.h>

#include <gio/gio.h>
#include <glib-unix.h>
#include <json-glib/json-glib.h>

#include "link.h"
#include "weather.h"

/* openim-fault-proxy: a bad network in front of any TCP server, on the loopback interface only.
 *
 *   openim-fault-proxy --seed 7 --to api=127.0.0.1:10002 --to ws=127.0.0.1:10001 --set "ws latency 200"
 *
 * prints one line of JSON with the ports ({"api":40001,"ws":40002}) and then obeys lines of standard input:
 * "[ROUTE] RULE NUMBER" (see rules.c), and
 * "[ROUTE] close", "[ROUTE] reset" for what is connected now, "clear" for no rules, "storm MS" for whatever
 * comes, "stats". Each line is answered by one line of JSON. --script plays a file of such lines, each behind
 * the ms after which it is due. End of input ends it. */

typedef struct {
  char *name;
  GSocketAddress *target;
  GSocketAddress *place; /* where it listens */
  GSocket *listener;     /* NULL while nobody listens */
  GSource *accepting;
  Rules rules;
  LinkShared shared;
  GPtrArray *links;
  guint64 connections;
} Route;

typedef struct {
  GPtrArray *routes;
  Weather *weather;
  GMainLoop *loop;
} Proxy;

static void
on_link_done (Link *link, gpointer data)
{
  Route *route = data;

  g_ptr_array_remove_fast (route->links, link);
  link_free (link);
}

static void
connect_client (Route *route, GSocket *client)
{
  g_autoptr (GSocket) server = NULL;
  g_autoptr (GError) error = NULL;

  route->connections++;
  if (!route->rules.black_hole) {
    server = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
    /* The server is on this machine: it takes the connection at once or not at all. */
    if (server == NULL || !g_socket_connect (server, route->target, NULL, &error)) {
      g_socket_close (client, NULL);
      return;
    }
  }
  g_ptr_array_add (route->links, link_new (client, server, &route->shared, on_link_done, route));
  if (route->rules.half_open)
    link_swallow (g_ptr_array_index (route->links, route->links->len - 1));
}

static gboolean
on_client (GSocket *listener, GIOCondition condition, gpointer data)
{
  g_autoptr (GSocket) client = g_socket_accept (listener, NULL, NULL);

  if (client != NULL)
    connect_client (data, client);
  return G_SOURCE_CONTINUE;
}

static gboolean
route_listen (Route *route, GError **error)
{
  g_autoptr (GSocket) listener = NULL;
  GSocketAddress *place = NULL;

  if (route->listener != NULL)
    return TRUE;
  listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (listener == NULL || !g_socket_bind (listener, route->place, TRUE, error) ||
      !g_socket_listen (listener, error))
    return FALSE;
  place = g_socket_get_local_address (listener, error);
  if (place == NULL)
    return FALSE;
  g_object_unref (route->place);
  route->place = place; /* the same port again after a time of refusing */
  g_socket_set_blocking (listener, FALSE);
  route->accepting = g_socket_create_source (listener, G_IO_IN, NULL);
  g_source_set_callback (route->accepting, G_SOURCE_FUNC (on_client), route, NULL);
  g_source_attach (route->accepting, NULL);
  route->listener = g_steal_pointer (&listener);
  return TRUE;
}

static void
route_deafen (Route *route)
{
  if (route->listener == NULL)
    return;
  g_source_destroy (route->accepting);
  g_clear_pointer (&route->accepting, g_source_unref);
  g_socket_close (route->listener, NULL);
  g_clear_object (&route->listener);
}

static void
route_end_links (Route *route, gboolean abrupt)
{
  while (route->links->len > 0)
    link_end (g_ptr_array_index (route->links, 0), abrupt);
}

static void
route_free (gpointer data)
{
  Route *route = data;

  route_deafen (route);
  route_end_links (route, FALSE);
  g_ptr_array_unref (route->links);
  g_clear_object (&route->target);
  g_clear_object (&route->place);
  g_rand_free (route->shared.rand);
  g_free (route->name);
  g_free (route);
}

/* "name=host:port" */
static Route *
route_new (const char *text, guint32 seed, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "=", 2);
  g_autofree char *host = NULL;
  const char *colon = g_strv_length (parts) == 2 ? strrchr (parts[1], ':') : NULL;
  guint64 port = 0;
  Route *route = NULL;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 1, 65535, &port, NULL)) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s is not NAME=ADDRESS:PORT", text);
    return NULL;
  }
  host = g_strndup (parts[1], (gsize) (colon - parts[1]));
  route = g_new0 (Route, 1);
  route->name = g_strdup (parts[0]);
  route->links = g_ptr_array_new ();
  route->shared.rules = &route->rules;
  route->shared.rand = g_rand_new_with_seed (seed);
  route->target = g_inet_socket_address_new_from_string (g_str_equal (host, "localhost") ? "127.0.0.1" : host,
                                                         (guint) port);
  route->place = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  if (route->target == NULL) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s is no address", host);
    route_free (route);
    return NULL;
  }
  return route;
}

static void
rules_changed (Route *route)
{
  if (route->rules.refuse)
    route_deafen (route);
  else
    route_listen (route, NULL);
  if (route->rules.half_open || route->rules.black_hole)
    for (guint i = 0; i < route->links->len; i++)
      link_swallow (g_ptr_array_index (route->links, i));
}

static gboolean
route_obey (Route *route, const char *verb, const char *value)
{
  if (g_str_equal (verb, "close"))
    route_end_links (route, FALSE);
  else if (g_str_equal (verb, "reset"))
    route_end_links (route, TRUE);
  else if (g_str_equal (verb, "clear"))
    route->rules = (Rules){ 0 };
  else if (!rules_set (&route->rules, verb, value))
    return FALSE;
  rules_changed (route);
  return TRUE;
}

static void
print (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, FALSE);

  printf ("%s\n", text);
  fflush (stdout);
}

static void
print_stats (Proxy *proxy)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  for (guint i = 0; i < proxy->routes->len; i++) {
    Route *route = g_ptr_array_index (proxy->routes, i);

    json_builder_set_member_name (builder, route->name);
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "connections");
    json_builder_add_int_value (builder, (gint64) route->connections);
    json_builder_set_member_name (builder, "open");
    json_builder_add_int_value (builder, route->links->len);
    json_builder_set_member_name (builder, "up");
    json_builder_add_int_value (builder, (gint64) route->shared.up);
    json_builder_set_member_name (builder, "down");
    json_builder_add_int_value (builder, (gint64) route->shared.down);
    json_builder_end_object (builder);
  }
  json_builder_end_object (builder);
  print (builder);
}

static void
print_ports (Proxy *proxy)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  for (guint i = 0; i < proxy->routes->len; i++) {
    Route *route = g_ptr_array_index (proxy->routes, i);

    json_builder_set_member_name (builder, route->name);
    json_builder_add_int_value (builder,
                                g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (route->place)));
  }
  json_builder_end_object (builder);
  print (builder);
}

/* TRUE when the line makes sense. */
static gboolean
obey (gpointer data, const char *line)
{
  Proxy *proxy = data;
  g_auto (GStrv) words = NULL;
  guint first = 0;
  guint named = G_MAXUINT;
  gboolean good = TRUE;

  if (!g_shell_parse_argv (line, NULL, &words, NULL))
    return FALSE;
  for (guint i = 0; i < proxy->routes->len; i++)
    if (g_str_equal (((Route *) g_ptr_array_index (proxy->routes, i))->name, words[0]))
      named = i;
  if (named != G_MAXUINT)
    first = 1;
  if (words[first] == NULL)
    return FALSE;
  if (g_str_equal (words[first], "storm")) {
    gint64 ms = 0;

    good = named == G_MAXUINT && words[1] != NULL &&
           g_ascii_string_to_signed (words[1], 10, 0, 600000, &ms, NULL);
    if (good)
      weather_storm (proxy->weather, (guint) ms);
    return good;
  }
  for (guint i = 0; i < proxy->routes->len; i++)
    if (named == G_MAXUINT || named == i)
      good = route_obey (g_ptr_array_index (proxy->routes, i), words[first], words[first + 1]) && good;
  return good;
}

static gboolean
on_input (GIOChannel *channel, GIOCondition condition, gpointer data)
{
  Proxy *proxy = data;
  g_autofree char *line = NULL;
  gsize end = 0;

  switch (g_io_channel_read_line (channel, &line, NULL, &end, NULL)) {
  case G_IO_STATUS_NORMAL:
    line[end] = '\0';
    if (g_str_equal (line, "stats"))
      print_stats (proxy);
    else
      printf ("{\"ok\":%s}\n", obey (proxy, line) ? "true" : "false");
    fflush (stdout);
    return G_SOURCE_CONTINUE;
  case G_IO_STATUS_AGAIN:
    return G_SOURCE_CONTINUE;
  case G_IO_STATUS_EOF:
  case G_IO_STATUS_ERROR:
  default:
    g_main_loop_quit (proxy->loop);
    return G_SOURCE_REMOVE;
  }
}

static gboolean
on_terminate (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

static gboolean
start (Proxy *proxy, char **targets, char **settings, const char *script, guint32 seed, GError **error)
{
  g_autofree char *text = NULL;

  for (guint i = 0; targets != NULL && targets[i] != NULL; i++) {
    Route *route = route_new (targets[i], seed + i, error);

    if (route == NULL)
      return FALSE;
    g_ptr_array_add (proxy->routes, route);
    if (!route_listen (route, error))
      return FALSE;
  }
  if (proxy->routes->len == 0) {
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--to NAME=ADDRESS:PORT is needed");
    return FALSE;
  }
  for (guint i = 0; settings != NULL && settings[i] != NULL; i++)
    if (!obey (proxy, settings[i])) {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--set %s is not understood",
                   settings[i]);
      return FALSE;
    }
  return script == NULL ||
         (g_file_get_contents (script, &text, NULL, error) && weather_play (proxy->weather, text, error));
}

int
main (int argc, char **argv)
{
  g_auto (GStrv) targets = NULL;
  g_auto (GStrv) settings = NULL;
  g_autofree char *script = NULL;
  int seed = 1;
  GOptionEntry entries[] = {
    { "to", 't', 0, G_OPTION_ARG_STRING_ARRAY, &targets, "a server and the name of the way to it",
      "NAME=ADDRESS:PORT" },
    { "set", 's', 0, G_OPTION_ARG_STRING_ARRAY, &settings, "a rule from the start",
      "\"[NAME] RULE NUMBER\"" },
    { "script", 0, 0, G_OPTION_ARG_FILENAME, &script, "lines \"MS [NAME] RULE NUMBER\"", "FILE" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "for everything that is left to chance", "NUMBER" },
    { NULL },
  };
  g_autoptr (GOptionContext) options = g_option_context_new ("- a bad network");
  g_autoptr (GString) help = g_string_new ("Rules:\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOChannel) input = NULL;
  Proxy proxy = { 0 };

  for (const RuleRow *row = rules_table (); row->name != NULL; row++)
    g_string_append_printf (help, "  %-12s %s\n", row->name, row->help);
  g_option_context_set_description (options, help->str);
  g_option_context_add_main_entries (options, entries, NULL);
  proxy.routes = g_ptr_array_new_with_free_func (route_free);
  if (!g_option_context_parse (options, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    g_ptr_array_unref (proxy.routes);
    return 2;
  }
  proxy.weather = weather_new ((guint32) seed, obey, &proxy);
  if (!start (&proxy, targets, settings, script, (guint32) seed, &error)) {
    g_printerr ("%s\n", error->message);
    weather_free (proxy.weather);
    g_ptr_array_unref (proxy.routes);
    return 2;
  }
  signal (SIGPIPE, SIG_IGN);
  proxy.loop = g_main_loop_new (NULL, FALSE);
  g_unix_signal_add (SIGTERM, on_terminate, proxy.loop);
  input = g_io_channel_unix_new (STDIN_FILENO);
  g_io_channel_set_encoding (input, NULL, NULL);
  g_io_channel_set_flags (input, g_io_channel_get_flags (input) | G_IO_FLAG_NONBLOCK, NULL);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, &proxy);
  print_ports (&proxy);
  g_main_loop_run (proxy.loop);
  weather_free (proxy.weather);
  g_ptr_array_unref (proxy.routes);
  g_main_loop_unref (proxy.loop);
  return 0;
}
