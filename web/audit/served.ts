import { type Address, getAddress } from "viem";
import type { AsOf, Profile, Receipt, Season, Standing } from "../../sdk/wire.ts";
import type { Book } from "./book.ts";

/** What the API served of a season and the page shows: some of these, all as of one block. */
export interface Served {
  asOf: AsOf;
  seasonId: string;
  /** Accounts ranked. */
  total?: number;
  standings?: readonly Omit<Standing, "name">[];
  profiles?: readonly Pick<Profile, "account" | "reasons">[];
  receipts?: readonly Receipt[];
  totals?: Season["totals"];
}

/** A difference between an answer and the chain. */
export interface Difference {
  /** One sentence: where, what was served, what the chain gives. */
  sentence: string;
  /** The account whose numbers they are. */
  account?: Address;
}

/** How many rows of an answer can be compared with the ledger. */
export const rowsOf = ({ standings, receipts, profiles }: Served): number =>
  (standings?.length ?? 0) + (receipts?.length ?? 0) + (profiles?.length ?? 0);

/** Differences between an answer and the events up to its block, which the book must have folded. */
export function compareServed(book: Book, served: Served): Difference[] {
  const { asOf } = served;
  const seq = book.seqAt(asOf.blockNumber);
  const at = `at block ${asOf.blockNumber}`;
  if (asOf.seq !== null && asOf.seq !== String(seq))
    return [{ sentence: `The API ends the ledger ${at} with entry ${asOf.seq}; on chain it ends with ${seq}.` }];
  if (asOf.ledgerHash !== null && asOf.ledgerHash !== book.hashAt(seq))
    return [{ sentence: `The API's ledger hash ${at} is ${asOf.ledgerHash}; the events give ${book.hashAt(seq)}.` }];
  return book.at(seq, () => [
    ...(served.total === undefined ? [] : differs("The API ranks", served.total, book.participants, "accounts")),
    ...(served.totals ? compareTotals(book, served.totals) : []),
    ...(served.standings ?? []).flatMap((standing) => compareStanding(book, standing)),
    ...(served.profiles ?? []).flatMap((profile) => compareProfile(book, profile)),
    ...(served.receipts ?? []).flatMap((receipt) => compareReceipt(book, served.seasonId, receipt)),
  ]);
}

function compareTotals(book: Book, totals: Season["totals"]): Difference[] {
  return [
    ...differs("The season's last entry is served as", totals.seq, book.seq),
    ...differs("The season's participants are served as", totals.participants, book.participants),
    ...differs("The season's points are served as", totals.totalPoints, book.totalPoints),
    ...differs("The season's ledger hash is served as", totals.ledgerHash, book.ledgerHash),
  ];
}

function compareStanding(book: Book, { rank, place, account, points, lastSeq }: Omit<Standing, "name">): Difference[] {
  const expected = book.scoreAt(place);
  const own = book.score(account);
  const wrong = (sentence: string): Difference[] => [{ sentence, account }];
  if (!own) return wrong(`Place ${place} is served as ${account}, which has no points on chain.`);
  const row = `Place ${place}, ${account}, is served with`;
  if (points !== String(own.points)) return wrong(`${row} ${points} points; the chain gives ${own.points}.`);
  if (lastSeq !== String(own.lastSeq)) return wrong(`${row} its last entry ${lastSeq}; on chain it is ${own.lastSeq}.`);
  if (expected !== own) {
    const holder = expected === undefined ? "nobody" : getAddress(expected.account);
    return wrong(
      `Place ${place} is served as ${account}, whose place is ${book.placeOf(account)}; the chain gives ${holder}.`,
    );
  }
  const due = book.rankOf(account);
  return rank === due ? [] : wrong(`${row} rank ${rank}; the chain gives ${due}.`);
}

function compareProfile(book: Book, { account, reasons }: Pick<Profile, "account" | "reasons">): Difference[] {
  const expected = book.reasonsOf(account);
  const served = new Map(reasons.map(({ reason, points }) => [reason.id, points]));
  return [...new Set([...expected.keys(), ...served.keys()])].flatMap((id) => {
    const [found, due] = [served.get(id) ?? "0", String(expected.get(id) ?? 0n)];
    if (found === due) return [];
    return [
      { sentence: `${account} is served with ${found} points for reason ${id}; the chain gives ${due}.`, account },
    ];
  });
}

function compareReceipt(book: Book, seasonId: string, receipt: Receipt): Difference[] {
  if (receipt.seasonId !== seasonId) return [];
  const { account, seq } = receipt;
  const entry = book.entry(BigInt(seq));
  if (!entry) return [{ sentence: `Entry ${seq} of ${account} is served; the chain has no such entry.`, account }];
  const fields = [
    ["account", account.toLowerCase(), entry.account.toLowerCase()],
    ["points", receipt.delta, String(entry.delta)],
    ["points after it", receipt.points, String(entry.points)],
    ["reason", String(receipt.reason.id), String(entry.reason)],
    ["attestation", receipt.subject, entry.subject],
    ["ledger hash", receipt.ledgerHash, entry.ledgerHash],
    ["ledger hash before", receipt.previousLedgerHash, book.hashAt(BigInt(seq) - 1n)],
    ["block", String(receipt.at.blockNumber), String(entry.blockNumber)],
  ] as const;
  const wrong = fields.find(([, served, computed]) => served !== computed);
  if (!wrong) return [];
  const [what, served, computed] = wrong;
  return [
    {
      sentence: `Entry ${seq} of ${account} is served with the ${what} ${served}; the chain gives ${computed}.`,
      account,
    },
  ];
}

const differs = (what: string, served: unknown, computed: unknown, unit?: string): Difference[] =>
  String(served) === String(computed)
    ? []
    : [{ sentence: `${what} ${served}${unit ? ` ${unit}` : ""}; the chain gives ${computed}.` }];
