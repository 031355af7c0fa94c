import { expect } from "chai";
import type { News } from "../../../sdk/wire.ts";
import { newsWords } from "../../../web/news/words.ts";

const at = { blockNumber: 1, logIndex: 0, timestamp: 1, transactionHash: "0x01" } as const;
const uid = `0x${"12".repeat(32)}` as const;
const who = { account: `0x${"aA".repeat(20)}`, name: "ada", at } as const;
const reason = { id: 1, name: "prover" };
const attestation = { about: "attestation 0x1212…1212", href: `/attestations/${uid}` };

const words: [News, ReturnType<typeof newsWords>][] = [
  [
    { news: "attested", ...who, uid, method: { id: 1, name: "Quorum" }, count: 1, seasonId: null },
    { what: "attested to one answer under Quorum:", ...attestation },
  ],
  [
    { news: "attested", ...who, uid, method: { id: 2, name: "FraudProof" }, count: 12, seasonId: "1" },
    { what: "attested to 12 answers under FraudProof:", ...attestation },
  ],
  [
    { news: "settled", ...who, uid, status: "refuted", seasonId: "1" },
    { what: "was refuted:", ...attestation },
  ],
  [
    { news: "awarded", ...who, uid, seasonId: "1", points: "1200", reason },
    { what: "got 1,200 points as prover for", ...attestation },
  ],
  [
    { news: "burned", ...who, uid, seasonId: "1", points: "1", reason },
    { what: "lost 1 point for", ...attestation },
  ],
  [
    { news: "seatsDrawn", ...who, uid, seats: 5, seasonId: "1" },
    { what: "is judged by 5 drawn members:", ...attestation },
  ],
  [
    { news: "coverPaid", ...who, uid, token: null, amount: "10000000000000000" },
    { what: "was paid 0.01 ETH of cover for", ...attestation },
  ],
  [
    { news: "answered", ...who, requestId: uid },
    { what: "answered", about: "request 0x1212…1212", href: `/requests/${uid}` },
  ],
  [
    { news: "named", ...who, name: null },
    { what: "took its name off", about: "its page", href: `/accounts/${who.account}` },
  ],
  [
    { news: "seasonFrozen", at, seasonId: "1", participants: 3 },
    { what: "Frozen, with 3 accounts:", about: "season 1", href: "/seasons/1" },
  ],
];

describe("news in words", () => {
  for (const [news, expected] of words)
    it(`say that it was ${news.news}`, () => expect(newsWords(news)).to.deep.equal(expected));

  it("are none of a kind that the page doesn't know", () =>
    expect(newsWords({ news: "landed", at } as unknown as News)).to.equal(undefined));
});
