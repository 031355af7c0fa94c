import { expect } from "chai";
import { runActors } from "../../participant/actors.ts";
import { createKeeper } from "../../participant/keeper.ts";
import { createProver } from "../../participant/methods/quorum/prover.ts";
import { createVerifier } from "../../participant/methods/quorum/verifier.ts";
import { lieAfter } from "../../scripts/demo/cast.ts";
import { type AttestationState, detailOf } from "../../sdk/attestations.ts";
import { contractOf } from "../../sdk/client.ts";
import { quorum } from "../../sdk/methods/quorum.ts";
import { Status } from "../../sdk/protocol.ts";
import { type Site, startSite } from "./chain.ts";
import { attestByHand, imageOf } from "./methods/quorum/attestByHand.ts";

describe("keeper", () => {
  let site: Site;
  before(async () => {
    site = await startSite(10);
    const verifiers = [2, 3, 4].map((n) => createVerifier({ ...site, sender: site.senderOf(n) }));
    runActors(site.board, verifiers, site).catch((error: Error) => site.report(`Fatal: ${error.message}`));
    const contract = contractOf(site.client, quorum);
    while ((await site.client.rpc.readContract({ ...contract, functionName: "memberCount" })) < 3n)
      await site.board.heads.next();
    await site.board.heads.next();
  });
  after(() => site.close());

  const keep = (accounts: number[], signal: AbortSignal) =>
    runActors(
      site.board,
      accounts.map((n) => createKeeper(site.client, site.senderOf(n))),
      { signal, report: site.report },
    );
  const attestationOf = (n: number): AttestationState | undefined =>
    [...site.board.state.attestations.byId.values()].find(
      ({ message }) => message.prover === site.senderOf(n).account.address,
    );

  const detailAt = (n: number) => {
    const found = attestationOf(n);
    return found && detailOf(quorum, found);
  };

  it("settles an attestation whose panel nobody drew in time", async () => {
    const settling = attestByHand(site, site.senderOf(5), await imageOf(site, 1));
    await site.until(() => {
      const detail = detailAt(5);
      return detail && site.board.state.head.timestamp >= detail.drawUntil;
    });
    expect(detailAt(5)?.panel).to.deep.equal([]);
    const stop = new AbortController();
    const run = keep([1], stop.signal);
    expect((await settling).status).to.equal(Status.void);
    stop.abort();
    await run;
  });

  it("seeds, draws, settles, awards and burns; two keepers get in nobody's way", async () => {
    const stop = new AbortController();
    const { signal } = stop;
    const run = keep([0, 1], signal);
    const seasonId = await site.openSeason(600, 1);
    const options = { ...site, seasonId, maxUnits: 1 };
    const working = runActors(
      site.board,
      [
        createProver({ ...options, sender: site.senderOf(6) }),
        createProver({ ...options, sender: site.senderOf(7), models: lieAfter(0, site.models) }),
      ],
      { signal, report: site.report },
    );
    await site.until(() => attestationOf(6)?.inLedger && attestationOf(7)?.status === Status.refuted);
    expect(attestationOf(6)?.status).to.equal(Status.verified);

    // A burn of an account without points leaves no ledger entry, but its mark.
    const { campaign } = site.client.contracts;
    const liar = site.senderOf(7).account.address;
    const isSpent = () =>
      site.client.rpc.readContract({ ...campaign, functionName: "isSpent", args: [seasonId, 1n, liar, 0n] });
    while (!(await isSpent())) await site.board.heads.next();
    const [points, lastSeq, owed] = await site.client.rpc.readContract({
      ...campaign,
      functionName: "entryOf",
      args: [seasonId, liar],
    });
    expect([points, lastSeq, owed]).to.deep.equal([0n, 0n, 100n]);
    const [seq] = await site.client.rpc.readContract({ ...campaign, functionName: "ledgerOf", args: [seasonId] });
    expect(seq).to.equal(2n);
    stop.abort();
    await Promise.all([run, working]);
    expect(site.reports.filter((sentence) => /^(Fatal|keeper)/.test(sentence))).to.deep.equal([]);
  });
});
