import type { Address, Hex } from "viem";
import type { EventLocation } from "../../../sdk/wire.ts";
import type { LogLocation } from "../../decode/events.ts";
import type { CoverRow } from "../../fold/covers.ts";
import type { Balance, Payment } from "../../fold/payments.ts";
import type { Asked, Given } from "../../fold/requests.ts";
import { type Located, locatedRows, locationColumns, locationIn, nameColumn } from "../event-columns.ts";
import { layoutOf, rowOf } from "../tables.ts";
import type { Db } from "./database.ts";
import { createScan, type Scanned } from "./scan.ts";

interface RequestFilter {
  requester?: Address | undefined;
  prover?: Address | undefined;
  beneficiary?: Address | undefined;
  model?: Hex | undefined;
  state?: number | undefined;
}

/** A request, and what its accounts call themselves. */
export type ReadRequest = Located<Asked> & Record<"requesterName" | "proverName" | "beneficiaryName", Name>;
type Name = string | null;

/** Cover, and where it was settled. */
export type ReadCover = Located<CoverRow> & { settled: EventLocation | null };

/** Reads requests, their answers, cover and what was paid. Lists that have a limit begin with the oldest. */
export interface RequestReader {
  request(requestId: Hex): ReadRequest | undefined;
  /** Newest first, below a location; looks at 1000 rows at most, however many the filter lets through. */
  list(filter: RequestFilter, below: LogLocation | undefined, limit: number): Scanned<ReadRequest>;
  /** The request that was made there: undefined when a reorg undid it. */
  requestAt(location: LogLocation): Hex | undefined;
  /** The request that an attestation was given as an answer to. */
  requestOf(uid: Hex): Hex | undefined;
  answers(requestId: Hex, limit: number): Located<Given>[];
  covers(uid: Hex, limit: number): ReadCover[];
  /** What is locked for one beneficiary, in one token. */
  cover(uid: Hex, beneficiary: Address, token: Address): ReadCover | undefined;
  payments(requestId: Hex, limit: number): Located<Payment>[];
  /** What an account has of each contract and token, ETH first. */
  balances(account: Address, limit: number): Balance[];
}

export function createRequestReader(db: Db): RequestReader {
  const prepared = <Parameters extends unknown[]>(sql: string) =>
    db.prepare<Parameters, unknown[]>(sql).raw().safeIntegers();
  const ofRequests = locatedRows(
    "requests",
    ["requester", "prover", "beneficiary"].map((role) => nameColumn(`requests.${role}`)),
  );
  const byId = prepared<[Hex]>(`${ofRequests.select} WHERE request_id = ?`);
  const scan = createScan(db, "requests", "request_id", [
    ...(["requester", "prover", "beneficiary", "model_id", "state"] as const),
  ]);
  const idAt = db
    .prepare<[number, number], Hex>("SELECT request_id FROM requests WHERE block_number = ? AND log_index = ?")
    .pluck();
  const idOf = db.prepare<[Hex], Hex>("SELECT request_id FROM answers WHERE uid = ?").pluck();
  const inOrder = "ORDER BY block_number, log_index LIMIT ?";
  const ofAnswers = locatedRows("answers");
  const answers = prepared<[Hex, number]>(`${ofAnswers.select} WHERE request_id = ? ${inOrder}`);
  const ofCovers = locatedRows("covers", locationColumns("settled_block", "settled_log"));
  const covers = prepared<[Hex, number]>(`${ofCovers.select} WHERE uid = ? ${inOrder}`);
  const cover = prepared<[Hex, Address, Address]>(`${ofCovers.select} WHERE uid = ? AND beneficiary = ? AND token = ?`);
  const ofPayments = locatedRows("payments");
  const payments = prepared<[Hex, number]>(`${ofPayments.select} WHERE request_id = ? ${inOrder}`);
  const ofBalances = layoutOf("balances");
  const balances = prepared<[Address, number]>(
    `SELECT ${ofBalances.fields.map(({ column }) => column)} FROM balances WHERE account = ?
     ORDER BY token, contract LIMIT ?`,
  );

  function request(requestId: Hex): ReadRequest | undefined {
    const values = byId.get(requestId);
    if (!values) return undefined;
    const [requesterName, proverName, beneficiaryName] = ofRequests.furtherOf(values) as [Name, Name, Name];
    return { ...ofRequests.rowOf(values), requesterName, proverName, beneficiaryName };
  }

  function readCover(values: readonly unknown[]): ReadCover {
    const row = ofCovers.rowOf(values);
    return { ...row, settled: locationIn(row.settledBlock, row.settledLog, ofCovers.furtherOf(values)) };
  }

  return {
    request,
    list({ model, ...filter }, below, limit) {
      const { rows, last } = scan({ ...filter, model_id: model }, below, limit);
      return { rows: rows.map((id) => request(id as Hex) as ReadRequest), last };
    },
    requestAt: ({ blockNumber, logIndex }) => idAt.get(blockNumber, logIndex),
    requestOf: (uid) => idOf.get(uid),
    answers: (requestId, limit) => answers.all(requestId, limit).map(ofAnswers.rowOf),
    covers: (uid, limit) => covers.all(uid, limit).map(readCover),
    cover(uid, beneficiary, token) {
      const values = cover.get(uid, beneficiary, token);
      return values && readCover(values);
    },
    payments: (requestId, limit) => payments.all(requestId, limit).map(ofPayments.rowOf),
    balances: (account, limit) => balances.all(account, limit).map((values) => rowOf<"balances">(ofBalances, values)),
  };
}
