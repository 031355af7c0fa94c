import {
  type Abi,
  type Address,
  concat,
  encodeAbiParameters,
  encodeEventTopics,
  getAbiItem,
  getAddress,
  type Hex,
  keccak256,
  padHex,
  stringToHex,
  toHex,
} from "viem";
import { badgeEvents, type EventName, type EventNamed } from "../../indexer/decode/events.ts";
import {
  attestationRegistryAbi,
  campaignAbi,
  coverAbi,
  inferenceRequestsAbi,
  modelRegistryAbi,
  profilesAbi,
  rewardsAbi,
  standingsAbi,
} from "../../sdk/abi.ts";
import { ledgerHash, ZERO_HASH } from "../../sdk/commitments.ts";
import { unitContext } from "../../sdk/contexts.ts";
import { type Deployment, parseDeployment } from "../../sdk/deployment.ts";
import { keyName } from "../../sdk/enclaves.ts";
import { type GraphOperator, graphRoot, READS_NONE } from "../../sdk/graphs.ts";
import { encodeLayout } from "../../sdk/layouts.ts";
import { enclaveAbi } from "../../sdk/methods/enclave.ts";
import { fraudProofAbi } from "../../sdk/methods/fraudProof.ts";
import { quorumAbi } from "../../sdk/methods/quorum.ts";
import { createRequests } from "./asked.ts";
import { createSeasonEnds } from "./season-ends.ts";

/** A graph of an input of four tokens, and a row of two elements for each. */
export const GRAPH: readonly GraphOperator[] = [
  { kind: 0, first: READS_NONE, width: 1, parameters: ZERO_HASH },
  { kind: 2, first: 0, width: 2, parameters: `0x${"07".repeat(32)}` as Hex },
].map((operator) => ({ ...operator, second: READS_NONE, rows: 4, constants: new Uint8Array(23) }));

/** A log as a contract emits it. */
export interface Emitted {
  address: Address;
  topics: Hex[];
  data: Hex;
}

/** The same log, its data as ingestion reads them. */
export const asRead = <T extends Emitted>(log: T) => ({ ...log, data: Buffer.from(log.data.slice(2), "hex") });

/** The head of a season's ledger as the contract would answer it. */
export interface Ledger {
  seq: bigint;
  participants: number;
  totalPoints: bigint;
  ledgerHash: Hex;
  points: Map<Address, bigint>;
}

/** A block of a story: what it emitted, and the ledgers after it. */
export interface Chapter {
  logs: Emitted[];
  ledgers: Map<bigint, Ledger>;
}

const contract = (n: number) => ({
  address: getAddress(padHex(toHex(0xc0 + n), { size: 20 })),
  transactionHash: padHex(toHex(n + 1), { size: 32 }),
});

export const deployment: Deployment = parseDeployment({
  chainId: 31337,
  startBlock: 2,
  contracts: {
    AccessManager: contract(0),
    ModelRegistry: contract(1),
    AttestationRegistry: contract(2),
    Bonds: contract(3),
    Campaign: contract(4),
    Quorum: contract(5),
    FraudProof: contract(6),
    Standings: contract(7),
    Rewards: contract(8),
    Badges: contract(9),
    Cover: contract(10),
    InferenceRequests: contract(11),
    Profiles: contract(12),
    Enclave: contract(13),
  },
});
const { ModelRegistry, AttestationRegistry, Campaign } = deployment.contracts;
export const Quorum = contract(5);

/** The contracts of a season's end, with their ABIs. */
export const ending = {
  Standings: { address: contract(7).address, abi: standingsAbi as Abi },
  Rewards: { address: contract(8).address, abi: rewardsAbi as Abi },
  Badges: { address: contract(9).address, abi: badgeEvents as Abi },
};

/** The contracts of requests, with their ABIs. */
export const asking = {
  Cover: { address: contract(10).address, abi: coverAbi as Abi },
  InferenceRequests: { address: contract(11).address, abi: inferenceRequestsAbi as Abi },
};

/** The contract of names, with its ABI. */
export const naming = { Profiles: { address: contract(12).address, abi: profilesAbi as Abi } };

/** Enclave of the deployment. */
export const Enclave = contract(13);

/** FraudProof of the deployment, and its number. */
export const FraudProof = contract(6);
export const FRAUD = 2;

export const accountOf = (n: number): Address => getAddress(padHex(toHex(0xa00 + n), { size: 20 }));
const hashOf = (...parts: unknown[]): Hex => keccak256(stringToHex(parts.join(" ")));

/** The log of an event. */
export const emit = <Name extends EventName>(
  address: Address,
  abi: Abi,
  eventName: Name,
  args: EventNamed<Name>["args"],
): Emitted => emitAny(address, abi, eventName, args);

/** The log of an event of any ABI. */
export function emitAny(address: Address, abi: Abi, eventName: string, args: object): Emitted {
  const item = getAbiItem({ abi, name: eventName });
  if (item?.type !== "event") throw new Error(`${eventName} is no event.`);
  const plain = item.inputs.filter((input) => !input.indexed);
  return {
    address: address.toLowerCase() as Address,
    topics: encodeEventTopics({ abi: [item], args: args as never }) as Hex[],
    data: encodeAbiParameters(
      plain,
      plain.map((input) => (args as Record<string, unknown>)[input.name as string]),
    ),
  };
}

interface Attestation {
  uid: Hex;
  prover: Address;
  method: number;
  modelId: Hex;
  context: Hex;
  /** Units covered. */
  count: number;
  open: boolean;
  status: number;
  panel: Address[];
  voted: number;
  /** Its prover has shown its run, of which a row can be refuted. */
  shown: boolean;
}

export const MODEL = hashOf("model", 0);
const POINTS = 100n;
/** Cap of the FraudProof task: some batches of a story reach beyond it. */
const UNITS = 30;
/** The time of a chapter's block, in unix seconds, where blocks are a second apart. */
const everySecond = (chapter: number): number => 1002 + chapter;
/** Of the first season: epochs of ten seconds end in any story, and the season in none. */
const TIMES = { startsAt: 1003n, endsAt: 1500n, closesAt: 2000n };
/** How long a later season is open, in seconds. */
const SHORT = 6n;
/** Names and links of a story: two that look alike, and some that are hidden, too long or taken away. */
const NAMES = [
  ["Ada", "https://example.org/ada"],
  ["\u0410d\u0430", "javascript:alert(1)"],
  ["\u202e\u200b", "https://example.org"],
  ["z".repeat(64), ""],
  ["", ""],
] as const;
const output = (pick: number): Hex => hashOf("output", pick % 2);

/**
 * Blocks of events that can follow one another, chosen by numbers: the same numbers make the same blocks, so two lists
 * that begin alike are a fork. The first block publishes a model and opens season 1. Seasons end by the blocks' times.
 */
export function chaptersOf(blocks: readonly (readonly number[])[], timeOf = everySecond): Chapter[] {
  const ledgers = new Map<bigint, Ledger>();
  const attestations: Attestation[] = [];
  /** Points and `lastSeq` of each account, by season. */
  const entries = new Map<bigint, Map<Address, { points: bigint; lastSeq: bigint }>>();
  const closings = new Map<bigint, bigint>();
  const ends = createSeasonEnds(
    (name, eventName, args) => logs.push(emit(ending[name].address, ending[name].abi, eventName, args)),
    [accountOf(1), accountOf(2)],
  );
  const requests = createRequests({
    deployment,
    emit: (name, eventName, args) => logs.push(emit(asking[name].address, asking[name].abi, eventName, args)),
    attest: attestAnswer,
    accounts: Array.from({ length: 6 }, (_, n) => accountOf(n)),
    modelId: MODEL,
  });
  const admitted: Hex[] = [];
  let models = 0;
  let time = timeOf(0);
  let logs: Emitted[] = [];

  const isClosed = (seasonId: bigint): boolean => BigInt(time) >= (closings.get(seasonId) as bigint);

  const pickOf = <T>(list: readonly T[], pick: number): T | undefined => list[pick % list.length];
  const pending = (pick: number, also: (s: Attestation) => boolean) =>
    pickOf(
      attestations.filter((s) => s.status === 1 && also(s)),
      pick,
    );

  /** Publishes a float model, or every other time a graph model, whose rows are put on chain later. */
  function publish(): void {
    const isGraph = models % 2 === 1;
    const layoutBytes = encodeLayout({
      widths: [],
      ...(isGraph ? { graph: GRAPH } : {}),
      input: { name: `x${models}`, dtype: 3, dims: [1, 4] },
      output: { name: "y", dtype: isGraph ? 3 : 2, dims: isGraph ? [4, 2] : [2] },
    });
    logs.push(
      emit(ModelRegistry.address, modelRegistryAbi, "ModelPublished", {
        modelId: models === 0 ? MODEL : hashOf("model", models),
        publisher: accountOf(0),
        artifactHash: hashOf("file", models),
        runtimeId: hashOf("runtime"),
        weightsRoot: isGraph ? graphRoot(GRAPH) : ZERO_HASH,
        verifyingKeyHash: ZERO_HASH,
        measurement: ZERO_HASH,
        layout: toHex(layoutBytes),
        rows: "0x",
        uri: "ipfs://somewhere",
      }),
    );
    models++;
  }

  function openSeason(): void {
    const seasonId = BigInt(ledgers.size + 1);
    const organiser = accountOf(0);
    const on = [Campaign.address, campaignAbi] as const;
    const now = BigInt(time);
    const times = seasonId === 1n ? TIMES : { startsAt: now + 1n, endsAt: now + 4n, closesAt: now + SHORT };
    logs.push(
      emit(...on, "SeasonDrafted", { seasonId, organiser, verifierCap: 1000n }),
      emit(...on, "TaskAdded", {
        ...{ seasonId, taskId: 1n, modelId: MODEL, method: 1, points: POINTS, unitsPerAccount: 1000 },
        ...{ noise: 8, inputCount: 1, inputSetRoot: hashOf("inputs"), inputs: "0x01020304" as Hex },
      }),
      emit(...on, "TaskAdded", {
        ...{ seasonId, taskId: 2n, modelId: MODEL, method: FRAUD, points: POINTS, unitsPerAccount: UNITS },
        ...{ noise: 8, inputCount: 1, inputSetRoot: hashOf("inputs"), inputs: "0x01020304" as Hex },
      }),
    );
    if (seasonId > 1n) ends.escrow(seasonId, organiser);
    logs.push(
      emit(...on, "SeasonOpened", {
        ...{ seasonId, organiser, ...times, uri: "https://example.org" },
      }),
      emit(...on, "SeasonSeeded", { seasonId, seed: hashOf("seed", seasonId) }),
    );
    ledgers.set(seasonId, {
      ...{ seq: 0n, participants: 0, totalPoints: 0n, ledgerHash: ZERO_HASH, points: new Map() },
    });
    entries.set(seasonId, new Map());
    closings.set(seasonId, times.closesAt);
  }

  function commit(pick: number): void {
    const n = attestations.length;
    const prover = accountOf(pick % 7);
    const seasonId = BigInt((pick % ledgers.size) + 1);
    const context =
      pick % 5 === 0 ? ZERO_HASH : unitContext({ campaign: Campaign.address, seasonId, taskId: 1n, unit: BigInt(n) });
    const uid = hashOf("uid", n, pick);
    const method = pick % 3 === 0 ? 0 : 1;
    const common = { uid, prover, modelId: MODEL, inputHash: hashOf("input", n), context, method };
    const on = [AttestationRegistry.address, attestationRegistryAbi] as const;
    const opened = { outputHash: output(pick), traceHash: ZERO_HASH, salt: hashOf("salt", n) };
    if (method === 0) logs.push(emit(...on, "Attested", { ...common, ...opened }));
    else logs.push(emit(...on, "Committed", { ...common, answer: hashOf("answer", n) }));
    attestations.push({ ...common, count: 1, open: method === 0, status: 1, panel: [], voted: 0, shown: false });
  }

  function attestTraced(pick: number): void {
    const n = attestations.length;
    const uid = hashOf("uid", n, pick);
    const prover = accountOf(pick % 7);
    const seasonId = BigInt((pick % ledgers.size) + 1);
    const unit = { campaign: Campaign.address, seasonId, taskId: 2n, unit: BigInt(pick % (UNITS + 2)) };
    const context = pick % 4 === 0 ? ZERO_HASH : unitContext(unit);
    const common = { uid, prover, modelId: MODEL, context, method: FRAUD };
    const opened = { outputHash: output(pick), traceHash: hashOf("trace", n), salt: hashOf("salt", n) };
    logs.push(
      emit(AttestationRegistry.address, attestationRegistryAbi, "Attested", {
        ...{ ...common, ...opened, inputHash: hashOf("input", n) },
      }),
      emit(FraudProof.address, fraudProofAbi, "Traced", { uid, trace: output(pick) }),
    );
    attestations.push({ ...common, count: 1, open: true, status: 1, panel: [], voted: 0, shown: false });
  }

  function attestAnswer(of: Parameters<Parameters<typeof createRequests>[0]["attest"]>[0]): Attestation {
    const n = attestations.length;
    const uid = hashOf("uid", n, of.context);
    const opened = { traceHash: hashOf("trace", n), salt: hashOf("salt", n) };
    logs.push(emit(AttestationRegistry.address, attestationRegistryAbi, "Attested", { ...of, ...opened, uid }));
    const attestation = { ...of, uid, count: 1, open: true, status: 1, panel: [], voted: 0, shown: false };
    attestations.push(attestation);
    return attestation;
  }

  function attestBatch(pick: number): void {
    const n = attestations.length;
    const id = hashOf("batch", n, pick);
    const prover = accountOf(pick % 7);
    const seasonId = BigInt((pick % ledgers.size) + 1);
    const count = 1 + ((pick >>> 3) % 9);
    const context = unitContext({ campaign: Campaign.address, seasonId, taskId: 2n, unit: BigInt(pick % UNITS) });
    const common = { prover, modelId: MODEL, context, count, method: FRAUD };
    const traces = padHex("0x01", { size: 3 * count });
    logs.push(
      emit(AttestationRegistry.address, attestationRegistryAbi, "BatchAttested", {
        ...{ ...common, id, root: hashOf("root", n), traces },
      }),
    );
    attestations.push({ ...common, uid: id, open: true, status: 1, panel: [], voted: 0, shown: false });
  }

  function refuteRow(pick: number): void {
    const s = pending(pick, ({ method, shown }) => method === FRAUD || shown);
    if (!s) return;
    s.status = 3;
    const challenger = accountOf(pick % 9);
    const unit = BigInt(pick % s.count);
    logs.push(
      emit(FraudProof.address, fraudProofAbi, "RowRefuted", {
        ...{ id: s.uid, challenger, unit, layer: BigInt(pick % 2), row: BigInt(pick % 5), claimed: -7, correct: 12 },
      }),
      emit(AttestationRegistry.address, attestationRegistryAbi, "StatusChanged", {
        ...{ id: s.uid, status: 3, by: challenger },
      }),
    );
  }

  function panel(pick: number): void {
    const s = pending(pick, ({ method, panel, open }) => method === 1 && panel.length === 0 && !open);
    if (!s) return;
    s.panel = [7, 8, 9].map((n) => accountOf(n));
    const on = [Quorum.address, quorumAbi] as const;
    const { uid } = s;
    const times = { commitUntil: 5n, revealUntil: 9n };
    logs.push(emit(...on, "DrawScheduled", { uid, round: 1, drawBlock: 4n, drawUntil: 5n }));
    if (pick % 3 > 0) {
      logs.push(emit(...on, "PanelDrawn", { uid, round: 1, members: s.panel, ...times }));
      return;
    }
    const [kept, filled] = [s.panel.slice(0, 2), s.panel.slice(2)];
    logs.push(
      emit(...on, "PanelDrawn", { uid, round: 1, members: [...kept, accountOf(6)], ...times }),
      ...kept.map((member) => emit(...on, "VoteCommitted", { uid, round: 1, member })),
      emit(...on, "PanelRefilled", { uid, members: filled, commitUntil: 15n, revealUntil: 19n }),
    );
  }

  function vote(pick: number): void {
    const s = pending(pick, ({ panel, voted }) => voted < panel.length);
    const member = s?.panel[s.voted];
    if (!s || !member) return;
    s.voted++;
    const { uid } = s;
    const on = [Quorum.address, quorumAbi] as const;
    logs.push(emit(...on, "VoteRevealed", { uid, round: 1, member, outputHash: output(pick) }));
    if (s.voted < s.panel.length) return;
    logs.push(emit(...on, "RevealEnded", { uid, round: 1, revealUntil: 7n }));
    if (pick % 3 === 0)
      logs.push(
        emit(...on, "AppealOpened", { uid, appellant: accountOf(pick % 5) }),
        emit(...on, "DrawScheduled", { uid, round: 2, drawBlock: 14n, drawUntil: 15n }),
      );
    if (pick % 3 === 1) {
      s.shown = true;
      logs.push(emit(...on, "RunShown", { uid, until: 40n, trace: output(pick) }));
    }
  }

  function reveal(pick: number): void {
    const s = pending(pick, ({ open, panel }) => !open && panel.length > 0);
    if (!s) return;
    s.open = true;
    logs.push(
      emit(AttestationRegistry.address, attestationRegistryAbi, "Attested", {
        ...{ uid: s.uid, prover: s.prover, modelId: s.modelId, inputHash: hashOf("in"), context: s.context },
        ...{ outputHash: output(pick), traceHash: ZERO_HASH, salt: hashOf("salt", pick), method: s.method },
      }),
    );
  }

  function settle(pick: number): void {
    const on = [AttestationRegistry.address, attestationRegistryAbi] as const;
    if (pick % 10 === 0) {
      logs.push(emit(...on, "StatusChanged", { id: hashOf("never", pick), status: 5, by: accountOf(1) }));
      return;
    }
    const s = pending(pick, () => true);
    if (!s) return;
    if (s.method === FRAUD) s.status = 2;
    else s.status = s.method === 0 ? 5 : 2 + (pick % 3);
    logs.push(emit(...on, "StatusChanged", { id: s.uid, status: s.status, by: accountOf(pick % 5) }));
  }

  function changePoints(pick: number): void {
    const seasonId = BigInt((pick % ledgers.size) + 1);
    const ledger = ledgers.get(seasonId) as Ledger;
    const subject = pickOf(attestations, pick)?.uid;
    if (!subject || isClosed(seasonId)) return;
    const account = accountOf((pick >>> 4) % 11);
    const had = ledger.points.get(account);
    const burns = pick % 4 === 0 && had !== undefined && had > 0n;
    const amount = burns ? (had > 30n ? 30n : had) : BigInt(1 + (pick % 3)) * 10n;
    const delta = burns ? -amount : amount;
    const reason = burns ? 5 : 1 + (pick % 2);
    const seq = ledger.seq + 1n;
    const change = { seasonId, account, subject, reason, seq };
    ledgers.set(seasonId, {
      seq,
      participants: ledger.participants + (had === undefined ? 1 : 0),
      totalPoints: ledger.totalPoints + delta,
      ledgerHash: ledgerHash(ledger.ledgerHash, { ...change, delta }),
      points: new Map(ledger.points).set(account, (had ?? 0n) + delta),
    });
    entries.get(seasonId)?.set(account, { points: (had ?? 0n) + delta, lastSeq: seq });
    const name = burns ? "PointsBurned" : "PointsAwarded";
    logs.push(emit(Campaign.address, campaignAbi, name, { ...change, amount }));
  }

  function hint(pick: number): void {
    const uri = pick % 2 === 0 ? "https://example.org/model" : "";
    logs.push(emit(ModelRegistry.address, modelRegistryAbi, "UriAdded", { modelId: MODEL, by: accountOf(2), uri }));
    if (pick % 3 === 0) setName(pick);
    if (models > 1) putRows(pick);
    if (pick % 5 === 0) vouch(pick);
  }

  /** Puts parameter rows of the first graph model on chain: some once, some more than once. */
  function putRows(pick: number): void {
    const size = 2 ** (pick % 5);
    const rows = toHex(new Uint8Array(2 * size).fill(pick));
    const at = { modelId: hashOf("model", 1), operator: 1n, first: BigInt(size * (pick % (256 / size))) };
    logs.push(emit(ModelRegistry.address, modelRegistryAbi, "RowsPublished", { ...at, rows }));
  }

  /** Names registrars, admits a key, or revokes the last one. */
  function vouch(pick: number): void {
    const on = [Enclave.address, enclaveAbi] as const;
    const registrar = accountOf(pick % 3);
    if (pick % 2 === 0) logs.push(emit(...on, "RegistrarsSet", { registrars: [registrar], threshold: 1 }));
    const key = admitted.at(-1);
    if (key !== undefined && pick % 4 === 1) {
      admitted.pop();
      logs.push(emit(...on, "KeyRevoked", { key, registrar }));
      return;
    }
    const publicKey = concat(["0x04", hashOf("x", logs.length, time), hashOf("y", pick)]);
    admitted.push(keyName(publicKey));
    logs.push(
      emit(...on, "KeyAdmitted", {
        ...{ key: keyName(publicKey), measurement: hashOf("image", pick % 2), publicKey },
        ...{ expiresAt: time + 1_000, document: "0x84" as Hex },
      }),
    );
  }

  function setName(pick: number): void {
    const [name, link] = NAMES[(pick >>> 4) % NAMES.length] as (typeof NAMES)[number];
    const { address, abi } = naming.Profiles;
    logs.push(emit(address, abi, "ProfileSet", { account: accountOf((pick >>> 8) % 11), name, link }));
  }

  function endSeason(pick: number): void {
    const seasonId = BigInt((pick % ledgers.size) + 1);
    if (!isClosed(seasonId)) return;
    const accounts = [...(entries.get(seasonId) ?? [])].map(([account, entry]) => ({ account, ...entry }));
    ends.goOn(seasonId, { ...(ledgers.get(seasonId) as Ledger), accounts }, pick >>> 2, time);
  }

  const acts = [commit, commit, panel, panel, vote, vote, vote, reveal, reveal, settle, settle];
  const traced = [attestTraced, attestBatch, attestBatch, refuteRow, refuteRow];
  const points = [changePoints, changePoints, changePoints, changePoints, hint];

  return [[], ...blocks].map((choices, i) => {
    logs = [];
    time = timeOf(i);
    if (i === 0) {
      publish();
      openSeason();
    }
    for (const choice of choices) {
      const pick = Math.floor(choice / 32);
      const kind = choice % 32;
      if (kind === 30 && ledgers.size < 3) openSeason();
      else if (kind === 31 && models < 4) publish();
      else if (kind >= 27) requests.goOn(pick, time);
      else if (kind === 26) endSeason(pick);
      else [...acts, ...points, ...points, ...traced][kind]?.(pick);
    }
    return { logs, ledgers: new Map(ledgers) };
  });
}
