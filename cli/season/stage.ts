import { type Client, hasContract, readSeason } from "../../sdk/client.ts";
import { readSeasonEnd, type SeasonEnd, standingsContract } from "../../sdk/seasonEnd.ts";
import type { Command, Invocation, Outcome } from "../command.ts";
import { utc } from "../format.ts";
import { openConnection } from "../settings.ts";
import { parseCount } from "../usage.ts";
import { isFile, seasonIdOf } from "./file.ts";

/** How far a season has come, as of a block. */
export interface Stage {
  client: Client;
  seasonId: bigint;
  season: Awaited<ReturnType<typeof readSeason>>;
  blockNumber: bigint;
  /** The block's time, unix seconds. */
  now: number;
  /** Undefined where the deployment has no Standings. */
  end: SeasonEnd | undefined;
}

/** A command about one season that is on the chain. */
interface StageCommand extends Pick<Command, "summary" | "details" | "options"> {
  /** Whether it also takes the file that a season was begun from. */
  takesFile?: boolean;
  /** Reads the options, before anything is asked of the chain; what it returns does the work. */
  prepare(invocation: Invocation): (stage: Stage) => Promise<Outcome>;
}

const COMMON =
  "Reads all it needs from the chain alone, and holds events against what the contracts keep; docs/standings.md has the rules. Amounts are in the token's smallest unit. What a contract would refuse is refused before anything is sent.";

/** Makes the command: it takes the season's id, and reads how far the season has come. */
export const stageCommand = ({ details, prepare, takesFile = false, ...shown }: StageCommand): Command => ({
  ...shown,
  positionals: [takesFile ? "ID|FILE" : "SEASON"],
  details: `${details}\n${COMMON}`,
  async run(invocation) {
    const { settings, options } = invocation;
    const text = invocation.positionals[0] as string;
    const given = takesFile && isFile(text) ? undefined : parseCount("SEASON", text, 1n);
    const act = prepare(invocation);
    const { client } = await openConnection(settings);
    const seasonId = given ?? (await seasonIdOf(client, settings, text, options.organiser));
    return act(await readStage(client, seasonId));
  },
});

/** Throws a sentence when there is no such season. */
async function readStage(client: Client, seasonId: bigint): Promise<Stage> {
  const season = await readSeason(client, seasonId);
  const { number: blockNumber, timestamp } = await client.rpc.getBlock({ blockTag: "latest" });
  const end = hasContract(client, standingsContract) ? await readSeasonEnd(client, seasonId, blockNumber) : undefined;
  return { client, seasonId, season, blockNumber, now: Number(timestamp), end };
}

/** The stage in a word. */
export function wordOf({ season, now, end }: Stage): string {
  if (season.cancelled) return "cancelled";
  if (season.seedBlock === 0) return "drafted";
  if (now < season.closesAt) return now < season.startsAt ? "open" : now < season.endsAt ? "running" : "ended";
  return end?.finalisedAt ? "final" : end?.frozen ? "frozen" : "closed";
}

/** Throws a sentence unless the season is closed and has no final order yet. */
export function requireUnfinished({ client, seasonId, season, now, end }: Stage): SeasonEnd {
  if (season.cancelled) throw new Error(`Season ${seasonId} was cancelled.`);
  if (season.seedBlock === 0) throw new Error(`Season ${seasonId} is a draft: it was never opened.`);
  if (end === undefined) throw noStandings(client);
  if (now < season.closesAt)
    throw new Error(`Season ${seasonId} isn't closed: it closes at ${utc(season.closesAt)}, it is ${utc(now)}.`);
  if (end.finalisedAt !== 0) throw new Error(`Season ${seasonId} has a final order already, posted by ${end.poster}.`);
  return end;
}

export const noStandings = ({ deployment: { chainId } }: Client): Error =>
  new Error(`The deployment on chain ${chainId} has no ${standingsContract.name} contract: its seasons have no end.`);
