-- The ranking rule: points descending, then the lower last_seq. Everything that ranks is in this file.

-- name: index
CREATE INDEX IF NOT EXISTS ranking ON entries (season_id, points DESC, last_seq);

-- name: after
SELECT account, points, last_seq FROM entries
WHERE season_id = :season AND (-points, last_seq) > (-:points, :last_seq)
ORDER BY points DESC, last_seq LIMIT 5;
