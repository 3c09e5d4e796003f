/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One object for each PurpleConnection. It owns the SDK, every timer and every call that is under way;
 * closing it ends them all. libpurple may close an account from inside nearly every call into it (a user
 * interface's own plugins run there), so the memory is counted: whoever calls into libpurple and goes on
 * afterwards holds a reference and asks openim_connection_is_open() first. Conversations are never kept, they
 * are looked up by name each time. Main thread only. */

#include <purple.h>

#include "base/types.h"
#include "sdk/sdk.h"

G_BEGIN_DECLS

#define OPENIM_PLUGIN_ID "prpl-openim"
#define OPENIM_BLIST_GROUP "OpenIM" /* where people and groups are put that are not on the buddy list yet */
#define OPENIM_LOG "openim-purple"

/* Numbers of functions and events: OPENIM_NUMBER (SendMessage). */
#define OPENIM_NUMBER(name) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__##name
#define OPENIM_INTERNAL_NUMBER(name) ((OpenimFunction) OPENIM__SDK__INTERNAL__INTERNAL_FUNCTION__##name)

typedef struct _OpenimLogin OpenimLogin;
typedef struct _OpenimRoster OpenimRoster;
typedef struct _OpenimStatuses OpenimStatuses;
typedef struct _OpenimRooms OpenimRooms;
typedef struct _OpenimJoins OpenimJoins;
typedef struct _OpenimApplications OpenimApplications;
typedef struct _OpenimQuestions OpenimQuestions;
typedef struct _OpenimDisplay OpenimDisplay;
typedef struct _OpenimShown OpenimShown;
typedef struct _OpenimNumbers OpenimNumbers;
typedef struct _OpenimOutgoings OpenimOutgoings;
typedef struct _OpenimImages OpenimImages;
typedef struct _OpenimTransfers OpenimTransfers;
typedef struct _OpenimIcons OpenimIcons;
typedef struct _OpenimParcels OpenimParcels;
typedef struct _OpenimMarks OpenimMarks;
typedef struct _OpenimTraitTable OpenimTraitTable;
typedef struct _OpenimReceipts OpenimReceipts;
typedef struct _OpenimBacklog OpenimBacklog;
typedef struct _OpenimHits OpenimHits;
typedef struct _OpenimBurns OpenimBurns;
typedef struct _OpenimMentions OpenimMentions;
typedef struct _OpenimHistory OpenimHistory;
typedef struct _OpenimAskers OpenimAskers;
typedef struct _OpenimRegistration OpenimRegistration;
typedef struct _OpenimStrangers OpenimStrangers;
typedef struct _OpenimCodeQuestion OpenimCodeQuestion;
typedef struct _OpenimWho OpenimWho;

typedef struct {
  PurpleConnection *gc;   /* NULL once closed */
  PurpleAccount *account; /* NULL once closed */
  OpenimSdk *sdk;
  gboolean failed; /* libpurple has been told why it ends and will close it in its next turn */

  char *self_id;   /* NULL until the user ID is known */
  char *self_name; /* nickname; the ID until it is known */

  /* What each room keeps. */
  OpenimLogin *login;
  OpenimCodeQuestion *code;
  OpenimRoster *roster;
  OpenimWho *who;
  OpenimStrangers *strangers;
  OpenimStatuses *statuses;
  OpenimRooms *rooms;
  OpenimJoins *joins;
  OpenimApplications *applications;
  OpenimQuestions *questions;
  OpenimDisplay *display;
  OpenimImages *images;
  OpenimTransfers *transfers;
  OpenimIcons *icons;
  OpenimParcels *parcels;
  OpenimShown *shown;     /* NULL until the user ID is known */
  OpenimNumbers *numbers; /* likewise */
  OpenimOutgoings *outgoings;
  OpenimMarks *marks;
  OpenimTraitTable *traits;
  OpenimReceipts *receipts;
  OpenimBacklog *backlog;
  OpenimHits *hits;
  OpenimBurns *burns;
  OpenimMentions *mentions;
  OpenimHistory *history;
  OpenimAskers *askers;
  OpenimRegistration *registration; /* NULL unless it is for that alone */

  GHashTable *timers; /* set of OpenimTimer */
} OpenimConnection;

/* The prpl's login, register_user and close. */
void openim_connection_login (PurpleAccount *account);
void openim_connection_register (PurpleAccount *account);
void openim_connection_close (PurpleConnection *gc);

OpenimConnection *openim_connection_ref (OpenimConnection *self);
void openim_connection_unref (OpenimConnection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimConnection, openim_connection_unref)

/* Of a connection that may be another protocol's, closed or freed already: NULL then, and after a failure. */
OpenimConnection *openim_connection_get (PurpleConnection *gc);
OpenimConnection *openim_connection_get_for_account (PurpleAccount *account);

gboolean openim_connection_is_open (OpenimConnection *self);
gboolean openim_connection_is_connected (OpenimConnection *self); /* as libpurple shows it */

/* Ends the connection with a reason that libpurple acts on and a sentence that a person reads. */
void openim_connection_fail (OpenimConnection *self, PurpleConnectionError reason, const char *sentence);

/* Exactly one of @error and @response is non-NULL; valid during the callback only. */
typedef void (*OpenimReplyFunc) (OpenimConnection *self,
                                 const GError *error,
                                 const ProtobufCMessage *response,
                                 gpointer data);

/* Calls a function of the SDK. @reply (nullable) runs once, but not when the connection has been closed by
 * then; @destroy (nullable) frees @data in any case. @request (nullable) is a protobuf message. Returns the
 * call's handle, for openim_sdk_cancel; 0 when the connection is closed. */
guint64 openim_connection_call (OpenimConnection *self,
                                OpenimFunction function,
                                gconstpointer request,
                                OpenimReplyFunc reply,
                                gpointer data,
                                GDestroyNotify destroy);

/* The same for a call with a file, which tells how far it has come (see openim_sdk_watch). */
typedef void (*OpenimProgressFunc) (OpenimConnection *self, gint64 done, gint64 total, gpointer data);
guint64 openim_connection_call_watched (OpenimConnection *self,
                                        OpenimFunction function,
                                        gconstpointer request,
                                        OpenimProgressFunc progress,
                                        OpenimReplyFunc reply,
                                        gpointer data,
                                        GDestroyNotify destroy);

/* Once, after @ms, unless cancelled or closed before. */
typedef void (*OpenimLaterFunc) (OpenimConnection *self, gpointer data);
typedef struct _OpenimTimer OpenimTimer;
OpenimTimer *openim_connection_later (
    OpenimConnection *self, guint ms, OpenimLaterFunc func, gpointer data, GDestroyNotify destroy);
/* Sets *@timer to NULL. A timer that has run is gone: functions set their pointer to NULL first thing. */
void openim_connection_cancel (OpenimConnection *self, OpenimTimer **timer);

G_END_DECLS
