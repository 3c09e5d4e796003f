-- SPDX-License-Identifier: GPL-3.0-or-later
-- The same store as schema 2 left it.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
PRAGMA application_id = 1330203953;
PRAGMA user_version = 2;
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO settings VALUES('synced','1');
CREATE TABLE versions (
  list TEXT NOT NULL,
  entity TEXT NOT NULL,
  version INTEGER NOT NULL DEFAULT 0,
  versionID TEXT NOT NULL DEFAULT '',
  ids TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (list, entity)
) WITHOUT ROWID;
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
, hiddenTime INTEGER NOT NULL DEFAULT 0);
INSERT INTO conversations VALUES(1,'si_alice_bob',1,'bob','','Bob','',0,0,1795414537000,1429785800,'',0,0,0,0,'',0,0,5,0,2,0);
CREATE TABLE ranges (
  conversation INTEGER NOT NULL REFERENCES conversations (id),
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (conversation, first)
) WITHOUT ROWID;
INSERT INTO ranges VALUES(1,1,5);
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
INSERT INTO origins VALUES(1,957969086,'bob','alice','','bob','','',7,1,100,0);
INSERT INTO origins VALUES(2,-1671441133,'alice','bob','','alice','','',7,1,100,0);
INSERT INTO origins VALUES(3,274786784,'','','','','','',0,0,0,0);
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
INSERT INTO messages VALUES(1,-1099511627776,1795414537000,X'00000000000000000000000000000006',X'0123456789abcdef0123456789abcdef',2,0,101,1,0,'on its way',NULL,NULL);
INSERT INTO messages VALUES(1,1,1795414197000,X'00000000000000000000000000000001',X'0123456789abcdef0123456789abcdef',1,3,101,2,0,'Grüße, 今天天气很好',NULL,NULL);
INSERT INTO messages VALUES(1,2,1795414257000,'a name that is no number',X'0123456789abcdef0123456789abcdef',2,3,101,2,0,'said \"so\"',NULL,NULL);
INSERT INTO messages VALUES(1,3,1795414317000,X'00000000000000000000000000000003',X'0123456789abcdef0123456789abcdef',1,3,102,2,0,X'7b22736f7572636550696374757265223a7b2275726c223a22687474703a2f2f3132372e302e302e312f782e706e67222c227769647468223a343731317d7d',NULL,NULL);
INSERT INTO messages VALUES(1,4,1795414377000,X'00000000000000000000000000000004',X'0123456789abcdef0123456789abcdef',1,3,106,2,0,X'7b2274657874223a2240616c696365206c6f6f6b222c226174557365724c697374223a5b22616c696365225d7d',X'aa0105616c696365','shown');
INSERT INTO messages VALUES(1,5,0,X'00000000000000000000000000000005',NULL,3,0,0,4,0,NULL,NULL,NULL);
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
INSERT INTO outbox VALUES(1,1,'00000000000000000000000000000006',X'0a05616c6963651203626f62222030303030303030303030303030303030303030303030303030303030303030362a20303132333435363738396162636465663031323334353637383961626364656630073a05616c69636548015064586562187b22636f6e74656e74223a226f6e2069747320776179227d78a8e6aeb8a0348001a8e6aeb8a034880101',1795560388675,0,0);
CREATE TABLE users (
  userID TEXT PRIMARY KEY,
  nickname TEXT,
  faceURL TEXT,
  ex TEXT,
  createTime INTEGER,
  globalRecvMsgOpt INTEGER,
  attached TEXT
) WITHOUT ROWID;
INSERT INTO users VALUES('bob','Bob','','',0,0,'');
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
CREATE VIRTUAL TABLE search USING fts5 (text, content = '', columnsize = 0, detail = none, tokenize = 'ascii');
CREATE TABLE search_todo (
  conversation INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  PRIMARY KEY (conversation, slot)
) WITHOUT ROWID;
INSERT INTO search_todo VALUES(1,-1099511627776);
INSERT INTO search_todo VALUES(1,1);
INSERT INTO search_todo VALUES(1,2);
INSERT INTO search_todo VALUES(1,4);
CREATE INDEX conversations_by_user ON conversations (userID) WHERE userID <> '';
CREATE INDEX conversations_by_group ON conversations (groupID) WHERE groupID <> '';
CREATE INDEX origins_by_hash ON origins (hash);
CREATE UNIQUE INDEX messages_by_client ON messages (conversation, clientMsgID) WHERE clientMsgID IS NOT NULL;
CREATE INDEX messages_shown ON messages (conversation, sendTime) WHERE status < 4;
CREATE INDEX messages_unread ON messages (conversation) WHERE isRead = 0;
CREATE INDEX messages_deleted ON messages (conversation) WHERE status = 4;
CREATE INDEX messages_by_type ON messages (contentType, sendTime) WHERE status < 4 AND contentType <> 101;
COMMIT;
