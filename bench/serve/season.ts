import { openForWriting } from "../../indexer/open.ts";
import { accountOf, openPopulation, SEASON } from "../rank/population.ts";
import { deployment } from "../sync/deployment.ts";

/** Makes a database of so many accounts ready to be served, or finds it; returns its file. */
export function prepareSeason(directory: string, accounts: number): string {
  const db = openPopulation(directory, accounts);
  const { name } = db;
  db.exec("INSERT OR IGNORE INTO progress SELECT 1, max(number), max(number), max(number) FROM blocks");
  db.close();
  const opened = openForWriting(name, deployment);
  opened.writer.complete();
  opened.close();
  return name;
}

/** The path of the season's standings. */
export const STANDINGS = `/v1/seasons/${SEASON}/standings`;

/** Paths of the standings of accounts drawn at random, each with `around` neighbours on each side. */
export const standingsOf = (accounts: number, count: number, around: number): string[] =>
  Array.from({ length: count }, () => {
    const account = accountOf(1 + Math.floor(Math.random() * accounts));
    return `${STANDINGS}/${account}${around === 0 ? "" : `?around=${around}`}`;
  });

/** Paths at Ponder's server of the ranks of accounts drawn at random. */
export const ranksOf = (accounts: number, count: number): string[] =>
  Array.from({ length: count }, () => `/rank/${SEASON}/${accountOf(1 + Math.floor(Math.random() * accounts))}`);
