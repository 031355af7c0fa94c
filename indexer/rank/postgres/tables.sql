-- The order of every season's entries, as rank/ranking.sql has it for SQLite: the same rows follow from the same entries.
CREATE TABLE places (
  season_id bigint NOT NULL,
  behind bigint NOT NULL,
  last_seq bigint NOT NULL,
  number bigint NOT NULL,
  PRIMARY KEY (season_id, behind, last_seq)
);
-- Counts change far more often than keys: room in each page lets them change without another index entry.
CREATE TABLE marks (
  season_id bigint NOT NULL,
  level bigint NOT NULL,
  behind bigint NOT NULL,
  last_seq bigint NOT NULL,
  count bigint NOT NULL,
  PRIMARY KEY (season_id, level, behind, last_seq)
) WITH (fillfactor = 60);
CREATE TABLE ranking_built (id bigint PRIMARY KEY CHECK (id = 1));
CREATE TABLE epochs (
  season_id bigint NOT NULL,
  epoch bigint NOT NULL,
  ends_at bigint NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (season_id, epoch)
);
CREATE TABLE epoch_ranks (
  season_id bigint NOT NULL,
  seq bigint NOT NULL,
  chunk bigint NOT NULL,
  ranks bytea NOT NULL,
  PRIMARY KEY (season_id, seq, chunk)
);
