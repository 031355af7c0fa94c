-- What was read from the chain. These tables stay when the schema's version changes: an older file is folded anew from
-- them. Their own layout has this version.
CREATE TABLE logs_version (version INTEGER NOT NULL) STRICT;

-- Which chain and deployment this file is of; the genesis hash is known once a node has answered.
CREATE TABLE origin (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  chain_id INTEGER NOT NULL,
  deployment TEXT NOT NULL,
  genesis_hash TEXT
) STRICT;

-- The cursor: everything up to this block is folded. Up to `verified` the ledgers were compared with the chain's.
CREATE TABLE progress (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  block_number INTEGER NOT NULL REFERENCES blocks,
  finalized INTEGER NOT NULL,
  verified INTEGER NOT NULL REFERENCES blocks
) STRICT;

-- Blocks with events, those that may still be reorganised, the last final one, and those that `progress` names. The
-- checksum is of the block and its events (checksums.ts).
CREATE TABLE blocks (
  number INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  parent_hash TEXT NOT NULL,
  timestamp INTEGER NOT NULL,
  checksum INTEGER
) STRICT;

-- The logs as the chain holds them: every other table but these is a fold of them. Of a log's subject, by which it is
-- found and which is one of its topics, the beginning is stored: subjects.ts. That each has its block is checked by
-- `indexer check`, and not at each insertion.
CREATE TABLE events (
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  transaction_hash TEXT NOT NULL,
  address TEXT NOT NULL,
  topics BLOB NOT NULL,
  data BLOB NOT NULL,
  subject_prefix INTEGER,
  PRIMARY KEY (block_number, log_index)
) STRICT, WITHOUT ROWID;
