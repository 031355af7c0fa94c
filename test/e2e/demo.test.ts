import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import {
  AbiCoder,
  getBytes,
  Interface,
  keccak256,
  id as keccakOf,
  type LogDescription,
  solidityPackedKeccak256,
  TypedDataEncoder,
  zeroPadValue,
} from "ethers";
import { runDemo } from "../../scripts/demo.ts";
import { oneOfEachKind, outputsOf } from "./foreign.ts";
import { type Intrusion, intrude, type Target } from "./intruder.ts";

// Knows Proofboard from its documentation only: nothing of sdk/ decodes, hashes or ranks here.

const events = new Interface([
  "event Committed(bytes32 indexed uid, address indexed prover, bytes32 indexed modelId, bytes32 inputHash, bytes32 context, bytes32 answer, uint8 method)",
  "event Attested(bytes32 indexed uid, address indexed prover, bytes32 indexed modelId, bytes32 inputHash, bytes32 outputHash, bytes32 traceHash, bytes32 context, bytes32 salt, uint8 method)",
  "event BatchAttested(bytes32 indexed id, address indexed prover, bytes32 indexed modelId, bytes32 context, uint32 count, bytes32 root, uint8 method, bytes traces)",
  "event Traced(bytes32 indexed uid, bytes trace)",
  "event EnclaveSigned(bytes32 indexed uid, bytes32 key)",
  "event RowRefuted(bytes32 indexed id, address indexed challenger, uint256 unit, uint256 layer, uint256 row, int8 claimed, int8 correct)",
  "event Proven(bytes32 indexed uid, bool isTest, bytes evidence)",
  "event Challenged(bytes32 indexed id, address indexed challenger, uint32 number)",
  "event UnitOpened(bytes32 indexed id, uint32 number, uint256 position, bytes input, bytes output)",
  "event RowsOpened(bytes32 indexed id, uint32 number, uint256 position, bytes data)",
  "event ElementShown(bytes32 indexed id, uint32 number, uint256 position, uint256 row, uint256 column, int8 claimed, int8 correct)",
  "event ChallengeClosed(bytes32 indexed id, address indexed challenger, uint32 number, uint8 outcome)",
  "event TaskAdded(uint256 indexed seasonId, uint256 indexed taskId, bytes32 indexed modelId, uint8 method, uint64 points, uint32 unitsPerAccount, uint8 noise, uint32 inputCount, bytes32 inputSetRoot, bytes inputs)",
  "event StatusChanged(bytes32 indexed id, uint8 indexed status, address indexed by)",
  "event PanelDrawn(bytes32 indexed uid, uint8 round, address[] members, uint64 commitUntil, uint64 revealUntil)",
  "event VoteRevealed(bytes32 indexed uid, uint8 round, address indexed member, bytes32 outputHash)",
  "event Penalised(bytes32 indexed uid, address indexed member, uint256 amount)",
  "event PointsAwarded(uint256 indexed seasonId, address indexed account, bytes32 indexed subject, uint8 reason, uint64 amount, uint64 seq)",
  "event PointsBurned(uint256 indexed seasonId, address indexed account, bytes32 indexed subject, uint8 reason, uint64 amount, uint64 seq)",
]);
const campaignCalls = new Interface([
  "function ledgerOf(uint256) view returns (uint64 seq, uint32 participants, uint64 totalPoints, bytes32 ledgerHash)",
]);
const fieldsOf = (...fields: string[]) =>
  fields.map((field) => ({ type: field.split(" ")[0] as string, name: field.split(" ")[1] as string }));
const attestation = {
  Attestation: fieldsOf(
    "address prover",
    "uint8 method",
    "bytes32 modelId",
    "bytes32 inputHash",
    "bytes32 context",
    "bytes32 answer",
  ),
};
const batch = {
  Batch: fieldsOf(
    "address prover",
    "uint8 method",
    "bytes32 modelId",
    "bytes32 context",
    "uint32 count",
    "bytes32 root",
  ),
};
const encode = (types: string[], values: unknown[]) => keccak256(AbiCoder.defaultAbiCoder().encode(types, values));

/** The number of the method DisputeGame. */
const GAME = 5n;

/** A unit's activations in a batch of `digits`, 64-32-10: those of the hidden layer, then the output's. */
const [HIDDEN, LEAF] = [32, 42];

/** Ordered tree over a batch's units, as docs/protocol.md defines it. */
function rootOf(traces: Uint8Array): string {
  const count = traces.length / LEAF;
  let nodes = Array.from({ length: count }, (_, i) =>
    solidityPackedKeccak256(["uint8", "uint32", "bytes"], [0, i, traces.slice(i * LEAF, (i + 1) * LEAF)]),
  );
  while (nodes.length < 2 ** Math.ceil(Math.log2(count))) nodes.push(zeroPadValue("0x", 32));
  while (nodes.length > 1)
    nodes = Array.from({ length: nodes.length / 2 }, (_, i) =>
      solidityPackedKeccak256(["uint8", "bytes32", "bytes32"], [1, nodes[2 * i], nodes[2 * i + 1]]),
    );
  return solidityPackedKeccak256(["uint8", "uint32", "bytes32"], [4, count, nodes[0]]);
}

interface Answers {
  standings: {
    items: { rank: number; place: number; account: string; points: string; lastSeq: string }[];
    total: number;
  };
  deployment: { chainId: number; contracts: Record<string, { address: string }>; rpcUrl: string };
  logs: LogDescription[];
  ledger: readonly [bigint, bigint, bigint, string];
  ready: number;
  openapi: number;
}

/** Asks a running demo for all that is compared, by plain HTTP. */
async function ask(api: string): Promise<Answers> {
  const get = async (path: string) => (await fetch(`${api}${path}`)).json() as Promise<never>;
  const deployment: Answers["deployment"] = await get("/v1/deployment");
  const rpc = async (method: string, params: unknown[]) => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const response = await fetch(deployment.rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    return ((await response.json()) as { result: never }).result;
  };
  const raw: { topics: string[]; data: string }[] = await rpc("eth_getLogs", [{ fromBlock: "0x0", toBlock: "latest" }]);
  const to = deployment.contracts.Campaign?.address;
  const data = campaignCalls.encodeFunctionData("ledgerOf", [1n]);
  const ledger = campaignCalls.decodeFunctionResult("ledgerOf", await rpc("eth_call", [{ to, data }, "latest"]));
  return {
    deployment,
    standings: await get("/v1/seasons/1/standings?limit=100"),
    logs: raw.map((log) => events.parseLog(log)).filter((log) => log !== null),
    ledger: ledger.toArray() as unknown as Answers["ledger"],
    ready: (await fetch(`${api}/readyz`)).status,
    openapi: (await fetch(`${api}/openapi.json`)).status,
  };
}

const deploymentOf = async (api: string): Promise<Target["deployment"]> =>
  (await fetch(`${api}/v1/deployment`)).json() as never;

/** Asks whether an API is ready, twice a second until the signal; what it answered and how long that took, in ms. */
async function watch(api: string, signal: AbortSignal): Promise<{ status: number; took: number }[]> {
  const answered: { status: number; took: number }[] = [];
  while (!signal.aborted) {
    const since = performance.now();
    const status = await fetch(`${api}/readyz`).then(
      (response) => response.status,
      () => 0,
    );
    answered.push({ status, took: performance.now() - since });
    await setTimeout(500);
  }
  return answered;
}

describe("the demo", () => {
  const lines: string[] = [];
  let answers: Answers;
  let intrusions: Intrusion[];
  let watched: { status: number; took: number }[];

  before(async function () {
    this.timeout(1_200_000);
    const directory = await mkdtemp(join(tmpdir(), "proofboard-"));
    const contentDirectory = join(directory, "content");
    const outputs = await outputsOf(oneOfEachKind);
    const ending = new AbortController();
    const { signal } = ending;
    let api = "";
    let rpcUrl = "";
    let asked: Promise<Answers> | undefined;
    let intruding: Promise<Intrusion[]> | undefined;
    let watching: Promise<typeof watched> | undefined;
    try {
      await runDemo({
        ...{ once: true, port: "4020", rpcPort: "8565", seasonSeconds: 60, windowSeconds: 20 },
        directory: join(directory, "demo"),
        contentDirectory,
        deploymentsDirectory: join(directory, "deployments"),
        signal: new AbortController().signal,
        print(line) {
          lines.push(line);
          rpcUrl = /^A local chain runs at (.+)\.$/.exec(line)?.[1] ?? rpcUrl;
          api = /^The indexer serves (.+)\.$/.exec(line)?.[1] ?? api;
          if (/^Season 1 is open/.test(line)) {
            watching = watch(api, signal);
            intruding = deploymentOf(api).then((deployment) =>
              intrude(outputs, { deployment, rpcUrl, contentDirectory, signal }),
            );
            intruding.catch(() => {});
          }
          if (line.includes(`${api}/openapi.json`)) asked = Promise.resolve(intruding).then(() => ask(api));
          if (line === "season 1 finalised") ending.abort();
        },
      });
      answers = await (asked as Promise<Answers>);
      watched = await (watching as Promise<typeof watched>);
      intrusions = await (intruding as Promise<Intrusion[]>);
    } finally {
      ending.abort();
      await rm(directory, { recursive: true });
    }
  });

  const pointEvents = () => answers.logs.filter(({ name }) => name === "PointsAwarded" || name === "PointsBurned");
  const deltaOf = ({ name, args }: LogDescription): bigint =>
    name === "PointsAwarded" ? args.amount : -(args.amount as bigint);

  it("ends by itself, its last line that the season is final", () => {
    expect(lines.at(-1)).to.equal("season 1 finalised");
  });

  it("ends the season a line for each step: a wrong order refused, the right one in chunks, rewards, a badge, two audits", () => {
    const said = lines.slice(lines.findIndex((line) => /^Season 1 is frozen: \d+ accounts, /.test(line)));
    const steps = [
      /^Season 1 is frozen: \d+ accounts, \d+ points, ledger hash 0x\w{64}\.$/,
      /^A wrong order is refused: post was refused: OutOfOrder\(seasonId: 1, account: 0x\w{40}, place: 2\)\.$/,
      /^Places 1 to 8 are posted, root 0x\w{64}\.$/,
      /^Places 9 to 16 are posted, root 0x\w{64}\.$/,
      /^The order is final\. Its poster was paid \d+ tokens\.$/,
      /rank 1, claimed \d+(\.\d+)? tokens\.$/,
      /has a badge for rank 1: token 4294967297\.$/,
      /^The audit agrees: every point of \d+ entries recomputed from the chain alone\.$/,
      /^The second audit, in Python, agrees: the same ledger hash, order and \d roots\.$/,
      /^season 1 finalised$/,
    ];
    const at = steps.map((step) => said.findIndex((line) => step.test(line)));
    expect(at[0]).to.equal(0);
    expect(at).to.deep.equal([...at].sort((a, b) => a - b));
    expect(at).to.not.include(-1);
  });

  it("suggests no season that there won't be", () => {
    expect(lines.join("\n")).to.contain("proofboard -- audit 1").and.not.to.contain("work 2");
  });

  it("serves an API that is ready and described", () => {
    expect([answers.ready, answers.openapi]).to.deep.equal([200, 200]);
  });

  const named = (name: string) => answers.logs.filter((log) => log.name === name);
  const argsOf = (log: LogDescription | undefined): LogDescription["args"] => {
    if (log === undefined) throw new Error("There is no such event.");
    return log.args;
  };
  /** The batches whose traces are on chain. */
  const openBatches = () => named("BatchAttested").filter(({ args }) => args.traces !== "0x");
  const pointsFor = (id: string) => pointEvents().filter(({ args }) => args.subject === id);
  const statusesOf = (id: string) => named("StatusChanged").filter(({ args }) => args.id === id);

  it("names every batch by the digest of its fields, its root grown from the traces", () => {
    const { chainId, contracts } = answers.deployment;
    const verifyingContract = contracts.AttestationRegistry?.address as string;
    const domain = { name: "Proofboard", version: "1", chainId, verifyingContract };
    for (const { args } of named("BatchAttested"))
      expect(TypedDataEncoder.hash(domain, batch, args.toObject())).to.equal(args.id);
    expect(openBatches()).to.have.lengthOf(3);
    for (const { args } of openBatches()) {
      expect(getBytes(args.traces)).to.have.lengthOf(Number(args.count) * LEAF);
      expect(rootOf(getBytes(args.traces))).to.equal(args.root);
    }
  });

  it("verifies a batch of at least 200 units and pays it once", () => {
    const [largest] = openBatches().sort((a, b) => Number(b.args.count - a.args.count));
    expect(largest?.args.count).to.be.greaterThanOrEqual(200n);
    expectPaidOnce(largest);
  });

  it("verifies 4,096 units that one root attests, and pays them at once", () => {
    const byRoot = named("BatchAttested").filter(({ args }) => args.traces === "0x");
    expect(byRoot.map(({ args }) => args.count)).to.deep.equal([4_096n]);
    expectPaidOnce(byRoot[0]);
  });

  function expectPaidOnce(attested: LogDescription | undefined): void {
    const { id, count, prover, method } = argsOf(attested);
    expect(statusesOf(id).map(({ args }) => args.status)).to.deep.equal([2n]);
    const task = argsOf(named("TaskAdded").find(({ args }) => args.seasonId === 1n && args.method === method));
    const paid = pointsFor(id).map(({ name, args }) => [name, args.account, args.reason, args.amount]);
    expect(paid).to.deep.equal([["PointsAwarded", prover, 1n, count * task.points]]);
  }

  it("refutes a story with one byte forged by the one number that a challenger walked down to", () => {
    const [right, forged] = named("Attested")
      .filter(({ args }) => args.method === GAME)
      .sort((a, b) => Number(statusesOf(a.args.uid)[0]?.args.status) - Number(statusesOf(b.args.uid)[0]?.args.status));
    expect(statusesOf(argsOf(right).uid).map(({ args }) => args.status)).to.deep.equal([2n]);
    const { uid } = argsOf(forged);
    const { challenger } = argsOf(named("Challenged").find(({ args }) => args.id === uid));
    expect(statusesOf(uid).map(({ args }) => [args.status, args.by])).to.deep.equal([[3n, challenger]]);
    const { output } = argsOf(named("UnitOpened").find(({ args }) => args.id === uid));
    const { data } = argsOf(named("RowsOpened").find(({ args }) => args.id === uid));
    // The last operator's rows are the text's bytes.
    expect(data).to.equal(output);
    const { row, column, claimed, correct } = argsOf(named("ElementShown").find(({ args }) => args.id === uid));
    expect([row, column, claimed]).to.deep.equal([0n, 0n, BigInt(getBytes(output)[0] as number)]);
    expect(correct).to.equal(claimed ^ 1n);
    expect(named("ChallengeClosed").map(({ args }) => [args.id, args.challenger, args.outcome])).to.deep.equal([
      [uid, challenger, 2n],
    ]);
    expect(lines.join("\n")).to.match(
      new RegExp(`to operator \\d+, row 0, column 0: attested ${claimed}, the contract computed ${correct}\\.`),
    );
  });

  it("refutes a forged batch by the one row that a challenger showed, and burns its prover's points", () => {
    const batches = new Set(named("BatchAttested").map(({ args }) => args.id));
    const refuted = named("RowRefuted").filter(({ args }) => batches.has(args.id));
    expect(refuted).to.have.lengthOf(1);
    const { id, challenger, unit, layer, row, claimed, correct } = argsOf(refuted[0]);
    const forged = argsOf(named("BatchAttested").find(({ args }) => args.id === id));
    const traces = new Int8Array(getBytes(forged.traces).buffer);
    expect(layer).to.equal(1n);
    expect(claimed).to.equal(BigInt(traces[Number(unit) * LEAF + HIDDEN + Number(row)] as number));
    expect(claimed).to.not.equal(correct);
    expect(statusesOf(id).map(({ args }) => [args.status, args.by])).to.deep.equal([[3n, challenger]]);
    const earned = named("PointsAwarded").filter(({ args }) => args.account === forged.prover);
    const points = earned.reduce((sum, { args }) => sum + args.amount, 0n);
    const burned = pointsFor(id).map(({ name, args }) => [name, args.account, args.reason, args.amount]);
    expect(burned).to.deep.equal([["PointsBurned", forged.prover, 5n, points]]);
    expect(answers.standings.items.find(({ account }) => account === forged.prover)?.points).to.equal("0");
  });

  it("verifies units by a zero-knowledge proof, each in the transaction that records it, and pays them", () => {
    expect(named("Proven")).to.not.have.lengthOf(0);
    for (const proven of named("Proven")) {
      const { uid, isTest, evidence } = argsOf(proven);
      expect([isTest, getBytes(evidence).length]).to.deep.equal([true, 16 + 4 + 256]);
      const { prover } = argsOf(named("Attested").find(({ args }) => args.uid === uid));
      expect(statusesOf(uid).map(({ args }) => [args.status, args.by])).to.deep.equal([[2n, prover]]);
      expect(pointsFor(uid).map(({ name, args }) => [name, args.account, args.amount])).to.deep.equal([
        ["PointsAwarded", prover, 5n],
      ]);
    }
  });

  it("names the batch and the row in its summary", () => {
    const story = lines.join("\n");
    expect(story).to.match(/attested 240 units in one batch: .* one award paid for all\./);
    expect(story).to.match(/slipped a wrong answer into a batch of 64: .* row \d+ of layer 1 of unit 96,/);
    expect(story).to.match(/claimed as -?\d+, computed as -?\d+\./);
  });

  it("names every attestation by the EIP-712 digest of its event's fields", () => {
    const { chainId, contracts } = answers.deployment;
    const verifyingContract = contracts.AttestationRegistry?.address as string;
    const domain = { name: "Proofboard", version: "1", chainId, verifyingContract };
    const committed = answers.logs.filter(({ name }) => name === "Committed");
    for (const { args } of committed)
      expect(TypedDataEncoder.hash(domain, attestation, args.toObject())).to.equal(args.uid);
    const tag = zeroPadValue("0x", 32);
    const answerTag = `0x${Buffer.from("ANSWER_V1").toString("hex").padEnd(64, "0")}`;
    const attested = answers.logs.filter(({ name }) => name === "Attested");
    const traced = new Map(named("Traced").map(({ args }) => [args.uid, keccak256(args.trace)]));
    for (const { args } of attested) {
      const { uid, prover, outputHash, traceHash, salt } = args;
      const types = ["bytes32", "address", "bytes32", "bytes32", "bytes32"];
      const answer = encode(types, [answerTag, prover, outputHash, traceHash, salt]);
      if (args.method !== GAME) expect(traceHash).to.equal(traced.get(uid) ?? tag);
      expect(TypedDataEncoder.hash(domain, attestation, { ...args.toObject(), answer })).to.equal(args.uid);
    }
    expect(committed.length).to.be.greaterThan(30);
    const atOnce = [...named("Proven"), ...named("EnclaveSigned")];
    const byRoot = attested.filter(({ args }) => args.method === GAME);
    expect(attested).to.have.lengthOf(committed.length + traced.size + atOnce.length + byRoot.length);
  });

  it("verifies units by a SIMULATED enclave's signatures, each at once, and pays them", () => {
    const signed = named("EnclaveSigned");
    expect(signed).to.have.lengthOf(6);
    for (const { args } of signed) {
      expect(statusesOf(args.uid).map(({ args: { status } }) => status)).to.deep.equal([2n]);
      expect(pointsFor(args.uid).map(({ name, args: { amount } }) => [name, amount])).to.deep.equal([
        ["PointsAwarded", 2n],
      ]);
    }
    expect(lines.join("\n"))
      .to.contain("A SIMULATED enclave runs it")
      .and.to.contain("a TEST registrar admitted its key");
  });

  it("lets an agent's vault act on answers, and pays it for the forged one by its prover's cover", () => {
    const story = lines.join("\n");
    expect(story).to.match(/trade of 0\.5 ETH ran on an answer that its prover covers/);
    expect(story)
      .to.match(/A risky one doesn't run: .*MoveRefused/)
      .and.to.match(/another answer's bytes: .*AnotherOutput/);
    expect(story).to.match(/doesn't run on a pending answer: .*NeedsVerified/);
    expect(story).to.match(/is refuted: the vault got the cover, 0\.5 ETH\./);
    expect(story).to.match(/trade of 2 ETH ran on an answer that a panel verified/);
    expect(story).to.match(/answered .*, and covers the answer with 0\.05 ETH\./);
  });

  it("has a story written, and a panel write it again", () => {
    expect(lines.join("\n")).to.match(
      /wrote “ ?Every evening Ada dreamt of a golden bell\. So she asked a heron.*”, and a panel wrote it again\./,
    );
  });

  it("keeps a ledger that its events alone reproduce", () => {
    const [seq, participants, totalPoints, ledgerHash] = answers.ledger;
    let hash = zeroPadValue("0x", 32);
    let total = 0n;
    for (const [i, event] of pointEvents().entries()) {
      const { seasonId, account, subject, reason } = event.args;
      expect(event.args.seq).to.equal(BigInt(i + 1));
      hash = encode(
        ["bytes32", "uint256", "address", "bytes32", "uint8", "int256", "uint64"],
        [hash, seasonId, account, subject, reason, deltaOf(event), event.args.seq],
      );
      total += deltaOf(event);
    }
    expect([BigInt(pointEvents().length), total, hash]).to.deep.equal([seq, totalPoints, ledgerHash]);
    expect(BigInt(answers.standings.total)).to.equal(participants);
  });

  it("ranks as the rule says: points descending, equal points alike", () => {
    const entries = new Map<string, { points: bigint; lastSeq: bigint }>();
    for (const event of pointEvents()) {
      const { account, seq } = event.args;
      const points = (entries.get(account)?.points ?? 0n) + deltaOf(event);
      entries.set(account, { points, lastSeq: seq });
    }
    const expected = [...entries]
      .sort(([, a], [, b]) => Number(b.points - a.points || a.lastSeq - b.lastSeq))
      .map(([account, { points, lastSeq }], i, sorted) => ({
        ...{ rank: 1 + sorted.findIndex(([, other]) => other.points === points), place: i + 1, account },
        ...{ points: String(points), lastSeq: String(lastSeq) },
      }));
    const served = answers.standings.items.map(({ rank, place, account, points, lastSeq }) => ({
      ...{ rank, place, account, points, lastSeq },
    }));
    expect(served).to.deep.equal(expected);
    expect(expected.filter(({ points }) => points !== "0").length).to.be.greaterThanOrEqual(6);
  });

  it("refutes the cheat, penalises it and nobody else", () => {
    const batches = new Set(named("BatchAttested").map(({ args }) => args.id));
    const foreign = new Set<string>(intrusions.map(({ uid }) => uid));
    const committed = new Set(named("Committed").map(({ args }) => args.uid));
    const refuted = named("StatusChanged").filter(
      ({ args }) => args.status === 3n && committed.has(args.id) && !foreign.has(args.id),
    );
    expect(refuted).to.not.have.lengthOf(0);
    const provers = refuted.map(({ args }) => named("Committed").find((log) => log.args.uid === args.id)?.args.prover);
    expect(new Set(provers).size).to.equal(1);
    const burned = named("PointsBurned").filter(({ args }) => !batches.has(args.subject));
    expect(burned).to.not.have.lengthOf(0);
    for (const { args } of burned) {
      expect([args.account, args.reason]).to.deep.equal([provers[0], 5n]);
    }
    expect(answers.standings.items.find(({ account }) => account === provers[0])?.points).to.equal("0");
  });

  describe("that strangers' models don't hurt", () => {
    const INVALID = keccakOf("INVALID_V1");
    const panelsOf = (uid: string) => named("PanelDrawn").filter(({ args }) => args.uid === uid);
    const votesOf = (uid: string) => named("VoteRevealed").filter(({ args }) => args.uid === uid);

    it("takes every one of them, and settles it", () => {
      expect(intrusions.map(({ name }) => name)).to.deep.equal(oneOfEachKind.map(({ name }) => name));
      for (const { name, uid } of intrusions) expect(statusesOf(uid), name).to.have.lengthOf(1);
    });

    it("lets every drawn verifier come to the same verdict, in time", () => {
      for (const { name, uid, expectedHash } of intrusions) {
        const seats = panelsOf(uid).flatMap(({ args }) => args.members.map((of: string) => `${args.round} ${of}`));
        expect(seats, name).to.have.lengthOf(3);
        expect(votesOf(uid).map(({ args }) => `${args.round} ${args.member}`)).to.have.members(seats);
        expect(new Set(votesOf(uid).map(({ args }) => args.outputHash)), name).to.have.all.keys(
          expectedHash ?? INVALID,
        );
      }
    });

    it("gives each the status that the votes say, and penalises no verifier", () => {
      for (const { name, uid, expectedHash, outputHash } of intrusions)
        expect(
          statusesOf(uid).map(({ args }) => args.status),
          name,
        ).to.deep.equal([expectedHash === outputHash ? 2n : 3n]);
      expect(named("Penalised").map(({ args }) => args.uid)).to.deep.equal([]);
    });

    it("answers all the time", () => {
      expect(watched.length).to.be.greaterThan(60);
      expect(watched.filter(({ status }) => status !== 200)).to.deep.equal([]);
    });
  });
});
