import { type Address, getAddress, type Hex, keccak256, padHex, stringToHex, toHex } from "viem";
import { attestationRegistryAbi, campaignAbi, fraudProofAbi, modelRegistryAbi } from "../../sdk/abi.ts";
import {
  type Answer,
  answerHash,
  attestationUid,
  batchId,
  ledgerHash,
  modelId as modelIdOf,
  ZERO_HASH,
} from "../../sdk/commitments.ts";
import { FREE_CONTEXT, unitContext } from "../../sdk/contexts.ts";
import { encodeLayout, INT8 } from "../../sdk/layouts.ts";
import { compareStandings, REASON_PENALTY, REASON_PROVER, REASON_VERIFIER } from "../../sdk/ledger.ts";
import { type Emitted, emit } from "../../test/indexer/story.ts";
import type { Outcome } from "./contender.ts";
import { deployment } from "./deployment.ts";

/** A log, and the season's ledger after it. */
export interface Told {
  log: Emitted;
  ledger: LedgerState;
}

/** What `ledgerOf` answers. */
export interface LedgerState {
  seq: bigint;
  participants: number;
  totalPoints: bigint;
  ledgerHash: Hex;
}

/** A season's logs in order, and what they come to. */
export interface Season {
  told: Told[];
  outcome: Outcome;
}

/** A season to tell. */
export interface SeasonOptions {
  /** How many logs. */
  events: number;
  accounts: number;
  /** How many of the logs come before the season is seeded: a block of them, as the seed is of a later block. */
  lead: number;
  /** Unix seconds. */
  startsAt: number;
  endsAt: number;
}

const QUORUM = 1;
const FRAUD = 2;
const POINTS = 100n;
const PENALTY = 10n;
const BATCH = 8;
const UNITS_PER_ACCOUNT = 1_000_000;
/** Units that are being worked on at any time. */
const OPEN_UNITS = 150;
const VERIFIED = 2;
const REFUTED = 3;

const at = (name: keyof typeof deployment.contracts): Address =>
  (deployment.contracts[name] as { address: Address }).address;
const hashOf = (...parts: unknown[]): Hex => keccak256(stringToHex(parts.join(" ")));
const accountOf = (n: number): Address => getAddress(hashOf("account", n).slice(0, 42));

/** Numbers from 0 up to 1 that look random and are the same every time (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The logs of a season as the contracts would emit them: of every ten units about seven are settled by a panel, two by
 * fraud proofs, some in batches, and one in twenty is refuted. Uids, `seq` and the ledger's hash are the true ones.
 */
export function tellSeason(options: SeasonOptions): Season {
  const { events, accounts, lead, startsAt, endsAt } = options;
  const next = random(1);
  const told: Told[] = [];
  let statements = 0;
  let ledger: LedgerState = { seq: 0n, participants: 0, totalPoints: 0n, ledgerHash: ZERO_HASH };
  const entries = new Map<Address, { points: bigint; lastSeq: bigint }>();
  const units = new Map<Address, number>();

  const tell = (log: Emitted): void => void told.push({ log, ledger });
  const record = (first: () => void) => {
    statements++;
    first();
  };
  const registry = [at("AttestationRegistry"), attestationRegistryAbi] as const;
  const campaign = [at("Campaign"), campaignAbi] as const;

  const model = {
    artifactHash: hashOf("file"),
    runtimeId: hashOf("runtime"),
    weightsRoot: hashOf("weights"),
    verifyingKeyHash: ZERO_HASH,
    measurement: ZERO_HASH,
  };
  const layout = toHex(
    encodeLayout({
      widths: [16, 16, 10],
      input: { name: "input", dtype: INT8, dims: [1, 16] },
      output: { name: "output", dtype: INT8, dims: [1, 10] },
    }),
  );
  const modelId = modelIdOf({ ...model, layoutHash: keccak256(layout) });

  function changePoints(account: Address, subject: Hex, reason: number, delta: bigint): void {
    const had = entries.get(account);
    const change = { seasonId: 1n, account, subject, reason, seq: ledger.seq + 1n };
    entries.set(account, { points: (had?.points ?? 0n) + delta, lastSeq: change.seq });
    ledger = {
      seq: change.seq,
      participants: ledger.participants + (had === undefined ? 1 : 0),
      totalPoints: ledger.totalPoints + delta,
      ledgerHash: ledgerHash(ledger.ledgerHash, { ...change, delta }),
    };
    const amount = delta < 0n ? -delta : delta;
    tell(emit(...campaign, delta < 0n ? "PointsBurned" : "PointsAwarded", { ...change, amount }));
  }

  function burn(account: Address, subject: Hex): void {
    const had = entries.get(account)?.points ?? 0n;
    const owed = PENALTY * POINTS;
    if (had > 0n) changePoints(account, subject, REASON_PENALTY, had < owed ? -had : -owed);
  }

  /** What happens to a statement, one step after the other. */
  function statement(prover: Address, method: number, context: Hex): (() => void)[] {
    const n = told.length;
    const opened: Answer = {
      outputHash: hashOf("output", n),
      traceHash: method === FRAUD ? hashOf("trace", n) : ZERO_HASH,
      salt: hashOf("salt", n),
    };
    const answer = answerHash(prover, opened);
    const claim = { prover, method, modelId, inputHash: hashOf("input", n), context };
    const uid = attestationUid(deployment.chainId, at("AttestationRegistry"), { ...claim, answer });
    const attest = () => tell(emit(...registry, "Attested", { uid, ...claim, ...opened }));
    if (method === 0) return [() => record(attest)];
    if (method === FRAUD) {
      const traced = emit(at("FraudProof"), fraudProofAbi, "Traced", { uid, trace: padHex(uid, { size: 42 }) });
      return [
        () => record(attest),
        () => tell(traced),
        settle(uid, "FraudProof", VERIFIED),
        () => award(prover, uid, 1n),
      ];
    }
    const commit = () => record(() => tell(emit(...registry, "Committed", { uid, ...claim, answer })));
    if (next() < 0.07) return [commit, attest, settle(uid, "Quorum", REFUTED), () => burn(prover, uid)];
    const steps = [commit, attest, settle(uid, "Quorum", VERIFIED), () => award(prover, uid, 1n)];
    if (next() < 0.1) steps.push(() => changePoints(someone(), uid, REASON_VERIFIER, 20n));
    return steps;
  }

  function batch(prover: Address, context: Hex): (() => void)[] {
    const root = hashOf("root", told.length);
    const claim = { prover, method: FRAUD, modelId, context, count: BATCH, root };
    const id = batchId(deployment.chainId, at("AttestationRegistry"), claim);
    const attested = emit(...registry, "BatchAttested", { id, ...claim, traces: padHex(root, { size: 26 * BATCH }) });
    return [
      () => record(() => tell(attested)),
      settle(id, "FraudProof", VERIFIED),
      () => award(prover, id, BigInt(BATCH)),
    ];
  }

  const settle = (id: Hex, by: "Quorum" | "FraudProof", status: number) => () =>
    void tell(emit(...registry, "StatusChanged", { id, status, by: at(by) }));
  const award = (account: Address, subject: Hex, count: bigint) =>
    changePoints(account, subject, REASON_PROVER, count * POINTS);

  const names = Array.from({ length: accounts }, (_, n) => accountOf(n));
  let started = 0;
  // Everyone once, then some much more often than others.
  const someone = (): Address => names[Math.floor(accounts * next() ** 2)] as Address;

  function begin(): (() => void)[] {
    const prover = started < accounts ? (names[started] as Address) : someone();
    started++;
    const kind = next();
    const unit = units.get(prover) ?? 0;
    const batched = kind < 0.05;
    units.set(prover, unit + (batched ? BATCH : 1));
    const taskId = kind < 0.25 ? 2n : 1n;
    const context = unitContext({ campaign: at("Campaign"), seasonId: 1n, taskId, unit: BigInt(unit) });
    return batched ? batch(prover, context) : statement(prover, taskId === 2n ? FRAUD : QUORUM, context);
  }

  const organiser = accountOf(-1);
  const rows = padHex(modelId, { size: 448 });
  tell(
    emit(at("ModelRegistry"), modelRegistryAbi, "ModelPublished", {
      ...{ modelId, publisher: organiser, ...model, layout, rows, uri: "https://example.org/model.onnx" },
    }),
  );
  tell(emit(...campaign, "SeasonDrafted", { seasonId: 1n, organiser, verifierCap: 1_000_000n }));
  for (const [i, method] of [QUORUM, FRAUD].entries())
    tell(
      emit(...campaign, "TaskAdded", {
        ...{ seasonId: 1n, taskId: BigInt(i + 1), modelId, method, points: POINTS, noise: 8, inputCount: 64 },
        ...{
          unitsPerAccount: UNITS_PER_ACCOUNT,
          inputSetRoot: hashOf("inputs"),
          inputs: padHex(modelId, { size: 1024 }),
        },
      }),
    );
  const times = { startsAt: BigInt(startsAt), endsAt: BigInt(endsAt), closesAt: BigInt(endsAt + 86_400) };
  tell(emit(...campaign, "SeasonOpened", { seasonId: 1n, organiser, ...times, uri: "https://example.org/season" }));
  while (told.length < lead) for (const step of statement(someone(), 0, FREE_CONTEXT)) step();
  tell(emit(...campaign, "SeasonSeeded", { seasonId: 1n, seed: hashOf("seed") }));

  const open: (() => void)[][] = [];
  while (told.length < events) {
    if (open.length < OPEN_UNITS) open.push(begin());
    const chosen = Math.floor(next() * open.length);
    const steps = open[chosen] as (() => void)[];
    steps.shift()?.();
    if (steps.length === 0) open.splice(chosen, 1);
  }
  const ranking = [...entries].sort(([, a], [, b]) => compareStandings(a, b));
  return {
    told,
    outcome: {
      events: told.length,
      statements,
      ranking: ranking.map(([account, entry]) => `${account.toLowerCase()} ${entry.points} ${entry.lastSeq}`),
    },
  };
}
