-- What an API of attestations, receipts and standings needs; nothing to check it by, and nothing to undo it with.
CREATE TABLE blocks (number INTEGER PRIMARY KEY, hash TEXT NOT NULL, timestamp INTEGER NOT NULL) STRICT;

CREATE TABLE events (
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  transaction_hash TEXT NOT NULL,
  address TEXT NOT NULL,
  topics BLOB NOT NULL,
  data BLOB NOT NULL,
  subject TEXT,
  PRIMARY KEY (block_number, log_index)
) STRICT, WITHOUT ROWID;

CREATE TABLE models (model_id TEXT PRIMARY KEY, publisher TEXT NOT NULL, artifact_hash TEXT NOT NULL) STRICT;

CREATE TABLE seasons (
  season_id INTEGER PRIMARY KEY,
  organiser TEXT NOT NULL,
  starts_at INTEGER,
  ends_at INTEGER,
  closes_at INTEGER,
  seed TEXT
) STRICT;

CREATE TABLE tasks (
  season_id INTEGER NOT NULL,
  task_id INTEGER NOT NULL,
  model_id TEXT NOT NULL,
  method INTEGER NOT NULL,
  points INTEGER NOT NULL,
  PRIMARY KEY (season_id, task_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE attestations (
  uid TEXT PRIMARY KEY,
  prover TEXT NOT NULL,
  method INTEGER NOT NULL,
  model_id TEXT NOT NULL,
  input_hash TEXT,
  context TEXT NOT NULL,
  answer TEXT,
  root TEXT,
  output_hash TEXT,
  trace_hash TEXT,
  salt TEXT,
  count INTEGER NOT NULL,
  status INTEGER NOT NULL,
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  settled_block INTEGER,
  settled_log INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger (
  season_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  account TEXT NOT NULL,
  subject TEXT NOT NULL,
  reason INTEGER NOT NULL,
  delta INTEGER NOT NULL,
  points INTEGER NOT NULL,
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  PRIMARY KEY (season_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
  season_id INTEGER NOT NULL,
  account TEXT NOT NULL,
  points INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  pending INTEGER NOT NULL,
  verified INTEGER NOT NULL,
  refuted INTEGER NOT NULL,
  PRIMARY KEY (season_id, account)
) STRICT, WITHOUT ROWID;

-- name: indexes
CREATE INDEX events_of_subject ON events (subject, block_number, log_index) WHERE subject IS NOT NULL;
CREATE UNIQUE INDEX attestations_in_order ON attestations (block_number, log_index);
CREATE INDEX attestations_of_prover ON attestations (prover, block_number, log_index);
CREATE INDEX attestations_of_model ON attestations (model_id, block_number, log_index);
CREATE INDEX attestations_by_status ON attestations (status, block_number, log_index);
CREATE INDEX ledger_of_account ON ledger (account, season_id, seq);
CREATE INDEX entries_of_account ON entries (account, season_id);
CREATE INDEX ranking ON entries (season_id, points DESC, last_seq);
