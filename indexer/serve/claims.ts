import { z } from "zod";
import { prizeOf, shareOf } from "../../sdk/rewards.ts";
import { type ChunkProof, standingBytes } from "../../sdk/standings.ts";
import type { ClaimAnswer, ClaimedReward, FinalStanding, Standing } from "../../sdk/wire.ts";
import { type FastTree, fastTree } from "../decode/fast-tree.ts";
import { decodeTerms } from "../decode/terms.ts";
import { badgeId } from "../fold/badges.ts";
import { claimUntil } from "../fold/rewards.ts";
import { locationOf } from "../store/event-columns.ts";
import type { ReadEnd } from "../store/sqlite/read-ends.ts";
import type { ReadSeason } from "../store/sqlite/read-seasons.ts";
import { account, noQuery, seasonId } from "./parameters.ts";
import { ProblemError } from "./problems.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, requireSeason, type Snapshot, type State } from "./state.ts";

/** Leaves of chunks whose trees are kept: at about 64 bytes each. */
const MOST_LEAVES = 2 ** 20;

/** No ledger has so many entries. */
const LAST = 2n ** 63n - 1n;

/** A standing with what proves it. */
interface Proved {
  standing: FinalStanding;
  proof: ChunkProof;
  chunk: ClaimAnswer["chunk"];
}

/** Proves a standing of a season's final order. */
type Prove = (snapshot: Snapshot, seasonId: number, own: Standing) => Promise<Proved>;

/** `/seasons/:id/claim/:account`. */
export function claimRoute(app: App, state: State): void {
  const prove = createProver();
  app.get(
    "/seasons/:seasonId/claim/:account",
    {
      config: { cost: 50 },
      schema: {
        operationId: "getClaim",
        summary: "What proves an account's final standing, and what became of its reward and badge",
        description:
          "409 while the season's order isn't final. The first answer of a chunk reads its standings, about 4,000 at most, and keeps its tree.",
        params: z.object({ seasonId, account }),
        querystring: noQuery,
        response: { 200: schemas.claimAnswer, 404: schemas.problem, 409: schemas.problem },
      },
    },
    ({ params: { seasonId, account } }) =>
      state.read(async (snapshot): Promise<ClaimAnswer> => {
        const season = await requireSeason(snapshot, seasonId);
        const id = season.seasonId;
        const end = await snapshot.ends.end(id);
        if (end === undefined || end.finalisedAt === null) throw new ProblemError(409, notFinal(season, end));
        const own = await snapshot.standings(id).standingOf(account);
        if (!own) throw new ProblemError(404, `${account} has no points entry in season ${id}.`);
        const reward = await rewardOf(prove, snapshot, season, { own, finalisedAt: end.finalisedAt });
        const badge = await snapshot.ends.badge(id, own.place);
        return {
          asOf: asOf(snapshot, season),
          ...(await prove(snapshot, id, own)),
          reward,
          badge: { tokenId: String(badgeId(id, own.place)), minted: badge ? locationOf(badge) : null },
        };
      }),
  );
}

function notFinal({ seasonId }: ReadSeason, end: ReadEnd | undefined): string {
  const lacking = end ? "nobody has posted all of it yet" : "the season isn't frozen";
  return `The order of season ${seasonId} isn't final: ${lacking}.`;
}

async function rewardOf(
  prove: Prove,
  snapshot: Snapshot,
  { seasonId, participants, totalPoints }: ReadSeason,
  { own, finalisedAt }: { own: Standing; finalisedAt: number },
): Promise<ClaimedReward | null> {
  const rewards = await snapshot.ends.rewards(seasonId);
  if (!rewards) return null;
  const terms = decodeTerms(rewards.terms);
  const isShared = terms.prizes.length === 0;
  const next = isShared ? undefined : await nextRank(snapshot, seasonId, own);
  const earned = isShared
    ? shareOf(terms.pool, BigInt(own.points), totalPoints)
    : prizeOf(terms.prizes, own.rank, next ? next.place - 1 : participants);
  const claim = await snapshot.ends.claim(seasonId, own.account);
  const isOver = snapshot.progress.cursor.timestamp >= claimUntil(finalisedAt, terms);
  const proved = next && (await prove(snapshot, seasonId, next));
  return {
    amount: claim?.amount ?? String(earned),
    state: claim ? "claimed" : earned === 0n ? "nothing" : isOver ? "over" : "claimable",
    claimed: claim ? locationOf(claim) : null,
    next: proved?.standing ?? null,
    nextProof: proved?.proof ?? null,
  };
}

/** The first standing with fewer points. */
async function nextRank(snapshot: Snapshot, seasonId: number, { points }: Standing): Promise<Standing | undefined> {
  const lastOfRank = { points: BigInt(points), lastSeq: LAST };
  const [next] = await snapshot.standings(seasonId).page(lastOfRank, 1);
  return next;
}

/** Keeps the trees of the chunks that were last built, by their roots, from which they follow. */
function createProver(): Prove {
  const trees = new Map<string, FastTree>();
  let leaves = 0;

  function keep(root: string, tree: FastTree): void {
    trees.set(root, tree);
    leaves += tree.count;
    for (const [oldest, { count }] of trees) {
      if (leaves <= MOST_LEAVES || oldest === root) return;
      trees.delete(oldest);
      leaves -= count;
    }
  }

  return async (snapshot, seasonId, own) => {
    const chunk = await snapshot.ends.finalChunk(seasonId, own.place);
    if (!chunk) throw new Error(`Season ${seasonId} is final, but no chunk holds place ${own.place}.`);
    const { first, count, root } = chunk;
    let tree = trees.get(root);
    if (!tree) {
      const standings = await snapshot.standings(seasonId).pageFrom(first, count);
      tree = fastTree(Buffer.concat(standings.map(bytesOf)), standings.length);
      if (`0x${tree.root.toString("hex")}` !== root)
        throw new Error(`The standings from place ${first} of season ${seasonId} aren't those of the root ${root}.`);
      if (!trees.has(root)) keep(root, tree);
    }
    const { place, rank, account, points, lastSeq } = own;
    const index = place - first;
    return {
      standing: { place, rank, account, points, lastSeq },
      proof: { index, count, siblings: tree.proof(index) },
      chunk: { first, root },
    };
  };
}

const bytesOf = ({ place, rank, account, points, lastSeq }: Standing): Uint8Array =>
  standingBytes({ place, rank, account, points: BigInt(points), lastSeq: BigInt(lastSeq) });
