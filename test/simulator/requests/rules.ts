import type { Address, Hex } from "viem";
import { type Act, Finality, type Holder, type Made, Manners, type Question } from "./acts.ts";
import { ETH, FLOOR, FRAUD, SURE, textOf, WINDOW } from "./contracts.ts";

export const State = { none: 0, open: 1, accepted: 2, answered: 3, covered: 4, verified: 5, fallen: 6, cancelled: 7 };
export const Status = { none: 0, pending: 1, verified: 2, refuted: 3, void: 4 };

/** Below it a consumer can't even look around. */
const LITTLE_GAS = 10_000;

/** What stands of a request. */
export interface Standing {
  state: number;
  prover?: Address;
  acceptedAt: number;
  until: number;
  /** uid and output of the answer. */
  answer?: string;
}

const UNASKED: Standing = { state: State.none, acceptedAt: 0, until: 0 };

/** A call that the rules refuse. */
class Refused extends Error {}

function require(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Refused(what);
}

/** What is said of a transaction: whether it is taken, and the events of the two contracts. */
export interface Outcome {
  ok: boolean;
  events: string[];
}

export type Rules = ReturnType<typeof createRules>;

/**
 * The rules of docs/requests.md, written down a second time: what each call does to requests, cover and money. Everything
 * can be undone, as a call that fails or a block that is replaced is.
 */
export function createRules(hostile: Address) {
  const undo: (() => void)[] = [];
  let events: string[] = [];
  let now = 0;

  /** A table whose writes can be undone. */
  function table<Value>(initial: Value) {
    const rows = new Map<string, Value>();
    return {
      rows,
      get: (key: string): Value => rows.get(key) ?? initial,
      set(key: string, value: Value): void {
        const [had, before] = [rows.has(key), rows.get(key) as Value];
        undo.push(() => (had ? rows.set(key, before) : rows.delete(key)));
        rows.set(key, value);
      },
    };
  }
  const requests = table<Standing>(UNASKED);
  const out = table(false);
  const statuses = table({ status: Status.none, at: 0 });
  const locked = table(0n);
  const owed = table(0n);
  const held = table(0n);
  const manners = table<Manners>(Manners.returns);
  const calls = table<Act | undefined>(undefined);
  const hooks = table<Act | undefined>(undefined);
  const fees = table(0n);
  /** Pulls and callbacks under way; a failed call leaves none behind. */
  const pulling = table(false);
  const calling = table(false);

  function undoTo(mark: number): void {
    while (undo.length > mark) undo.pop()?.();
  }

  /** Makes a call that may fail, alone. */
  function attempt(call: () => void): boolean {
    const [mark, said] = [undo.length, events.length];
    try {
      call();
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      undoTo(mark);
      events.length = said;
      return false;
    }
  }

  const say = (holder: Holder, name: string, args: Record<string, unknown>) => events.push(textOf(holder, name, args));

  /* MONEY */

  function credit(holder: Holder, token: Address, account: Address, amount: bigint): void {
    if (amount === 0n) return;
    owed.set(`${holder} ${token} ${account}`, owed.get(`${holder} ${token} ${account}`) + amount);
    say(holder, "Credited", { account, token, amount });
  }

  const gain = (holder: Holder, token: Address, amount: bigint) =>
    held.set(`${holder} ${token}`, held.get(`${holder} ${token}`) + amount);

  /** What the hostile token was told to do within its next transfer. */
  function hooked(token: Address): void {
    const act = token === hostile ? hooks.get(token) : undefined;
    if (act === undefined) return;
    hooks.set(token, undefined);
    attempt(() => perform(act, token, false));
  }

  function take(holder: Holder, token: Address, amount: bigint, inEth: bigint, value: bigint): void {
    require(value === (token === ETH ? inEth + amount : inEth), "WrongValue");
    gain(holder, ETH, value);
    if (token === ETH || amount === 0n) return;
    require(!pulling.get(holder), "ReentrancyGuardReentrantCall");
    pulling.set(holder, true);
    const before = held.get(`${holder} ${token}`);
    hooked(token);
    gain(holder, token, amount - (token === hostile ? fees.get(token) : 0n));
    require(held.get(`${holder} ${token}`) - before === amount, "WrongAmount");
    pulling.set(holder, false);
  }

  function withdraw(holder: Holder, token: Address, account: Address, to: Address): void {
    const amount = owed.get(`${holder} ${token} ${account}`);
    require(amount !== 0n, "NothingToWithdraw");
    owed.set(`${holder} ${token} ${account}`, 0n);
    say(holder, "Withdrawn", { account, token, to, amount });
    if (token !== ETH) hooked(token);
    gain(holder, token, -amount);
  }

  /* COVER */

  const keyOf = (uid: Hex, beneficiary: Address, token: Address) => `${uid} ${beneficiary} ${token}`;

  function lock(from: Address, act: Extract<Act, { kind: "lock" }>): void {
    const { made, beneficiary, token, amount } = act;
    require(amount !== 0n, "NoAmount");
    require(statuses.get(made.uid).status === Status.pending, "CantCover");
    require(from === made.attestation.prover, "NotTheProver");
    require([FRAUD, SURE].includes(made.attestation.method), "MethodCanVoid");
    const key = keyOf(made.uid, beneficiary, token);
    locked.set(key, locked.get(key) + amount);
    say("cover", "CoverLocked", { uid: made.uid, beneficiary, token, prover: from, amount });
    take("cover", token, amount, 0n, act.value);
  }

  function settleCover({ uid, attestation }: Made, beneficiary: Address, token: Address): void {
    const { status } = statuses.get(uid);
    require(status > Status.pending, "AttestationNotFinal");
    const amount = locked.get(keyOf(uid, beneficiary, token));
    require(amount !== 0n, "NothingLocked");
    locked.set(keyOf(uid, beneficiary, token), 0n);
    const to = status === Status.verified ? attestation.prover : beneficiary;
    say("cover", "CoverSettled", { uid, beneficiary, token, to, amount });
    credit("cover", token, to, amount);
  }

  /* REQUESTS */

  /** In ETH, and in the request's token. */
  function depositOf({ asked }: Question): [inEth: bigint, amount: bigint] {
    const share = asked.cover / 10n;
    if (asked.token !== ETH) return [FLOOR, share];
    return [share > FLOOR ? share : FLOOR, 0n];
  }

  function creditDeposit(question: Question, account: Address): void {
    const [inEth, amount] = depositOf(question);
    credit("requests", ETH, account, inEth);
    credit("requests", question.asked.token, account, amount);
  }

  function openAgain(question: Question): void {
    const { id, asked } = question;
    const standing = requests.get(id);
    if (standing.state === State.open) return;
    require(standing.state === State.accepted, "WrongState");
    require(now >= standing.until, "StillAnswering");
    requests.set(id, { ...UNASKED, state: State.open });
    out.set(`${id} ${standing.prover}`, true);
    say("requests", "AcceptanceLapsed", { requestId: id, prover: standing.prover });
    creditDeposit(question, asked.requester);
  }

  function request(from: Address, question: Question, value: bigint): void {
    const { id, asked } = question;
    const { requester, modelId, token, fee } = asked;
    require(from === requester, "NotTheRequester");
    require(now + asked.answerWindow <= asked.deadline, "InvalidRequest");
    require(requests.get(id).state === State.none, "WrongState");
    requests.set(id, { ...UNASKED, state: State.open });
    say("requests", "Requested", { requestId: id, requester, modelId });
    take("requests", token, fee, 0n, value);
  }

  function cancel(from: Address, question: Question): void {
    const { id, asked } = question;
    openAgain(question);
    require(from === asked.requester || now >= asked.deadline, "NotTheRequester");
    requests.set(id, { ...UNASKED, state: State.cancelled });
    say("requests", "RequestCancelled", { requestId: id });
    credit("requests", asked.token, asked.requester, asked.fee);
  }

  function accept(from: Address, question: Question, value: bigint): void {
    const { id, asked } = question;
    openAgain(question);
    const until = now + asked.answerWindow;
    require(!out.get(`${id} ${from}`), "MayNotAnswer");
    require(asked.provers.length === 0 || asked.provers.includes(from), "MayNotAnswer");
    require(until <= asked.deadline, "TooLate");
    requests.set(id, { state: State.accepted, prover: from, acceptedAt: now, until });
    say("requests", "RequestAccepted", { requestId: id, prover: from, until });
    const [inEth, amount] = depositOf(question);
    take("requests", asked.token, amount, inEth, value);
  }

  function answer(from: Address, { question, made, output }: Answer, isShort: boolean): void {
    const { id, asked } = question;
    const standing = requests.get(id);
    const { uid, attestation } = made;
    const { status, at } = statuses.get(uid);
    require(standing.state === State.accepted, "WrongState");
    require(from === standing.prover && from === attestation.prover, "MayNotAnswer");
    require(now < standing.until, "TooLate");
    require((asked.methods >> BigInt(attestation.method)) % 2n === 1n, "method");
    require(attestation.context === `0x02${id.slice(4)}`, "context");
    require(status === Status.pending || status === Status.verified, "status");
    require(at >= standing.acceptedAt, "attestedAt");
    require(output === made.output, "WrongOutput");
    const isCovered = status === Status.pending && asked.finality === Finality.covered;
    const cover = locked.get(keyOf(uid, asked.beneficiary, asked.token));
    require(!isCovered || cover >= asked.cover, "CoverTooSmall");

    let state = State.answered;
    if (status === Status.verified) state = State.verified;
    else if (isCovered) state = State.covered;
    requests.set(id, { ...standing, state, answer: `${uid} ${output}` });
    say("requests", "RequestAnswered", { requestId: id, uid, prover: from });
    creditDeposit(question, from);
    const finality = status === Status.verified ? Finality.verified : Finality.covered;
    if (state !== State.answered) deliver(question, uid, from, finality, isShort);
  }

  function settle({ question, made, output }: Answer, isShort: boolean): void {
    const { id, asked } = question;
    const standing = requests.get(id);
    const { state, prover } = standing;
    const { uid } = made;
    const { status } = statuses.get(uid);
    require(state === State.answered || state === State.covered, "WrongState");
    require(standing.answer === `${uid} ${output}`, "answer");
    require(status > Status.pending, "AttestationNotFinal");

    let next = state === State.covered ? State.fallen : State.open;
    if (status === Status.verified) next = State.verified;
    requests.set(id, next === State.open ? { ...UNASKED, state: next } : { ...standing, state: next });
    if (next === State.open && status === Status.refuted) out.set(`${id} ${prover}`, true);
    say("requests", "AnswerSettled", { requestId: id, uid, status, state: next });
    if (next === State.fallen) {
      if (locked.get(keyOf(uid, asked.beneficiary, asked.token)) !== 0n)
        settleCover(made, asked.beneficiary, asked.token);
      callBack(question, isShort);
    } else if (next === State.verified && state === State.answered) {
      deliver(question, uid, prover as Address, Finality.verified, isShort);
    }
  }

  function deliver(question: Question, uid: Hex, prover: Address, finality: Finality, isShort: boolean): void {
    const { id, asked } = question;
    say("requests", "AnswerDelivered", { requestId: id, uid, prover, finality, fee: asked.fee });
    credit("requests", asked.token, prover, asked.fee);
    callBack(question, isShort);
  }

  function callBack({ id, asked }: Question, isShort: boolean): void {
    const { callback, callbackGas } = asked;
    if (callback === ETH) return;
    require(!pulling.get("requests"), "ReentrancyGuardReentrantCall");
    // What a callback is given isn't enough for another's promise.
    require(!isShort && !(calling.get("") && callbackGas > LITTLE_GAS), "NotEnoughGas");
    const succeeded = attempt(() => {
      require(callbackGas > LITTLE_GAS, "no gas");
      const act = calls.get(callback);
      if (act !== undefined) {
        const isNested = calling.get("");
        calling.set("", true);
        calls.set(callback, undefined);
        attempt(() => perform(act, callback, false));
        calling.set("", isNested);
      }
      require([Manners.returns, Manners.returnsBomb].includes(manners.get(callback) as 0 | 3), "manners");
    });
    say("requests", "CalledBack", { requestId: id, callback, succeeded });
  }

  /* ATTESTATIONS */

  function conclude({ uid }: Made, status: number): void {
    require(statuses.get(uid).status === Status.pending, "NotPending");
    statuses.set(uid, { ...statuses.get(uid), status });
  }

  /** Whether FraudProof's window for an attestation is over. */
  function isOver({ uid, attestation }: Made): boolean {
    require(attestation.method === FRAUD, "NotOpen");
    return now >= statuses.get(uid).at + WINDOW;
  }

  function perform(act: Act, from: Address, isShort: boolean): void {
    switch (act.kind) {
      case "request":
        request(from, act.question, act.value);
        break;
      case "accept":
        accept(from, act.question, act.value);
        break;
      case "cancel":
        cancel(from, act.question);
        break;
      case "lapse":
        require(requests.get(act.question.id).state === State.accepted, "WrongState");
        openAgain(act.question);
        break;
      case "answer":
        answer(from, act, isShort);
        break;
      case "settle":
        settle(act, isShort);
        break;
      case "attest":
        require(from === act.made.attestation.prover, "another prover's");
        require(statuses.get(act.made.uid).status === Status.none, "AlreadyRecorded");
        statuses.set(act.made.uid, { status: Status.pending, at: now });
        break;
      case "refute":
        require(!isOver(act.made) && !act.made.isRight, "WindowOver or RowIsRight");
        conclude(act.made, Status.refuted);
        break;
      case "confirm":
        require(isOver(act.made), "WindowOpen");
        conclude(act.made, Status.verified);
        break;
      case "decide":
        require(act.made.attestation.method !== FRAUD, "NotTheMethod");
        conclude(act.made, act.status);
        break;
      case "lock":
        lock(from, act);
        break;
      case "settleCover":
        settleCover(act.made, act.beneficiary, act.token);
        break;
      case "withdraw":
        withdraw(act.holder, act.token, act.account, act.account);
        break;
      case "withdrawTo":
        withdraw(act.holder, act.token, from, act.to);
        break;
      case "behave":
        manners.set(act.consumer, act.manners);
        break;
      case "callOn":
        calls.set(act.consumer, act.act);
        break;
      case "charge":
        fees.set(hostile, act.fee);
        break;
      case "hook":
        hooks.set(hostile, act.act);
        break;
    }
  }

  return {
    /** Makes a transaction in a block of this time, in unix seconds. */
    make(time: number, act: Act, from: Address, isShort = false): Outcome {
      now = time;
      events = [];
      const ok = attempt(() => perform(act, from, isShort));
      return { ok, events };
    },
    /** Returns what brings everything back to how it is now. */
    remember(): () => void {
      const mark = undo.length;
      return () => undoTo(mark);
    },
    /** Forgets how to undo what was done. */
    forget: () => void undo.splice(0),
    depositOf,
    standing: (id: Hex): Standing => requests.get(id),
    isOut: (id: Hex, prover: Address): boolean => out.get(`${id} ${prover}`),
    statusOf: (uid: Hex): number => statuses.get(uid).status,
    attestedAt: (uid: Hex): number => statuses.get(uid).at,
    lockedFor: (uid: Hex, beneficiary: Address, token: Address): bigint => locked.get(keyOf(uid, beneficiary, token)),
    owedTo: (holder: Holder, token: Address, account: Address): bigint => owed.get(`${holder} ${token} ${account}`),
    heldOf: (holder: Holder, token: Address): bigint => held.get(`${holder} ${token}`),
    /** What is written down to accounts. */
    owedOf(holder: Holder, token: Address): bigint {
      const rows = [...owed.rows].filter(([key]) => key.startsWith(`${holder} ${token} `));
      return rows.reduce((sum, [, amount]) => sum + amount, 0n);
    },
  };
}

type Answer = Extract<Act, { kind: "answer" | "settle" }>;
