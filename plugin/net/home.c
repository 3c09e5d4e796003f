/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/home.h"

#include "base/link.h"
#include "net/http.h"

struct _OpenimHome {
  char *host;
  GList *places; /* of GInetAddress; empty as well when it cannot be found out */
};

OpenimHome *
openim_home_new (const char *address)
{
  OpenimHome *self = g_new0 (OpenimHome, 1);
  g_autoptr (GUri) uri = g_uri_parse (address, SOUP_HTTP_URI_FLAGS, NULL);

  self->host = g_strdup (uri != NULL ? g_uri_get_host (uri) : "");
  return self;
}

void
openim_home_free (OpenimHome *self)
{
  g_resolver_free_addresses (self->places);
  g_free (self->host);
  g_free (self);
}

void
openim_home_find_async (OpenimHome *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();

  g_resolver_lookup_by_name_async (resolver, self->host, NULL, callback, user_data);
}

void
openim_home_find_finish (OpenimHome *self, GAsyncResult *result)
{
  g_autoptr (GObject) resolver = g_async_result_get_source_object (result);

  g_resolver_free_addresses (self->places);
  self->places = g_resolver_lookup_by_name_finish (G_RESOLVER (resolver), result, NULL);
}

gboolean
openim_home_is (const OpenimHome *self, const char *host)
{
  return g_ascii_strcasecmp (host, self->host) == 0;
}

gboolean
openim_home_may_meet (const OpenimHome *self, GInetAddress *address)
{
  if (!openim_link_is_private (address))
    return TRUE;
  for (GList *iter = self->places; iter != NULL; iter = iter->next)
    if (g_inet_address_equal (iter->data, address))
      return TRUE;
  return FALSE;
}
