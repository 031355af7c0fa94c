import { methods } from "../../../sdk/methods/index.ts";
import { Reason, Status } from "../../../sdk/protocol.ts";

/** SQL that names the numbers of a column; a number that has no name stays a number. */
const named = (column: string, names: Record<string, number>): string =>
  `CASE ${column} ${Object.entries(names)
    .map(([name, number]) => `WHEN ${number} THEN '${name}'`)
    .join(" ")} ELSE ${column}::text END`;

const methodNames = Object.fromEntries(Object.values(methods).map(({ id, name }) => [name, id]));

/**
 * What people read with SQL: views with plain names in the schema `people`, and functions. To be made while the rows' schema
 * is the search path.
 */
export const viewsSql = (people: string): string => `
CREATE FUNCTION ${people}.words(stored bytea) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  shown bytea := stored;
BEGIN
  -- No text holds a zero byte.
  WHILE position('\\x00'::bytea IN shown) > 0 LOOP
    shown := overlay(shown PLACING '\\xefbfbd'::bytea FROM position('\\x00'::bytea IN shown) FOR 1);
  END LOOP;
  RETURN convert_from(shown, 'UTF8');
END $$;
COMMENT ON FUNCTION ${people}.words IS 'What a person wrote, as text. Never trust it: anybody may write anything.';

CREATE VIEW ${people}.seasons AS
SELECT season_id, organiser, ${people}.words(uri) AS metadata, to_timestamp(starts_at) AS starts_at,
  to_timestamp(ends_at) AS ends_at, to_timestamp(closes_at) AS closes_at, participants, total_points AS points,
  seq AS ledger_entries, ledger_hash
FROM seasons WHERE starts_at IS NOT NULL;
COMMENT ON VIEW ${people}.seasons IS 'Seasons that were opened.';

CREATE VIEW ${people}.standings AS
SELECT season_id, rank() OVER of_season AS rank, row_number() OVER in_order AS place, entries.account,
  ${people}.words(name) AS name, points, verified, pending, refuted, caught, last_seq
FROM entries LEFT JOIN profiles ON profiles.account = entries.account
WHERE last_seq > 0
WINDOW of_season AS (PARTITION BY season_id ORDER BY points DESC),
  in_order AS (PARTITION BY season_id ORDER BY points DESC, last_seq);
COMMENT ON VIEW ${people}.standings IS 'Accounts with a ledger entry in their order. Name a season: it sorts all of them. For one account, ${people}.standing() is faster.';
COMMENT ON COLUMN ${people}.standings.rank IS 'Shared by equal points: 1, 2, 2, 4.';
COMMENT ON COLUMN ${people}.standings.place IS 'In the list, equal points by their last ledger entries.';
COMMENT ON COLUMN ${people}.standings.verified IS 'Units, as pending and refuted.';
COMMENT ON COLUMN ${people}.standings.caught IS 'Refutations that the account had a part in.';

CREATE VIEW ${people}.receipts AS
SELECT ledger.season_id, seq, ledger.account, ${named("reason", Reason)} AS reason, delta, ledger.points, ledger.subject AS attestation,
  ${named("method", methodNames)} AS method, attestations.model_id, ledger.block_number, ledger.log_index,
  to_timestamp(timestamp) AS at, transaction_hash, ledger.ledger_hash
FROM ledger
JOIN blocks ON blocks.number = ledger.block_number
JOIN events ON events.block_number = ledger.block_number AND events.log_index = ledger.log_index
LEFT JOIN attestations ON attestations.uid = ledger.subject;
COMMENT ON VIEW ${people}.receipts IS 'Every change of points, with what it was for.';
COMMENT ON COLUMN ${people}.receipts.points IS 'The account''s points after it.';

CREATE VIEW ${people}.attestations AS
SELECT uid, prover, ${named("method", methodNames)} AS method, attestations.model_id, ${named("status", Status)} AS status, season_id, count AS units,
  root IS NOT NULL AS is_batch, input_hash, output_hash, block_number, log_index, to_timestamp(recorded.timestamp) AS recorded_at,
  to_timestamp(settled.timestamp) AS settled_at
FROM attestations
JOIN blocks AS recorded ON recorded.number = block_number
LEFT JOIN blocks AS settled ON settled.number = settled_block;
COMMENT ON VIEW ${people}.attestations IS 'What provers said, and what became of it.';
COMMENT ON COLUMN ${people}.attestations.season_id IS 'Set where it is for a task as the season''s rules ask.';

CREATE FUNCTION ${people}.standing(season bigint, of_account text)
RETURNS TABLE (rank bigint, place bigint, account text, points bigint) LANGUAGE plpgsql STABLE SET search_path FROM CURRENT AS $$
BEGIN
  RETURN QUERY SELECT 1 + ahead(season, -e.points, 0), 1 + ahead(season, -e.points, e.last_seq), e.account, e.points
    FROM entries AS e WHERE e.season_id = season AND lower(e.account) = lower(of_account) AND e.last_seq > 0;
END $$;
COMMENT ON FUNCTION ${people}.standing IS 'Where an account stands in a season: exact, and fast among millions. No row without a ledger entry.';
`;
