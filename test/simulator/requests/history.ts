import { type Address, keccak256, toHex } from "viem";
import type { Random } from "../random.ts";
import { type Act, type Asked, Finality, type Made, Manners, type Question, type Sent } from "./acts.ts";
import { type Contracts, ETH, FRAUD, SURE, VOID, WINDOW } from "./contracts.ts";
import { type Rules, State, Status } from "./rules.ts";

/** Who takes part. */
export interface Cast {
  /** They ask, and are covered. */
  people: readonly Address[];
  provers: readonly Address[];
  /** Refutes what is wrong, at the latest in its window's last blocks. */
  challenger: Address;
  /** Does what anybody may, and what nobody may. */
  stranger: Address;
}

/** One request and all that is done about it. */
export interface History {
  question: Question;
  made: Made[];
  /** Provers that accept and stay away. */
  absent: ReadonlySet<Address>;
}

/** What a round knows. */
export interface Round {
  random: Random;
  cast: Cast;
  contracts: Contracts;
  rules: Rules;
  /** Time of the block to come, and the longest until the next one, in seconds. */
  time: number;
  longest: number;
}

const CALLBACK_GAS = 500_000;
const bit = (method: number) => 1n << BigInt(method);

/** A request of any kind that can be made. */
export function createHistory({ random, cast, contracts, time }: Round, nonce: bigint): History {
  const { addresses, modelId, inputHash } = contracts;
  const isCovered = random.chance(0.75);
  const methods = isCovered
    ? random.pick([bit(FRAUD), bit(FRAUD), bit(FRAUD), bit(SURE), bit(FRAUD) | bit(SURE)])
    : random.pick([bit(FRAUD), bit(VOID), bit(VOID), bit(FRAUD) | bit(VOID)]);
  const fee = BigInt(random.between(0, 5_000));
  const answerWindow = random.between(60, 1_500);
  const requester = random.pick(cast.people);
  const callback = random.chance(0.6) ? random.pick(addresses.consumers) : ETH;
  const asked: Asked = {
    ...{ requester, modelId, inputHash, methods, fee, answerWindow, callback, nonce },
    finality: isCovered ? Finality.covered : Finality.verified,
    token: random.pick(addresses.tokens),
    cover: isCovered ? fee + BigInt(random.between(1, 20_000)) : 0n,
    beneficiary: isCovered
      ? random.pick([requester, ...cast.people, ...addresses.consumers, cast.provers[0] as Address])
      : ETH,
    deadline: time + answerWindow + random.between(0, 3_000),
    callbackGas: callback === ETH ? 0 : random.pick([CALLBACK_GAS, CALLBACK_GAS, CALLBACK_GAS, 1_000]),
    provers: random.chance(0.2) ? cast.provers.slice(0, random.between(1, 3)) : [],
  };
  const absent = new Set(cast.provers.filter(() => random.chance(0.25)));
  return { question: contracts.question(asked), made: [], absent };
}

/** What is sent about a request for a round's block. */
export function actsOf(history: History, round: Round): Sent[] {
  const { random, rules } = round;
  const { question, made } = history;
  const duties = made
    .filter((one) => mustBeRefuted(one, round))
    .map((one) => by(round.cast.challenger, { kind: "refute", made: one }));
  const { state } = rules.standing(question.id);
  if (isOver(history, rules) && random.chance(0.9)) return [];
  const moves: (() => Sent[])[] = [];
  const maybe = (weight: number, move: () => Sent[]) => {
    for (let i = 0; i < weight; i++) moves.push(move);
  };
  maybe(1, () => []);
  if (state === State.none) maybe(8, () => asking(history, round));
  if (state === State.open) maybe(8, () => accepting(history, round));
  if (state === State.accepted) maybe(12, () => answering(history, round));
  if (state !== State.none) {
    maybe(1, () => ending(history, round));
    maybe(1, () => meddling(history, round));
  }
  if (made.length > 0)
    maybe(state === State.answered || state === State.covered ? 6 : 2, () => concluding(history, round));
  const drawn = Array.from({ length: random.between(1, 2) }, () => random.pick(moves)());
  return [...duties, ...drawn.flat()];
}

/** Whether nothing can happen any more but what is refused. */
function isOver({ question, made }: History, rules: Rules): boolean {
  const { beneficiary, token } = question.asked;
  return (
    rules.standing(question.id).state >= State.verified &&
    made.every(({ uid }) => rules.statusOf(uid) > Status.pending && rules.lockedFor(uid, beneficiary, token) === 0n)
  );
}

const by = (from: Address, act: Act): Sent => ({ from, act });

/** Whether a wrong attestation's window ends so soon that an honest challenger refutes it now. */
function mustBeRefuted({ uid, isRight, attestation }: Made, { rules, time, longest }: Round): boolean {
  if (isRight || attestation.method !== FRAUD || rules.statusOf(uid) !== Status.pending) return false;
  return time + 2 * longest >= rules.attestedAt(uid) + WINDOW;
}

function asking({ question }: History, { random, cast }: Round): Sent[] {
  const { requester, fee, token } = question.asked;
  const value = token === ETH ? fee : 0n;
  const act: Act = { kind: "request", question, value: random.chance(0.05) ? value + 1n : value };
  if (random.chance(0.05)) return [by(cast.stranger, act), by(requester, act)];
  return [by(requester, act)];
}

function accepting(history: History, round: Round): Sent[] {
  const { random, cast, rules } = round;
  const [inEth] = rules.depositOf(history.question);
  const value = random.chance(0.05) ? inEth + 1n : inEth;
  const accept = (prover: Address) => by(prover, { kind: "accept", question: history.question, value });
  const prover = random.pick(cast.provers);
  if (random.chance(0.1)) return [accept(prover), ...attesting(history, round, prover)];
  if (random.chance(0.2)) return [accept(prover), accept(random.pick(cast.provers))];
  return [accept(prover)];
}

/** A new attestation, right or wrong, with its cover. */
function attesting(history: History, round: Round, prover: Address): Sent[] {
  const { random, contracts } = round;
  const { question, made } = history;
  const accepted = [FRAUD, VOID, SURE].filter((method) => question.asked.methods & bit(method));
  const method = random.chance(0.03) ? VOID : random.pick(accepted);
  const salt = keccak256(toHex(`${question.id} ${made.length}`));
  const one = contracts.make(prover, method, question, random.chance(0.5), salt);
  made.push(one);
  const attest = by(prover, { kind: "attest", made: one });
  return random.chance(0.7) ? [attest, ...covering(history, round, one)] : [attest];
}

function covering({ question }: History, { random, cast, contracts }: Round, made: Made): Sent[] {
  const { asked } = question;
  const lock = (amount: bigint, beneficiary = asked.beneficiary, token = asked.token): Sent =>
    by(made.attestation.prover, {
      ...{ kind: "lock", made, beneficiary, token, amount },
      value: token === ETH ? amount : 0n,
    });
  if (asked.cover === 0n) return [];
  if (random.chance(0.1)) return [lock(asked.cover - 1n)];
  if (random.chance(0.1)) return [lock(asked.cover, random.pick(cast.people))];
  if (random.chance(0.1)) return [lock(asked.cover, asked.beneficiary, random.pick(contracts.addresses.tokens))];
  if (random.chance(0.1)) return [lock(1n), lock(asked.cover - 1n)];
  return [lock(asked.cover)];
}

function answering(history: History, round: Round): Sent[] {
  const { random, rules, cast } = round;
  const { question, made, absent } = history;
  const { prover } = rules.standing(question.id);
  if (prover === undefined || absent.has(prover)) return [];
  const own = made.filter(({ attestation }) => attestation.prover === prover);
  const one = own.at(-1);
  if (one === undefined || random.chance(0.1)) return attesting(history, round, prover);
  const sent = (from: Address, answered: Made, output = answered.output): Sent =>
    by(from, { kind: "answer", question, made: answered, output });
  if (random.chance(0.1)) return [sent(random.pick(cast.provers), random.pick(made))];
  if (random.chance(0.05)) return [sent(prover, one, `${one.output}00`)];
  const { callbackGas } = question.asked;
  if (callbackGas === CALLBACK_GAS && random.chance(0.1)) return [{ ...sent(prover, one), isShort: true }];
  const { asked } = question;
  const missing = asked.cover - rules.lockedFor(one.uid, asked.beneficiary, asked.token);
  const cover = missing > 0n && random.chance(0.7) ? covering(history, round, one) : [];
  return [...cover, sent(prover, one)];
}

/** Attestations end, and what follows from that is drawn, in any order, too early and twice. */
function concluding({ question, made }: History, { random, cast, rules }: Round): Sent[] {
  const { asked } = question;
  const one = random.pick(made);
  const { prover, method } = one.attestation;
  const anyone = random.pick([prover, asked.requester, cast.stranger]);
  const settle = by(anyone, { kind: "settle", question, made: one, output: one.output });
  const settleCover = by(anyone, {
    ...{ kind: "settleCover", made: one, beneficiary: asked.beneficiary, token: asked.token },
  });
  const end = (): Sent => {
    if (method !== FRAUD)
      return by(cast.stranger, {
        kind: "decide",
        made: one,
        status: random.pick([Status.verified, Status.refuted, Status.void]),
      });
    if (!one.isRight || random.chance(0.1)) return by(cast.challenger, { kind: "refute", made: one });
    return by(anyone, { kind: "confirm", made: one });
  };
  const isFinal = rules.statusOf(one.uid) > Status.pending;
  return random.pick([
    () => [end()],
    () => [end(), settle],
    () => [settleCover, end(), settle],
    () => [isFinal && random.chance(0.1) && asked.callbackGas === CALLBACK_GAS ? { ...settle, isShort: true } : settle],
    () => [settleCover],
  ])();
}

function ending({ question }: History, { random, cast }: Round): Sent[] {
  const kind = random.pick(["lapse", "cancel"] as const);
  const isRequester = random.chance(0.1);
  return [by(isRequester ? question.asked.requester : cast.stranger, { kind, question })];
}

/** Withdrawals, consumers and tokens that are told to misbehave, and a request with a field changed. */
function meddling({ question, made }: History, { random, cast, contracts }: Round): Sent[] {
  const { consumers, tokens, hostile } = contracts.addresses;
  const { asked } = question;
  const account = random.pick([asked.requester, asked.beneficiary, ...cast.provers, ...consumers]);
  const [holder, token] = [random.pick(["cover", "requests"] as const), random.pick([asked.token, ...tokens])];
  const withdraw: Act = { kind: "withdraw", holder, token, account };
  const one = made.at(-1);
  const inner: Act[] = [withdraw, { kind: "cancel", question }, { kind: "lapse", question }];
  if (one !== undefined) {
    inner.push({ kind: "settle", question, made: one, output: one.output });
    inner.push({ kind: "settleCover", made: one, beneficiary: asked.beneficiary, token: asked.token });
  }
  const act = random.pick(inner);
  const consumer = random.pick(consumers);
  const changed = contracts.question({ ...asked, cover: asked.cover + 1n });
  return [
    by(
      cast.stranger,
      random.pick<Act>([
        ...([withdraw, withdraw, { kind: "hook", act }, { kind: "callOn", consumer, act }] as const),
        { kind: "behave", consumer, manners: random.pick(Object.values(Manners)) },
        { kind: "behave", consumer, manners: Manners.returns },
        { kind: "charge", fee: token === hostile && random.chance(0.3) ? 1n : 0n },
        { kind: "cancel", question: changed },
      ]),
    ),
  ];
}

/** What is left to be done at the end of a history, a block each: the first before time passes, the others afterwards. */
export const lastActs: ((history: History, round: Round) => Sent[])[] = [
  ({ made }, { cast, rules }) =>
    pendingOf(made, rules)
      .filter(({ isRight, attestation }) => !isRight && attestation.method === FRAUD)
      .map((one) => by(cast.challenger, { kind: "refute", made: one })),
  ({ made }, { cast, rules }) =>
    pendingOf(made, rules).map((one) => {
      const isFraud = one.attestation.method === FRAUD;
      return by(
        cast.stranger,
        isFraud ? { kind: "confirm", made: one } : { kind: "decide", made: one, status: Status.void },
      );
    }),
  ({ question, made }, { cast }) =>
    made.map((one) => by(cast.stranger, { kind: "settle", question, made: one, output: one.output })),
  ({ question: { asked }, made }, { cast, rules, contracts }) =>
    made.flatMap((one) =>
      [asked.beneficiary, ...cast.people].flatMap((beneficiary) =>
        contracts.addresses.tokens
          .filter((token) => rules.lockedFor(one.uid, beneficiary, token) > 0n)
          .map((token) => by(cast.stranger, { kind: "settleCover", made: one, beneficiary, token })),
      ),
    ),
  ({ question }, { cast }) => [by(cast.stranger, { kind: "cancel", question })],
];

const pendingOf = (made: readonly Made[], rules: Rules) =>
  made.filter(({ uid }) => rules.statusOf(uid) === Status.pending);

/** Everybody's money, from every contract. */
export function withdrawals({ cast, contracts, rules }: Round): Sent[] {
  const { tokens, consumers } = contracts.addresses;
  const accounts = [...cast.people, ...cast.provers, ...consumers];
  return (["cover", "requests"] as const).flatMap((holder) =>
    tokens.flatMap((token) =>
      accounts
        .filter((account) => rules.owedTo(holder, token, account) > 0n)
        .map((account) => by(cast.stranger, { kind: "withdraw", holder, token, account })),
    ),
  );
}
