-- How `uses` and `totals` are counted, as sqlite/uses.sql has it: the same rows follow. Once they are built (uses.sql),
-- triggers keep them, a statement at a time. A trigger's argument selects the rows that it adds, with sign 1, and takes away,
-- with sign -1.

-- What an attestation adds to each of its subjects: its model, the model's publisher, the task of a season, as `1/0`, and
-- all tasks that the season has with the model, as `1/0x…`.
CREATE FUNCTION used(of_model text, season bigint, task bigint, units bigint, state bigint)
RETURNS TABLE (
  subject text, season_verified bigint, season_refuted bigint, request_verified bigint, request_refuted bigint
) LANGUAGE sql STABLE AS $$
  SELECT
    named.subject,
    CASE WHEN season IS NOT NULL AND state = 2 THEN units ELSE 0 END,
    CASE WHEN season IS NOT NULL AND state = 3 THEN units ELSE 0 END,
    CASE WHEN season IS NULL AND state = 2 THEN units ELSE 0 END,
    CASE WHEN season IS NULL AND state = 3 THEN units ELSE 0 END
  FROM (
    VALUES (of_model), ((SELECT publisher FROM models WHERE model_id = of_model)),
      (season || '/' || task), (season || '/' || of_model)
  ) AS named (subject)
  WHERE named.subject IS NOT NULL AND state IN (2, 3)
$$;

-- After attestations or answers changed.
CREATE FUNCTION add_uses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('
    INSERT INTO uses
    SELECT u.subject, a.prover, sum(sign * u.season_verified), sum(sign * u.season_refuted),
      sum(sign * u.request_verified), sum(sign * u.request_refuted)
    FROM (%s) AS a, used(a.model_id, a.season_id, a.task_id, a.count, a.status) AS u
    GROUP BY u.subject, a.prover
    ON CONFLICT (subject, account) DO UPDATE SET
      season_verified = uses.season_verified + excluded.season_verified,
      season_refuted = uses.season_refuted + excluded.season_refuted,
      request_verified = uses.request_verified + excluded.request_verified,
      request_refuted = uses.request_refuted + excluded.request_refuted', TG_ARGV[0]);
  RETURN NULL;
END $$;

-- After uses changed. The kind of a subject is seen from its length.
CREATE FUNCTION add_totals() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('
    INSERT INTO totals
    SELECT
      subject, CASE length(subject) WHEN 66 THEN ''model'' WHEN 42 THEN ''publisher'' ELSE ''part'' END,
      sum(sign * season_verified), sum(sign * season_refuted), sum(sign * (season_verified > 0)::int),
      sum(sign * request_verified), sum(sign * request_refuted), sum(sign * (request_verified > 0)::int)
    FROM (%s) AS u GROUP BY subject
    ON CONFLICT (subject) DO UPDATE SET
      season_verified = totals.season_verified + excluded.season_verified,
      season_refuted = totals.season_refuted + excluded.season_refuted,
      season_provers = totals.season_provers + excluded.season_provers,
      request_verified = totals.request_verified + excluded.request_verified,
      request_refuted = totals.request_refuted + excluded.request_refuted,
      request_provers = totals.request_provers + excluded.request_provers', TG_ARGV[0]);
  RETURN NULL;
END $$;

-- After uses were updated, and their totals with them: a row of zeros is none.
CREATE FUNCTION drop_zeros() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM uses USING added
  WHERE uses.subject = added.subject AND uses.account = added.account
    AND (uses.season_verified, uses.season_refuted, uses.request_verified, uses.request_refuted) = (0, 0, 0, 0);
  DELETE FROM totals USING added
  WHERE totals.subject = added.subject
    AND (totals.season_verified, totals.season_refuted, totals.request_verified, totals.request_refuted) = (0, 0, 0, 0);
  RETURN NULL;
END $$;
