import type { AttestationStatus, News } from "../../sdk/wire.ts";
import { moneyText } from "../final/token.ts";
import { plural, short } from "../format.ts";

/** An item of news in words. */
export interface NewsWords {
  /** What happened: who did it is said before. */
  what: string;
  /** What it is about, and the page of that. */
  about: string;
  href: string;
}

const settled: Readonly<Record<AttestationStatus, string>> = {
  pending: "waits for a verdict:",
  verified: "was verified:",
  refuted: "was refuted:",
  void: "got no verdict:",
  revoked: "revoked its",
};

/** Tells an item of news; undefined for a kind that this page doesn't know. */
export function newsWords(news: News): NewsWords | undefined {
  switch (news.news) {
    case "attested":
      return {
        what: `attested to ${news.count === 1 ? "one answer" : plural(news.count, "answer")} under ${news.method.name}:`,
        ...attestation(news.uid),
      };
    case "settled":
      return { what: settled[news.status], ...attestation(news.uid) };
    case "awarded":
      return { what: `got ${plural(news.points, "point")} as ${news.reason.name} for`, ...attestation(news.uid) };
    case "burned":
      return { what: `lost ${plural(news.points, "point")} for`, ...attestation(news.uid) };
    case "seatsDrawn":
      return { what: `is judged by ${plural(news.seats, "drawn member")}:`, ...attestation(news.uid) };
    case "coverPaid":
      return {
        what: `was paid ${moneyText(news.amount, news.token, undefined)} of cover for`,
        ...attestation(news.uid),
      };
    case "asked":
      return { what: "asked for an inference:", ...request(news.requestId) };
    case "answered":
      return { what: "answered", ...request(news.requestId) };
    case "named":
      return {
        ...{ what: news.name === null ? "took its name off" : "calls itself so from now on" },
        ...{ about: "its page", href: `/accounts/${news.account}` },
      };
    case "seasonOpened":
      return { what: "opened", ...season(news.seasonId) };
    case "seasonFrozen":
      return { what: `Frozen, with ${plural(news.participants, "account")}:`, ...season(news.seasonId) };
    case "seasonFinalised":
      return { what: "posted the final order of", ...season(news.seasonId) };
    default:
      return undefined;
  }
}

const attestation = (uid: string) => ({ about: `attestation ${short(uid)}`, href: `/attestations/${uid}` });
const request = (requestId: string) => ({ about: `request ${short(requestId)}`, href: `/requests/${requestId}` });
const season = (seasonId: string) => ({ about: `season ${seasonId}`, href: `/seasons/${seasonId}` });
