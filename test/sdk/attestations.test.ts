import { expect } from "chai";
import { type Address, custom, decodeFunctionData, encodeFunctionResult, type Hex, numberToHex } from "viem";
import { attestationRegistryAbi, campaignAbi } from "../../sdk/abi.ts";
import {
  type AttestationState,
  type AttestedBatch,
  batchFaults,
  countOf,
  detailOf,
  foldAttestations,
  judgedOf,
  noAttestations,
  readAttestation,
  readAttestations,
} from "../../sdk/attestations.ts";
import { connect } from "../../sdk/client.ts";
import {
  type Answer,
  type Attestation,
  answerHash,
  attestationUid,
  batchId,
  ZERO_HASH,
} from "../../sdk/commitments.ts";
import { FREE_CONTEXT, unitContext } from "../../sdk/contexts.ts";
import { parseDeployment } from "../../sdk/deployment.ts";
import { disputeGame } from "../../sdk/methods/disputeGame.ts";
import { fraudProof, fraudProofAbi } from "../../sdk/methods/fraudProof.ts";
import { methods } from "../../sdk/methods/index.ts";
import { quorum, quorumAbi } from "../../sdk/methods/quorum.ts";
import { Reason, Status } from "../../sdk/protocol.ts";
import { type Emitted, emit } from "../fixtures/logs.ts";
import vectors from "../vectors/batches.json" with { type: "json" };

const { chainId } = vectors;
const registry = vectors.registry as Address;
const recordedBatches = vectors.batches.map(({ batch, traces, id }) => ({ ...batch, traces, id }) as AttestedBatch);
const [, three] = recordedBatches as [AttestedBatch, AttestedBatch];
const faults = (change: Partial<AttestedBatch>) => batchFaults(chainId, registry, { ...three, ...change });

describe("a recorded batch", () => {
  const fields: Partial<AttestedBatch>[] = [
    { prover: registry },
    { method: 1 },
    { modelId: ZERO_HASH },
    { context: ZERO_HASH },
  ];
  for (const change of fields)
    it(`is refused with another ${Object.keys(change)}: its id is of all fields`, () => {
      expect(faults(change)).to.have.lengthOf(1);
      expect(faults(change)[0]).to.match(/^names 0x[0-9a-f]{64}; its fields have the digest 0x/);
    });

  it("is refused with another id, on another chain or of another registry", () => {
    expect(faults({ id: ZERO_HASH })[0]).to.equal(`names ${ZERO_HASH}; its fields have the digest ${three.id}`);
    expect(batchFaults(1, registry, three)).to.have.lengthOf(1);
    expect(batchFaults(chainId, three.prover, three)).to.have.lengthOf(1);
  });

  it("is refused with traces that have another root", () => {
    const length = three.traces.length;
    const last = three.traces.slice(-1) === "0" ? "1" : "0";
    expect(faults({ traces: `${three.traces.slice(0, length - 1)}${last}` as Hex })[0]).to.include(
      `names the root ${three.root}; its traces have the root 0x`,
    );
    expect(faults({ root: ZERO_HASH })).to.have.lengthOf(2);
  });

  it("is refused with traces that don't divide into its units, or with none", () => {
    expect(faults({ traces: three.traces.slice(0, -2) as Hex })[0]).to.equal(
      "carries 125 bytes, which are not the traces of 3 units",
    );
    expect(faults({ method: fraudProof.id, traces: "0x" }).at(-1)).to.equal(
      "carries 0 bytes, which are not the traces of 3 units",
    );
    expect(faults({ count: 0 })[1]).to.equal("carries 126 bytes, which are not the traces of 0 units");
  });

  it("needs no traces under a method that takes roots alone, or under one that isn't known", () => {
    const { id: _, traces: __, ...fields } = three;
    for (const method of [disputeGame.id, 200]) {
      const batch = { ...fields, method, traces: "0x" } as const;
      const id = batchId(chainId, registry, batch);
      expect(batchFaults(chainId, registry, { ...batch, id })).to.deep.equal([]);
      expect(batchFaults(chainId, registry, { ...batch, id: ZERO_HASH })).to.have.lengthOf(1);
      expect(batchFaults(chainId, registry, { ...batch, count: 0, id })[1]).to.include("not the traces of 0 units");
    }
  });

  it("has the id of its fields and the root of its traces", () => {
    for (const batch of recordedBatches) expect(batchFaults(chainId, registry, batch)).to.deep.equal([]);
  });
});

const addressOf = (n: number): Address => `0x${n.toString(16).padStart(40, "0")}`;
const hashOf = (n: number): Hex => `0x${n.toString(16).padStart(64, "0")}`;
const [REGISTRY, CAMPAIGN, QUORUM, FRAUD_PROOF, TOY] = [0xa1, 0xa2, 0xb1, 0xb2, 0xb7].map(addressOf) as [
  Address,
  Address,
  Address,
  Address,
  Address,
];
const [PROVER, SETTLER] = [1, 2].map(addressOf) as [Address, Address];
const MODEL = hashOf(0x10);
const UNIT = unitContext({ campaign: CAMPAIGN, seasonId: 1n, taskId: 1n, unit: 7n });
const opened: Answer = { outputHash: hashOf(0x11), traceHash: ZERO_HASH, salt: hashOf(0x12) };

const registryLog = [REGISTRY, attestationRegistryAbi] as const;
const methodAdded = (id: number, method: Address) => emit(...registryLog, "MethodAdded", { id, method });
const known = [methodAdded(1, QUORUM), methodAdded(2, FRAUD_PROOF)];

const signed = (method: number, context: Hex = UNIT): Attestation => ({
  ...{ prover: PROVER, method, modelId: MODEL, inputHash: hashOf(0x13), context },
  answer: answerHash(PROVER, opened),
});
const uidOf = (message: Attestation): Hex => attestationUid(1, REGISTRY, message);
const committed = (message: Attestation) => emit(...registryLog, "Committed", { uid: uidOf(message), ...message });
const attested = ({ answer: _answer, ...fields }: Attestation, uid: Hex) =>
  emit(...registryLog, "Attested", { uid, ...fields, ...opened });
const statusChanged = (id: Hex, status: number) => emit(...registryLog, "StatusChanged", { id, status, by: SETTLER });
const batchMessage = { prover: PROVER, method: 2, modelId: MODEL, context: UNIT, count: 2, root: hashOf(0x14) };
const BATCH_ID = hashOf(0x15);
const batchAttested = emit(...registryLog, "BatchAttested", { id: BATCH_ID, ...batchMessage, traces: "0x01020304" });
const points = (eventName: "PointsAwarded" | "PointsBurned", subject: Hex) =>
  emit(CAMPAIGN, campaignAbi, eventName, {
    ...{ seasonId: 1n, account: PROVER, subject, reason: Reason.prover, amount: 10n, seq: 1n },
  });
const drawScheduled = (uid: Hex, at = QUORUM) =>
  emit(at, quorumAbi, "DrawScheduled", { uid, round: 1, drawBlock: 5n, drawUntil: 60n });
const traced = (uid: Hex, at = FRAUD_PROOF) => emit(at, fraudProofAbi, "Traced", { uid, trace: "0x0a0b" });

/** The log as it was mined, each in a block of its own from 1 on. */
const mined = ({ address, topics, data }: Emitted, i: number) => ({
  ...{ address, data, topics: topics as [Hex, ...Hex[]], removed: false as const },
  ...{ blockNumber: BigInt(i + 1), blockHash: hashOf(i + 1), transactionHash: hashOf(0x100 + i) },
  ...{ logIndex: 0, transactionIndex: 0, blockTimestamp: undefined },
});

/** What these logs come to. */
function after(...logs: Emitted[]): Map<Hex, AttestationState> {
  const into = noAttestations();
  foldAttestations(into, { attestationRegistry: REGISTRY, campaign: CAMPAIGN }, logs.map(mined));
  return into.byId;
}

describe("attestations", () => {
  const message = signed(1);
  const uid = uidOf(message);

  it("are none where no log is about one", () => {
    expect(after(...known).size).to.equal(0);
    const strange = { address: addressOf(0xff), topics: [hashOf(1), uid], data: "0x" } as Emitted;
    const unreadable = { ...committed(message), topics: [hashOf(1), uid] };
    expect(after(strange, unreadable, statusChanged(uid, Status.verified), points("PointsAwarded", uid)).size).to.equal(
      0,
    );
  });

  it("are of one run, hidden first and then revealed", () => {
    const hidden = after(...known, committed(message)).get(uid);
    expect(hidden).to.deep.equal({
      ...{ kind: "single", id: uid, message, answer: undefined, blockNumber: 3n, transactionHash: hashOf(0x102) },
      ...{ status: Status.pending, settledBy: undefined, inLedger: false, detail: quorum.begin() },
    });
    const revealed = after(...known, committed(message), attested(message, uid)).get(uid);
    expect(revealed).to.deep.equal({ ...hidden, answer: opened });
  });

  it("are of one run that is open at once, its answer's hash recomputed from what was opened", () => {
    const open = signed(0, FREE_CONTEXT);
    expect(after(attested({ ...open, answer: ZERO_HASH }, uidOf(open))).get(uidOf(open))).to.deep.equal({
      ...{ kind: "single", id: uidOf(open), message: open, answer: opened, blockNumber: 1n },
      ...{ transactionHash: hashOf(0x100), status: Status.pending, settledBy: undefined, inLedger: false, detail: {} },
    });
  });

  it("are of many units, with each one's activations", () => {
    const batch = after(...known, batchAttested).get(BATCH_ID);
    expect(batch).to.deep.equal({
      ...{ kind: "batch", id: BATCH_ID, message: batchMessage, blockNumber: 3n, transactionHash: hashOf(0x102) },
      ...{ status: Status.pending, settledBy: undefined, inLedger: false, detail: fraudProof.begin() },
      leaves: [Uint8Array.of(1, 2), Uint8Array.of(3, 4)],
    });
    expect(batch && countOf(batch)).to.equal(2);
  });

  it("stand as the registry says, settled by whom it names", () => {
    const logs = [...known, committed(message), attested(message, uid)];
    const settled = after(...logs, statusChanged(uid, Status.verified)).get(uid);
    expect([settled?.status, settled?.settledBy]).to.deep.equal([Status.verified, SETTLER]);
    const apart = after(...logs, statusChanged(BATCH_ID, Status.verified)).get(uid);
    expect(apart?.status).to.equal(Status.pending);
  });

  it("are in the ledger once points were awarded or burned for them", () => {
    for (const eventName of ["PointsAwarded", "PointsBurned"] as const) {
      const found = after(...known, committed(message), batchAttested, points(eventName, uid));
      expect([found.get(uid)?.inLedger, found.get(BATCH_ID)?.inLedger]).to.deep.equal([true, false]);
    }
  });

  it("hold what their own method's contract says of them", () => {
    const single = signed(2);
    const found = after(...known, committed(message), committed(single), drawScheduled(uid), traced(uidOf(single)));
    const [panel, trace] = [found.get(uid), found.get(uidOf(single))] as [AttestationState, AttestationState];
    expect(detailOf(quorum, panel)?.drawBlock).to.equal(5n);
    expect(detailOf(fraudProof, trace)?.trace).to.deep.equal(Uint8Array.of(10, 11));
    expect([detailOf(fraudProof, panel), detailOf(quorum, trace)]).to.deep.equal([undefined, undefined]);
  });

  it("hold a refilled panel's seats, who appealed and the run that was shown", () => {
    const panel = { uid, commitUntil: 100n, revealUntil: 160n };
    const found = after(
      ...[...known, committed(message), drawScheduled(uid)],
      emit(QUORUM, quorumAbi, "PanelDrawn", { ...panel, round: 1, members: [PROVER, SETTLER] }),
      emit(QUORUM, quorumAbi, "VoteCommitted", { uid, round: 1, member: SETTLER }),
      emit(QUORUM, quorumAbi, "PanelRefilled", { ...panel, members: [TOY] }),
      emit(QUORUM, quorumAbi, "RevealEnded", { uid, round: 1, revealUntil: 150n }),
      emit(QUORUM, quorumAbi, "AppealOpened", { uid, appellant: SETTLER }),
      emit(QUORUM, quorumAbi, "RunShown", { uid, until: 400n, trace: "0x0a0b" }),
    ).get(uid) as AttestationState;
    const detail = detailOf(quorum, found);
    expect(detail).to.deep.include({ panel: [SETTLER, TOY], seatCount: 3n, revealUntil: 150n, appellant: SETTLER });
    expect([SETTLER, TOY].map((member) => detail?.seats.get(member))).to.deep.equal([1n, 2n]);
    expect(detail?.shown).to.deep.equal({ until: 400n, trace: Uint8Array.of(10, 11) });
  });

  it("hold nothing of what another method's contract says of them, or one that isn't on the registry's list", () => {
    const begun = after(...known, committed(message)).get(uid);
    for (const log of [traced(uid), drawScheduled(uid, FRAUD_PROOF), drawScheduled(uid, TOY)])
      expect(after(...known, committed(message), log).get(uid)).to.deep.equal(begun);
    const unlisted = after(committed(message), drawScheduled(uid)).get(uid);
    expect(unlisted?.detail).to.deep.equal(quorum.begin());
  });

  it("are followed under a method that isn't known here as far as the registry and the ledger show", () => {
    const strange = signed(7);
    const id = uidOf(strange);
    const found = after(
      ...[methodAdded(7, TOY), attested(strange, id), drawScheduled(id, TOY)],
      ...[statusChanged(id, Status.verified), points("PointsAwarded", id)],
    ).get(id);
    expect(found).to.deep.include({ message: strange, answer: opened, status: Status.verified, inLedger: true });
    expect(found?.detail).to.deep.equal({});
  });

  it("are followed under a method that is added while they are read", () => {
    const toy = { ...quorum, id: 7, name: "Toy" };
    const strange = signed(7);
    const id = uidOf(strange);
    Object.assign(methods, { toy });
    try {
      const logs = [committed(strange), drawScheduled(id, TOY)] as const;
      const drawBlock = (state: AttestationState | undefined) => state && detailOf(toy, state)?.drawBlock;
      expect(drawBlock(after(...logs).get(id))).to.equal(0n);
      expect(drawBlock(after(methodAdded(7, TOY), ...logs).get(id))).to.equal(5n);
    } finally {
      delete (methods as { toy?: unknown }).toy;
    }
  });

  it("are found wherever a log's address is written in another case", () => {
    const upper = ({ address, ...log }: Emitted) => ({ ...log, address: address.replaceAll("b", "B") as Address });
    const found = after(...known, committed(message), upper(drawScheduled(uid))).get(uid);
    expect(found && detailOf(quorum, found)?.drawBlock).to.equal(5n);
  });

  it("give what the words about them depend on", () => {
    const found = after(
      ...[...known, committed(message), batchAttested],
      ...[statusChanged(BATCH_ID, Status.verified), points("PointsAwarded", BATCH_ID)],
    );
    expect(judgedOf(found.get(uid) as AttestationState)).to.deep.equal({
      ...{ status: Status.pending, isBatch: false, count: 1, firstUnit: 7n, outputHash: null, isPaid: false },
    });
    expect(judgedOf(found.get(BATCH_ID) as AttestationState)).to.deep.equal({
      ...{ status: Status.verified, isBatch: true, count: 2, firstUnit: 7n, outputHash: null, isPaid: true },
    });
    const burned = after(
      ...[...known, committed(message), attested(message, uid)],
      ...[statusChanged(uid, Status.refuted), points("PointsBurned", uid)],
    ).get(uid) as AttestationState;
    expect(judgedOf(burned)).to.deep.include({ outputHash: opened.outputHash, isPaid: false });
    const free = signed(0, FREE_CONTEXT);
    const open = after(attested(free, uidOf(free))).get(uidOf(free)) as AttestationState;
    expect(judgedOf(open).firstUnit).to.equal(undefined);
  });
});

/** A client of a chain that holds only these logs, and lists Quorum and FraudProof. */
function clientOf(...logs: Emitted[]) {
  const contracts = {
    AccessManager: 0xa0,
    ModelRegistry: 0xa3,
    Bonds: 0xa4,
    AttestationRegistry: 0xa1,
    Campaign: 0xa2,
  };
  const deployment = parseDeployment({
    ...{ chainId: 1, startBlock: 1 },
    contracts: Object.fromEntries(
      Object.entries(contracts).map(([name, n]) => [name, { address: addressOf(n), transactionHash: hashOf(n) }]),
    ),
  });
  const byId = after(...known, ...logs);
  function called(data: Hex): Hex {
    const { functionName, args } = decodeFunctionData({ abi: attestationRegistryAbi, data });
    const answer = { abi: attestationRegistryAbi, functionName } as const;
    if (functionName === "methodAt")
      return encodeFunctionResult({ ...answer, functionName, result: args[0] === 1 ? QUORUM : FRAUD_PROOF });
    if (functionName !== "recordOf") throw new Error(`${functionName} is not answered.`);
    const method = byId.get(args[0])?.message.method ?? 0;
    const result = { prover: PROVER, attestedAt: 0, count: 1, method, status: 0, open: false };
    return encodeFunctionResult({ ...answer, functionName, result });
  }
  const request = async ({ method, params }: { method: string; params?: unknown }) => {
    if (method === "eth_blockNumber") return numberToHex(logs.length);
    if (method === "eth_call") return called((params as [{ data: Hex }])[0].data);
    const [{ address, topics, fromBlock, toBlock }] = params as [Query];
    return logs
      .map((log, i) => ({ ...mined(log, i), ...quantities(i) }))
      .filter((log) => log.address === address.toLowerCase())
      .filter((log) => BigInt(log.blockNumber) >= BigInt(fromBlock) && BigInt(log.blockNumber) <= BigInt(toBlock))
      .filter((log) => topics.every((topic, i) => topic === null || [topic].flat().includes(log.topics[i] as Hex)));
  };
  return connect(deployment, custom({ request }));
}

const quantities = (i: number) => ({
  ...{ blockNumber: numberToHex(i + 1), logIndex: "0x0", transactionIndex: "0x0", blockTimestamp: "0x0" },
});

interface Query {
  address: Address;
  topics: (Hex | Hex[] | null)[];
  fromBlock: Hex;
  toBlock: Hex;
}

describe("attestations read from a chain", () => {
  const message = signed(1);
  const uid = uidOf(message);
  const batch = { ...three, id: batchId(1, REGISTRY, three) };
  const batched = emit(...registryLog, "BatchAttested", batch);

  it("names what an event says of itself that isn't so, and keeps reading", async () => {
    const renamed = emit(...registryLog, "Committed", { uid: ZERO_HASH, ...message });
    const rootless = emit(...registryLog, "BatchAttested", { ...batch, root: ZERO_HASH });
    const { attestations, wrong } = await readAttestations(clientOf(renamed, rootless, committed(message)), 3n);
    expect([...attestations.keys()]).to.deep.equal([ZERO_HASH, batch.id, uid]);
    expect(wrong).to.have.lengthOf(3);
    expect(wrong[0]).to.equal(
      `Committed in transaction ${hashOf(0x100)} names ${ZERO_HASH}; its fields have the digest ${uid}.`,
    );
    expect(wrong[1]).to.match(/^BatchAttested in transaction 0x0+101 names 0x.*; its fields have the digest 0x/);
    expect(wrong[2]).to.match(/^BatchAttested in transaction 0x0+101 names the root .*; its traces have the root 0x/);
  });

  it("names an answer that is not the one that was committed to", async () => {
    const other = emit(...registryLog, "Attested", { uid, ...message, ...opened, salt: ZERO_HASH });
    const { wrong } = await readAttestations(clientOf(committed(message), other), 2n);
    expect(wrong).to.have.lengthOf(1);
    expect(wrong[0]).to.match(/^Attested in transaction 0x0+101 names 0x.*; its fields have the digest 0x/);
  });

  it("gives single ones and batches by their names, hidden answers with what was revealed", async () => {
    const client = clientOf(committed(message), batched, attested(message, uid));
    const { attestations, wrong } = await readAttestations(client, 3n);
    expect(wrong).to.deep.equal([]);
    const { id, traces: _traces, ...batchFields } = batch;
    expect([...attestations.values()]).to.deep.equal([
      { kind: "single", id: uid, message, answer: opened, blockNumber: 1n, transactionHash: hashOf(0x100) },
      { kind: "batch", id, message: batchFields, blockNumber: 2n, transactionHash: hashOf(0x101) },
    ]);
  });

  it("gives only those up to a block, or only those that are named", async () => {
    const client = clientOf(committed(message), batched, attested(message, uid));
    const early = await readAttestations(client, 1n);
    expect([...early.attestations.values()].map((found) => found.kind === "single" && found.answer)).to.deep.equal([
      undefined,
    ]);
    const named = await readAttestations(client, 3n, [batch.id, ZERO_HASH]);
    expect([...named.attestations.keys()]).to.deep.equal([batch.id]);
  });

  it("gives one and all that became of it, as the whole chain's fold has it", async () => {
    const story = [committed(message), batched, drawScheduled(uid), attested(message, uid)];
    const settled = [statusChanged(uid, Status.verified), points("PointsAwarded", uid), traced(batch.id)];
    const client = clientOf(...story, ...settled);
    expect(await readAttestation(client, ZERO_HASH)).to.equal(undefined);
    const found = await readAttestation(client, uid);
    expect(found).to.deep.include({ status: Status.verified, settledBy: SETTLER, inLedger: true, answer: opened });
    expect(found && detailOf(quorum, found)?.drawBlock).to.equal(5n);
    expect((await readAttestation(client, batch.id))?.kind).to.equal("batch");
  });
});
