-- SPDX-License-Identifier: GPL-3.0-or-later
-- The whole state of the server. Times are ms since 1970 unless said otherwise.

CREATE TABLE users (
  id TEXT PRIMARY KEY,
  nickname TEXT NOT NULL,
  face TEXT NOT NULL,
  ex TEXT NOT NULL,
  created INTEGER NOT NULL,
  level INTEGER NOT NULL,              -- 2 administrator, 3 notification account
  recv_opt INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE tokens (
  token TEXT PRIMARY KEY,
  user TEXT NOT NULL,
  platform INTEGER NOT NULL,
  kicked INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX tokens_of ON tokens (user, platform);

CREATE TABLE friends (
  n INTEGER PRIMARY KEY,               -- order of creation
  owner TEXT NOT NULL,
  friend TEXT NOT NULL,
  remark TEXT NOT NULL DEFAULT '',
  created INTEGER NOT NULL,
  source INTEGER NOT NULL,             -- 1 imported, 2 by application
  operator TEXT NOT NULL,
  ex TEXT NOT NULL DEFAULT '',
  pinned INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX friends_pair ON friends (owner, friend);
CREATE INDEX friends_order ON friends (owner, pinned DESC, n);

CREATE TABLE friend_requests (
  n INTEGER PRIMARY KEY,
  from_user TEXT NOT NULL,
  to_user TEXT NOT NULL,
  result INTEGER NOT NULL,             -- 0 pending, 1 agreed, -1 refused
  req_msg TEXT NOT NULL,
  created INTEGER NOT NULL,
  handler TEXT NOT NULL DEFAULT '',
  handle_msg TEXT NOT NULL DEFAULT '',
  handled INTEGER NOT NULL DEFAULT 0,
  ex TEXT NOT NULL
);
CREATE UNIQUE INDEX friend_requests_pair ON friend_requests (from_user, to_user);
CREATE INDEX friend_requests_to ON friend_requests (to_user, created);

CREATE TABLE blacks (
  n INTEGER PRIMARY KEY,
  owner TEXT NOT NULL,
  black TEXT NOT NULL,
  created INTEGER NOT NULL,
  operator TEXT NOT NULL,
  ex TEXT NOT NULL
);
CREATE UNIQUE INDEX blacks_pair ON blacks (owner, black);

CREATE TABLE groups (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  notification TEXT NOT NULL,
  introduction TEXT NOT NULL,
  face TEXT NOT NULL,
  ex TEXT NOT NULL,
  created INTEGER NOT NULL,
  status INTEGER NOT NULL,             -- 0 normal, 2 dismissed, 3 muted
  creator TEXT NOT NULL,
  type INTEGER NOT NULL,
  verification INTEGER NOT NULL,       -- who needs approval
  look INTEGER NOT NULL,
  apply INTEGER NOT NULL,
  notified INTEGER NOT NULL DEFAULT 0, -- when the announcement was written
  notifier TEXT NOT NULL DEFAULT '',
  owner TEXT NOT NULL,                 -- kept beside members so that no query counts or searches them
  member_count INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE members (
  n INTEGER PRIMARY KEY,
  group_id TEXT NOT NULL,
  user TEXT NOT NULL,
  nickname TEXT NOT NULL DEFAULT '',   -- empty: the profile's
  face TEXT NOT NULL DEFAULT '',
  role INTEGER NOT NULL,               -- 100 owner, 60 admin, 20 ordinary
  joined INTEGER NOT NULL,
  source INTEGER NOT NULL,
  operator TEXT NOT NULL,
  inviter TEXT NOT NULL,
  muted_until INTEGER NOT NULL DEFAULT 0,
  ex TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX members_pair ON members (group_id, user);
CREATE INDEX members_order ON members (group_id, role DESC, n);
CREATE INDEX members_groups ON members (user, role DESC, n);

CREATE TABLE group_requests (
  n INTEGER PRIMARY KEY,
  group_id TEXT NOT NULL,
  user TEXT NOT NULL,
  result INTEGER NOT NULL,
  req_msg TEXT NOT NULL,
  created INTEGER NOT NULL,
  ex TEXT NOT NULL,
  source INTEGER NOT NULL,
  inviter TEXT NOT NULL
);
CREATE UNIQUE INDEX group_requests_pair ON group_requests (group_id, user);
CREATE INDEX group_requests_user ON group_requests (user, created);

CREATE TABLE conversations (
  n INTEGER PRIMARY KEY,
  owner TEXT NOT NULL,
  id TEXT NOT NULL,
  type INTEGER NOT NULL,
  user TEXT NOT NULL,                  -- the peer of types 1 and 4
  group_id TEXT NOT NULL,
  recv_opt INTEGER NOT NULL DEFAULT 0,
  pinned INTEGER NOT NULL DEFAULT 0,
  private INTEGER NOT NULL DEFAULT 0,
  at_type INTEGER NOT NULL DEFAULT 0,
  burn INTEGER NOT NULL DEFAULT 0,     -- s
  attached TEXT NOT NULL DEFAULT '',
  ex TEXT NOT NULL DEFAULT '',
  min_seq INTEGER NOT NULL DEFAULT 0,
  max_seq INTEGER NOT NULL DEFAULT 0,
  destruct_time INTEGER NOT NULL DEFAULT 0,
  destruct INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX conversations_pair ON conversations (owner, id);
CREATE INDEX conversations_order ON conversations (owner); -- and n

-- Every page of a list tells the whole list's length: it is kept, not counted.
CREATE TABLE lengths (
  list TEXT NOT NULL,
  owner TEXT NOT NULL,
  length INTEGER NOT NULL,
  PRIMARY KEY (list, owner)
) WITHOUT ROWID;
CREATE TRIGGER friends_more AFTER INSERT ON friends BEGIN
  INSERT INTO lengths VALUES ('friends', new.owner, 1) ON CONFLICT DO UPDATE SET length = length + 1;
END;
CREATE TRIGGER friends_less AFTER DELETE ON friends BEGIN
  UPDATE lengths SET length = length - 1 WHERE list = 'friends' AND owner = old.owner;
END;
CREATE TRIGGER conversations_less AFTER DELETE ON conversations BEGIN
  UPDATE lengths SET length = length - 1 WHERE list = 'conversations' AND owner = old.owner;
END;
CREATE TRIGGER conversations_more AFTER INSERT ON conversations BEGIN
  INSERT INTO lengths VALUES ('conversations', new.owner, 1) ON CONFLICT DO UPDATE SET length = length + 1;
END;

CREATE TABLE seqs (
  conversation TEXT PRIMARY KEY,
  max_seq INTEGER NOT NULL,
  min_seq INTEGER NOT NULL DEFAULT 0,
  time INTEGER NOT NULL                -- of the newest seq
) WITHOUT ROWID;

CREATE TABLE user_seqs (
  user TEXT NOT NULL,
  conversation TEXT NOT NULL,
  min_seq INTEGER NOT NULL DEFAULT 0,
  max_seq INTEGER NOT NULL DEFAULT 0,
  read_seq INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (user, conversation)
) WITHOUT ROWID;

CREATE TABLE messages (
  conversation TEXT NOT NULL,
  seq INTEGER NOT NULL,
  body BLOB NOT NULL,                  -- sdkws.MsgData as it was pushed, status as the sender wrote it
  sender TEXT NOT NULL,
  time INTEGER NOT NULL,
  read INTEGER NOT NULL DEFAULT 0,     -- by the receiver of a single chat
  fresh INTEGER NOT NULL DEFAULT 1,    -- nothing was done to it since it was sent: pulls show the sender's status
  revoked TEXT,                        -- detail of the tombstone
  PRIMARY KEY (conversation, seq)
) WITHOUT ROWID;
CREATE INDEX messages_time ON messages (time);

CREATE TABLE hidden (                  -- deleted by one user for himself
  user TEXT NOT NULL,
  conversation TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (user, conversation, seq)
) WITHOUT ROWID;

CREATE TABLE logs (                    -- one change log a list, see versions.h
  kind TEXT NOT NULL,
  entity TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (kind, entity)
) WITHOUT ROWID;

CREATE TABLE changes (
  kind TEXT NOT NULL,
  entity TEXT NOT NULL,
  element TEXT NOT NULL,
  change INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (kind, entity, element)
) WITHOUT ROWID;
CREATE INDEX changes_version ON changes (kind, entity, version);

CREATE TABLE commands (
  n INTEGER PRIMARY KEY,
  user TEXT NOT NULL,
  type INTEGER NOT NULL,
  uuid TEXT NOT NULL,
  value TEXT NOT NULL,
  ex TEXT NOT NULL,
  created INTEGER NOT NULL             -- s
);
CREATE INDEX commands_of ON commands (user, type, uuid);

CREATE TABLE objects (                 -- names of files
  name TEXT PRIMARY KEY,
  key TEXT NOT NULL,                   -- of the content
  type TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE blobs (                   -- whose bytes are in the folder (blobs.h)
  key TEXT PRIMARY KEY,
  size INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE parts (                   -- of uploads that are not complete
  upload TEXT NOT NULL,
  number INTEGER NOT NULL,
  md5 TEXT NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY (upload, number)
) WITHOUT ROWID;

CREATE TABLE client_logs (
  id TEXT PRIMARY KEY,
  user TEXT NOT NULL,
  platform INTEGER NOT NULL,
  url TEXT NOT NULL,
  name TEXT NOT NULL,
  framework TEXT NOT NULL,
  version TEXT NOT NULL,
  ex TEXT NOT NULL,
  created INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE accounts (                -- of the account server
  n INTEGER PRIMARY KEY,
  user TEXT NOT NULL UNIQUE,
  account TEXT,
  area TEXT NOT NULL,
  phone TEXT NOT NULL,
  email TEXT,
  password TEXT NOT NULL,
  nickname TEXT NOT NULL,
  face TEXT NOT NULL,
  gender INTEGER NOT NULL,
  birth INTEGER NOT NULL,
  add_friend INTEGER NOT NULL DEFAULT 1,
  beep INTEGER NOT NULL DEFAULT 1,
  vibration INTEGER NOT NULL DEFAULT 1,
  recv_opt INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX accounts_account ON accounts (account) WHERE account IS NOT NULL;
CREATE UNIQUE INDEX accounts_email ON accounts (email) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX accounts_phone ON accounts (area, phone) WHERE phone <> '';

CREATE TABLE chat_tokens (
  token TEXT PRIMARY KEY,
  user TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX chat_tokens_of ON chat_tokens (user);

PRAGMA user_version = 2;
