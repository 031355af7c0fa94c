import { expect } from "chai";
import { type Address, padHex } from "viem";
import type { ChainState } from "../../../../participant/chainState.ts";
import { createSeatNews } from "../../../../participant/methods/quorum/seatNews.ts";
import { type QuorumDetail, quorum } from "../../../../sdk/methods/quorum.ts";
import { Status } from "../../../../sdk/protocol.ts";

const [ANNE, BORIS] = [padHex("0x0a", { size: 20 }), padHex("0x0b", { size: 20 })] as const;
const uid = padHex("0x01", { size: 32 });

/** A chain with one attestation, which both have seats on. */
function stateOf(status: number, more: Partial<QuorumDetail> = {}, now = 100n): ChainState {
  const detail = { ...quorum.begin(), round: 1, panel: [ANNE, BORIS], commitUntil: 200n, revealUntil: 300n, ...more };
  const attestation = { id: uid, kind: "single", status, message: { method: quorum.id }, detail };
  return {
    head: { timestamp: now },
    attestations: { byId: new Map([[uid, attestation]]) },
  } as unknown as ChainState;
}

const losing = (...losses: [Address, bigint][]) => ({ penalties: new Map(losses) });

describe("news of seats", () => {
  it("says nothing of others' seats and losses", () => {
    const news = createSeatNews(padHex("0x0c", { size: 20 }));
    expect(news(stateOf(Status.pending))).to.deep.equal([]);
    expect(news(stateOf(Status.verified, losing([BORIS, 5n])))).to.deep.equal([]);
  });

  it("tells each thing once, as it happens", () => {
    const news = createSeatNews(ANNE);
    const seat = `it has a seat on ${uid}, round 1, and votes until 1970-01-01T00:03:20.000Z.`;
    expect(news(stateOf(Status.pending))).to.deep.equal([seat]);
    expect(news(stateOf(Status.pending))).to.deep.equal([]);
    const committed = { committed: new Set([ANNE]) };
    expect(news(stateOf(Status.pending, committed))).to.deep.equal([`it committed its vote on ${uid}.`]);
    const revealed = { ...committed, votes: new Map([[ANNE, uid]]) };
    expect(news(stateOf(Status.pending, revealed))).to.deep.equal([`it revealed its vote on ${uid}.`]);
    expect(news(stateOf(Status.refuted, { ...revealed, ...losing([ANNE, 10n ** 16n]) }))).to.deep.equal([
      `${uid}, on which it had a seat, is Refuted.`,
      `it lost 0.01 ETH by its seats on ${uid}.`,
    ]);
  });

  it("tells at the first look only what is still open", () => {
    expect(createSeatNews(ANNE)(stateOf(Status.refuted, losing([ANNE, 7n])))).to.deep.equal([]);
    expect(createSeatNews(ANNE)(stateOf(Status.pending, {}, 300n))).to.deep.equal([]);
  });
});
