-- SPDX-License-Identifier: GPL-3.0-or-later
-- Schema 1. Tables whose rows are messages of the interface have that message's field names as columns.

PRAGMA application_id = 0x4f494d31; -- "OIM1"

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

-- What is known of a list that the server counts versions of; ids: the order of its rows, one ID a line.
CREATE TABLE versions (
  list TEXT NOT NULL,
  entity TEXT NOT NULL,
  version INTEGER NOT NULL DEFAULT 0,
  versionID TEXT NOT NULL DEFAULT '',
  ids TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (list, entity)
) WITHOUT ROWID;

-- Conversations and notification channels by a short number. conversationType is NULL while nothing but a name, seqs
-- or messages is known. latestMark is a hash of the latest message as it was last told.
CREATE TABLE conversations (
  id INTEGER PRIMARY KEY,
  conversationID TEXT NOT NULL UNIQUE,
  conversationType INTEGER,
  userID TEXT NOT NULL DEFAULT '',
  groupID TEXT NOT NULL DEFAULT '',
  showName TEXT NOT NULL DEFAULT '',
  faceURL TEXT NOT NULL DEFAULT '',
  recvMsgOpt INTEGER NOT NULL DEFAULT 0,
  groupAtType INTEGER NOT NULL DEFAULT 0,
  latestMsgSendTime INTEGER NOT NULL DEFAULT 0,
  latestMark INTEGER NOT NULL DEFAULT 0,
  draftText TEXT NOT NULL DEFAULT '',
  draftTextTime INTEGER NOT NULL DEFAULT 0,
  isPinned INTEGER NOT NULL DEFAULT 0,
  isPrivateChat INTEGER NOT NULL DEFAULT 0,
  burnDuration INTEGER NOT NULL DEFAULT 0,
  ex TEXT NOT NULL DEFAULT '',
  msgDestructTime INTEGER NOT NULL DEFAULT 0,
  isMsgDestruct INTEGER NOT NULL DEFAULT 0,
  maxSeq INTEGER NOT NULL DEFAULT 0,
  minSeq INTEGER NOT NULL DEFAULT 0,
  hasReadSeq INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX conversations_by_user ON conversations (userID) WHERE userID <> '';
CREATE INDEX conversations_by_group ON conversations (groupID) WHERE groupID <> '';

-- Seqs that were fetched; intervals of one conversation neither meet nor touch.
CREATE TABLE ranges (
  conversation INTEGER NOT NULL REFERENCES conversations (id),
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (conversation, first)
) WITHOUT ROWID;

-- What the messages of one sender in one conversation have in common, kept once.
CREATE TABLE origins (
  id INTEGER PRIMARY KEY,
  hash INTEGER NOT NULL,
  sendID TEXT NOT NULL,
  recvID TEXT NOT NULL,
  groupID TEXT NOT NULL,
  senderNickname TEXT NOT NULL,
  senderFaceURL TEXT NOT NULL,
  attachedInfo TEXT NOT NULL,
  senderPlatformID INTEGER NOT NULL,
  sessionType INTEGER NOT NULL,
  msgFrom INTEGER NOT NULL,
  options INTEGER NOT NULL -- two bits a known key: present, value
);
CREATE INDEX origins_by_hash ON origins (hash);

-- slot is the seq; a row without one has a negative slot that grows with each new row.
-- IDs of 32 hex digits are 16 bytes, other ones text; delay is sendTime - createTime; content is text when it is the
-- middle of {"content":"…"}, else the bytes as they came; more holds the rare fields as a MsgData.
CREATE TABLE messages (
  conversation INTEGER NOT NULL REFERENCES conversations (id),
  slot INTEGER NOT NULL,
  sendTime INTEGER NOT NULL,
  clientMsgID,
  serverMsgID,
  origin INTEGER NOT NULL REFERENCES origins (id),
  delay INTEGER NOT NULL,
  contentType INTEGER NOT NULL,
  status INTEGER NOT NULL,
  isRead INTEGER NOT NULL,
  content,
  more BLOB,
  localEx TEXT,
  PRIMARY KEY (conversation, slot)
) WITHOUT ROWID;
CREATE UNIQUE INDEX messages_by_client ON messages (conversation, clientMsgID) WHERE clientMsgID IS NOT NULL;
CREATE INDEX messages_shown ON messages (conversation, sendTime) WHERE status < 4;
CREATE INDEX messages_unread ON messages (conversation) WHERE isRead = 0; -- by slot

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY,
  conversation INTEGER NOT NULL REFERENCES conversations (id),
  clientMsgID TEXT NOT NULL,
  data BLOB NOT NULL,
  created INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  acknowledged INTEGER NOT NULL DEFAULT 0,
  UNIQUE (conversation, clientMsgID)
);

CREATE TABLE users (
  userID TEXT PRIMARY KEY,
  nickname TEXT,
  faceURL TEXT,
  ex TEXT,
  createTime INTEGER,
  globalRecvMsgOpt INTEGER,
  attached TEXT
) WITHOUT ROWID;

CREATE TABLE friends (
  friendUserID TEXT PRIMARY KEY,
  ownerUserID TEXT,
  remark TEXT,
  createTime INTEGER,
  addSource INTEGER,
  operatorUserID TEXT,
  nickname TEXT,
  faceURL TEXT,
  ex TEXT,
  attachedInfo TEXT,
  isPinned INTEGER
) WITHOUT ROWID;

CREATE TABLE blacks (
  blockUserID TEXT PRIMARY KEY,
  ownerUserID TEXT,
  nickname TEXT,
  faceURL TEXT,
  createTime INTEGER,
  addSource INTEGER,
  operatorUserID TEXT,
  ex TEXT,
  attached TEXT
) WITHOUT ROWID;

CREATE TABLE groups (
  groupID TEXT PRIMARY KEY,
  groupName TEXT,
  notification TEXT,
  introduction TEXT,
  faceURL TEXT,
  ownerUserID TEXT,
  createTime INTEGER,
  memberCount INTEGER,
  ex TEXT,
  status INTEGER,
  creatorUserID TEXT,
  needVerification INTEGER,
  lookMemberInfo INTEGER,
  applyMemberFriend INTEGER,
  notificationUpdateTime INTEGER,
  notificationUserID TEXT,
  attachedInfo TEXT
) WITHOUT ROWID;

CREATE TABLE members (
  groupID TEXT NOT NULL,
  userID TEXT NOT NULL,
  nickname TEXT,
  faceURL TEXT,
  roleLevel INTEGER,
  joinTime INTEGER,
  joinSource INTEGER,
  inviterUserID TEXT,
  muteEndTime INTEGER,
  operatorUserID TEXT,
  ex TEXT,
  attachedInfo TEXT,
  PRIMARY KEY (groupID, userID)
) WITHOUT ROWID;

CREATE TABLE friend_requests (
  fromUserID TEXT NOT NULL,
  toUserID TEXT NOT NULL,
  fromNickname TEXT,
  fromFaceURL TEXT,
  toNickname TEXT,
  toFaceURL TEXT,
  handleResult INTEGER,
  reqMsg TEXT,
  createTime INTEGER,
  handlerUserID TEXT,
  handleMsg TEXT,
  handleTime INTEGER,
  ex TEXT,
  attached TEXT,
  PRIMARY KEY (fromUserID, toUserID)
) WITHOUT ROWID;

CREATE TABLE group_requests (
  groupID TEXT NOT NULL,
  userID TEXT NOT NULL,
  groupName TEXT,
  notification TEXT,
  introduction TEXT,
  groupFaceURL TEXT,
  createTime INTEGER,
  status INTEGER,
  creatorUserID TEXT,
  groupType INTEGER,
  ownerUserID TEXT,
  memberCount INTEGER,
  nickname TEXT,
  userFaceURL TEXT,
  handleResult INTEGER,
  reqMsg TEXT,
  handledMsg TEXT,
  reqTime INTEGER,
  handleUserID TEXT,
  handledTime INTEGER,
  ex TEXT,
  attachedInfo TEXT,
  joinSource INTEGER,
  inviterUserID TEXT,
  PRIMARY KEY (groupID, userID)
) WITHOUT ROWID;

CREATE TABLE commands (
  type INTEGER NOT NULL,
  uuid TEXT NOT NULL,
  userID TEXT,
  createTime INTEGER,
  value TEXT,
  ex TEXT,
  PRIMARY KEY (type, uuid)
) WITHOUT ROWID;
