import type { Address } from "viem";
import { ApiError, fetchApi } from "../../sdk/api.ts";
import { shownName } from "../../sdk/profiles.ts";
import type { AsOf, Seasons, Standing, StandingAnswer, StandingsPage } from "../../sdk/wire.ts";
import type { Command, Outcome } from "../command.ts";
import { type Column, grouped, table } from "../format.ts";
import { readOwnAddress } from "../settings.ts";
import { parseAddress, parseCount, UsageError } from "../usage.ts";

export const rank: Command = {
  positionals: ["[SEASON]", "[ACCOUNT]"],
  summary: "the standings, from the API",
  details: `Without SEASON it shows the newest season that was opened; with ACCOUNT, its standing and its neighbours. Equal points share a rank. Your own row is marked. Names prove nothing: anybody can take any. This trusts the API; \`audit\` checks it.
JSON: seasonId, asOf, items (the API's rows, each with its shared rank and its place), total; with ACCOUNT also account.`,
  options: { limit: { value: "N", help: "most rows, 1 to 100; defaults to 20" } },
  async run({ positionals: [season, account], options, settings }) {
    const limit = parseCount("--limit", options.limit ?? "20", 1n);
    if (limit > 100n) throw new UsageError(`--limit is "${limit}"; it must be a whole number from 1 to 100.`);
    const wanted = season === undefined ? undefined : parseCount("SEASON", season, 1n);
    const who = account === undefined ? undefined : parseAddress("ACCOUNT", account);
    const seasonId = wanted ?? (await newestSeason(settings.api));
    const route = `/v1/seasons/${seasonId}/standings`;
    if (who) {
      const { asOf, item, neighbours } = await findPlace(settings.api, `${route}/${who}?around=5`, who, seasonId);
      const items = [...neighbours, item].sort((a, b) => a.place - b.place);
      return outcome(seasonId, asOf, items, undefined, who);
    }
    const { asOf, items, total } = await fetchApi<StandingsPage>(settings.api, `${route}?limit=${limit}`);
    return outcome(seasonId, asOf, items, total, await readOwnAddress(settings));
  },
};

async function newestSeason(api: string): Promise<bigint> {
  const { items } = await fetchApi<Seasons>(api, "/v1/seasons");
  const [newest] = items.filter(({ state }) => state !== "drafted");
  if (newest === undefined) throw new Error("No season has been opened yet.");
  return BigInt(newest.seasonId);
}

async function findPlace(api: string, route: string, account: Address, seasonId: bigint): Promise<StandingAnswer> {
  try {
    return await fetchApi<StandingAnswer>(api, route);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
    throw new Error(`${account} has no place in season ${seasonId}: ${error.message}`);
  }
}

function outcome(seasonId: bigint, asOf: AsOf, items: Standing[], total: number | undefined, own?: Address): Outcome {
  const right = true;
  // An API may be hostile, or of a version without names.
  const named = new Map(items.map(({ account, name }) => [account, shownName(name ?? "")]));
  const name = { title: "name", cell: ({ account }: Standing) => named.get(account) ?? "" };
  const hasNames = [...named.values()].some((each) => each !== "");
  const columns: Column<Standing>[] = [
    { title: "", cell: ({ account }) => (account === own ? "▶" : "") },
    { title: "rank", right, cell: (row) => grouped(row.rank) },
    { title: "account", cell: (row) => row.account },
    { title: "points", right, cell: (row) => grouped(row.points) },
    { title: "verified", right, cell: (row) => grouped(row.verified) },
    { title: "pending", right, cell: (row) => grouped(row.pending) },
    { title: "refuted", right, cell: (row) => grouped(row.refuted) },
    { title: "caught", right, cell: (row) => grouped(row.caught) },
    // Last, whatever its width and direction.
    ...(hasNames ? [name] : []),
  ];
  const of = total === undefined ? "" : `, ${grouped(items.length)} of ${grouped(total)} accounts`;
  const heading = `Season ${seasonId}${of}, as of block ${grouped(asOf.blockNumber)}`;
  const rows = items.length === 0 ? "No points have been awarded yet." : table(columns, items);
  return {
    good: true,
    text: `${heading}\n\n${rows}`,
    json: { seasonId, asOf, items, ...(total === undefined ? { account: own } : { total }) },
  };
}
