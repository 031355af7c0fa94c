import { expect } from "chai";
import { createPublicClient, createTestClient, http, parseAbi, toHex } from "viem";
import { type ChainFollower, followChain } from "../../participant/follow.ts";
import { followHeads } from "../../participant/heads.ts";
import { detailOf } from "../../sdk/attestations.ts";
import { callOf } from "../../sdk/calls.ts";
import { connect } from "../../sdk/client.ts";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../sdk/contexts.ts";
import { methods } from "../../sdk/methods/index.ts";
import { defineMethod } from "../../sdk/methods/method.ts";
import { TOY_ID } from "../fixtures/toyMethod.ts";
import { type Site, startSite } from "./chain.ts";
import { appendMock } from "./mockMethod.ts";
import { refusal } from "./refusal.ts";

describe("the follower of the chain", () => {
  let site: Site;
  before(async () => {
    site = await startSite(2);
  });
  after(() => site.close());

  it("refuses to start without an RPC", async () => {
    const rpc = createPublicClient({ transport: http("http://127.0.0.1:1", { retryCount: 0 }) });
    const following = followHeads(rpc, { signal: site.signal, report: site.report });
    expect(await refusal(following)).to.contain("HTTP request failed");
  });

  it("forgets what a reorganised block said, and informs its listeners", async () => {
    const chain = createTestClient({ mode: "hardhat", transport: http(site.rpcUrl) });
    const snapshot = await chain.snapshot();
    const seasonId = await site.openSeason(100, 1);
    await site.until(() => site.follower.state.seasons.has(seasonId));
    let reorganised = false;
    const stop = site.follower.onState((_state, changed) => {
      reorganised ||= changed;
    });
    await chain.revert({ id: snapshot });
    await site.until(() => !site.follower.state.seasons.has(seasonId));
    expect(reorganised).to.equal(true);
    stop();
  });

  it("shows who starts later the same as who saw it all", async () => {
    // The transactions of the season before were undone with their blocks, and with them the account's nonces.
    await site.openSeason(100, 2).catch(() => undefined);
    const seasonId = await site.openSeason(100, 2);
    await site.until(() => site.follower.state.seasons.has(seasonId));
    const client = connect(site.deployment, site.rpcUrl);
    const late = await followChain(client, { signal: site.signal, report: site.report, pollMs: 20 });
    expect([...late.state.seasons.values()].at(-1)).to.deep.equal(site.follower.state.seasons.get(seasonId));
  });

  it("follows a method that is appended while it runs, from its block on", async () => {
    const abi = parseAbi([
      "struct Attestation { address prover; uint8 method; bytes32 modelId; bytes32 inputHash; bytes32 context; bytes32 answer; }",
      "struct Answer { bytes32 outputHash; bytes32 traceHash; bytes32 salt; }",
      "event AttestHook(bytes32 indexed uid, Attestation attestation, Answer opened, bytes evidence)",
    ]);
    const toy = defineMethod({
      ...{ id: TOY_ID, name: "Toy", abi, begin: () => ({ evidence: "" }) },
      fold: (detail, { args }) => Object.assign(detail, { evidence: args.evidence }),
      stepOf: () => undefined,
      assurance: () => undefined,
    });
    Object.assign(methods, { toy });
    try {
      const { address } = await appendMock(site);
      const { attestationRegistry } = site.client.contracts;
      const answer = { outputHash: toHex(1, { size: 32 }), traceHash: ZERO_HASH, salt: ZERO_HASH };
      const args = [toy.id, site.digits.model.modelId, ZERO_HASH, FREE_CONTEXT, answer, "0x7071"] as const;
      await site.senderOf(1).send(callOf({ ...attestationRegistry, functionName: "attest", args }));
      const evidence = ({ state }: ChainFollower) => {
        const found = [...state.attestations.byId.values()].find(({ message }) => message.method === toy.id);
        return found && detailOf(toy, found)?.evidence;
      };
      await site.until(() => evidence(site.follower));
      expect(evidence(site.follower)).to.equal("0x7071");
      expect(site.follower.state.attestations.methodAt.get(address.toLowerCase())).to.equal(toy.id);
      const late = await followChain(site.client, { signal: site.signal, report: site.report, pollMs: 20 });
      expect(evidence(late)).to.equal("0x7071");
    } finally {
      Reflect.deleteProperty(methods, "toy");
    }
  });

  it("reads the head's number from the chain", async () => {
    expect(site.follower.state.head.number).to.be.greaterThan(0n);
    const number = site.follower.heads.latest.number;
    expect((await site.follower.heads.next()).number).to.be.greaterThan(number);
  });
});
