-- Counts what models were used for, and has it kept: see uses-functions.sql. Done once the first blocks are read, at a
-- fraction of the cost of counting all the while.
DELETE FROM uses;
DELETE FROM totals;
INSERT INTO uses
SELECT subject, prover, sum(season_verified), sum(season_refuted), sum(request_verified), sum(request_refuted)
FROM attestations, used(model_id, season_id, task_id, count, status)
WHERE season_id IS NOT NULL OR uid IN (SELECT uid FROM answers)
GROUP BY subject, prover;
INSERT INTO totals
SELECT
  subject, CASE length(subject) WHEN 66 THEN 'model' WHEN 42 THEN 'publisher' ELSE 'part' END,
  sum(season_verified), sum(season_refuted), count(*) FILTER (WHERE season_verified > 0),
  sum(request_verified), sum(request_refuted), count(*) FILTER (WHERE request_verified > 0)
FROM uses GROUP BY subject;

CREATE TRIGGER uses_of_new AFTER INSERT ON attestations REFERENCING NEW TABLE AS added
EXECUTE FUNCTION add_uses('SELECT 1 AS sign, * FROM added WHERE season_id IS NOT NULL OR uid IN (SELECT uid FROM answers)');
CREATE TRIGGER uses_of_changed AFTER UPDATE ON attestations REFERENCING OLD TABLE AS removed NEW TABLE AS added
EXECUTE FUNCTION add_uses('
  SELECT 1 AS sign, * FROM added WHERE season_id IS NOT NULL OR uid IN (SELECT uid FROM answers)
  UNION ALL SELECT -1, * FROM removed WHERE season_id IS NOT NULL OR uid IN (SELECT uid FROM answers)');
CREATE TRIGGER uses_of_gone AFTER DELETE ON attestations REFERENCING OLD TABLE AS removed
EXECUTE FUNCTION add_uses('SELECT -1 AS sign, * FROM removed WHERE season_id IS NOT NULL OR uid IN (SELECT uid FROM answers)');
CREATE TRIGGER uses_of_answered AFTER INSERT ON answers REFERENCING NEW TABLE AS added
EXECUTE FUNCTION add_uses('SELECT 1 AS sign, * FROM attestations WHERE season_id IS NULL AND uid IN (SELECT uid FROM added)');
CREATE TRIGGER uses_of_unanswered AFTER DELETE ON answers REFERENCING OLD TABLE AS removed
EXECUTE FUNCTION add_uses('SELECT -1 AS sign, * FROM attestations WHERE season_id IS NULL AND uid IN (SELECT uid FROM removed)');

-- Of triggers of one event, PostgreSQL fires those first whose names come first.
CREATE TRIGGER totals_of_new AFTER INSERT ON uses REFERENCING NEW TABLE AS added
EXECUTE FUNCTION add_totals('SELECT 1 AS sign, * FROM added');
CREATE TRIGGER totals_of_changed AFTER UPDATE ON uses REFERENCING OLD TABLE AS removed NEW TABLE AS added
EXECUTE FUNCTION add_totals('SELECT 1 AS sign, * FROM added UNION ALL SELECT -1, * FROM removed');
CREATE TRIGGER zeros_of_changed AFTER UPDATE ON uses REFERENCING NEW TABLE AS added EXECUTE FUNCTION drop_zeros();
