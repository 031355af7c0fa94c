import { ApiError } from "../../sdk/api.ts";
import type { AsOf } from "../../sdk/wire.ts";
import type { Served } from "./served.ts";

const COLUMNS = [
  ...["rank", "place", "account", "points"],
  ...["verified", "pending", "refuted", "caught", "lastSeq", "lastChangeAt", "name"],
];
/** Ten fields without commas, and a name, which isn't checked. */
const ROW = /^((?:[^,"]*,){10})(?:[^,"]*|"(?:[^"]|"")*")$/;

/** Asks the API of a server for a season's whole ranking. Throws {@link ApiError}, or an Error if it is malformed. */
export async function fetchWhole(server: string, seasonId: string): Promise<Served> {
  const response = await fetch(`${server}/v1/seasons/${seasonId}/standings.csv`);
  if (!response.ok) throw new ApiError(`The API answered ${response.status} to the whole ranking.`, response.status);
  const asOf = JSON.parse(response.headers.get("as-of") ?? "null") as AsOf | null;
  if (asOf === null) throw new ApiError("The API's whole ranking doesn't say of which block it is.", response.status);
  const standings = parseTable(await response.text());
  return { asOf, seasonId, standings, total: standings.length };
}

/** The rows of a ranking in CSV; throws a sentence that quotes a malformed row. */
export function parseTable(csv: string): NonNullable<Served["standings"]> {
  const [head, ...lines] = csv.trimEnd().split(/\r?\n/);
  if (head !== COLUMNS.join(",")) throw new Error(`The API's table has the columns "${head}".`);
  return lines.map((line) => {
    const [, fields] = ROW.exec(line) ?? [];
    const [rank, place, account, points, ...others] = fields?.split(",") ?? [];
    const [verified, pending, refuted, caught, lastSeq, lastChangeAt] = others;
    if (account === undefined || points === undefined || lastSeq === undefined)
      throw new Error(`The API's table has the row "${line}".`);
    return {
      ...{ rank: Number(rank), place: Number(place), account: account as `0x${string}`, points, lastSeq },
      ...{ verified: Number(verified), pending: Number(pending), refuted: Number(refuted), caught: Number(caught) },
      lastChangeAt: Number(lastChangeAt),
    };
  });
}
