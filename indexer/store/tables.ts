import type { Activity } from "../fold/activity.ts";
import type { Badge } from "../fold/badges.ts";
import type { CoverRow } from "../fold/covers.ts";
import type { Chunk, Draft, SeasonEnd } from "../fold/ends.ts";
import type { Entry } from "../fold/entries.ts";
import type { KeyOf, RowOf, TableName } from "../fold/kinds.ts";
import type { LedgerEntry } from "../fold/ledger.ts";
import type { Method } from "../fold/methods.ts";
import type { Model } from "../fold/models.ts";
import type { Balance, Payment } from "../fold/payments.ts";
import type { Named } from "../fold/profiles.ts";
import type { Attestation } from "../fold/recorded.ts";
import type { Asked, Given } from "../fold/requests.ts";
import type { Claim, Rewards } from "../fold/rewards.ts";
import type { Season, Task } from "../fold/seasons.ts";
import type { Catch, Seat } from "../fold/served.ts";
import type { EnclaveKey, Registrars } from "../methods/enclave.ts";
import type { Dispute } from "../methods/fraudProof.ts";
import type { Votes } from "../methods/quorum.ts";

/**
 * How a field is stored: `big` for a bigint, `json` for what is a text there and not in the row, `words` for a text that a
 * person wrote: it can hold what PostgreSQL takes in no text, and is kept there as bytes.
 */
type FieldType = "text" | "number" | "big" | "json" | "words";

/** How rows are in a table: what TypeScript calls `modelId` is the column `model_id`. */
interface Layout<Row> {
  /** Every field with its type, in the order of the columns. */
  fields: { [Field in keyof Row]-?: FieldType };
  key: readonly (keyof Row & string)[];
  /** Fields that change once a row is there; by default all but the key. An index of any other isn't looked at. */
  changing?: readonly (keyof Row & string)[];
}

const location = { blockNumber: "number", logIndex: "number" } as const;

/** The one place where rows are mapped to columns. */
const layouts: { [T in TableName]: Layout<RowOf<T>> } = {
  models: {
    fields: {
      ...{ modelId: "text", publisher: "text", artifactHash: "text", runtimeId: "text", weightsRoot: "text" },
      ...{ verifyingKeyHash: "text", measurement: "text", layoutHash: "text", layout: "text", parameterRows: "text" },
      ...location,
    },
    key: ["modelId"],
  } satisfies Layout<Model>,
  methods: {
    fields: { id: "number", address: "text", ...location },
    key: ["id"],
  } satisfies Layout<Method>,
  seasons: {
    fields: {
      ...{ seasonId: "number", organiser: "text", verifierCap: "text", uri: "words", startsAt: "number" },
      ...{ endsAt: "number", closesAt: "number", seed: "text", seededIn: "number" },
      ...{ cancelledIn: "number", seq: "big", participants: "number", totalPoints: "big", ledgerHash: "text" },
    },
    key: ["seasonId"],
  } satisfies Layout<Season>,
  tasks: {
    fields: {
      ...{ seasonId: "number", taskId: "number", modelId: "text", method: "number", points: "big" },
      ...{ unitsPerAccount: "number", noise: "number", inputCount: "number", inputSetRoot: "text", ...location },
    },
    key: ["seasonId", "taskId"],
  } satisfies Layout<Task>,
  attestations: {
    fields: {
      ...{ uid: "text", prover: "text", method: "number", modelId: "text", inputHash: "text", context: "text" },
      ...{ answer: "text", root: "text", outputHash: "text", traceHash: "text", salt: "text", seasonId: "number" },
      ...{
        taskId: "number",
        count: "number",
        status: "number",
        ...location,
        settledBlock: "number",
        settledLog: "number",
      },
    },
    key: ["uid"],
    changing: ["outputHash", "traceHash", "salt", "status", "settledBlock", "settledLog"],
  } satisfies Layout<Attestation>,
  activity: {
    fields: { minute: "number", method: "number", count: "number" },
    key: ["minute", "method"],
  } satisfies Layout<Activity>,
  votes: { fields: { uid: "text", votes: "json" }, key: ["uid"] } satisfies Layout<Votes>,
  disputes: { fields: { uid: "text", challenger: "text" }, key: ["uid"] } satisfies Layout<Dispute>,
  ledger: {
    fields: {
      ...{ seasonId: "number", seq: "big", account: "text", subject: "text", reason: "number", delta: "big" },
      ...{ points: "big", ledgerHash: "text", ...location },
    },
    key: ["seasonId", "seq"],
  } satisfies Layout<LedgerEntry>,
  entries: {
    fields: {
      ...{ seasonId: "number", account: "text", points: "big", lastSeq: "big", number: "number" },
      ...{ pending: "number", verified: "number", refuted: "number", caught: "number" },
      ...{ byProver: "big", byVerifier: "big", byPenalty: "big" },
    },
    key: ["seasonId", "account"],
  } satisfies Layout<Entry>,
  ends: {
    fields: {
      ...{ seasonId: "number", frozenBlock: "number", frozenLog: "number", poster: "text", epoch: "number" },
      ...{ finalBlock: "number", finalLog: "number", finalisedAt: "number" },
    },
    key: ["seasonId"],
  } satisfies Layout<SeasonEnd>,
  drafts: {
    fields: {
      ...{ seasonId: "number", poster: "text", epoch: "number", count: "number", rank: "number" },
      ...{ points: "big", lastSeq: "big" },
    },
    key: ["seasonId", "poster"],
  } satisfies Layout<Draft>,
  chunks: {
    fields: {
      ...{ seasonId: "number", poster: "text", epoch: "number", first: "number", count: "number", root: "text" },
    },
    key: ["seasonId", "poster", "epoch", "first"],
  } satisfies Layout<Chunk>,
  rewards: {
    fields: { seasonId: "number", terms: "text", claimed: "text", posterPaid: "text", returned: "text" },
    key: ["seasonId"],
  } satisfies Layout<Rewards>,
  claims: {
    fields: { seasonId: "number", account: "text", amount: "text", ...location },
    key: ["seasonId", "account"],
  } satisfies Layout<Claim>,
  badges: {
    fields: { seasonId: "number", place: "number", account: "text", ...location },
    key: ["seasonId", "place"],
  } satisfies Layout<Badge>,
  catches: {
    fields: { account: "text", uid: "text", ...location },
    key: ["blockNumber", "logIndex", "account"],
  } satisfies Layout<Catch>,
  seats: {
    fields: { account: "text", uid: "text", ...location },
    key: ["blockNumber", "logIndex", "account"],
  } satisfies Layout<Seat>,
  requests: {
    fields: {
      ...{ requestId: "text", requester: "text", modelId: "text", beneficiary: "text", request: "text" },
      ...{ inputBytes: "number", state: "number", prover: "text", until: "number", uid: "text", ...location },
    },
    key: ["requestId"],
    changing: ["state", "prover", "until", "uid"],
  } satisfies Layout<Asked>,
  answers: {
    fields: {
      ...{ uid: "text", requestId: "text", outputHash: "text", outputBytes: "number", delivered: "number" },
      ...location,
    },
    key: ["uid"],
    changing: ["delivered"],
  } satisfies Layout<Given>,
  covers: {
    fields: {
      ...{ uid: "text", beneficiary: "text", token: "text", prover: "text", amount: "text", paidTo: "text" },
      ...{ ...location, settledBlock: "number", settledLog: "number" },
    },
    key: ["uid", "beneficiary", "token"],
    changing: ["amount", "paidTo", "settledBlock", "settledLog"],
  } satisfies Layout<CoverRow>,
  payments: {
    fields: {
      ...{ account: "text", token: "text", amount: "text", reason: "text", requestId: "text", uid: "text" },
      ...location,
    },
    key: ["blockNumber", "logIndex"],
  } satisfies Layout<Payment>,
  balances: {
    fields: {
      ...{ contract: "text", account: "text", token: "text", fees: "text", deposits: "text", covers: "text" },
      ...{ returned: "text", withdrawn: "text" },
    },
    key: ["account", "token", "contract"],
  } satisfies Layout<Balance>,
  profiles: {
    fields: { account: "text", name: "words", link: "words", skeleton: "words", ...location },
    key: ["account"],
  } satisfies Layout<Named>,
  enclaves: {
    fields: {
      ...{ key: "text", measurement: "text", publicKey: "text", expiresAt: "number", revokedBy: "text" },
      ...{ revokedAt: "number", ...location },
    },
    key: ["key"],
  } satisfies Layout<EnclaveKey>,
  registrars: {
    fields: { id: "number", accounts: "json", threshold: "number", ...location },
    key: ["id"],
  } satisfies Layout<Registrars>,
};

/** Any row, its values by their fields. */
export type Values = Record<string, unknown>;

/** A table as its statements are made of it. */
export interface TableLayout {
  name: TableName;
  fields: readonly Field[];
  key: readonly Field[];
  changing: readonly Field[];
}

export interface Field {
  name: string;
  column: string;
  type: FieldType;
}

/** Every table that is folded, those that others refer to first. */
export const tables: readonly TableLayout[] = Object.entries(layouts).map(([name, layout]) => {
  const { fields, key, changing } = layout as Layout<Values>;
  const all = Object.entries(fields).map(([name, type]): Field => ({ name, column: columnOf(name), type }));
  const named = (names: readonly string[]) => all.filter(({ name }) => names.includes(name));
  return {
    name: name as TableName,
    fields: all,
    key: named(key),
    changing: changing ? named(changing) : all.filter(({ name }) => !key.includes(name)),
  };
});

const byName = new Map(tables.map((table) => [table.name, table]));

export const layoutOf = (table: TableName): TableLayout => byName.get(table) as TableLayout;

function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Values of a row as stores take them, in an array that may be used again. */
export function boundTo(fields: readonly Field[], row: Values, values = new Array<unknown>(fields.length)): unknown[] {
  for (let i = 0; i < fields.length; i++) {
    const { name, type } = fields[i] as Field;
    values[i] = type === "json" ? JSON.stringify(row[name]) : row[name];
  }
  return values;
}

/** A row of values in the order of the fields: integers as bigints, words as text or as its bytes. */
export function rowOf<T extends TableName>({ fields }: TableLayout, values: readonly unknown[]): RowOf<T> {
  const row: Values = {};
  for (const [i, { name, type }] of fields.entries()) row[name] = unbound(values[i], type);
  return row as unknown as RowOf<T>;
}

function unbound(value: unknown, type: FieldType): unknown {
  if (value === null || type === "text" || type === "big") return value;
  if (type === "words") return wordsOf(value as string | Buffer);
  return type === "number" ? Number(value) : JSON.parse(value as string);
}

/** What a person wrote, as it is stored. */
export const wordsOf = (stored: string | Buffer): string =>
  typeof stored === "string" ? stored : stored.toString("utf8");

/** The values of a key or row, in the order of a table's key. */
export const keyValues = <T extends TableName>({ key }: TableLayout, of: KeyOf<T> | RowOf<T>): unknown[] =>
  key.map(({ name }) => (of as Values)[name]);
