import { fetchApi } from "../../sdk/api.ts";
import type { AttestationsPage, StandingsPage } from "../../sdk/wire.ts";

/** What the asking process is to do. */
export interface Asking {
  url: string;
  routes: Route[];
  seconds: number;
  connections: number;
  /** Different clients that the connections are of. */
  addresses: number;
  /** Requests of all connections together; 0 for as many as are answered. */
  perSecond: number;
}

/** Paths of a route, drawn with this weight. */
export interface Route {
  name: string;
  weight: number;
  paths: string[];
}

/** What became of the requests, by the route's name: the milliseconds of those that were answered, and how many weren't. */
export type Answers = Record<string, { times: number[]; refused: number; failed: number }>;

const SEASON = "/v1/seasons/1";

/** What visitors ask of a season, each route about as often as they do. */
export async function routesOf(url: string): Promise<Route[]> {
  const places = [1, 501, 1_001, 1_501, 2_001];
  const pages = places.map((place) => fetchApi<StandingsPage>(url, `${SEASON}/standings?place=${place}`));
  const accounts = (await Promise.all(pages)).flatMap(({ items }) => items.map(({ account }) => account));
  const { items } = await fetchApi<AttestationsPage>(url, "/v1/attestations");
  const each = (pathOf: (account: string) => string) => accounts.map(pathOf);
  return [
    { name: "rank", weight: 30, paths: each((account) => `${SEASON}/standings/${account}?around=5`) },
    { name: "standings", weight: 15, paths: places.map((place) => `${SEASON}/standings?place=${place}`) },
    { name: "receipts", weight: 15, paths: each((account) => `/v1/accounts/${account}/receipts`) },
    { name: "account", weight: 10, paths: each((account) => `/v1/accounts/${account}`) },
    { name: "attestations", weight: 10, paths: each((account) => `/v1/attestations?prover=${account}`) },
    { name: "attestation", weight: 5, paths: items.map(({ uid }) => `/v1/attestations/${uid}`) },
    { name: "profiles", weight: 5, paths: each((account) => `${SEASON}/profiles?account=${account}`) },
    { name: "season", weight: 5, paths: ["/v1/seasons", SEASON, "/v1/activity", "/v1/models"] },
    { name: "search", weight: 3, paths: each((account) => `${SEASON}/search?prefix=${account.slice(0, 5)}`) },
    { name: "table", weight: 1, paths: [`${SEASON}/standings.csv`] },
  ];
}
