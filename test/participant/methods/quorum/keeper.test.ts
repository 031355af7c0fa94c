import { expect } from "chai";
import {
  type Address,
  decodeFunctionData,
  type Hex,
  numberToHex,
  type PublicClient,
  type TransactionReceipt,
} from "viem";
import { type ChainState, emptyState } from "../../../../participant/chainState.ts";
import { type Job, runJobs } from "../../../../participant/jobs.ts";
import { createKeeper } from "../../../../participant/keeper.ts";
import { createQuorumKeeping } from "../../../../participant/methods/quorum/keeper.ts";
import { type Sender, TryAgainError } from "../../../../participant/sender.ts";
import { beaconAbi } from "../../../../sdk/abi.ts";
import { type AttestationState, detailOf } from "../../../../sdk/attestations.ts";
import { type Client, contractOf } from "../../../../sdk/client.ts";
import type { Transaction } from "../../../../sdk/gas.ts";
import { fraudProof, fraudProofAbi } from "../../../../sdk/methods/fraudProof.ts";
import { type QuorumDetail, quorum, quorumAbi } from "../../../../sdk/methods/quorum.ts";
import { Status } from "../../../../sdk/protocol.ts";
import { UNAVAILABLE } from "../../../../sdk/votes.ts";
import { type Site, startSite } from "../../chain.ts";
import { refusal } from "../../refusal.ts";
import { attestByHand, imageOf } from "./attestByHand.ts";
import { startVerifiers } from "./verifiers.ts";

const id = numberToHex(7, { size: 32 });
const RIGHT = numberToHex(8, { size: 32 });
const members = [1, 2, 3].map((n) => numberToHex(n, { size: 20 }));
const [ANNE, BORIS, CLEO] = members as [Address, Address, Address];

describe("quorum's keeper", () => {
  let site: Site;
  before(async () => {
    site = await startSite(6);
  });
  after(() => site.close());

  /** A keeper's part of a panel of three of whom two decide, and what it sends. */
  function keepingOf(block: object | null = null) {
    const sent: Transaction[] = [];
    const sender: Sender = {
      account: site.senderOf(0).account,
      async send(call) {
        sent.push({ ...call });
        return {} as TransactionReceipt;
      },
    };
    const rpc = {
      readContract: async () => ({ firstThreshold: 2, appealWindow: 50 }),
      request: async () => block,
    } as unknown as PublicClient;
    const client: Client = { ...site.client, rpc };
    return { keeping: createQuorumKeeping(client, sender), sent, client };
  }

  const attestation = (detail: Partial<QuorumDetail>): AttestationState =>
    ({
      ...{ id, kind: "single", status: Status.pending, message: { method: quorum.id } },
      detail: { ...quorum.begin(), ...detail },
    }) as AttestationState;
  const at = (timestamp: bigint, number = 10n): ChainState =>
    emptyState({ ...site.follower.state.head, number, timestamp });

  /** The keys of what is due for an attestation at these times, in seconds. */
  async function due(detail: Partial<QuorumDetail>, ...times: bigint[]): Promise<(string | undefined)[]> {
    const { keeping } = keepingOf();
    await keeping(attestation(detail), at(0n))?.run();
    return times.map((time) => keeping(attestation(detail), at(time))?.key);
  }

  const drawing = { round: 1, drawBlock: 10n, drawUntil: 100n };
  const voting = { ...drawing, panel: members as Address[], commitUntil: 200n, revealUntil: 300n };
  const allCommitted = { ...voting, committed: new Set([ANNE, BORIS, CLEO]) };
  const decided = {
    ...allCommitted,
    votes: new Map([
      [ANNE, RIGHT],
      [BORIS, RIGHT],
    ]),
  };

  it("has nothing to do for an attestation under another method, or before a draw is scheduled", () => {
    const { keeping } = keepingOf();
    const other = { ...attestation(drawing), message: { method: fraudProof.id } } as AttestationState;
    expect(keeping(other, at(1_000n))).to.equal(undefined);
    expect(keeping(attestation({}), at(1_000n))).to.equal(undefined);
  });

  it("reads the parameters before it decides anything", async () => {
    const { keeping } = keepingOf();
    const job = keeping(attestation(drawing), at(0n)) as Job;
    expect(job.key).to.equal("parameters");
    await job.run();
    expect(keeping(attestation(drawing), at(0n))?.key).to.equal(`draw ${id} 1`);
  });

  it("doesn't draw before the block is mined, nor when the time is over: then it settles", async () => {
    const { keeping } = keepingOf();
    await keeping(attestation(drawing), at(0n))?.run();
    const keys = [at(99n, 9n), at(99n, 10n), at(100n, 10n)].map((state) => keeping(attestation(drawing), state)?.key);
    expect(keys).to.deep.equal([undefined, `draw ${id} 1`, `settle ${id} 1`]);
  });

  it("waits while a panel commits and reveals", async () => {
    expect(await due(allCommitted, 199n, 200n, 299n)).to.deep.equal([undefined, undefined, undefined]);
  });

  it("fills missed seats again, and ends the round when nobody did in time", async () => {
    const missed = { ...voting, committed: new Set([ANNE]) };
    expect(await due(missed, 199n, 200n, 299n, 300n)).to.deep.equal([
      undefined,
      ...[`refill ${id} 1`, `refill ${id} 1`, `settle ${id} 1`],
    ]);
  });

  it("settles what is decided only after the time to appeal", async () => {
    expect(await due(decided, 300n, 349n, 350n)).to.deep.equal([undefined, undefined, `settle ${id} 1`]);
  });

  it("ends a round that didn't decide at once, also one that was for UNAVAILABLE", async () => {
    const split = { ...allCommitted, votes: new Map([[ANNE, RIGHT]]) };
    const unavailable = new Map<Address, Hex>(members.map((member) => [member, UNAVAILABLE]));
    for (const detail of [split, { ...allCommitted, votes: unavailable }])
      expect(await due(detail, 299n, 300n)).to.deep.equal([undefined, `settle ${id} 1`]);
  });

  it("settles what the deciding panel decided at once", async () => {
    expect(await due({ ...decided, round: 2 }, 299n, 300n)).to.deep.equal([undefined, `settle ${id} 2`]);
  });

  it("leaves a shown run alone until its window is over, whatever the votes, then settles it at FraudProof", async () => {
    const { keeping, sent, client } = keepingOf();
    const shown = attestation({ ...decided, shown: { until: 400n, trace: new Uint8Array(1) } });
    await keeping(shown, at(0n))?.run();
    expect(keeping(shown, at(399n))).to.equal(undefined);
    await keeping(shown, at(400n))?.run();
    expect(sent.map(({ to }) => to)).to.deep.equal([contractOf(client, fraudProof).address]);
    expect(decodeFunctionData({ abi: fraudProofAbi, data: sent[0]?.data as Hex })).to.deep.equal({
      ...{ functionName: "settle", args: [id] },
    });
  });

  it("tries again to draw by a block that the RPC doesn't tell, or tells so that it has another hash", async () => {
    const { number, hash } = site.follower.state.head;
    const told = await site.client.rpc.request({
      ...{ method: "eth_getBlockByNumber", params: [numberToHex(number), false] },
    });
    const wrong = { ...told, mixHash: hash };
    for (const [block, says] of [[null, "doesn't tell block 10"] as const, [wrong, "hashes to 0x"] as const]) {
      const { keeping, sent } = keepingOf(block);
      await keeping(attestation(drawing), at(0n))?.run();
      const error = await keeping(attestation(drawing), at(0n))
        ?.run()
        .catch((thrown: Error) => thrown);
      expect(error).to.be.instanceOf(TryAgainError);
      expect((error as Error).message).to.contain(says);
      expect(sent).to.deep.equal([]);
    }
  });

  it("draws by a header that the chain's beacon takes", async () => {
    const draws: Transaction[] = [];
    const real = site.senderOf(0);
    const sender: Sender = {
      account: real.account,
      send(call) {
        if (call.name === "draw") draws.push(call);
        return real.send(call);
      },
    };
    await startVerifiers(site);
    const stop = new AbortController();
    const run = runJobs(site.follower, [createKeeper(site.client, sender)], { ...site, signal: stop.signal });
    const image = await imageOf(site, 1);
    await site.content.put(image.bytes, "keccak-256");
    const settled = await attestByHand(site, site.senderOf(1), image);
    stop.abort();
    await run;

    expect(settled.status).to.equal(Status.verified);
    const blockNumber = detailOf(quorum, settled)?.drawBlock as bigint;
    const { args } = decodeFunctionData({ abi: quorumAbi, data: draws.at(-1)?.data as Hex });
    const [, proof] = args as [Hex, Hex];
    const { rpc } = site.client;
    const address = await rpc.readContract({ ...contractOf(site.client, quorum), functionName: "beacon" });
    const beacon = { address, abi: beaconAbi, functionName: "randomnessOf" } as const;
    const { mixHash } = await rpc.getBlock({ blockNumber });
    expect(await rpc.readContract({ ...beacon, args: [blockNumber, proof] })).to.equal(mixHash);
    const another = rpc.readContract({ ...beacon, args: [blockNumber - 1n, proof] });
    expect(await refusal(another)).to.contain("WrongProof");
  });
});
