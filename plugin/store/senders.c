/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/senders.h"

#include "store/db.h"

/* The hash of a changed row stays that of its old values: it only finds rows to be shared, and never shares
 * what differs. */
gboolean
openim_senders_rename (OpenimDb *db, const OpenimUser *before, const OpenimUser *now, GError **error)
{
  return openim_db_run (db, error,
                        "UPDATE origins SET senderNickname = ?3 WHERE sendID = ?1 AND senderNickname = ?2 "
                        "AND ?2 <> ?3",
                        "sss", now->userid, before->nickname, now->nickname) &&
         openim_db_run (db, error,
                        "UPDATE origins SET senderFaceURL = ?3 WHERE sendID = ?1 AND senderFaceURL = ?2 "
                        "AND ?2 <> ?3",
                        "sss", now->userid, before->faceurl, now->faceurl);
}
