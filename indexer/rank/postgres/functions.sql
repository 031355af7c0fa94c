-- Ranks in the database: each is one function, called in one round trip. What the marks are is said in rank/ranking.sql.
-- Plans are made once: whatever the values, rows are found by their keys, and making a plan takes longer than that.
-- A limit that isn't known is taken for a tenth of all rows, for which code would be compiled: that is ruled out.

-- How many levels of marks an entry has, drawn by lot from its last ledger entry.
CREATE FUNCTION height(last_seq bigint) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN lot & 63 <> 0 THEN 0 WHEN lot & 4095 <> 0 THEN 1 WHEN lot & 262143 <> 0 THEN 2 ELSE 3 END::bigint
  FROM (SELECT mixed * mixed % 2147483647 AS lot
        FROM (SELECT last_seq % 2147483647 * 1103515245 % 2147483647 AS mixed) AS mix) AS draw
$$;

-- Before every entry: points fit in 63 bits, and the ledger begins with 1.
CREATE FUNCTION beginning() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT (-9223372036854775808)::bigint';

-- Entries from a key up to before another. An index scan ends at a key of two columns only where the first one differs, and
-- many entries have the same points: so a range is counted in three parts, each bounded by one column.
CREATE FUNCTION places_between(season bigint, from_behind bigint, from_seq bigint, to_behind bigint, to_seq bigint)
RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF from_behind = to_behind THEN
    RETURN (SELECT count(*) FROM places AS p WHERE p.season_id = season AND p.behind = from_behind
      AND p.last_seq >= from_seq AND p.last_seq < to_seq);
  END IF;
  RETURN (SELECT count(*) FROM places AS p WHERE p.season_id = season AND p.behind = from_behind AND p.last_seq >= from_seq)
    + (SELECT count(*) FROM places AS p WHERE p.season_id = season AND p.behind > from_behind AND p.behind < to_behind)
    + (SELECT count(*) FROM places AS p WHERE p.season_id = season AND p.behind = to_behind AND p.last_seq < to_seq);
END $$;

-- What the marks of a level count, from a key up to before another.
CREATE FUNCTION marks_between(
  season bigint, of_level bigint, from_behind bigint, from_seq bigint, to_behind bigint, to_seq bigint
) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF from_behind = to_behind THEN
    RETURN (SELECT coalesce(sum(m.count), 0) FROM marks AS m WHERE m.season_id = season AND m.level = of_level
      AND m.behind = from_behind AND m.last_seq >= from_seq AND m.last_seq < to_seq);
  END IF;
  RETURN (SELECT coalesce(sum(m.count), 0) FROM marks AS m WHERE m.season_id = season AND m.level = of_level
      AND m.behind = from_behind AND m.last_seq >= from_seq)
    + (SELECT coalesce(sum(m.count), 0) FROM marks AS m WHERE m.season_id = season AND m.level = of_level
      AND m.behind > from_behind AND m.behind < to_behind)
    + (SELECT coalesce(sum(m.count), 0) FROM marks AS m WHERE m.season_id = season AND m.level = of_level
      AND m.behind = to_behind AND m.last_seq < to_seq);
END $$;

-- How many entries stand ahead of a key, whether or not an entry has it.
CREATE FUNCTION ahead(season bigint, to_behind bigint, to_seq bigint) RETURNS bigint LANGUAGE plpgsql STABLE
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  total bigint;
  upper_behind bigint := to_behind;
  upper_seq bigint := to_seq;
  from_behind bigint;
  from_seq bigint;
BEGIN
  SELECT m.behind, m.last_seq INTO from_behind, from_seq FROM marks AS m
  WHERE m.season_id = season AND m.level = 1 AND (m.behind, m.last_seq) < (to_behind, to_seq)
  ORDER BY m.behind DESC, m.last_seq DESC LIMIT 1;
  IF NOT FOUND THEN from_behind := beginning(); from_seq := 0; END IF;
  total := places_between(season, from_behind, from_seq, to_behind, to_seq);
  FOR lower IN 1..3 LOOP
    EXIT WHEN from_behind = beginning();
    upper_behind := from_behind;
    upper_seq := from_seq;
    from_behind := NULL;
    IF lower < 3 THEN
      SELECT m.behind, m.last_seq INTO from_behind, from_seq FROM marks AS m
      WHERE m.season_id = season AND m.level = lower + 1 AND (m.behind, m.last_seq) < (to_behind, to_seq)
      ORDER BY m.behind DESC, m.last_seq DESC LIMIT 1;
    END IF;
    IF from_behind IS NULL THEN from_behind := beginning(); from_seq := 0; END IF;
    total := total + marks_between(season, lower, from_behind, from_seq, upper_behind, upper_seq);
  END LOOP;
  RETURN total;
END $$;

-- The key of the entry at a place from 1 on; no row beyond the last.
CREATE FUNCTION key_at(season bigint, place bigint) RETURNS TABLE (behind bigint, last_seq bigint)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET jit = off AS $$
DECLARE
  skipped bigint := place - 1;
  from_behind bigint := beginning();
  from_seq bigint := 0;
  passed bigint;
BEGIN
  FOR upper IN REVERSE 3..1 LOOP
    SELECT s.behind, s.last_seq, s.upto - s.count INTO from_behind, from_seq, passed
    FROM (SELECT m.behind, m.last_seq, m.count, sum(m.count) OVER (ORDER BY m.behind, m.last_seq) AS upto
          FROM marks AS m
          WHERE m.season_id = season AND m.level = upper AND (m.behind, m.last_seq) >= (from_behind, from_seq)
          ORDER BY m.behind, m.last_seq) AS s
    WHERE s.upto > skipped LIMIT 1;
    IF NOT FOUND THEN RETURN; END IF;
    skipped := skipped - passed;
  END LOOP;
  RETURN QUERY SELECT p.behind, p.last_seq FROM places AS p
    WHERE p.season_id = season AND (p.behind, p.last_seq) >= (from_behind, from_seq)
    ORDER BY p.behind, p.last_seq OFFSET skipped LIMIT 1;
END $$;

-- Standings from the entry at a key on, in order, with their ranks and places.
CREATE FUNCTION standings_from(season bigint, from_behind bigint, from_seq bigint, most bigint)
RETURNS TABLE (
  rank bigint, place bigint, account text, points bigint, last_seq bigint, verified bigint, pending bigint,
  refuted bigint, caught bigint, last_change_at bigint, name bytea
) LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan SET jit = off AS $$
DECLARE
  first_place bigint := 1 + ahead(season, from_behind, from_seq);
  first_rank bigint := first_place;
BEGIN
  IF EXISTS (SELECT 1 FROM places AS p WHERE p.season_id = season AND p.behind = from_behind AND p.last_seq < from_seq) THEN
    first_rank := 1 + ahead(season, from_behind, 0);
  END IF;
  RETURN QUERY
    SELECT
      CASE WHEN s.behind = from_behind THEN first_rank ELSE first_place - 1 + rank() OVER (ORDER BY s.behind) END,
      first_place - 1 + row_number() OVER (ORDER BY s.behind, s.last_seq),
      l.account, -s.behind, s.last_seq, e.verified, e.pending, e.refuted, e.caught, b.timestamp,
      (SELECT n.name FROM profiles AS n WHERE n.account = l.account)
    FROM (SELECT p.behind, p.last_seq FROM places AS p
          WHERE p.season_id = season AND (p.behind, p.last_seq) >= (from_behind, from_seq)
          ORDER BY p.behind, p.last_seq LIMIT most) AS s
    -- A row each, whatever the planner takes the limit to be.
    CROSS JOIN LATERAL (
      SELECT o.account, o.block_number FROM ledger AS o WHERE o.season_id = season AND o.seq = s.last_seq LIMIT 1
    ) AS l
    CROSS JOIN LATERAL (SELECT o.timestamp FROM blocks AS o WHERE o.number = l.block_number LIMIT 1) AS b
    CROSS JOIN LATERAL (
      SELECT o.verified, o.pending, o.refuted, o.caught FROM entries AS o
      WHERE o.season_id = season AND o.account = l.account LIMIT 1
    ) AS e
    ORDER BY s.behind, s.last_seq;
END $$;

-- The entry that is so many before one, or the first.
CREATE FUNCTION key_before(season bigint, behind_at bigint, seq_at bigint, steps bigint)
RETURNS TABLE (behind bigint, last_seq bigint) LANGUAGE sql STABLE AS $$
  SELECT s.behind, s.last_seq
  FROM (SELECT p.behind, p.last_seq FROM places AS p
        WHERE p.season_id = season AND (p.behind, p.last_seq) <= (behind_at, seq_at)
        ORDER BY p.behind DESC, p.last_seq DESC LIMIT steps + 1) AS s
  ORDER BY s.behind, s.last_seq LIMIT 1
$$;

-- What a mark counts: the entries from a key up to before the next mark of its level.
CREATE FUNCTION count_of(season bigint, of_level bigint, from_behind bigint, from_seq bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
  to_behind bigint;
  to_seq bigint;
BEGIN
  SELECT m.behind, m.last_seq INTO to_behind, to_seq FROM marks AS m
  WHERE m.season_id = season AND m.level = of_level AND (m.behind, m.last_seq) > (from_behind, from_seq)
  ORDER BY m.behind, m.last_seq LIMIT 1;
  IF NOT FOUND THEN to_behind := 9223372036854775807; to_seq := 9223372036854775807; END IF;
  IF of_level = 1 THEN RETURN places_between(season, from_behind, from_seq, to_behind, to_seq); END IF;
  RETURN marks_between(season, of_level - 1, from_behind, from_seq, to_behind, to_seq);
END $$;

-- Moves entries of seasons, each from a key to another: null where it has none before, or has none any more. Of the marks
-- on each level, those next to a mark that comes or goes are counted anew; the others gain and lose what moved.
CREATE FUNCTION move_entries(
  seasons bigint[], numbers bigint[], from_behinds bigint[], from_seqs bigint[], to_behinds bigint[], to_seqs bigint[]
) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  tall boolean;
BEGIN
  DELETE FROM places AS p USING unnest(seasons, from_behinds, from_seqs) AS f (season, behind, seq)
  WHERE p.season_id = f.season AND p.behind = f.behind AND p.last_seq = f.seq;
  INSERT INTO places (season_id, behind, last_seq, number)
  SELECT t.season, t.behind, t.seq, t.number FROM unnest(seasons, to_behinds, to_seqs, numbers) AS t (season, behind, seq, number)
  WHERE t.seq IS NOT NULL;
  FOR of_level IN 1..3 LOOP
    tall := EXISTS (SELECT 1 FROM unnest(from_seqs || to_seqs) AS f (seq) WHERE height(f.seq) >= of_level);
    IF tall THEN
      DELETE FROM marks AS m USING unnest(seasons, from_behinds, from_seqs) AS f (season, behind, seq)
      WHERE m.season_id = f.season AND m.level = of_level AND m.behind = f.behind AND m.last_seq = f.seq;
      INSERT INTO marks (season_id, level, behind, last_seq, count)
      SELECT t.season, of_level, t.behind, t.seq, 0 FROM unnest(seasons, to_behinds, to_seqs) AS t (season, behind, seq)
      WHERE height(t.seq) >= of_level;
    END IF;
    INSERT INTO marks AS m (season_id, level, behind, last_seq, count)
    SELECT c.season, of_level, coalesce(held.behind, beginning()), coalesce(held.last_seq, 0), sum(c.by)
    FROM (
      SELECT f.season, f.behind, f.seq, -1 AS by FROM unnest(seasons, from_behinds, from_seqs) AS f (season, behind, seq)
      UNION ALL
      SELECT t.season, t.behind, t.seq, 1 FROM unnest(seasons, to_behinds, to_seqs) AS t (season, behind, seq)
    ) AS c
    LEFT JOIN LATERAL (
      SELECT o.behind, o.last_seq FROM marks AS o
      WHERE o.season_id = c.season AND o.level = of_level AND (o.behind, o.last_seq) <= (c.behind, c.seq)
      ORDER BY o.behind DESC, o.last_seq DESC LIMIT 1
    ) AS held ON true
    WHERE c.seq IS NOT NULL
    GROUP BY 1, 3, 4 HAVING sum(c.by) <> 0
    ON CONFLICT (season_id, level, behind, last_seq) DO UPDATE SET count = m.count + excluded.count;
    IF tall THEN
      INSERT INTO marks (season_id, level, behind, last_seq, count)
      SELECT c.season, of_level, c.behind, c.seq, count_of(c.season, of_level, c.behind, c.seq)
      FROM (
        SELECT t.season, t.behind, t.seq FROM unnest(seasons, to_behinds, to_seqs) AS t (season, behind, seq)
        WHERE height(t.seq) >= of_level
        UNION
        SELECT c.season, coalesce(held.behind, beginning()), coalesce(held.last_seq, 0)
        FROM (
          SELECT f.season, f.behind, f.seq FROM unnest(seasons, from_behinds, from_seqs) AS f (season, behind, seq)
          UNION ALL
          SELECT t.season, t.behind, t.seq FROM unnest(seasons, to_behinds, to_seqs) AS t (season, behind, seq)
        ) AS c
        LEFT JOIN LATERAL (
          SELECT o.behind, o.last_seq FROM marks AS o
          WHERE o.season_id = c.season AND o.level = of_level AND (o.behind, o.last_seq) < (c.behind, c.seq)
          ORDER BY o.behind DESC, o.last_seq DESC LIMIT 1
        ) AS held ON true
        WHERE height(c.seq) >= of_level
      ) AS c
      ON CONFLICT (season_id, level, behind, last_seq) DO UPDATE SET count = excluded.count;
    END IF;
    -- Any other mark counts its own entry at least.
    DELETE FROM marks AS m
    WHERE m.season_id = ANY (seasons) AND m.level = of_level AND m.behind = beginning() AND m.count = 0;
  END LOOP;
END $$;

-- Makes the whole order from the entries.
CREATE FUNCTION build_ranking() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO places (season_id, behind, last_seq, number)
  SELECT season_id, -points, last_seq, number FROM entries WHERE last_seq > 0
  ORDER BY season_id, -points, last_seq;
  FOR of_level IN 1..3 LOOP
    INSERT INTO marks (season_id, level, behind, last_seq, count)
    SELECT season_id, of_level, coalesce(max(behind) FILTER (WHERE begins), beginning()),
      coalesce(max(last_seq) FILTER (WHERE begins), 0), sum(count)
    FROM (
      SELECT *, sum(begins::int) OVER (PARTITION BY season_id ORDER BY behind, last_seq) AS span
      FROM (
        SELECT season_id, behind, last_seq, 1 AS count, height(last_seq) >= of_level AS begins FROM places
        WHERE of_level = 1
        UNION ALL
        SELECT season_id, behind, last_seq, count, last_seq > 0 AND height(last_seq) >= of_level FROM marks
        WHERE level = of_level - 1
      ) AS lower
    ) AS spans
    GROUP BY season_id, span;
  END LOOP;
  INSERT INTO ranking_built VALUES (1);
END $$;

-- Notes the end of an epoch after a ledger entry, with the ranks as they stand, unless they are noted for that entry.
CREATE FUNCTION close_epoch(season bigint, of_epoch bigint, ended_at bigint, at_seq bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM epochs AS e WHERE e.season_id = season AND e.seq = at_seq) THEN
    -- Four bytes a rank, the lowest first; 1000 participants a row.
    INSERT INTO epoch_ranks (season_id, seq, chunk, ranks)
    SELECT season, at_seq, (number - 1) / 1000,
      string_agg(substr(b, 4, 1) || substr(b, 3, 1) || substr(b, 2, 1) || substr(b, 1, 1), ''::bytea ORDER BY number)
    FROM (SELECT p.number, int4send((rank() OVER (ORDER BY p.behind))::int) AS b FROM places AS p WHERE p.season_id = season)
      AS ranked
    GROUP BY 3;
  END IF;
  INSERT INTO epochs VALUES (season, of_epoch, ended_at, at_seq);
END $$;

-- Takes back the ends of epochs after a time, and those of seasons that are no longer open.
CREATE FUNCTION reopen_epochs(after_time bigint) RETURNS void LANGUAGE sql AS $$
  DELETE FROM epochs
  WHERE ends_at > after_time OR season_id NOT IN (SELECT season_id FROM seasons WHERE starts_at IS NOT NULL);
  DELETE FROM epoch_ranks AS r
  WHERE NOT EXISTS (SELECT 1 FROM epochs AS e WHERE e.season_id = r.season_id AND e.seq = r.seq);
$$;
