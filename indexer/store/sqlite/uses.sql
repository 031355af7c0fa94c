-- The tables `uses` and `totals` follow from attestations and answers. They are built once the first blocks are read, at a
-- fraction of the cost of keeping them all the while, and kept by triggers from then on: whatever writes an attestation's
-- row, or undoes it, keeps them right.

-- The verified and refuted attestations, and what each adds where. One for no season counts if it answers a request.
CREATE VIEW counted AS
SELECT
  uid, prover AS account, model_id, season_id, task_id,
  count * (season_id IS NOT NULL AND status = 2) AS season_verified,
  count * (season_id IS NOT NULL AND status = 3) AS season_refuted,
  count * (season_id IS NULL AND status = 2) AS request_verified,
  count * (season_id IS NULL AND status = 3) AS request_refuted
FROM attestations
WHERE status IN (2, 3) AND (season_id IS NOT NULL OR uid IN (SELECT uid FROM answers));

-- The same for each of its subjects: its model, the model's publisher, the task of a season, as `1/0`, and all tasks that
-- the season has with the model, as `1/0x…`.
CREATE VIEW used AS
SELECT counted.*, model_id AS subject FROM counted
UNION ALL
SELECT counted.*, publisher FROM counted JOIN models USING (model_id)
UNION ALL
SELECT counted.*, season_id || '/' || task_id FROM counted WHERE season_id IS NOT NULL
UNION ALL
SELECT counted.*, season_id || '/' || model_id FROM counted WHERE season_id IS NOT NULL;

-- What an account did for one task is added up before it is told to each subject: that halves the time.
WITH done AS MATERIALIZED (
  SELECT
    account, model_id, season_id, task_id,
    sum(season_verified) AS season_verified, sum(season_refuted) AS season_refuted,
    sum(request_verified) AS request_verified, sum(request_refuted) AS request_refuted
  FROM counted GROUP BY account, model_id, season_id, task_id
)
INSERT INTO uses
SELECT subject, account, sum(season_verified), sum(season_refuted), sum(request_verified), sum(request_refuted)
FROM (
  SELECT done.*, model_id AS subject FROM done
  UNION ALL
  SELECT done.*, publisher FROM done JOIN models USING (model_id)
  UNION ALL
  SELECT done.*, season_id || '/' || task_id FROM done WHERE season_id IS NOT NULL
  UNION ALL
  SELECT done.*, season_id || '/' || model_id FROM done WHERE season_id IS NOT NULL
)
GROUP BY subject, account;
-- The kind of a subject is seen from its length.
INSERT INTO totals
SELECT
  subject, CASE length(subject) WHEN 66 THEN 'model' WHEN 42 THEN 'publisher' ELSE 'part' END,
  sum(season_verified), sum(season_refuted), sum(season_verified > 0),
  sum(request_verified), sum(request_refuted), sum(request_verified > 0)
FROM uses GROUP BY subject;

-- Adds to a row, or makes one.
CREATE VIEW added AS SELECT * FROM uses;
CREATE TRIGGER add_use INSTEAD OF INSERT ON added BEGIN
  INSERT INTO uses
  VALUES (
    new.subject, new.account,
    new.season_verified, new.season_refuted, new.request_verified, new.request_refuted
  )
  ON CONFLICT DO UPDATE SET
    season_verified = season_verified + excluded.season_verified,
    season_refuted = season_refuted + excluded.season_refuted,
    request_verified = request_verified + excluded.request_verified,
    request_refuted = request_refuted + excluded.request_refuted;
END;

-- What a row of an attestation adds is taken away before it changes, and added again after.
CREATE TRIGGER uses_before_status BEFORE UPDATE OF status ON attestations WHEN old.status IN (2, 3) BEGIN
  INSERT INTO added
  SELECT subject, account, -season_verified, -season_refuted, -request_verified, -request_refuted
  FROM used WHERE uid = old.uid;
END;
CREATE TRIGGER uses_before_attestation BEFORE DELETE ON attestations WHEN old.status IN (2, 3) BEGIN
  INSERT INTO added
  SELECT subject, account, -season_verified, -season_refuted, -request_verified, -request_refuted
  FROM used WHERE uid = old.uid;
END;
CREATE TRIGGER uses_before_answer BEFORE DELETE ON answers BEGIN
  INSERT INTO added
  SELECT subject, account, -season_verified, -season_refuted, -request_verified, -request_refuted
  FROM used WHERE uid = old.uid;
END;
CREATE TRIGGER uses_after_status AFTER UPDATE OF status ON attestations WHEN new.status IN (2, 3) BEGIN
  INSERT INTO added
  SELECT subject, account, season_verified, season_refuted, request_verified, request_refuted
  FROM used WHERE uid = new.uid;
END;
CREATE TRIGGER uses_after_attestation AFTER INSERT ON attestations WHEN new.status IN (2, 3) BEGIN
  INSERT INTO added
  SELECT subject, account, season_verified, season_refuted, request_verified, request_refuted
  FROM used WHERE uid = new.uid;
END;
CREATE TRIGGER uses_after_answer AFTER INSERT ON answers BEGIN
  INSERT INTO added
  SELECT subject, account, season_verified, season_refuted, request_verified, request_refuted
  FROM used WHERE uid = new.uid;
END;

-- A row of zeros is none.
CREATE TRIGGER uses_of_none AFTER UPDATE ON uses
WHEN new.season_verified = 0 AND new.season_refuted = 0 AND new.request_verified = 0 AND new.request_refuted = 0 BEGIN
  DELETE FROM uses WHERE subject = new.subject AND account = new.account;
END;
CREATE TRIGGER totals_of_none AFTER UPDATE ON totals
WHEN new.season_verified = 0 AND new.season_refuted = 0 AND new.request_verified = 0 AND new.request_refuted = 0 BEGIN
  DELETE FROM totals WHERE subject = new.subject;
END;

CREATE TRIGGER totals_after_first_use AFTER INSERT ON uses BEGIN
  INSERT INTO totals VALUES (
    new.subject, CASE length(new.subject) WHEN 66 THEN 'model' WHEN 42 THEN 'publisher' ELSE 'part' END,
    new.season_verified, new.season_refuted, new.season_verified > 0,
    new.request_verified, new.request_refuted, new.request_verified > 0
  ) ON CONFLICT DO UPDATE SET
    season_verified = season_verified + excluded.season_verified,
    season_refuted = season_refuted + excluded.season_refuted,
    season_provers = season_provers + excluded.season_provers,
    request_verified = request_verified + excluded.request_verified,
    request_refuted = request_refuted + excluded.request_refuted,
    request_provers = request_provers + excluded.request_provers;
END;
-- Where an account has a row, its subject has one.
CREATE TRIGGER totals_after_use AFTER UPDATE ON uses BEGIN
  UPDATE totals SET
    season_verified = season_verified + new.season_verified - old.season_verified,
    season_refuted = season_refuted + new.season_refuted - old.season_refuted,
    season_provers = season_provers + (new.season_verified > 0) - (old.season_verified > 0),
    request_verified = request_verified + new.request_verified - old.request_verified,
    request_refuted = request_refuted + new.request_refuted - old.request_refuted,
    request_provers = request_provers + (new.request_verified > 0) - (old.request_verified > 0)
  WHERE subject = new.subject;
END;
