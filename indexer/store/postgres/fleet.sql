-- Who writes, and until when; what the writer last knew of the chain; and the revision, one more with each change of the
-- cursor. It follows from no log.
CREATE TABLE writer (
  id bigint PRIMARY KEY CHECK (id = 1),
  token text,
  term bigint NOT NULL,
  expires_at timestamptz NOT NULL,
  revision bigint NOT NULL,
  head_block bigint,
  caught_up_at timestamptz,
  failure text,
  inconsistent boolean NOT NULL
);
INSERT INTO writer VALUES (1, NULL, 0, '-infinity', 0, NULL, NULL, NULL, false);

-- Reorganisations of blocks, by the revision that undid them: those above `fork` up to `head`.
CREATE TABLE reorganisations (
  revision bigint PRIMARY KEY,
  fork bigint NOT NULL,
  head bigint NOT NULL
);

-- The version of the tables that follow from the logs, and which functions and views there are.
CREATE TABLE schema_version (version bigint NOT NULL, code text NOT NULL);
