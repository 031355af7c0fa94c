import type { Address, Hex } from "viem";
import { nameSkeleton } from "../../../sdk/profiles.ts";
import type { AddedMethod, LogLocation } from "../../decode/events.ts";
import type { Activity } from "../../fold/activity.ts";
import type { Entry } from "../../fold/entries.ts";
import type { TableName } from "../../fold/kinds.ts";
import type { Asked } from "../../fold/requests.ts";
import type { Task } from "../../fold/seasons.ts";
import { type Located, locatedRows, locationColumns, locationIn, nameColumn } from "../event-columns.ts";
import type { Eventual } from "../eventual.ts";
import type { AccountReader } from "../sqlite/read-accounts.ts";
import type { ActivityReader } from "../sqlite/read-activity.ts";
import type { AttestationReader, ReadAttestation } from "../sqlite/read-attestations.ts";
import type { EnclaveReader } from "../sqlite/read-enclaves.ts";
import type { EndReader } from "../sqlite/read-ends.ts";
import { type FeedReader, type FeedRow, feedRow } from "../sqlite/read-feed.ts";
import type { LedgerReader, ReadLedgerEntry } from "../sqlite/read-ledger.ts";
import type { LogReader } from "../sqlite/read-logs.ts";
import type { ModelReader } from "../sqlite/read-models.ts";
import type { NetworkReader, Recorded } from "../sqlite/read-network.ts";
import type { ProfileReader } from "../sqlite/read-profiles.ts";
import type { ReadCover, ReadRequest, RequestReader } from "../sqlite/read-requests.ts";
import type { ReadSeason, SeasonReader } from "../sqlite/read-seasons.ts";
import type { ServedList, ServedReader } from "../sqlite/read-served.ts";
import type { Total, Use, UseReader } from "../sqlite/read-uses.ts";
import type { Readers } from "../sqlite/readers.ts";
import { prefixOf } from "../subjects.ts";
import { layoutOf, rowOf, wordsOf } from "../tables.ts";
import { storedLog } from "./chain.ts";
import type { Connection } from "./connection.ts";

/** Everything that is read of the rows, by one connection: of one block where it is in a transaction that says so. */
export const createReaders = (db: Connection): Eventual<Readers> => ({
  accounts: accountReader(db),
  activity: activityReader(db),
  attestations: attestationReader(db),
  enclaves: enclaveReader(db),
  ends: endReader(db),
  feed: feedReader(db),
  ledger: ledgerReader(db),
  logs: logReader(db),
  methods: async () =>
    (await db.rows("SELECT id, address, block_number FROM methods ORDER BY id")).map(([id, address, blockNumber]) => ({
      ...{ id: Number(id), address: address as AddedMethod["address"], blockNumber: Number(blockNumber) },
    })),
  models: modelReader(db),
  network: networkReader(db),
  profiles: profileReader(db),
  requests: requestReader(db),
  seasons: seasonReader(db),
  served: { catches: servedList(db, "catches"), seats: servedList(db, "seats") } satisfies Eventual<ServedReader>,
  uses: useReader(db),
});

/** After every block. */
const BEYOND = Number.MAX_SAFE_INTEGER;

const columnsOf = (table: TableName): string =>
  layoutOf(table)
    .fields.map(({ column }) => `${table}.${column}`)
    .join(", ");

/** The first value of the first row. */
async function firstValue<Value>(
  db: Connection,
  sql: string,
  ...values: readonly unknown[]
): Promise<Value | undefined> {
  const [row] = await db.rows(sql, ...values);
  return (row?.[0] as Value | undefined) ?? undefined;
}

/** What an account calls itself, as {@link nameColumn} read it. */
const nameIn = (stored: unknown): string | null => (stored === null ? null : wordsOf(stored as Buffer));

const under = (below: LogLocation | undefined): [number, number] => [
  below?.blockNumber ?? BEYOND,
  below?.logIndex ?? 0,
];

function accountReader(db: Connection): Eventual<AccountReader> {
  const entriesWhere = async (where: string, ...values: readonly unknown[]): Promise<Entry[]> =>
    (await db.rows(`SELECT ${columnsOf("entries")} FROM entries WHERE ${where}`, ...values)).map((row) =>
      rowOf<"entries">(layoutOf("entries"), row),
    );
  return {
    async startingWith(seasonId, prefix, limit) {
      // "g" follows every hex digit.
      const start = prefix.toLowerCase();
      const found = await db.rows(
        `SELECT account FROM entries
         WHERE season_id = $1 AND lower(account) >= $2 AND lower(account) < $3 AND last_seq > 0
         ORDER BY lower(account) LIMIT $4`,
        ...[seasonId, start, `${start}g`, limit],
      );
      return found.map(([account]) => account as Address);
    },
    async entry(seasonId, account) {
      const [found] = await entriesWhere("season_id = $1 AND lower(account) = lower($2)", seasonId, account);
      return found;
    },
    entries: (account, limit) => entriesWhere("account = $1 ORDER BY season_id DESC LIMIT $2", account, limit),
    async catchers(seasonId, limit) {
      const found = await db.rows(
        `SELECT account, caught, ${nameColumn("entries.account")} FROM entries WHERE season_id = $1 AND caught > 0
         ORDER BY caught DESC, lower(account) DESC LIMIT $2`,
        ...[seasonId, limit],
      );
      return found.map(([account, caught, name]) => ({
        ...{ account: account as Address, name: nameIn(name), caught: Number(caught) },
      }));
    },
  };
}

const activityReader = (db: Connection): Eventual<ActivityReader> => ({
  async latest(minutes) {
    const found = await db.rows(
      `SELECT ${columnsOf("activity")} FROM activity
       WHERE minute IN (SELECT DISTINCT minute FROM activity ORDER BY minute DESC LIMIT $1) ORDER BY minute, method`,
      minutes,
    );
    return found.map((row): Activity => rowOf<"activity">(layoutOf("activity"), row));
  },
});

const MOST_SCANNED = 1_000;

/** Values that columns must have; undefined for any. Of several, the first one's index is used. */
type Filter = Record<string, string | number | undefined>;

/** Rows of a table, newest first, below a location; looks at 1000 rows at most, however many pass the filter. */
async function scan(
  db: Connection,
  select: string,
  table: string,
  filter: Filter,
  below: LogLocation | undefined,
  limit: number,
): Promise<{ rows: unknown[][]; last: LogLocation | undefined }> {
  const asked = Object.entries(filter).filter(([, value]) => value !== undefined);
  const [first] = asked;
  const passes = asked.map(([column], i) => `${column} = $${i + 3}`).join(" AND ") || "true";
  const keys = await db.rows(
    `SELECT block_number, log_index, ${passes} FROM ${table}
     WHERE (block_number, log_index) < ($1, $2) AND ${first ? `${first[0]} = $3` : "true"}
     ORDER BY block_number DESC, log_index DESC LIMIT ${MOST_SCANNED}`,
    ...[...under(below), ...asked.map(([, value]) => value)],
  );
  let passed = 0;
  let looked = 0;
  for (const [, , passes] of keys) {
    looked++;
    if (passes === true) passed++;
    if (passed === limit) break;
  }
  const chosen = keys.slice(0, looked).filter(([, , passes]) => passes === true);
  const lastKey = keys[looked - 1];
  const isMore = passed === limit || looked === MOST_SCANNED;
  const rows =
    chosen.length === 0
      ? []
      : await db.rows(
          `${select} WHERE (${table}.block_number, ${table}.log_index) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[]))
           ORDER BY ${table}.block_number DESC, ${table}.log_index DESC`,
          chosen.map(([block]) => block),
          chosen.map(([, log]) => log),
        );
  return {
    rows,
    last: isMore && lastKey ? { blockNumber: Number(lastKey[0]), logIndex: Number(lastKey[1]) } : undefined,
  };
}

function attestationReader(db: Connection): Eventual<AttestationReader> {
  const { select, rowOf, furtherOf } = locatedRows("attestations", [
    ...locationColumns("settled_block", "settled_log"),
    nameColumn("attestations.prover"),
  ]);
  const read = (values: readonly unknown[]): ReadAttestation => {
    const row = rowOf(values);
    const [timestamp, transactionHash, name] = furtherOf(values);
    const settled = locationIn(row.settledBlock, row.settledLog, [timestamp, transactionHash]);
    return { ...row, settled, proverName: nameIn(name) };
  };
  return {
    async attestation(uid) {
      const [values] = await db.rows(`${select} WHERE uid = $1`, uid);
      return values && read(values);
    },
    async list({ prover, model, status }, below, limit) {
      const filter = { prover, model_id: model, status };
      const { rows, last } = await scan(db, select, "attestations", filter, below, limit);
      return { rows: rows.map(read), last };
    },
    uidAt: ({ blockNumber, logIndex }) =>
      firstValue<Hex>(
        db,
        "SELECT uid FROM attestations WHERE block_number = $1 AND log_index = $2",
        blockNumber,
        logIndex,
      ),
  };
}

function endReader(db: Connection): Eventual<EndReader> {
  const locations = [...locationColumns("frozen_block", "frozen_log"), ...locationColumns("final_block", "final_log")];
  const ofClaims = locatedRows("claims");
  const ofBadges = locatedRows("badges");
  return {
    async end(seasonId) {
      const [values] = await db.rows(
        `SELECT ${columnsOf("ends")}, ${locations} FROM ends WHERE season_id = $1`,
        seasonId,
      );
      if (!values) return undefined;
      const row = rowOf<"ends">(layoutOf("ends"), values);
      const further = values.slice(layoutOf("ends").fields.length);
      const frozen = locationIn(row.frozenBlock, row.frozenLog, further);
      if (!frozen) throw new Error(`The end of season ${seasonId} has no place.`);
      return { ...row, frozen, finalised: locationIn(row.finalBlock, row.finalLog, further.slice(2)) };
    },
    async finalChunk(seasonId, place) {
      const [values] = await db.rows(
        `SELECT ${columnsOf("chunks")} FROM ends JOIN chunks USING (season_id, poster, epoch)
         WHERE season_id = $1 AND first <= $2 ORDER BY first DESC LIMIT 1`,
        ...[seasonId, place],
      );
      return values && rowOf<"chunks">(layoutOf("chunks"), values);
    },
    async rewards(seasonId) {
      const [values] = await db.rows(`SELECT ${columnsOf("rewards")} FROM rewards WHERE season_id = $1`, seasonId);
      return values && rowOf<"rewards">(layoutOf("rewards"), values);
    },
    async claim(seasonId, account) {
      const [values] = await db.rows(`${ofClaims.select} WHERE season_id = $1 AND account = $2`, seasonId, account);
      return values && ofClaims.rowOf(values);
    },
    async badge(seasonId, place) {
      const [values] = await db.rows(`${ofBadges.select} WHERE season_id = $1 AND place = $2`, seasonId, place);
      return values && ofBadges.rowOf(values);
    },
  };
}

function enclaveReader(db: Connection): Eventual<EnclaveReader> {
  const keys = locatedRows("enclaves");
  const registrars = locatedRows("registrars");
  return {
    keys: async (limit) =>
      (
        await db.rows(`${keys.select} ORDER BY enclaves.block_number DESC, enclaves.log_index DESC LIMIT $1`, limit)
      ).map(keys.rowOf),
    async registrars() {
      const [values] = await db.rows(registrars.select);
      return values && registrars.rowOf(values);
    },
  };
}

const feedReader = (db: Connection): Eventual<FeedReader> => ({
  async after({ blockNumber, logIndex }, limit) {
    const found = await db.rows(
      `${FEED} WHERE (block_number, log_index) > ($1, $2) ORDER BY block_number, log_index LIMIT $3`,
      ...[blockNumber, logIndex, limit],
    );
    return found.map(readFeed);
  },
  async newest(below, limit) {
    const found = await db.rows(
      `${FEED} WHERE (block_number, log_index) < ($1, $2) ORDER BY block_number DESC, log_index DESC LIMIT ${MOST_SCANNED}`,
      ...under(below),
    );
    const all = found.map(readFeed);
    const rows = all.filter(({ news }) => news !== undefined).slice(0, limit);
    if (rows.length === limit) return { rows, last: rows.at(-1)?.location };
    return { rows, last: all.length === MOST_SCANNED ? all.at(-1)?.location : undefined };
  },
  transactionAt: ({ blockNumber, logIndex }) =>
    firstValue<Hex>(
      db,
      "SELECT transaction_hash FROM events WHERE block_number = $1 AND log_index = $2",
      ...[blockNumber, logIndex],
    ),
  async last(blockNumber) {
    const [row] = await db.rows(
      "SELECT block_number, log_index FROM events WHERE block_number <= $1 ORDER BY block_number DESC, log_index DESC LIMIT 1",
      blockNumber,
    );
    return row && { blockNumber: Number(row[0]), logIndex: Number(row[1]) };
  },
  async has({ blockNumber, logIndex }) {
    const found = await db.rows(
      "SELECT 1 FROM events WHERE block_number = $1 AND log_index = $2",
      blockNumber,
      logIndex,
    );
    return found.length > 0;
  },
  async isFarBehind({ blockNumber, logIndex }, count) {
    const found = await db.rows(
      "SELECT 1 FROM events WHERE (block_number, log_index) > ($1, $2) LIMIT 1 OFFSET $3",
      ...[blockNumber, logIndex, count],
    );
    return found.length > 0;
  },
});

const FEED = `SELECT block_number, log_index, transaction_hash, topics, substr(data, 89, 8),
    (SELECT timestamp FROM blocks WHERE number = block_number) FROM events`;

function readFeed([blockNumber, logIndex, transactionHash, topics, seq, timestamp]: readonly unknown[]): FeedRow {
  const location = {
    ...{ blockNumber: Number(blockNumber), logIndex: Number(logIndex) },
    ...{ transactionHash: transactionHash as Hex, timestamp: Number(timestamp) },
  };
  return feedRow(location, { topics: topics as Buffer, seq: seq as Buffer });
}

function ledgerReader(db: Connection): Eventual<LedgerReader> {
  const { select, rowOf, furtherOf } = locatedRows("ledger", [
    "(SELECT p.ledger_hash FROM ledger AS p WHERE p.season_id = ledger.season_id AND p.seq = ledger.seq - 1)",
    nameColumn("ledger.account"),
  ]);
  const read = (values: readonly unknown[]): ReadLedgerEntry => {
    const [previousHash, name] = furtherOf(values);
    return { ...rowOf(values), previousHash: previousHash as Hex | null, name: nameIn(name) };
  };
  return {
    async entriesOf(account, { seasonId, status }, below, limit) {
      const most = 2n ** 62n;
      const [where, ...values] =
        seasonId === undefined
          ? ["(season_id, seq) < ($2, $3)", below?.seasonId ?? most, below?.seq ?? 0n]
          : ["season_id = $2 AND seq < $3", seasonId, below?.seq ?? most];
      const keys = await db.rows(
        `SELECT season_id, seq, ledger_hash, (SELECT status FROM attestations WHERE uid = subject) FROM ledger
         WHERE account = $1 AND ${where} ORDER BY season_id DESC, seq DESC LIMIT ${MOST_SCANNED}`,
        ...[account, ...values],
      );
      const passing = (key: readonly unknown[]) => status === undefined || Number(key[3] ?? -1) === status;
      let looked = 0;
      let passed = 0;
      while (looked < keys.length && passed < limit) if (passing(keys[looked++] as unknown[])) passed++;
      const chosen = keys.slice(0, looked).filter(passing);
      const last = keys[looked - 1];
      const rows =
        chosen.length === 0
          ? []
          : await db.rows(
              `${select} WHERE (ledger.season_id, ledger.seq) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[]))
               ORDER BY ledger.season_id DESC, ledger.seq DESC`,
              chosen.map(([season]) => season),
              chosen.map(([, seq]) => seq),
            );
      const isMore = passed === limit || looked === MOST_SCANNED;
      return {
        rows: rows.map(read),
        last:
          isMore && last
            ? { seasonId: Number(last[0]), seq: last[1] as bigint, ledgerHash: last[2] as Hex }
            : undefined,
      };
    },
    async entry(seasonId, seq) {
      const [values] = await db.rows(`${select} WHERE ledger.season_id = $1 AND ledger.seq = $2`, seasonId, seq);
      return values && read(values);
    },
  };
}

const LOG = "block_number, log_index, transaction_hash, address, topics, data, subject_prefix";

const logReader = (db: Connection): Eventual<LogReader> => ({
  async between(from, to) {
    const found = await db.rows(
      `SELECT ${LOG}, hash FROM events JOIN blocks ON number = block_number
       WHERE block_number BETWEEN $1 AND $2 ORDER BY block_number, log_index`,
      ...[from, to],
    );
    return found.map((row) => ({ ...storedLog(row), blockHash: row[7] as Hex }));
  },
  async of(subject, limit) {
    const found = await db.rows(
      `SELECT ${LOG}, (SELECT timestamp FROM blocks WHERE number = block_number) FROM events
       WHERE subject_prefix = $1 AND position($2::bytea in topics) > 0 ORDER BY block_number, log_index LIMIT $3`,
      ...[prefixOf(subject), Buffer.from(subject.slice(2), "hex"), limit],
    );
    return found.map((row) => {
      const log = storedLog(row);
      const { blockNumber, logIndex, transactionHash } = log;
      return { log, location: { blockNumber, logIndex, transactionHash, timestamp: Number(row[7]) } };
    });
  },
  async attestationsIn({ blockNumber, transactionHash }) {
    const found = await db.rows(
      `SELECT ${LOG} FROM events WHERE block_number = $1 AND transaction_hash = $2`,
      ...[blockNumber, transactionHash],
    );
    const subjects = [...new Set(found.map((row) => storedLog(row).subject))];
    return Number(await firstValue(db, "SELECT count(*) FROM attestations WHERE uid = ANY($1::text[])", subjects));
  },
  async at({ blockNumber, logIndex }) {
    const [row] = await db.rows(
      `SELECT ${LOG} FROM events WHERE block_number = $1 AND log_index = $2`,
      ...[blockNumber, logIndex],
    );
    return row && storedLog(row);
  },
});

function modelReader(db: Connection): Eventual<ModelReader> {
  const { select, rowOf } = locatedRows("models");
  return {
    async model(modelId) {
      const [values] = await db.rows(`${select} WHERE model_id = $1`, modelId);
      return values && rowOf(values);
    },
    isPublisher: async (account) =>
      (await db.rows("SELECT 1 FROM models WHERE publisher = $1 LIMIT 1", account)).length > 0,
    list: async (below, limit) =>
      (
        await db.rows(
          `${select} WHERE (models.block_number, models.log_index) < ($1, $2)
           ORDER BY models.block_number DESC, models.log_index DESC LIMIT $3`,
          ...[...under(below), limit],
        )
      ).map(rowOf),
    modelAt: ({ blockNumber, logIndex }) =>
      firstValue<Hex>(
        db,
        "SELECT model_id FROM models WHERE block_number = $1 AND log_index = $2",
        blockNumber,
        logIndex,
      ),
  };
}

function networkReader(db: Connection): Eventual<NetworkReader> {
  /** The first block at or after a time; the one after the last where there is none. */
  const blockAt = async (time: number): Promise<number> => {
    let [low, end] = [0, Number((await firstValue(db, "SELECT max(number) FROM blocks")) ?? -1) + 1];
    while (low < end) {
      const middle = Math.floor((low + end) / 2);
      const at = await firstValue(
        db,
        "SELECT timestamp FROM blocks WHERE number >= $1 ORDER BY number LIMIT 1",
        middle,
      );
      if (Number(at) >= time) end = middle;
      else low = middle + 1;
    }
    return low;
  };
  /** The first entry of a block at or after this one; the one after the last where there is none. */
  const seqAt = async (seasonId: number, block: number): Promise<number> => {
    let [low, end] = [
      1,
      Number((await firstValue(db, "SELECT seq FROM seasons WHERE season_id = $1", seasonId)) ?? 0) + 1,
    ];
    while (low < end) {
      const middle = Math.floor((low + end) / 2);
      const at = await firstValue(
        db,
        "SELECT block_number FROM ledger WHERE season_id = $1 AND seq = $2",
        seasonId,
        middle,
      );
      if (Number(at) >= block) end = middle;
      else low = middle + 1;
    }
    return low;
  };
  return {
    async recorded(seasonId, from, until, most) {
      const found = await db.rows(
        `SELECT uid, prover, method, count, status, season_id,
           (SELECT timestamp FROM blocks WHERE number = block_number),
           (SELECT timestamp FROM blocks WHERE number = settled_block)
         FROM attestations WHERE block_number >= $1 AND block_number < $2 ORDER BY block_number, log_index LIMIT $3`,
        ...[await blockAt(from), await blockAt(until), most + 1],
      );
      const items = found.slice(0, most).flatMap((row): Recorded[] => {
        const [uid, prover, method, units, status, season, recordedAt, settledAt] = row;
        if (season === null || Number(season) !== seasonId) return [];
        return [
          {
            ...{ uid: uid as Hex, prover: prover as Address, method: Number(method), units: Number(units) },
            ...{ status: Number(status), recordedAt: Number(recordedAt), seasonId },
            settledAt: settledAt === null ? null : Number(settledAt),
          } as Recorded,
        ];
      });
      return { items, isWhole: found.length <= most };
    },
    async changes(seasonId, from, until, most) {
      const [first, end] = [await seqAt(seasonId, await blockAt(from)), await seqAt(seasonId, await blockAt(until))];
      const found = await db.rows(
        "SELECT account, reason, delta FROM ledger WHERE season_id = $1 AND seq >= $2 AND seq < $3 ORDER BY seq LIMIT $4",
        ...[seasonId, first, end, most],
      );
      const items = found.map(([account, reason, delta]) => ({
        ...{ account: account as Address, reason: Number(reason), delta: delta as bigint },
      }));
      return { items, isWhole: end - first <= most };
    },
  };
}

const MOST_NAMES = 10_000;

function profileReader(db: Connection): Eventual<ProfileReader> {
  const { select, rowOf } = locatedRows("profiles");
  return {
    async profile(account) {
      const [values] = await db.rows(`${select} WHERE account = $1`, account);
      return values && rowOf(values);
    },
    async nameOf(account) {
      const name = await firstValue<Buffer>(db, "SELECT name FROM profiles WHERE account = $1", account);
      return name && wordsOf(name);
    },
    async alike({ account, skeleton }, limit) {
      const found = await db.rows(
        "SELECT account FROM profiles WHERE skeleton = $1 AND account <> $2 ORDER BY account LIMIT $3",
        ...[Buffer.from(skeleton), account, limit],
      );
      return found.map(([other]) => other as Address);
    },
    async startingWith(seasonId, start, limit) {
      const skeleton = nameSkeleton(start);
      if (skeleton === "") return [];
      const found = await db.rows(
        `SELECT named.account FROM (
           SELECT skeleton, account FROM profiles WHERE skeleton >= $1 AND skeleton < $2 ORDER BY skeleton, account LIMIT ${MOST_NAMES}
         ) AS named
         JOIN entries ON entries.season_id = $3 AND entries.account = named.account AND last_seq > 0
         ORDER BY named.skeleton, named.account LIMIT $4`,
        ...[Buffer.from(skeleton), Buffer.from(`${skeleton}\u{10ffff}`), seasonId, limit],
      );
      return found.map(([account]) => account as Address);
    },
  };
}

function requestReader(db: Connection): Eventual<RequestReader> {
  const ofRequests = locatedRows(
    "requests",
    ["requester", "prover", "beneficiary"].map((role) => nameColumn(`requests.${role}`)),
  );
  const ofAnswers = locatedRows("answers");
  const ofCovers = locatedRows("covers", locationColumns("settled_block", "settled_log"));
  const ofPayments = locatedRows("payments");
  const inOrder = "ORDER BY block_number, log_index LIMIT";
  const readRequest = (values: readonly unknown[]): ReadRequest => {
    const [requesterName, proverName, beneficiaryName] = ofRequests.furtherOf(values).map(nameIn);
    const names = { requesterName, proverName, beneficiaryName } as Omit<ReadRequest, keyof Located<Asked>>;
    return { ...ofRequests.rowOf(values), ...names };
  };
  const readCover = (values: readonly unknown[]): ReadCover => {
    const row = ofCovers.rowOf(values);
    return { ...row, settled: locationIn(row.settledBlock, row.settledLog, ofCovers.furtherOf(values)) };
  };
  return {
    async request(requestId) {
      const [values] = await db.rows(`${ofRequests.select} WHERE request_id = $1`, requestId);
      return values && readRequest(values);
    },
    async list({ requester, prover, beneficiary, model, state }, below, limit) {
      const filter = { requester, prover, beneficiary, model_id: model, state };
      const { rows, last } = await scan(db, ofRequests.select, "requests", filter, below, limit);
      return { rows: rows.map(readRequest), last };
    },
    requestAt: ({ blockNumber, logIndex }) =>
      firstValue<Hex>(
        db,
        "SELECT request_id FROM requests WHERE block_number = $1 AND log_index = $2",
        blockNumber,
        logIndex,
      ),
    requestOf: (uid) => firstValue<Hex>(db, "SELECT request_id FROM answers WHERE uid = $1", uid),
    answers: async (requestId, limit) =>
      (await db.rows(`${ofAnswers.select} WHERE request_id = $1 ${inOrder} $2`, requestId, limit)).map(ofAnswers.rowOf),
    covers: async (uid, limit) =>
      (await db.rows(`${ofCovers.select} WHERE uid = $1 ${inOrder} $2`, uid, limit)).map(readCover),
    async cover(uid, beneficiary, token) {
      const where = "uid = $1 AND beneficiary = $2 AND token = $3";
      const [values] = await db.rows(`${ofCovers.select} WHERE ${where}`, uid, beneficiary, token);
      return values && readCover(values);
    },
    payments: async (requestId, limit) =>
      (await db.rows(`${ofPayments.select} WHERE request_id = $1 ${inOrder} $2`, requestId, limit)).map(
        ofPayments.rowOf,
      ),
    balances: async (account, limit) =>
      (
        await db.rows(
          `SELECT ${columnsOf("balances")} FROM balances WHERE account = $1 ORDER BY token, contract LIMIT $2`,
          ...[account, limit],
        )
      ).map((row) => rowOf<"balances">(layoutOf("balances"), row)),
  };
}

function seasonReader(db: Connection): Eventual<SeasonReader> {
  const layout = layoutOf("seasons");
  const select = `SELECT ${columnsOf("seasons")}, (SELECT timestamp FROM blocks WHERE number = seeded_in) FROM seasons`;
  const ofTasks = locatedRows("tasks");
  const read = (values: readonly unknown[]): ReadSeason => {
    const seededAt = values[layout.fields.length] as bigint | null;
    return { ...rowOf<"seasons">(layout, values), seededAt: seededAt === null ? null : Number(seededAt) };
  };
  return {
    seasons: async (limit) =>
      (await db.rows(`${select} WHERE starts_at IS NOT NULL ORDER BY season_id DESC LIMIT $1`, limit)).map(read),
    async season(seasonId) {
      const [values] = await db.rows(`${select} WHERE season_id = $1 AND cancelled_in IS NULL`, seasonId);
      return values && read(values);
    },
    isOrganiser: async (account) =>
      (await db.rows("SELECT 1 FROM seasons WHERE organiser = $1 LIMIT 1", account)).length > 0,
    tasks: async (seasonId): Promise<Located<Task>[]> =>
      (await db.rows(`${ofTasks.select} WHERE season_id = $1 ORDER BY tasks.task_id`, seasonId)).map(ofTasks.rowOf),
    ledgers: async () =>
      (await db.rows(`${select} ORDER BY season_id`)).map(read).map((season) => {
        const { seasonId, seq, participants, totalPoints, ledgerHash } = season;
        return { seasonId: BigInt(seasonId), seq, participants, totalPoints, ledgerHash };
      }),
    async hadLedger(seasonId, seq, hashStart) {
      const hash = await firstValue<Hex>(
        db,
        "SELECT ledger_hash FROM ledger WHERE season_id = $1 AND seq = $2",
        seasonId,
        seq,
      );
      return hash?.startsWith(hashStart) ?? false;
    },
  };
}

function servedList(db: Connection, table: "catches" | "seats"): Eventual<ServedList> {
  const { select, rowOf } = locatedRows(table);
  return {
    async of(account, below, limit) {
      const found = await db.rows(
        `${select} WHERE account = $3 AND (${table}.block_number, ${table}.log_index) < ($1, $2)
         ORDER BY ${table}.block_number DESC, ${table}.log_index DESC LIMIT $4`,
        ...[...under(below), account, limit],
      );
      return found.map(rowOf);
    },
    uidAt: (account, { blockNumber, logIndex }) =>
      firstValue<Hex>(
        db,
        `SELECT uid FROM ${table} WHERE account = $1 AND block_number = $2 AND log_index = $3`,
        ...[account, blockNumber, logIndex],
      ),
  };
}

const UNITS = "season_verified, season_refuted, request_verified, request_refuted";

const unitsIn = (values: readonly unknown[]) => {
  const [seasonVerified, seasonRefuted, requestVerified, requestRefuted] = values.map(Number);
  return { seasonVerified, seasonRefuted, requestVerified, requestRefuted } as Omit<Use, "account" | "name">;
};

function useReader(db: Connection): Eventual<UseReader> {
  const totals = async (purpose: "seasons" | "requests", kind: "model" | "publisher", limit: number) => {
    const verified = purpose === "seasons" ? "season_verified" : "request_verified";
    const [publisher, join] =
      kind === "model"
        ? ["models.publisher", "JOIN models ON models.model_id = totals.subject"]
        : ["totals.subject", ""];
    const found = await db.rows(
      `SELECT subject, ${publisher}, ${nameColumn(publisher)}, season_provers, request_provers, ${UNITS} FROM totals ${join}
       WHERE kind = '${kind}' AND ${verified} > 0 ORDER BY kind, ${verified} DESC, subject DESC LIMIT $1`,
      limit,
    );
    return found.map(
      ([subject, publisher, name, seasonProvers, requestProvers, ...units]): Total => ({
        ...{ subject: subject as Hex, publisher: publisher as Address, name: nameIn(name), ...unitsIn(units) },
        ...{ seasonProvers: Number(seasonProvers), requestProvers: Number(requestProvers) },
      }),
    );
  };
  const counted = async (where: string, ...values: readonly unknown[]): Promise<number> =>
    Number(
      await firstValue(
        db,
        `SELECT count(*) FROM (SELECT 1 FROM uses WHERE subject = $1 AND ${where} LIMIT $2) AS found`,
        ...values,
      ),
    );
  return {
    models: (purpose, limit) => totals(purpose, "model", limit),
    publishers: (purpose, limit) => totals(purpose, "publisher", limit),
    provers: async (subject) =>
      Number((await firstValue(db, "SELECT season_provers FROM totals WHERE subject = $1", subject)) ?? 0),
    async accountsOf(subject, after, limit) {
      const found = await db.rows(
        `SELECT account, ${nameColumn("uses.account")}, ${UNITS} FROM uses
         WHERE subject = $1 AND season_verified > 0 AND (season_verified, account) < ($2, $3)
         ORDER BY season_verified DESC, account DESC LIMIT $4`,
        ...[subject, after?.seasonVerified ?? Number.MAX_SAFE_INTEGER, after?.account ?? "", limit],
      );
      return found.map(([account, name, ...units]) => ({
        ...{ account: account as Address, name: nameIn(name), ...unitsIn(units) },
      }));
    },
    placesUpTo: (subject, { seasonVerified, account }, most) =>
      counted("(season_verified, account) >= ($3, $4)", subject, most, seasonVerified, account),
    ahead: (subject, verified, most) => counted("season_verified > $3", subject, most, verified),
  };
}
