import type Database from "better-sqlite3";
import * as Hash from "ox/Hash";
import * as Hex from "ox/Hex";
import type { RawLog } from "./rpc.ts";

interface Attestation {
  uid: string;
  prover: string;
  method: number;
  modelId: string;
  inputHash: string | null;
  context: string;
  answer: string | null;
  root: string | null;
  outputHash: string | null;
  traceHash: string | null;
  salt: string | null;
  season: number;
  count: number;
  status: number;
  block: number;
  log: number;
  settledBlock: number | null;
  settledLog: number | null;
}

interface Entry {
  season: number;
  account: string;
  points: bigint;
  lastSeq: number;
  /** Units by status: pending, verified, refuted at 1, 2, 3. */
  units: [number, number, number, number, number, number];
}

/** A log's position. */
interface LogLocation {
  block: number;
  log: number;
}

type Step = (log: RawLog, location: LogLocation) => string | null;

/** The n-th word of a log's data, as hex without 0x. */
const word = (data: string, n: number): string => data.slice(2 + 64 * n, 66 + 64 * n);
const hash = (data: string, n: number): string => `0x${word(data, n)}`;
const whole = (data: string, n: number): number => Number.parseInt(word(data, n), 16);
const big = (data: string, n: number): bigint => BigInt(hash(data, n));
const address = (topic: string): string => `0x${topic.slice(26)}`;

/** What each event does to rows that are kept in memory until a range ends; nothing is checked. */
export function createFold(db: Database.Database) {
  const addModel = db.prepare("INSERT INTO models VALUES (?, ?, ?)");
  const addSeason = db.prepare("INSERT INTO seasons (season_id, organiser) VALUES (?, ?)");
  const open = db.prepare("UPDATE seasons SET starts_at = ?, ends_at = ?, closes_at = ? WHERE season_id = ?");
  const seed = db.prepare("UPDATE seasons SET seed = ? WHERE season_id = ?");
  const addTask = db.prepare("INSERT INTO tasks VALUES (?, ?, ?, ?, ?)");
  const addChange = db.prepare("INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const putAttestation = db.prepare(
    "INSERT OR REPLACE INTO attestations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const putEntry = db.prepare("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)");

  const attestations = new Map<string, Attestation>();
  const entries = new Map<string, Entry>();
  const changedAttestations = new Set<Attestation>();
  const changedEntries = new Set<Entry>();

  function entryOf(season: number, account: string): Entry {
    const key = `${season}${account}`;
    let entry = entries.get(key);
    if (!entry) {
      entry = { season, account, points: 0n, lastSeq: 0, units: [0, 0, 0, 0, 0, 0] };
      entries.set(key, entry);
    }
    changedEntries.add(entry);
    return entry;
  }

  function record(attestation: Attestation): void {
    attestations.set(attestation.uid, attestation);
    changedAttestations.add(attestation);
    if (attestation.season !== 0)
      (entryOf(attestation.season, attestation.prover).units[1] as number) += attestation.count;
  }

  function newAttestation({ topics }: RawLog, context: string, { block, log }: LogLocation): Attestation {
    return {
      ...{ uid: topics[1] as string, prover: address(topics[2] as string), modelId: topics[3] as string, context },
      ...{ method: 0, inputHash: null, answer: null, root: null, outputHash: null, traceHash: null, salt: null },
      ...{ season: Number.parseInt(context.slice(44, 50), 16), count: 1, status: 1, block, log },
      ...{ settledBlock: null, settledLog: null },
    };
  }

  const change =
    (sign: bigint): Step =>
    ({ topics, data }, { block, log }) => {
      const subject = topics[3] as string;
      const delta = sign * big(data, 1);
      const entry = entryOf(Number.parseInt(topics[1] as string, 16), address(topics[2] as string));
      entry.points += delta;
      entry.lastSeq = whole(data, 2);
      const { season, account, points, lastSeq } = entry;
      addChange.run(season, lastSeq, account, subject, whole(data, 0), delta, points, block, log);
      return subject;
    };

  const steps = new Map<string, Step>(
    Object.entries<Step>({
      "ModelPublished(bytes32,address,bytes32,bytes32,bytes32,bytes32,bytes32,bytes,bytes,string)": ({
        topics,
        data,
      }) => {
        addModel.run(topics[1], address(topics[2] as string), hash(data, 0));
        return topics[1] as string;
      },
      "SeasonDrafted(uint256,address,uint64)": ({ topics }) => {
        addSeason.run(Number.parseInt(topics[1] as string, 16), address(topics[2] as string));
        return null;
      },
      "TaskAdded(uint256,uint256,bytes32,uint8,uint64,uint32,uint8,uint32,bytes32,bytes)": ({ topics, data }) => {
        const [, season = "", task = "", model] = topics;
        addTask.run(Number.parseInt(season, 16), Number.parseInt(task, 16), model, whole(data, 0), big(data, 1));
        return null;
      },
      "SeasonOpened(uint256,address,uint64,uint64,uint64,string)": ({ topics, data }) => {
        open.run(whole(data, 0), whole(data, 1), whole(data, 2), Number.parseInt(topics[1] as string, 16));
        return null;
      },
      "SeasonSeeded(uint256,bytes32)": ({ topics, data }) => {
        seed.run(hash(data, 0), Number.parseInt(topics[1] as string, 16));
        return null;
      },
      "Committed(bytes32,address,bytes32,bytes32,bytes32,bytes32,uint8)": (log, location) => {
        const attestation = newAttestation(log, hash(log.data, 1), location);
        attestation.inputHash = hash(log.data, 0);
        attestation.answer = hash(log.data, 2);
        attestation.method = whole(log.data, 3);
        record(attestation);
        return attestation.uid;
      },
      "Attested(bytes32,address,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32,uint8)": (log, location) => {
        const { topics, data } = log;
        let attestation = attestations.get(topics[1] as string);
        if (!attestation) {
          attestation = newAttestation(log, hash(data, 3), location);
          attestation.inputHash = hash(data, 0);
          attestation.method = whole(data, 5);
          record(attestation);
        }
        attestation.outputHash = hash(data, 1);
        attestation.traceHash = hash(data, 2);
        attestation.salt = hash(data, 4);
        changedAttestations.add(attestation);
        return attestation.uid;
      },
      "BatchAttested(bytes32,address,bytes32,bytes32,uint32,bytes32,uint8,bytes)": (log, location) => {
        const attestation = newAttestation(log, hash(log.data, 0), location);
        attestation.count = whole(log.data, 1);
        attestation.root = hash(log.data, 2);
        attestation.method = whole(log.data, 3);
        record(attestation);
        return null;
      },
      "StatusChanged(bytes32,uint8,address)": ({ topics }, { block, log }) => {
        const attestation = attestations.get(topics[1] as string);
        if (!attestation) return topics[1] as string;
        attestation.status = Number.parseInt(topics[2] as string, 16);
        attestation.settledBlock = block;
        attestation.settledLog = log;
        changedAttestations.add(attestation);
        attestations.delete(attestation.uid);
        if (attestation.season === 0) return attestation.uid;
        const { units } = entryOf(attestation.season, attestation.prover);
        (units[1] as number) -= attestation.count;
        (units[attestation.status] as number) += attestation.count;
        return attestation.uid;
      },
      "PointsAwarded(uint256,address,bytes32,uint8,uint64,uint64)": change(1n),
      "PointsBurned(uint256,address,bytes32,uint8,uint64,uint64)": change(-1n),
      "Traced(bytes32,bytes)": () => null,
    }).map(([signature, step]) => [Hash.keccak256(Hex.fromString(signature)), step]),
  );

  return {
    /** First topics of the events that are folded. */
    signatures: [...steps.keys()],
    /** Folds a log; what it is found by, null for none. */
    apply(log: RawLog, location: LogLocation): string | null {
      return (steps.get(log.topics[0] as string) as Step)(log, location);
    },
    /** Writes what changed since the last time, a row once. */
    flush(): void {
      for (const s of changedAttestations)
        putAttestation.run(
          ...[
            s.uid,
            s.prover,
            s.method,
            s.modelId,
            s.inputHash,
            s.context,
            s.answer,
            s.root,
            s.outputHash,
            s.traceHash,
          ],
          ...[s.salt, s.count, s.status, s.block, s.log, s.settledBlock, s.settledLog],
        );
      for (const { season, account, points, lastSeq, units } of changedEntries)
        putEntry.run(season, account, points, lastSeq, units[1], units[2], units[3]);
      changedAttestations.clear();
      changedEntries.clear();
    },
  };
}
