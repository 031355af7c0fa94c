import type { Address, Hex } from "viem";
import { type Chain, createChain, SLOT } from "../economy/chain.ts";
import { createRandom, type Random } from "../random.ts";
import { Finality, type Made, type Question, type Sent } from "./acts.ts";
import { type Contracts, deploy, ETH, FRAUD } from "./contracts.ts";
import { actsOf, type Cast, createHistory, type History, lastActs, type Round, withdrawals } from "./history.ts";
import { createRules, type Rules, State, Status } from "./rules.ts";

/** Histories that are played at once, in the same blocks. */
const AT_ONCE = 50;
const ROUNDS = 30;
/** The longest time between two blocks, in slots. */
const LONGEST = 15;
/** Too little for a callback's promise, enough for all else. */
const SHORT_GAS = 450_000n;
/** Histories on one chain. */
const PER_CHAIN = 1_000;
/** Later than any deadline and window, in seconds. */
const LONG_AFTER = 840 * SLOT;

/** What was played, and what went other than it must. */
export interface Tally {
  histories: number;
  transactions: number;
  refused: number;
  /** Blocks that were undone and mined again in another order. */
  reordered: number;
  /** Requests that ended so. */
  ended: { verified: number; fallen: number; cancelled: number };
  /** Answers that were acted on as covered; those of them that weren't found right. */
  actedOn: number;
  wrong: number;
  differences: string[];
}

interface Table {
  chain: Chain;
  contracts: Contracts;
  rules: Rules;
  cast: Cast;
}

/** Somebody acts on an answer before it is final. */
interface Acted {
  question: Question;
  made: Made;
}

/** Plays random histories on the real contracts and compares what happens with the rules. A seed decides all of it. */
export async function play(histories: number, seed: number, report: (done: number) => void = () => {}): Promise<Tally> {
  const tally: Tally = {
    ...{ histories: 0, transactions: 0, refused: 0, reordered: 0, actedOn: 0, wrong: 0, differences: [] },
    ended: { verified: 0, fallen: 0, cancelled: 0 },
  };
  while (tally.histories < histories) {
    const table = await lay();
    try {
      for (const end = Math.min(histories, tally.histories + PER_CHAIN); tally.histories < end; ) {
        const count = Math.min(AT_ONCE, end - tally.histories);
        await playBatch(table, createRandom(seed + 7_919 * tally.histories), count, tally);
        tally.histories += count;
        report(tally.histories);
      }
    } finally {
      await table.chain.close();
    }
  }
  return tally;
}

/** A chain with the contracts and everybody's money. */
async function lay(): Promise<Table> {
  const chain = await createChain();
  const contracts = await deploy(chain);
  const account = (kind: string, i: number): Address => `0x${kind.repeat(19)}${(i + 16).toString(16)}`;
  const cast: Cast = {
    people: Array.from({ length: 5 }, (_, i) => account("a1", i)),
    provers: Array.from({ length: 4 }, (_, i) => account("b2", i)),
    challenger: account("c3", 0),
    stranger: account("d4", 0),
  };
  for (const one of [...cast.people, ...cast.provers, cast.challenger, cast.stranger])
    await contracts.equip(one, cast.provers.includes(one));
  return { chain, contracts, cast, rules: createRules(contracts.addresses.hostile) };
}

async function playBatch(table: Table, random: Random, count: number, tally: Tally): Promise<void> {
  const { chain, contracts, rules, cast } = table;
  const nextRound = (time: number): Round => ({ random, cast, contracts, rules, time, longest: LONGEST * SLOT });
  const histories = Array.from({ length: count }, (_, i) =>
    createHistory(nextRound(chain.now()), BigInt(tally.histories + i)),
  );
  const acted = new Map<Hex, Acted>();
  const paid = new Map<string, bigint>();
  const differ = (what: string) => tally.differences.push(`histories ${tally.histories} and on: ${what}`);

  /** Mines a block and compares it with the rules. */
  async function mine(time: number, sent: readonly Sent[], isFinal = true): Promise<void> {
    const expected = sent.map(({ act, from, isShort }) => rules.make(time, act, from, isShort));
    const transactions = sent.map(({ act, from, isShort }) => {
      const { to, data, value = 0n } = contracts.callFor(act);
      return { from, to, data, value, ...(isShort ? { gas: SHORT_GAS } : {}) };
    });
    const receipts = await chain.mine(time, transactions);
    for (const [i, { ok, logs }] of receipts.entries()) {
      const { ok: mayBe, events } = expected[i] as (typeof expected)[number];
      const read = logs.map(contracts.read).filter((event) => event !== undefined);
      const happened = read.map(({ text }) => text);
      if (ok !== mayBe) differ(`${nameOf(sent[i] as Sent)} ${ok ? "was taken" : "failed"}, the rules say otherwise`);
      else if (happened.join("\n") !== events.join("\n"))
        differ(`${nameOf(sent[i] as Sent)}:\n  ${happened.join("\n  ")}\nbut the rules say:\n  ${events.join("\n  ")}`);
      if (!isFinal) continue;
      tally.transactions += 1;
      if (!ok) tally.refused += 1;
      for (const event of read) note(event);
    }
    await compareMoney();
  }

  /** Keeps who acts on what, and what cover pays to whom. */
  function note({ name, args }: { name: string; args: Record<string, unknown> }): void {
    if (name === "AnswerDelivered" && args.finality === Finality.covered) actOn(args.requestId as Hex, args.uid as Hex);
    if (name === "CoverSettled") {
      const key = `${args.uid} ${args.to} ${args.token}`.toLowerCase();
      paid.set(key, (paid.get(key) ?? 0n) + (args.amount as bigint));
    }
  }

  function actOn(requestId: Hex, uid: Hex): void {
    const history = histories.find(({ question }) => question.id === requestId) as History;
    acted.set(uid, { question: history.question, made: history.made.find((one) => one.uid === uid) as Made });
  }

  /** Somebody without a callback looks whether it may act. */
  async function look({ question, made }: History): Promise<void> {
    const one = made.at(-1);
    if (one === undefined) return;
    const { state, answer } = rules.standing(question.id);
    const status = rules.statusOf(one.uid);
    const isIts = answer === `${one.uid} ${one.output}`;
    const mayAct = isIts && (status === Status.verified || (state === State.covered && status === Status.pending));
    const says = await contracts.isCovered(question, one);
    if (says !== mayAct) differ(`isAnswer says ${says} of ${question.id}`);
    if (says && status === Status.pending) actOn(question.id, one.uid);
  }

  /** All that a contract has is written down or held, and it has that. */
  async function compareMoney(): Promise<void> {
    for (const token of contracts.addresses.tokens) {
      let [fees, deposits, locked] = [0n, 0n, 0n];
      for (const { question, made } of histories) {
        const { asked, id } = question;
        const { state } = rules.standing(id);
        const [inEth, amount] = rules.depositOf(question);
        if (asked.token === token && [State.open, State.accepted, State.answered].includes(state)) fees += asked.fee;
        if (state === State.accepted) deposits += (token === ETH ? inEth : 0n) + (token === asked.token ? amount : 0n);
        for (const { uid } of made)
          for (const beneficiary of new Set([asked.beneficiary, ...cast.people]))
            locked += rules.lockedFor(uid, beneficiary, token);
      }
      for (const [holder, inside] of [
        ["requests", fees + deposits],
        ["cover", locked],
      ] as const) {
        const has = await contracts.balanceOf(holder, token);
        const owed = rules.owedOf(holder, token);
        if (has !== inside + owed) differ(`${holder} has ${has} of ${token}, but holds ${inside} and owes ${owed}`);
      }
    }
  }

  for (let round = 0; round < ROUNDS; round++) {
    const time = chain.now() + SLOT * random.between(1, LONGEST);
    const sent = histories.flatMap((history) => actsOf(history, nextRound(time)));
    if (random.chance(0.2)) {
      const [restore, restoreRules] = [await chain.remember(), rules.remember()];
      await mine(time, shuffled(random, sent), false);
      await restore();
      restoreRules();
      tally.reordered += 1;
    }
    await mine(time, shuffled(random, sent));
    rules.forget();
    for (const history of histories) if (random.chance(0.05)) await look(history);
  }
  for (const [i, last] of lastActs.entries()) {
    const time = chain.now() + (i === 1 ? LONG_AFTER : SLOT);
    const sent = histories.flatMap((history) => last(history, nextRound(time)));
    await mine(time, sent);
  }
  await mine(chain.now() + SLOT, withdrawals(nextRound(chain.now() + SLOT)));
  rules.forget();
  judge();

  /** Whether everybody got what was promised, and nothing is left behind. */
  function judge(): void {
    for (const { question, made } of acted.values()) {
      const { cover, beneficiary, token } = question.asked;
      const { uid, isRight, attestation } = made;
      tally.actedOn += 1;
      const isVerified = rules.statusOf(uid) === Status.verified;
      if (isVerified && attestation.method === FRAUD && !isRight) differ(`${uid} is wrong, and Verified`);
      if (isVerified) continue;
      tally.wrong += 1;
      const got = paid.get(`${uid} ${beneficiary} ${token}`.toLowerCase()) ?? 0n;
      if (got < cover) differ(`${beneficiary} acted on ${uid}, was promised ${cover} and got ${got}`);
    }
    for (const { question } of histories) {
      const { state } = rules.standing(question.id);
      if (state === State.verified) tally.ended.verified += 1;
      else if (state === State.fallen) tally.ended.fallen += 1;
      else if (state === State.cancelled) tally.ended.cancelled += 1;
      else if (state !== State.none) differ(`${question.id} doesn't end`);
    }
    for (const holder of ["requests", "cover"] as const)
      for (const token of contracts.addresses.tokens)
        if (rules.heldOf(holder, token) !== 0n) differ(`${holder} keeps ${rules.heldOf(holder, token)} of ${token}`);
  }
}

const nameOf = ({ act, from }: Sent): string => `${act.kind} by ${from}`;

function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.between(0, i);
    [order[i], order[j]] = [order[j] as Item, order[i] as Item];
  }
  return order;
}
