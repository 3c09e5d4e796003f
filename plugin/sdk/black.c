/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions about the blacklist. */

#include "sdk/handlers.h"

#include "relation.pb-c.h"

static gboolean
read_all (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  Openim__Sdk__Relation__GetBlacksResp *result = response;
  GPtrArray *rows = openim_blacks_list (db, error);

  if (rows == NULL)
    return FALSE;
  openim_pb_steal_array (&result->n_blacks, (gpointer **) &result->blacks, rows);
  return TRUE;
}

void
openim_black_get_all (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, read_all, NULL);
}
