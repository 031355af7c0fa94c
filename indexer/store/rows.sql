-- What follows from the logs. A change here, or of what is folded, is another version of the schema.

-- What undoes a block that may still be reorganised: JSON, see undo.ts. Blocks with nothing to undo have none.
CREATE TABLE undo (
  block_number INTEGER PRIMARY KEY,
  changes TEXT NOT NULL
) STRICT;

CREATE TABLE models (
  model_id TEXT PRIMARY KEY,
  publisher TEXT NOT NULL,
  artifact_hash TEXT NOT NULL,
  runtime_id TEXT NOT NULL,
  weights_root TEXT NOT NULL,
  verifying_key_hash TEXT NOT NULL,
  measurement TEXT NOT NULL,
  layout_hash TEXT NOT NULL,
  layout TEXT,
  parameter_rows TEXT,
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX models_in_order ON models (block_number, log_index);

CREATE TABLE seasons (
  season_id INTEGER PRIMARY KEY,
  organiser TEXT NOT NULL,
  verifier_cap TEXT NOT NULL,
  uri TEXT,
  starts_at INTEGER,
  ends_at INTEGER,
  closes_at INTEGER,
  seed TEXT,
  seeded_in INTEGER,
  cancelled_in INTEGER,
  seq INTEGER NOT NULL,
  participants INTEGER NOT NULL,
  total_points INTEGER NOT NULL,
  ledger_hash TEXT NOT NULL
) STRICT;

CREATE TABLE tasks (
  season_id INTEGER NOT NULL REFERENCES seasons DEFERRABLE INITIALLY DEFERRED,
  task_id INTEGER NOT NULL,
  model_id TEXT NOT NULL,
  method INTEGER NOT NULL,
  points INTEGER NOT NULL,
  units_per_account INTEGER NOT NULL,
  noise INTEGER NOT NULL,
  input_count INTEGER NOT NULL,
  input_set_root TEXT NOT NULL,
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  PRIMARY KEY (season_id, task_id)
) STRICT, WITHOUT ROWID;

-- Verification methods by their numbers in the registry's list; addresses in lower case.
CREATE TABLE methods (
  id INTEGER PRIMARY KEY,
  address TEXT NOT NULL,
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL
) STRICT;

-- `season_id` and `task_id` are set for an attestation that is for a task as the season's rules ask: it alone can earn
-- points there.
-- A batch has a root and no answer.
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
  season_id INTEGER,
  task_id INTEGER,
  count INTEGER NOT NULL,
  status INTEGER NOT NULL,
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  settled_block INTEGER,
  settled_log INTEGER,
  CHECK ((root IS NULL) = (answer IS NOT NULL))
) STRICT;

-- Attestations recorded a minute of block time, by method; `minute` is its start in unix seconds. A row of zero is none.
CREATE TABLE activity (
  minute INTEGER NOT NULL,
  method INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (minute, method)
) STRICT, WITHOUT ROWID;

-- Votes that panel members revealed, in order: JSON of {round, member, outputHash}.
CREATE TABLE votes (
  uid TEXT PRIMARY KEY REFERENCES attestations DEFERRABLE INITIALLY DEFERRED,
  votes TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Who showed a wrong row of an attestation.
CREATE TABLE disputes (
  uid TEXT PRIMARY KEY REFERENCES attestations DEFERRABLE INITIALLY DEFERRED,
  challenger TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every point change, with the account's points and the ledger's hash after it.
CREATE TABLE ledger (
  season_id INTEGER NOT NULL REFERENCES seasons DEFERRABLE INITIALLY DEFERRED,
  seq INTEGER NOT NULL,
  account TEXT NOT NULL,
  subject TEXT NOT NULL,
  reason INTEGER NOT NULL,
  delta INTEGER NOT NULL,
  points INTEGER NOT NULL,
  ledger_hash TEXT NOT NULL,
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  PRIMARY KEY (season_id, seq)
) STRICT, WITHOUT ROWID;

-- What each account has of a season: its last ledger entry, units by status, refutations that it had a part in, and points
-- by reason, those of penalties zero or less. A season's participants are numbered from 1 in the order of their first
-- ledger entries: the history of ranks is kept by that number. Points, last_seq and number are 0 before the first; a row of
-- zeros is none. Accounts are found in any case of their letters, so that one key serves the search for how they begin.
CREATE TABLE entries (
  season_id INTEGER NOT NULL REFERENCES seasons DEFERRABLE INITIALLY DEFERRED,
  account TEXT NOT NULL COLLATE NOCASE,
  points INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  number INTEGER NOT NULL,
  pending INTEGER NOT NULL,
  verified INTEGER NOT NULL,
  refuted INTEGER NOT NULL,
  caught INTEGER NOT NULL,
  by_prover INTEGER NOT NULL,
  by_verifier INTEGER NOT NULL,
  by_penalty INTEGER NOT NULL,
  PRIMARY KEY (season_id, account)
) STRICT, WITHOUT ROWID;

-- Frozen seasons, and whose draft of their order is final.
CREATE TABLE ends (
  season_id INTEGER PRIMARY KEY REFERENCES seasons DEFERRABLE INITIALLY DEFERRED,
  frozen_block INTEGER NOT NULL,
  frozen_log INTEGER NOT NULL,
  poster TEXT,
  epoch INTEGER,
  final_block INTEGER,
  final_log INTEGER,
  finalised_at INTEGER
) STRICT;

-- Each poster's draft of a season's order: how many accounts it has, and how the last one stands.
CREATE TABLE drafts (
  season_id INTEGER NOT NULL REFERENCES ends DEFERRABLE INITIALLY DEFERRED,
  poster TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  count INTEGER NOT NULL,
  rank INTEGER NOT NULL,
  points INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  PRIMARY KEY (season_id, poster)
) STRICT, WITHOUT ROWID;

-- Every chunk that was posted, also of drafts that were begun anew since, in a later epoch; `first` is a place.
CREATE TABLE chunks (
  season_id INTEGER NOT NULL REFERENCES ends DEFERRABLE INITIALLY DEFERRED,
  poster TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  first INTEGER NOT NULL,
  count INTEGER NOT NULL,
  root TEXT NOT NULL,
  PRIMARY KEY (season_id, poster, epoch, first)
) STRICT, WITHOUT ROWID;

-- What was escrowed for a season, as ABI-encoded terms, and what was paid of it; amounts are decimal.
CREATE TABLE rewards (
  season_id INTEGER PRIMARY KEY REFERENCES seasons DEFERRABLE INITIALLY DEFERRED,
  terms TEXT NOT NULL,
  claimed TEXT NOT NULL,
  poster_paid TEXT NOT NULL,
  returned TEXT
) STRICT;

CREATE TABLE claims (
  season_id INTEGER NOT NULL REFERENCES rewards DEFERRABLE INITIALLY DEFERRED,
  account TEXT NOT NULL,
  amount TEXT NOT NULL,
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  PRIMARY KEY (season_id, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE badges (
  season_id INTEGER NOT NULL REFERENCES ends DEFERRABLE INITIALLY DEFERRED,
  place INTEGER NOT NULL,
  account TEXT NOT NULL,
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  PRIMARY KEY (season_id, place)
) STRICT, WITHOUT ROWID;

-- Units that accounts had verified and refuted of a subject, for seasons and as answers to requests: uses.sql.
CREATE TABLE uses (
  subject TEXT NOT NULL,
  account TEXT NOT NULL,
  season_verified INTEGER NOT NULL,
  season_refuted INTEGER NOT NULL,
  request_verified INTEGER NOT NULL,
  request_refuted INTEGER NOT NULL,
  PRIMARY KEY (subject, account)
) STRICT, WITHOUT ROWID;

-- The same of all accounts together, and how many of them have a verified unit.
CREATE TABLE totals (
  subject TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  season_verified INTEGER NOT NULL,
  season_refuted INTEGER NOT NULL,
  season_provers INTEGER NOT NULL,
  request_verified INTEGER NOT NULL,
  request_refuted INTEGER NOT NULL,
  request_provers INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Requests as they were made, ABI-encoded, and how they stand. The prover, its time and the answer are those of now.
CREATE TABLE requests (
  request_id TEXT PRIMARY KEY,
  requester TEXT NOT NULL,
  model_id TEXT NOT NULL,
  beneficiary TEXT,
  request TEXT NOT NULL,
  input_bytes INTEGER NOT NULL,
  state INTEGER NOT NULL,
  prover TEXT,
  until INTEGER,
  uid TEXT,
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX requests_in_order ON requests (block_number, log_index);
CREATE INDEX requests_of_requester ON requests (requester, block_number, log_index);
CREATE INDEX requests_of_model ON requests (model_id, block_number, log_index);
CREATE INDEX requests_of_prover ON requests (prover, block_number, log_index);
CREATE INDEX requests_of_beneficiary ON requests (beneficiary, block_number, log_index);
CREATE INDEX requests_by_state ON requests (state, block_number, log_index);

-- Every answer that was given, also those that didn't hold; its prover and status are its attestation's.
CREATE TABLE answers (
  uid TEXT PRIMARY KEY REFERENCES attestations DEFERRABLE INITIALLY DEFERRED,
  request_id TEXT NOT NULL REFERENCES requests DEFERRABLE INITIALLY DEFERRED,
  output_hash TEXT NOT NULL,
  output_bytes INTEGER NOT NULL,
  delivered INTEGER,
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX answers_of_request ON answers (request_id, block_number, log_index);

-- Money locked for those who act on attestations; amounts are decimal, and the zero address is ETH.
CREATE TABLE covers (
  uid TEXT NOT NULL REFERENCES attestations DEFERRABLE INITIALLY DEFERRED,
  beneficiary TEXT NOT NULL,
  token TEXT NOT NULL,
  prover TEXT NOT NULL,
  amount TEXT NOT NULL,
  paid_to TEXT,
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  settled_block INTEGER,
  settled_log INTEGER,
  PRIMARY KEY (uid, beneficiary, token)
) STRICT, WITHOUT ROWID;

-- All that InferenceRequests and Cover wrote down to accounts, and for what.
CREATE TABLE payments (
  account TEXT NOT NULL,
  token TEXT NOT NULL,
  amount TEXT NOT NULL,
  reason TEXT NOT NULL,
  request_id TEXT REFERENCES requests DEFERRABLE INITIALLY DEFERRED,
  uid TEXT REFERENCES attestations DEFERRABLE INITIALLY DEFERRED,
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  PRIMARY KEY (block_number, log_index)
) STRICT, WITHOUT ROWID;
CREATE INDEX payments_of_request ON payments (request_id, block_number, log_index);

-- What each account has of each contract and token: what it was paid in all, by what for, and what it withdrew.
CREATE TABLE balances (
  contract TEXT NOT NULL,
  account TEXT NOT NULL,
  token TEXT NOT NULL,
  fees TEXT NOT NULL,
  deposits TEXT NOT NULL,
  covers TEXT NOT NULL,
  returned TEXT NOT NULL,
  withdrawn TEXT NOT NULL,
  PRIMARY KEY (account, token, contract)
) STRICT, WITHOUT ROWID;

-- What accounts call themselves, as it is shown. Names that look alike have the same skeleton.
CREATE TABLE profiles (
  account TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  link TEXT,
  skeleton TEXT NOT NULL,
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX profiles_alike ON profiles (skeleton, account);

-- Refutations that accounts took part in, at their settlements.
CREATE TABLE catches (
  account TEXT NOT NULL,
  uid TEXT NOT NULL REFERENCES attestations DEFERRABLE INITIALLY DEFERRED,
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  PRIMARY KEY (block_number, log_index, account)
) STRICT, WITHOUT ROWID;

-- Seats on panels that accounts were drawn for, at their draws.
CREATE TABLE seats (
  account TEXT NOT NULL,
  uid TEXT NOT NULL REFERENCES attestations DEFERRABLE INITIALLY DEFERRED,
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  PRIMARY KEY (block_number, log_index, account)
) STRICT, WITHOUT ROWID;

-- Keys of enclaves as they were admitted last. Times are unix seconds.
CREATE TABLE enclaves (
  key TEXT PRIMARY KEY,
  measurement TEXT NOT NULL,
  public_key TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  revoked_by TEXT,
  revoked_at INTEGER,
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who vouches for enclaves: one row at the most, with JSON of the accounts.
CREATE TABLE registrars (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  accounts TEXT NOT NULL,
  threshold INTEGER NOT NULL,
  block_number INTEGER NOT NULL,
  log_index INTEGER NOT NULL
) STRICT;
