import type { Address } from "viem";
import type { Standing } from "../../../sdk/wire.ts";
import type { Eventual } from "../../store/eventual.ts";
import type { Connection } from "../../store/postgres/connection.ts";
import { wordsOf } from "../../store/tables.ts";
import { RankingNotBuilt } from "../built.ts";
import { RANK_BYTES, RANKS_PER_ROW } from "../epochs.ts";
import { type History, standingOf } from "../history.ts";
import { asciiJson, type Standings } from "../standings.ts";

const COLUMNS =
  "s.rank, s.place, s.account, s.points, s.last_seq, s.verified, s.pending, s.refuted, s.caught, s.last_change_at, s.name";
const OF_ACCOUNT = "e.season_id = $1 AND lower(e.account) = lower($2) AND e.last_seq > 0";

const AFTER = `SELECT ${COLUMNS} FROM (
    SELECT behind, last_seq FROM places WHERE season_id = $1 AND (behind, last_seq) > ($2, $3)
    ORDER BY behind, last_seq LIMIT 1
  ) AS k, LATERAL standings_from($1, k.behind, k.last_seq, $4) AS s`;
const FROM_PLACE = `SELECT ${COLUMNS} FROM key_at($1, $2) AS k, LATERAL standings_from($1, k.behind, k.last_seq, $3) AS s`;
/** The rank of an account: one round trip, as docs/operate.md has it for people. */
const RANK = `SELECT 1 + ahead($1, -e.points, 0) FROM entries AS e WHERE ${OF_ACCOUNT}`;
const STANDING = `SELECT ${COLUMNS} FROM entries AS e, LATERAL standings_from($1, -e.points, e.last_seq, 1) AS s WHERE ${OF_ACCOUNT}`;
const AROUND = `SELECT ${COLUMNS} FROM entries AS e, LATERAL key_before($1, -e.points, e.last_seq, $3) AS k,
    LATERAL standings_from($1, k.behind, k.last_seq, 2 * $3 + 1) AS s WHERE ${OF_ACCOUNT}`;

/** The standings of a season, by a connection. */
export function createStandings(db: Connection): (seasonId: number) => Eventual<Standings> {
  const standings = async (sql: string, ...values: readonly unknown[]): Promise<Standing[]> =>
    (await db.rows(sql, ...values)).map(standingIn);
  return (seasonId) => ({
    page: (after, limit) =>
      after
        ? standings(AFTER, seasonId, -after.points, after.lastSeq, limit)
        : standings(FROM_PLACE, seasonId, 1, limit),
    pageFrom: (place, limit) => standings(FROM_PLACE, seasonId, place, limit),
    async rankOf(account) {
      const [row] = await db.rows(RANK, seasonId, account);
      return row && Number(row[0]);
    },
    async standingOf(account) {
      const [found] = await standings(STANDING, seasonId, account);
      return found;
    },
    async around(account, most) {
      const near = await standings(AROUND, seasonId, account, most);
      const at = near.findIndex((standing) => standing.account === account);
      const item = near[at];
      if (!item) return undefined;
      const neighbours = [...near.slice(0, at), ...near.slice(at + 1, at + 1 + most)];
      return { item: asciiJson(item), neighbours: [asciiJson(neighbours)] };
    },
  });
}

function standingIn(row: readonly unknown[]): Standing {
  const [rank, place, account, points, lastSeq, verified, pending, refuted, caught, lastChangeAt, name] = row;
  return {
    ...{ rank: Number(rank), place: Number(place), account: account as Address, points: String(points) },
    ...{ verified: Number(verified), pending: Number(pending), refuted: Number(refuted), caught: Number(caught) },
    ...{ lastSeq: String(lastSeq), lastChangeAt: Number(lastChangeAt) },
    name: name === null ? null : wordsOf(name as Buffer),
  };
}

const PARTICIPANT = `SELECT account, number FROM entries AS e WHERE ${OF_ACCOUNT}`;
const EPOCHS = "SELECT epoch, ends_at, seq FROM epochs WHERE season_id = $1 ORDER BY epoch";
const PAST = `SELECT
    (SELECT substr(ranks, $4::int, ${RANK_BYTES}) FROM epoch_ranks AS r
     WHERE r.season_id = epochs.season_id AND r.seq = epochs.seq AND chunk = $3),
    (SELECT points FROM ledger AS l WHERE l.account = $2 AND l.season_id = epochs.season_id AND l.seq <= epochs.seq
     ORDER BY l.seq DESC LIMIT 1)
  FROM epochs WHERE season_id = $1 ORDER BY epoch`;

/** How standings were, by a connection. */
export function createPastStandings(db: Connection): Eventual<History> {
  async function requireBuilt(): Promise<void> {
    const [built] = await db.rows("SELECT 1 FROM ranking_built");
    if (!built) throw new RankingNotBuilt();
  }

  async function epochs(seasonId: number): Promise<ReturnType<History["epochs"]>> {
    await requireBuilt();
    const found = await db.rows(EPOCHS, seasonId);
    return found.map(([epoch, endsAt, seq]) => ({ epoch: Number(epoch), endsAt: Number(endsAt), seq: String(seq) }));
  }

  return {
    epochs,
    async standingsAt(seasonId, account) {
      const all = await epochs(seasonId);
      const [participant] = await db.rows(PARTICIPANT, seasonId, account);
      if (!participant) return all.map(() => null);
      const index = Number(participant[1]) - 1;
      const chunk = Math.floor(index / RANKS_PER_ROW);
      const at = RANK_BYTES * (index % RANKS_PER_ROW) + 1;
      const past = await db.rows(PAST, seasonId, participant[0], chunk, at);
      return past.map(([rank, points]) =>
        standingOf({ rank: rank as Buffer | null, points: points === null ? null : String(points) }),
      );
    },
  };
}
