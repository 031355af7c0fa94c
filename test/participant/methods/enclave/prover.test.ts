import { expect } from "chai";
import { encodeFunctionData, type Hex } from "viem";
import { verifyAttestation } from "../../../../inference/verify/attestation.ts";
import { runJobs } from "../../../../participant/jobs.ts";
import { createKeeper } from "../../../../participant/keeper.ts";
import { createEnclaveProver, ENCLAVE_URL } from "../../../../participant/methods/enclave/prover.ts";
import { isWorkOver } from "../../../../participant/progress-count.ts";
import { type DemoEnclave, openEnclave } from "../../../../scripts/demo/enclave.ts";
import { openSeason } from "../../../../scripts/season.ts";
import { readAttestation } from "../../../../sdk/attestations.ts";
import { enclave } from "../../../../sdk/methods/enclave.ts";
import { Status } from "../../../../sdk/protocol.ts";
import { type Site, startSite } from "../../chain.ts";

const UNITS = 3;
const PROVER = 1;

describe("a prover with an enclave, SIMULATED", () => {
  let site: Site;
  let sealed: DemoEnclave;
  let seasonId: bigint;

  before(async () => {
    site = await startSite(3);
    sealed = await openEnclave(site.client, site.senderOf(0), site.content, site.digits);
    const startsAt = Number(site.follower.heads.latest.timestamp) + 16;
    const endsAt = startsAt + 5_000;
    const { model, inputs } = sealed.model;
    const task = { model, method: enclave.id, points: 2n, unitsPerAccount: UNITS, noise: 8 };
    seasonId = await openSeason(site.client, site.senderOf(0), {
      ...{ startsAt, endsAt, closesAt: endsAt + 100, verifierCap: 0n, uri: "" },
      tasks: [{ ...task, inputs: inputs.slice(0, 16 * 64) }],
    });
    const sender = site.senderOf(PROVER);
    const ending = new AbortController();
    const working = runJobs(
      site.follower,
      [
        createKeeper(site.client, site.senderOf(0)),
        createEnclaveProver({ ...site, sender, seasonId, means: { [ENCLAVE_URL]: sealed.url } }),
        // Without an enclave there is nothing to do.
        createEnclaveProver({ ...site, sender: site.senderOf(2), seasonId }),
      ],
      { signal: ending.signal, report: site.report },
    );
    await Promise.race([site.until(() => own().filter(({ inLedger }) => inLedger).length === UNITS), working]);
    ending.abort();
    await working;
  });
  after(async () => {
    await sealed?.close();
    await site?.close();
  });

  const own = () =>
    [...site.follower.state.attestations.byId.values()].filter(({ message }) => message.method === enclave.id);

  it("has each unit signed, verified in its own transaction, and paid", async () => {
    const account = site.senderOf(PROVER).account.address;
    expect(own().map(({ status, message }) => [status, message.prover])).to.deep.equal(
      Array(UNITS).fill([Status.verified, account]),
    );
    for (const { id, transactionHash } of own()) {
      const { logs } = await site.client.rpc.getTransactionReceipt({ hash: transactionHash });
      expect(logs.filter(({ topics }) => topics[1] === id)).to.have.length(3);
    }
    const args = [seasonId, account] as const;
    const [points] = await site.client.rpc.readContract({
      ...{ ...site.client.contracts.campaign, functionName: "entryOf", args },
    });
    expect(points).to.equal(2n * BigInt(UNITS));
    const work = { account, campaign: site.client.contracts.campaign.address, seasonId, maxUnits: Infinity };
    expect(isWorkOver(site.follower.state, { ...work, means: { [ENCLAVE_URL]: sealed.url } })).to.equal(true);
  });

  it("leaves signature, key and document to be checked by anyone, who is told that the root isn't AWS's", async () => {
    const [first] = own();
    const attestation = await readAttestation(site.client, first?.id as Hex);
    if (attestation === undefined) throw new Error("The attestation isn't there.");
    const { client, content, models } = site;
    const { checks, good, proven } = await verifyAttestation({ client, content, models, attestation });
    expect(good).to.equal(true);
    expect(checks.map(({ name, result }) => [name, result])).to.deep.equal([
      ...[
        ["uid", "held"],
        ["record", "held"],
        ["model", "held"],
        ["input", "held"],
        ["run", "held"],
        ["output", "held"],
      ],
      ...[
        ["signed", "held"],
        ["key", "held"],
        ["nitro", "unknown"],
      ],
    ]);
    expect(checks.at(-1)?.detail).to.contain("SIMULATED").and.to.contain("which is not AWS's");
    expect(proven).to.contain("signed this very attestation");
  });

  it("finds another signature in the calldata wrong, and trusts the contract where another one made the call", async () => {
    const [first] = own();
    const attestation = await readAttestation(site.client, first?.id as Hex);
    if (attestation?.kind !== "single" || attestation.answer === undefined) throw new Error("It isn't there.");
    const { client, content, models } = site;
    const { abi } = client.contracts.attestationRegistry;
    const { method, modelId, inputHash, context } = attestation.message;
    const args = [method, modelId, inputHash, context, attestation.answer, `0x${"11".repeat(64)}1b`] as const;
    const input = encodeFunctionData({ abi, functionName: "attest", args });
    const withTransaction = (change: object) => ({
      ...client,
      rpc: {
        ...client.rpc,
        getTransaction: async (asked: { hash: Hex }) => ({ ...(await client.rpc.getTransaction(asked)), ...change }),
      } as unknown as typeof client.rpc,
    });
    const resultOf = async (change: object) => {
      const { checks } = await verifyAttestation({ client: withTransaction(change), content, models, attestation });
      return checks.find(({ name }) => name === "signed")?.result;
    };
    expect(await resultOf({ input })).to.equal("failed");
    expect(await resultOf({ to: client.contracts.campaign.address })).to.equal("held");
    expect(await resultOf({ to: null })).to.equal("held");
  });
});
