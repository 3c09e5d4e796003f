/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the tests of the store share: folders that go away, stores opened and asked while the main loop waits,
 * and messages made from few words. */

#include "base/pb.h"
#include "store/store.h"

G_BEGIN_DECLS

#define WORLD_SERVER "http://127.0.0.1:10002"
#define WORLD_SELF "alice"
#define WORLD_CHAT "si_alice_bob"

/* A new folder below the temporary one; world_folder_remove() takes it away with everything in it. */
char *world_folder_new (void);
void world_folder_remove (char *folder /* (transfer full) */);

/* Deadline 30 s for each. */
OpenimStore *world_open (const char *folder, const char *user_id, GError **error);
gboolean
world_run (OpenimStore *store, OpenimStoreMode mode, OpenimStoreFunc func, gpointer job, GError **error);
void world_close (OpenimStore *store /* (transfer full) */);
/* Turns the main loop until *@flag is not 0. */
void world_wait (const int *flag);

/* A test whose body runs as one job on the thread of a new store. */
void world_add_job_test (const char *path, OpenimStoreFunc body);

/* From @sender in the chat of alice and bob; @seq 0: none. (transfer full) */
OpenimMsgData *world_message (const char *client_msg_id, const char *sender, gint64 seq, gint64 send_time);

G_END_DECLS
