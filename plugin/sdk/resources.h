/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a login has and a logout takes away: HTTP, gateway, store and sync of one user. Counted references, so
 * that the steps of a call which is over can still run out. Main thread. */

#include "base/cache.h"
#include "net/api.h"
#include "net/download.h"
#include "net/files.h"
#include "net/gateway.h"
#include "store/lists.h"
#include "store/ranges.h"
#include "store/settings.h"
#include "sync/sync.h"

#include "sdk/sdk.h"

G_BEGIN_DECLS

typedef struct {
  char *api_url;
  char *gateway_url;
  char *directory;
  int platform;
} OpenimConfig;

void openim_config_free (OpenimConfig *config);

typedef struct {
  OpenimSdk *sdk; /* (nullable) not owned; NULL when this login has ended: nobody listens any more */
  char *user_id;
  int platform;
  OpenimApi *api;
  OpenimFiles *files;
  OpenimDownloads *downloads;
  OpenimCache *cache; /* of what has been downloaded */
  OpenimGateway *gateway;
  OpenimStore *store;
  OpenimSync *sync;
  GHashTable *typing; /* conversation ID → gint64: when we last told that we are typing, monotonic ms */

  gboolean uploading_logs;

  gboolean connecting; /* an attempt is under way */
  guint ending;        /* source that ends the session, after a token has become worthless */
  GError *reason;      /* (nullable) why */
  gint refs;
} OpenimResources;

/* @store: (transfer full) */
OpenimResources *openim_resources_new (OpenimSdk *sdk,
                                       const OpenimConfig *config,
                                       GProxyResolver *proxy,
                                       const char *user_id,
                                       const char *token,
                                       OpenimStore *store,
                                       GError **error);
OpenimResources *openim_resources_ref (OpenimResources *self);
void openim_resources_unref (OpenimResources *self);

/* Ends the login: no events any more, requests under way end, the store finishes its writes. @tell_ms: how
 * long the server may take to hear of it, 0 when it shall not be told. @done (nullable) is called when the
 * store is closed and the connection gone. */
typedef void (*OpenimResourcesDone) (gpointer data);
void openim_resources_end (OpenimResources *self, guint tell_ms, OpenimResourcesDone done, gpointer data);

/* Tells the server whether nobody looks; an error is logged only. */
void openim_resources_tell_background (OpenimResources *self);

G_END_DECLS
