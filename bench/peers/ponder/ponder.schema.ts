import { index, onchainTable, primaryKey } from "ponder";

// Raw logs are in Ponder's own tables already: an event's row only says what it is found by.
export const event = onchainTable(
  "event",
  (t) => ({
    id: t.text().primaryKey(),
    name: t.text().notNull(),
    subject: t.hex(),
    blockNumber: t.bigint().notNull(),
    logIndex: t.integer().notNull(),
    transactionHash: t.hex().notNull(),
    timestamp: t.bigint().notNull(),
  }),
  (table) => ({ ofSubject: index().on(table.subject, table.blockNumber, table.logIndex) }),
);

export const model = onchainTable("model", (t) => ({
  modelId: t.hex().primaryKey(),
  publisher: t.hex().notNull(),
  artifactHash: t.hex().notNull(),
}));

export const season = onchainTable("season", (t) => ({
  seasonId: t.bigint().primaryKey(),
  organiser: t.hex().notNull(),
  startsAt: t.bigint(),
  endsAt: t.bigint(),
  closesAt: t.bigint(),
  seed: t.hex(),
}));

export const task = onchainTable(
  "task",
  (t) => ({
    seasonId: t.bigint().notNull(),
    taskId: t.bigint().notNull(),
    modelId: t.hex().notNull(),
    method: t.integer().notNull(),
    points: t.bigint().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.seasonId, table.taskId] }) }),
);

export const attestation = onchainTable(
  "attestation",
  (t) => ({
    uid: t.hex().primaryKey(),
    prover: t.hex().notNull(),
    method: t.integer().notNull(),
    modelId: t.hex().notNull(),
    inputHash: t.hex(),
    context: t.hex().notNull(),
    answer: t.hex(),
    root: t.hex(),
    outputHash: t.hex(),
    traceHash: t.hex(),
    salt: t.hex(),
    seasonId: t.bigint().notNull(),
    count: t.integer().notNull(),
    status: t.integer().notNull(),
    blockNumber: t.bigint().notNull(),
    logIndex: t.integer().notNull(),
    settledBlock: t.bigint(),
    settledLog: t.integer(),
  }),
  (table) => ({
    inOrder: index().on(table.blockNumber, table.logIndex),
    ofProver: index().on(table.prover, table.blockNumber, table.logIndex),
    ofModel: index().on(table.modelId, table.blockNumber, table.logIndex),
    byStatus: index().on(table.status, table.blockNumber, table.logIndex),
  }),
);

export const ledger = onchainTable(
  "ledger",
  (t) => ({
    seasonId: t.bigint().notNull(),
    seq: t.bigint().notNull(),
    account: t.hex().notNull(),
    subject: t.hex().notNull(),
    reason: t.integer().notNull(),
    delta: t.bigint().notNull(),
    points: t.bigint().notNull(),
    blockNumber: t.bigint().notNull(),
    logIndex: t.integer().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.seasonId, table.seq] }),
    ofAccount: index().on(table.account, table.seasonId, table.seq),
  }),
);

export const entry = onchainTable(
  "entry",
  (t) => ({
    seasonId: t.bigint().notNull(),
    account: t.hex().notNull(),
    points: t.bigint().notNull(),
    lastSeq: t.bigint().notNull(),
    pending: t.integer().notNull(),
    verified: t.integer().notNull(),
    refuted: t.integer().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.seasonId, table.account] }),
    ofAccount: index().on(table.account, table.seasonId),
    ranking: index().on(table.seasonId, table.points.desc(), table.lastSeq),
  }),
);
