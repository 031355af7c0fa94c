-- The ranking rule: points descending; equal points share a rank, and go by the lower last_seq in the list, which is unique
-- in a season. `behind`, the points negated, turns that into one ascending key, (behind, last_seq): a place is one more
-- than the entries ahead of the key, a rank one more than those ahead of (behind, 0). All SQL of the ranking is in this file.

-- name: install
-- Every entry in order, once the ranking is built. `height` is drawn by lot from last_seq: 1 of 64 entries has one above
-- 0, 1 of 64 of those one above 1, and so on.
CREATE TABLE places (
  season_id INTEGER NOT NULL,
  behind INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  number INTEGER NOT NULL,
  mixed INTEGER GENERATED ALWAYS AS (last_seq % 2147483647 * 1103515245 % 2147483647) VIRTUAL,
  lot INTEGER GENERATED ALWAYS AS (mixed * mixed % 2147483647) VIRTUAL,
  height INTEGER GENERATED ALWAYS AS (
    CASE WHEN lot & 63 THEN 0 WHEN lot & 4095 THEN 1 WHEN lot & 262143 THEN 2 ELSE 3 END
  ) VIRTUAL,
  PRIMARY KEY (season_id, behind, last_seq)
) STRICT, WITHOUT ROWID;
-- A skip list that counts. An entry has a mark on every level up to its height; a mark counts the entries from its own
-- up to before the next mark of its level. The least possible key marks each level's beginning. None counts zero. So the
-- rows follow from the entries alone, not from the order of changes.
CREATE TABLE marks (
  season_id INTEGER NOT NULL,
  level INTEGER NOT NULL,
  behind INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (season_id, level, behind, last_seq)
) STRICT, WITHOUT ROWID;
-- A mark, and the key of the next one of its level.
CREATE VIEW spans AS
SELECT
  *,
  lead(behind, 1, 9223372036854775807) OVER of_level AS to_behind,
  lead(last_seq, 1, 9223372036854775807) OVER of_level AS to_seq
FROM marks WINDOW of_level AS (PARTITION BY season_id, level ORDER BY behind, last_seq);
-- One row once places and marks are built. From then on they follow the entries in the same transactions.
CREATE TABLE ranking_built (id INTEGER PRIMARY KEY CHECK (id = 1)) STRICT;
CREATE VIEW standings AS
SELECT
  places.season_id,
  ledger.account,
  behind,
  places.last_seq,
  CAST(-behind AS TEXT) AS points,
  CAST(places.last_seq AS TEXT) AS lastSeq,
  verified,
  pending,
  refuted,
  caught,
  timestamp AS lastChangeAt,
  name
FROM places
JOIN ledger ON ledger.season_id = places.season_id AND ledger.seq = places.last_seq
JOIN blocks ON blocks.number = ledger.block_number
JOIN entries ON entries.season_id = places.season_id AND entries.account = ledger.account
LEFT JOIN profiles ON profiles.account = ledger.account;

-- name: key of account
SELECT -points, last_seq FROM entries WHERE season_id = ? AND account = ? AND last_seq > 0;

-- name: standing
SELECT * FROM standings WHERE season_id = :season AND behind = :behind AND last_seq = :lastSeq;

-- name: from
SELECT * FROM standings
WHERE season_id = :season AND (behind, last_seq) >= (:behind, :lastSeq)
ORDER BY behind, last_seq LIMIT :limit;

-- name: after
SELECT * FROM standings
WHERE season_id = :season AND (behind, last_seq) > (:behind, :lastSeq)
ORDER BY behind, last_seq LIMIT :limit;

-- name: before
SELECT * FROM standings
WHERE season_id = :season AND (behind, last_seq) < (:behind, :lastSeq)
ORDER BY behind DESC, last_seq DESC LIMIT :limit;

-- name: place at
SELECT behind, last_seq FROM places
WHERE season_id = ? AND (behind, last_seq) >= (?, ?)
ORDER BY behind, last_seq LIMIT 1 OFFSET ?;

-- Entries with the same points ahead of one, up to a limit.
-- name: equal ahead
SELECT count(*) FROM (SELECT 1 FROM places WHERE season_id = ? AND behind = ? AND last_seq < ? LIMIT ?);

-- name: counts from
SELECT count FROM marks
WHERE season_id = ? AND level = ? AND (behind, last_seq) >= (?, ?)
ORDER BY behind, last_seq LIMIT ? OFFSET ?;

-- name: mark from
SELECT behind, last_seq FROM marks
WHERE season_id = ? AND level = ? AND (behind, last_seq) >= (?, ?)
ORDER BY behind, last_seq LIMIT 1 OFFSET ?;

-- name: mark before
SELECT behind, last_seq FROM marks
WHERE season_id = ? AND level = ? AND (behind, last_seq) < (?, ?)
ORDER BY behind DESC, last_seq DESC LIMIT 1;

-- SQLite seeks both ends of a range only when they differ in one column, so a range is counted in three parts.
-- name: places between
SELECT
  (SELECT count(*) FROM places WHERE season_id = :season AND behind = :behind AND last_seq >= :lastSeq
     AND last_seq < iif(:behind = :toBehind, :toSeq, 9223372036854775807))
  + (SELECT count(*) FROM places WHERE season_id = :season AND behind > :behind AND behind < :toBehind)
  + (SELECT count(*) FROM places WHERE season_id = :season
     AND behind = iif(:behind = :toBehind, NULL, :toBehind) AND last_seq < :toSeq);

-- name: marks between
SELECT
  (SELECT ifnull(sum(count), 0) FROM marks WHERE season_id = :season AND level = :level AND behind = :behind
     AND last_seq >= :lastSeq AND last_seq < iif(:behind = :toBehind, :toSeq, 9223372036854775807))
  + (SELECT ifnull(sum(count), 0) FROM marks WHERE season_id = :season AND level = :level
     AND behind > :behind AND behind < :toBehind)
  + (SELECT ifnull(sum(count), 0) FROM marks WHERE season_id = :season AND level = :level
     AND behind = iif(:behind = :toBehind, NULL, :toBehind) AND last_seq < :toSeq);

-- name: height
SELECT height FROM places WHERE season_id = ? AND behind = ? AND last_seq = ?;

-- name: enter
INSERT INTO places (season_id, behind, last_seq, number) VALUES (?, ?, ?, ?);

-- name: move
UPDATE places SET behind = ?, last_seq = ? WHERE season_id = ? AND behind = ? AND last_seq = ?;

-- name: leave
DELETE FROM places WHERE season_id = ? AND behind = ? AND last_seq = ?;

-- name: shift
INSERT INTO marks VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count;

-- name: sweep
DELETE FROM marks WHERE season_id = ? AND level = ? AND behind = ? AND last_seq = ? AND count = 0;

-- name: unmark
DELETE FROM marks WHERE season_id = ? AND level = ? AND behind = ? AND last_seq = ? RETURNING count;

-- name: count of mark
SELECT count FROM marks WHERE season_id = ? AND level = ? AND behind = ? AND last_seq = ?;

-- name: places in order
SELECT number, -behind FROM places WHERE season_id = ? ORDER BY behind, last_seq;

-- name: entries in order
SELECT number, points, last_seq FROM entries WHERE season_id = ? AND last_seq > 0 ORDER BY -points, last_seq;

-- name: build places
INSERT INTO places (season_id, behind, last_seq, number)
SELECT season_id, -points, last_seq, number FROM entries WHERE last_seq > 0 ORDER BY season_id, -points, last_seq;

-- name: build marks
INSERT INTO marks
SELECT season_id, level, -9223372036854775808, 0, 0
FROM (SELECT DISTINCT season_id FROM places), (SELECT column1 AS level FROM (VALUES (1), (2), (3)));
INSERT INTO marks
SELECT season_id, level, behind, last_seq, 0
FROM places JOIN (SELECT column1 AS level FROM (VALUES (1), (2), (3))) ON height >= level;

-- name: build lowest counts
INSERT OR REPLACE INTO marks
SELECT season_id, level, behind, last_seq,
  (SELECT count(*) FROM places WHERE season_id = span.season_id AND behind = span.behind
     AND last_seq >= span.last_seq AND last_seq < iif(span.behind = to_behind, to_seq, 9223372036854775807))
  + (SELECT count(*) FROM places WHERE season_id = span.season_id AND behind > span.behind AND behind < to_behind)
  + (SELECT count(*) FROM places WHERE season_id = span.season_id
     AND behind = iif(span.behind = to_behind, NULL, to_behind) AND last_seq < to_seq)
FROM spans AS span WHERE level = 1;

-- name: build counts
INSERT OR REPLACE INTO marks
SELECT season_id, level, behind, last_seq,
  (SELECT ifnull(sum(count), 0) FROM marks WHERE season_id = span.season_id AND level = span.level - 1
     AND behind = span.behind AND last_seq >= span.last_seq
     AND last_seq < iif(span.behind = to_behind, to_seq, 9223372036854775807))
  + (SELECT ifnull(sum(count), 0) FROM marks WHERE season_id = span.season_id AND level = span.level - 1
     AND behind > span.behind AND behind < to_behind)
  + (SELECT ifnull(sum(count), 0) FROM marks WHERE season_id = span.season_id AND level = span.level - 1
     AND behind = iif(span.behind = to_behind, NULL, to_behind) AND last_seq < to_seq)
FROM spans AS span WHERE level = ?;

-- name: build end
DELETE FROM marks WHERE count = 0;
INSERT INTO ranking_built VALUES (1);
