import { sentenceOf } from "../../sdk/errors.ts";
import { collectAnswers } from "./answers.ts";
import { compareSample } from "./campaign.ts";
import type { Block, Chain } from "./chain.ts";
import { followSeason } from "./follower.ts";
import type { AuditState, Recomputed, SecondState } from "./messages.ts";
import { compareWith, type Second } from "./second.ts";
import type { Difference, Served } from "./served.ts";

export interface AuditOptions {
  chain: Chain;
  /** Another RPC of the same chain, whose answers are held against the first one's. */
  second?: Chain | undefined;
  chainId: number;
  /** The first block that can hold an event. */
  startBlock: number;
  seasonId: bigint;
  /** Called with the result of each check of the points. */
  emit: (state: AuditState) => void;
  /** Waits between two looks, this many milliseconds at most. */
  rest: (milliseconds: number) => Promise<void>;
  signal: AbortSignal;
  /** The time in milliseconds. */
  now?: () => number;
}

/** A running audit of one season. */
export interface Auditor {
  /** Compares an answer of the API with the chain; `slot` names its place on the page, where only the newest counts. */
  check(slot: string, served: Served): void;
  /** Settles when the signal has ended it. */
  ended: Promise<void>;
}

const PAUSE = 1_500;
const LONG_PAUSE = 5_000;
const MOST_DIFFERENCES = 20;
// A second RPC that doesn't answer holds up the first one's checks while it is asked.
const SECOND_AGAIN = 60_000;

/**
 * Folds a season's ledger from the RPC's events, compares it with the campaign's own state and with what the API serves,
 * and continues with every new block and through reorganisations. A difference, once found, stays.
 */
export function audit(options: AuditOptions): Auditor {
  const { chain, chainId, startBlock, seasonId, emit, rest, signal, now = Date.now } = options;
  const second = options.second && compareWith(chain, options.second, options, now);
  const { book, advance } = followSeason(chain, seasonId, startBlock);
  const answers = collectAnswers(chain, chainId, now);
  const differences: Difference[] = [];
  let sampledAt = 0n;
  let sampled = 0;
  let rows = 0;
  let whole: number | undefined;
  let secondState: SecondState | undefined;
  let secondAskedFrom = 0;
  let last: Recomputed | undefined;

  const differ = (found: readonly Difference[]): void => {
    for (const one of found)
      if (differences.length < MOST_DIFFERENCES && !differences.some(({ sentence }) => sentence === one.sentence))
        differences.push(one);
  };

  const look = async (): Promise<void> => {
    const first = last === undefined;
    const { head, differences: found } = await advance((done, total) => {
      if (first) emit({ kind: "checking", done, total });
    });
    differ(found);
    if (found.length === 0) {
      if (sampledAt !== book.seq) {
        const sample = await compareSample(book, chain, seasonId, head);
        differ(sample.differences);
        sampled += sample.sampled;
        sampledAt = book.seq;
      }
      const compared = await answers.compare(book, head);
      differ(compared.differences);
      rows += compared.rows;
      whole = compared.whole ?? whole;
    }
    report(head);
    if (second === undefined || secondState?.kind === "differs" || now() < secondAskedFrom) return;
    secondState = await lookAtSecond(second, head);
    report(head);
  };

  const lookAtSecond = async ({ compare }: Second, head: Block): Promise<SecondState | undefined> => {
    try {
      const compared = await compare(book, head);
      if (compared === undefined) return secondState;
      const { blockNumber, sealed } = compared;
      differ(compared.differences);
      return compared.differences.length > 0 ? { kind: "differs" } : { kind: "agrees", blockNumber, sealed };
    } catch (error) {
      secondAskedFrom = now() + SECOND_AGAIN;
      return { kind: "cannot", why: sentenceOf(error) };
    }
  };

  const report = (head: Block): void => {
    last = {
      ...{ blockNumber: head.number, entries: String(book.seq), participants: book.participants },
      ...{ totalPoints: String(book.totalPoints), ledgerHash: book.ledgerHash, sampled, rows },
      ...(whole !== undefined && { whole }),
      ...(secondState !== undefined && { second: secondState }),
    };
    emit(
      differences.length === 0
        ? { kind: "match", ...last }
        : { kind: "mismatch", differences: [...differences], ...last },
    );
  };

  const checkChain = async (): Promise<void> => {
    const found = await chain.chainId();
    if (found !== chainId) throw new Error(`The RPC serves chain ${found}; the contracts are on chain ${chainId}.`);
  };

  const run = async (): Promise<void> => {
    let known = false;
    while (!signal.aborted) {
      try {
        if (!known) await checkChain();
        known = true;
        await look();
        await rest(PAUSE);
      } catch (error) {
        emit({ kind: "cannot", why: sentenceOf(error), ...(last && { last }) });
        await rest(LONG_PAUSE);
      }
    }
  };

  return { check: answers.add, ended: run() };
}
