-- The ranking rule: points descending, then the lower last_seq, which is unique in a season: who got there first.
-- `behind` turns it into one ascending key, (behind, last_seq). Whatever ranks is in this file.

-- name: install
ALTER TABLE entries ADD COLUMN behind INTEGER GENERATED ALWAYS AS (-points) VIRTUAL;
CREATE INDEX ranking ON entries (season_id, behind, last_seq);
CREATE VIEW standings AS
SELECT
  entries.season_id,
  entries.account,
  behind,
  last_seq,
  CAST(entries.points AS TEXT) AS points,
  CAST(last_seq AS TEXT) AS lastSeq,
  ifnull(verified, 0) AS verified,
  ifnull(pending, 0) AS pending,
  ifnull(refuted, 0) AS refuted,
  ifnull(caught, 0) AS caught,
  timestamp AS lastChangeAt
FROM entries
LEFT JOIN tallies ON tallies.season_id = entries.season_id AND tallies.account = entries.account
JOIN ledger ON ledger.season_id = entries.season_id AND ledger.seq = entries.last_seq
JOIN blocks ON blocks.number = ledger.block_number;

-- name: rank
SELECT count(*) FROM entries
WHERE season_id = :season AND (behind, last_seq) <= (:behind, :lastSeq);

-- name: account
SELECT * FROM standings WHERE season_id = :season AND account = :account;

-- name: after
SELECT * FROM standings
WHERE season_id = :season AND (behind, last_seq) > (:behind, :lastSeq)
ORDER BY behind, last_seq LIMIT :limit;

-- name: before
SELECT * FROM standings
WHERE season_id = :season AND (behind, last_seq) < (:behind, :lastSeq)
ORDER BY behind DESC, last_seq DESC LIMIT :limit;
