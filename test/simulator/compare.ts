import Database from "better-sqlite3";
import { type Address, createPublicClient, http } from "viem";
import { campaignAbi, standingsAbi } from "../../sdk/abi.ts";
import { compareStandings } from "../../sdk/ledger.ts";
import type { ClaimAnswer, SeasonAnswer, StandingsPage } from "../../sdk/wire.ts";
import { dumpFile } from "../indexer/running.ts";
import type { World } from "./world.ts";

/** In what tables and rows a database differs from the clean sync's, a sentence each. */
export function differences(file: string, clean: string): string[] {
  const [ours, theirs] = [dumpFile(file), dumpFile(clean)] as Record<string, string[]>[];
  const tables = [...new Set([...Object.keys(ours as object), ...Object.keys(theirs as object)])].sort();
  return tables.flatMap((table) => {
    const [have, want] = [ours?.[table] ?? [], theirs?.[table] ?? []];
    return [
      ...without(have, want).map((row) => `${table} has a row too many: ${row}`),
      ...without(want, have).map((row) => `${table} lacks a row: ${row}`),
    ];
  });
}

/** Those rows that the others lack, as often as they do. */
export function without(rows: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const row of others) left.set(row, (left.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const count = left.get(row) ?? 0;
    left.set(row, count - 1);
    return count <= 0;
  });
}

/** What SQLite finds wrong with the file, and which indexes it has too many or too few. */
export function damage(file: string, clean: string): string[] {
  const look = (path: string) => {
    const db = new Database(path, { readonly: true });
    const found = db.pragma("integrity_check", { simple: true }) as string;
    const schema = db.prepare("SELECT sql FROM sqlite_schema ORDER BY sql").pluck().all().join(";");
    db.close();
    return { found, schema };
  };
  const [ours, theirs] = [look(file), look(clean)];
  return [
    ...(ours.found === "ok" ? [] : [`SQLite says that the file is damaged: ${ours.found}`]),
    ...(ours.schema === theirs.schema ? [] : ["The file's tables or indexes are others than the clean sync's."]),
  ];
}

interface Entry {
  season_id: bigint;
  account: string;
  points: bigint;
  last_seq: bigint;
}

/** Where the entries and ledgers of a database differ from what the contract answers at the head. */
export async function differencesFromChain(world: World, file: string): Promise<string[]> {
  const client = createPublicClient({ transport: http(world.url, { batch: { batchSize: 500 } }) });
  const campaign = { address: world.deployment.contracts.Campaign.address, abi: campaignAbi } as const;
  const db = new Database(file, { readonly: true });
  try {
    db.defaultSafeIntegers();
    const entries = db.prepare<[], Entry>("SELECT season_id, account, points, last_seq FROM entries").all();
    const found = new Map(entries.map((entry) => [`${entry.season_id} ${entry.account}`, entry]));
    const seasons = db.prepare("SELECT * FROM seasons").all() as Record<string, unknown>[];
    const wrong: string[] = [];
    const say = (sentence: string, ours: unknown[], theirs: unknown[]) => {
      if (ours.join() !== theirs.join())
        wrong.push(`${sentence} is ${ours.join(", ")}; the chain has ${theirs.join(", ")}.`);
    };
    await Promise.all(
      world.seasons().flatMap((seasonId) => [
        client.readContract({ ...campaign, functionName: "ledgerOf", args: [seasonId] }).then((theirs) => {
          const ours = seasons.find(({ season_id }) => season_id === seasonId);
          const { seq, participants, total_points, ledger_hash } = ours ?? {};
          say(`The ledger of season ${seasonId}`, [seq, participants, total_points, ledger_hash], [...theirs]);
        }),
        ...world.accounts.map(async (account) => {
          const args = [seasonId, account] as const;
          const [points, lastSeq] = await client.readContract({ ...campaign, functionName: "entryOf", args });
          const ours = found.get(`${seasonId} ${account}`);
          say(
            `The entry of ${account} in season ${seasonId}`,
            [ours?.points ?? 0n, ours?.last_seq ?? 0n],
            [points, lastSeq],
          );
        }),
      ]),
    );
    return wrong;
  } finally {
    db.close();
  }
}

/** Where the served standings are not the entries of the database in their order. */
export async function differencesFromOrder(url: string, seasons: readonly bigint[], file: string): Promise<string[]> {
  const db = new Database(file, { readonly: true });
  try {
    db.defaultSafeIntegers();
    const all = db.prepare<[bigint], Entry>("SELECT * FROM entries WHERE season_id = ? AND last_seq > 0");
    const wrong: string[] = [];
    for (const seasonId of seasons) {
      const expected = all
        .all(seasonId)
        .map(({ account, points, last_seq }) => ({ account, points, lastSeq: last_seq }))
        .sort(compareStandings)
        .map(({ account, points, lastSeq }, i, sorted) => {
          const rank = 1 + sorted.findIndex((other) => other.points === points);
          return [rank, i + 1, account, points, lastSeq].join(" ");
        });
      const served = (await standings(url, seasonId)).map(({ rank, place, account, points, lastSeq }) =>
        [rank, place, account, points, lastSeq].join(" "),
      );
      if (served.join() !== expected.join())
        wrong.push(`The standings of season ${seasonId} are served as ${served.join()}, and not ${expected.join()}.`);
    }
    return wrong;
  } finally {
    db.close();
  }
}

/** Where the served ends of seasons are not the chain's, or their proofs are not accepted. */
export async function differencesFromEnds(url: string, world: World): Promise<string[]> {
  const client = createPublicClient({ transport: http(world.url, { batch: { batchSize: 500 } }) });
  const { Standings } = world.deployment.contracts;
  const contract = { address: Standings?.address as Address, abi: standingsAbi } as const;
  const wrong: string[] = [];
  for (const seasonId of world.seasons()) {
    const end = await client.readContract({ ...contract, functionName: "endOf", args: [seasonId] });
    const { item } = (await (await fetch(`${url}/v1/seasons/${seasonId}`)).json()) as SeasonAnswer;
    const [ours, theirs] = [
      [item.frozen !== null, item.final?.poster, item.final?.finalised.timestamp],
      end.finalisedAt === 0 ? [end.frozen, undefined, undefined] : [true, end.poster, end.finalisedAt],
    ];
    if (ours.join() !== theirs.join()) wrong.push(`The end of season ${seasonId} is ${ours}; the chain has ${theirs}.`);
    if (item.final === null) continue;
    for (const { account } of await standings(url, seasonId)) {
      const answer = (await (await fetch(`${url}/v1/seasons/${seasonId}/claim/${account}`)).json()) as ClaimAnswer;
      const { points, lastSeq } = answer.standing;
      const standing = { ...answer.standing, points: BigInt(points), lastSeq: BigInt(lastSeq) };
      const args = [seasonId, standing, answer.proof] as const;
      if (!(await client.readContract({ ...contract, functionName: "isFinal", args })))
        wrong.push(`The proof of ${account} in season ${seasonId} is not accepted.`);
    }
  }
  return wrong;
}

async function standings(url: string, seasonId: bigint): Promise<StandingsPage["items"]> {
  const items: StandingsPage["items"][number][] = [];
  for (let cursor = ""; ; ) {
    const response = await fetch(`${url}/v1/seasons/${seasonId}/standings?limit=20${cursor}`);
    if (!response.ok) throw new Error(`The standings of season ${seasonId} are answered with ${response.status}.`);
    const page = (await response.json()) as StandingsPage;
    items.push(...page.items);
    if (!page.next) return items;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}
