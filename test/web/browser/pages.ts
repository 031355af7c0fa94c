import type { Page } from "playwright-core";
import type { AttestationsPage, ModelsPage, StandingsPage } from "../../../sdk/wire.ts";
import type { Site } from "./site.ts";
import { until } from "./until.ts";

/** An address of every page that there is, some with more than one. */
export async function pathsOf({ url }: Site): Promise<string[]> {
  const json = async <T>(path: string): Promise<T> => (await fetch(url + path)).json() as Promise<T>;
  const attestations = await json<AttestationsPage>("/v1/attestations");
  const models = await json<ModelsPage>("/v1/models");
  const standings = await json<StandingsPage>("/v1/seasons/1/standings?limit=1");
  const account = standings.items[0]?.account;
  return [
    "/",
    "/?season=1",
    `/?season=1&open=${account}`,
    "/seasons",
    "/seasons/1",
    "/seasons/1/network",
    `/seasons/1/accounts/${account}`,
    "/attestations",
    `/attestations/${attestations.items[0]?.uid}`,
    "/requests",
    "/models",
    `/models/${models.items[0]?.modelId}`,
    "/boards",
    "/caught",
    "/charts",
    "/take-part",
    "/about",
    "/api",
    "/nothing/here",
  ];
}

/** Waits until a page shows what it is about, as far as it is in view. */
export const untilShown = (page: Page) =>
  until(
    page,
    "the page",
    () =>
      document.querySelector("h1") &&
      ![...document.querySelectorAll("p[aria-busy]")].some(
        (busy) => busy.checkVisibility() && busy.getBoundingClientRect().top < innerHeight,
      ),
    undefined,
  );
