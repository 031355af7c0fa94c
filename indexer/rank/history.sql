-- Epochs that have ended, and the last ledger entry before each end.
CREATE TABLE epochs (
  season_id INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (season_id, epoch)
) STRICT, WITHOUT ROWID;

-- The ranks right after that ledger entry, those of equal points shared, for all epochs that ended between it and the
-- next: of 1000 participants a row, by their numbers, 4 bytes each with the lowest first. Chunk 0 begins with
-- participant 1. A row fits in a page.
CREATE TABLE epoch_ranks (
  season_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  chunk INTEGER NOT NULL,
  ranks BLOB NOT NULL,
  PRIMARY KEY (season_id, seq, chunk)
) STRICT;
