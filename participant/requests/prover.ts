import { randomBytes } from "node:crypto";
import { bytesToHex, formatEther, type Hex, isAddressEqual, size } from "viem";
import { InvalidModelError } from "../../inference/failures.ts";
import { checkInput, decodeTensor, encodeTensor, InvalidRunError } from "../../inference/tensors.ts";
import type { SingleState } from "../../sdk/attestations.ts";
import type { Call } from "../../sdk/calls.ts";
import { contractOf, hasContract } from "../../sdk/client.ts";
import { attestationUid } from "../../sdk/commitments.ts";
import { checkContent, cidOfKeccak256 } from "../../sdk/content.ts";
import { tensorHeader } from "../../sdk/layouts.ts";
import { methodById, partOf } from "../../sdk/methods/index.ts";
import { Status } from "../../sdk/protocol.ts";
import {
  acceptCall,
  answerCall,
  cover,
  inferenceRequests,
  lockCoverCall,
  readDeposit,
  withdrawCall,
} from "../../sdk/requests/contracts.ts";
import { type AskedRequest, creditKey } from "../../sdk/requests/fold.ts";
import { ETH, Finality, methodsIn, type Request, RequestState, requestContext } from "../../sdk/requests/request.ts";
import type { ChainState } from "../chainState.ts";
import { ensureDeposit } from "../deposits.ts";
import { type Job, type Participant, unlessDone } from "../jobs.ts";
import { participantMethods } from "../methods/index.ts";
import type { Answering, ParticipantMethod, PreparedAnswer, Tools } from "../methods/method.ts";
import { TooPoorError, TryAgainError } from "../sender.ts";

/** Which requests a prover takes. */
export interface RequestLimits {
  /**
   * The least that is left of a fee, in wei, once what the request makes dear is paid: its callback's gas and that of its
   * bytes at twice the base fee, and what its method takes.
   */
  minFee: bigint;
  /** The most cover that is locked and promised at once, in wei. */
  maxCover: bigint;
}

export interface RequestProverOptions
  extends Pick<Tools, "client" | "sender" | "journal" | "content" | "leaving" | "report">,
    RequestLimits {
  /** Models that are asked about. */
  models: Tools["strangers"];
}

/** Seconds in which a transaction is mined: a slow chain's block, and some. */
const SLACK = 15n;
/** Transactions from an acceptance to its answer, itself included: a deposit, the attestation, its cover, the answer. */
const TRANSACTIONS = 5n;
/** The fewest of them for which an attestation is begun. */
const LAST_TRANSACTIONS = 2n;

/** Gas of all of them, long bytes and callbacks aside: about 400,000 (docs/performance.md). */
const GAS = 500_000n;
/** Gas for a byte of a call: 40 by EIP-7623 at the most, and 8 where it is logged. */
const GAS_PER_BYTE = 50n;
/** Bytes of a call that fit a transaction's 128 KiB and, beside a callback, its 2^24 gas. */
const MOST_BYTES = 120_000;

/** The most blocks for which a request rests that couldn't be tried. */
const LONGEST_REST = 1024n;

/** Errors after another account's transaction, or when it is too late. */
const ACCEPTED_ELSEWHERE = ["WrongState", "MayNotAnswer", "TooLate", "StillAnswering"];

/** Money is withdrawn once it is this many times the gas of it. */
const WORTHWHILE = 20n;
const WITHDRAWAL_GAS = 50_000n;

/** A run for a request, with all that its answer needs. */
interface Run extends PreparedAnswer {
  /** The output's header and data. */
  tensor: Hex;
}

/**
 * Answers requests for the models that the sender can run: runs the model before it accepts, then attests, locks the cover,
 * answers, and withdraws what it earned. Only requests paid in ETH. An answer's salt is in the journal before anything is
 * sent, the rest follows from the chain, so it goes on where it stopped. A request that can't be tried now, because its input
 * is missing, say, rests while others are accepted.
 */
export function createRequestProver(options: RequestProverOptions): Participant {
  const { client, sender, journal, content, models, leaving, report, minFee, maxCover } = options;
  const { chainId } = client.deployment;
  const registry = client.contracts.attestationRegistry.address;
  const requests = contractOf(client, inferenceRequests).address;
  const covers = contractOf(client, cover).address;
  const account = sender.account.address;
  const name = `request prover ${account}`;
  const answerings = new Map<number, Answering>();
  /** Requests that this account can't or won't answer. */
  const declined = new Set<Hex>();
  /** Requests that couldn't be tried: the block from which they are again, and for how many blocks they rest. */
  const resting = new Map<Hex, { until: bigint; length: bigint }>();
  /** Runs of requests that are being answered. */
  const runs = new Map<Hex, Run>();
  // One request is accepted at a time, and shown before the next: two could promise more cover than there may be.
  let accepting = false;
  let acceptedIn = 0n;
  /** The blocks in which money was withdrawn last, by contract. */
  const withdrawnIn = new Map<string, bigint>();
  let head = 0n;

  const answeringOf = (method: number): Answering | undefined => {
    const known = methodById(method);
    if (known === undefined || !hasContract(client, known)) return undefined;
    const found =
      answerings.get(method) ??
      partOf<ParticipantMethod>(participantMethods, method)?.createAnswering?.(client, content);
    if (found !== undefined) answerings.set(method, found);
    return found;
  };

  /** The salt of an answer that was prepared and never recorded, or a new one. */
  const saltFor = (context: Hex, method: number, recorded: readonly SingleState[]): Hex =>
    journal
      .attestationsOf(chainId, registry, account)
      .find(
        ({ uid, attestation }) =>
          attestation.context === context && attestation.method === method && !recorded.some(({ id }) => id === uid),
      )?.answer.salt ?? bytesToHex(randomBytes(32));

  /** The run and its attestation, whose answer is in the journal before it is returned. */
  const prepare = async ({ request, requestId, input }: AskedRequest, method: number, salt: Hex): Promise<Run> => {
    const known = runs.get(requestId);
    if (known?.attestation.method === method && known.answer.salt === salt) return known;
    const answering = answeringOf(method);
    if (answering === undefined) throw new InvalidModelError(`Nothing is known here of method ${method}.`);
    const { modelId, inputHash } = request;
    const model = await models.open(modelId);
    const cid = cidOfKeccak256(inputHash);
    const { spec, data } = decodeTensor(input.length > 0 ? checkContent(cid, input) : await content.get(cid));
    const { layout } = model;
    if (bytesToHex(tensorHeader(spec)) !== bytesToHex(tensorHeader(layout.input)))
      throw new InvalidRunError(`Its input is no input of model ${modelId}.`);
    checkInput(layout.input, data);
    const context = requestContext(requestId);
    const prepared = await answering.prepare({ prover: account, model, input: data, context, salt });
    const { attestation, answer, output } = prepared;
    const uid = attestationUid(chainId, registry, attestation);
    journal.keepAttestation({ chainId, registry, uid, attestation, answer });
    const run = { ...prepared, tensor: bytesToHex(encodeTensor({ spec: layout.output, data: output })) };
    runs.set(requestId, run);
    return run;
  };

  /** The fastest of a request's methods whose answer is open within some seconds, and how many it takes. */
  const chooseMethod = async ({ methods }: Request, within: bigint) => {
    const timed = await Promise.all(
      methodsIn(methods).map(async (method) => ({ method, seconds: await answeringOf(method)?.seconds() })),
    );
    const inTime = timed.flatMap(({ method, seconds }) =>
      seconds !== undefined && seconds <= within ? [{ method, seconds }] : [],
    );
    return inTime.sort((a, b) => Number(a.seconds - b.seconds))[0];
  };

  const answerWith = (request: Request, { attestation, answer, tensor }: Run): Call =>
    answerCall(client, request, attestation, answer, tensor);

  /** Gas that a request makes an answer cost beside {@link GAS}. */
  const gasBeside = (request: Request, run: Run): bigint =>
    BigInt(request.callbackGas) + GAS_PER_BYTE * BigInt(size(run.call.data) + size(answerWith(request, run).data));

  /** Why a request isn't worth what its run would cost, or can't be answered at all; undefined if it is. */
  const objection = (request: Request, run: Run, baseFee: bigint): string | undefined => {
    const longest = Math.max(size(run.call.data), size(answerWith(request, run).data));
    if (longest > MOST_BYTES) return `To answer it takes a call of ${longest} bytes, too many for a transaction.`;
    const cost = run.cost + gasBeside(request, run) * 2n * baseFee;
    return request.fee < minFee + cost
      ? `Its fee is ${request.fee} wei, its cost ${cost} wei; that leaves too little.`
      : undefined;
  };

  /** Throws unless the account can pay for an answer and for those that it owes already. */
  const requireMoney = async (asked: AskedRequest, run: Run, deposit: bigint, { owed, own, baseFee }: Duties) => {
    const { holder, amount } = run.bond;
    const args = [holder, account] as const;
    const [{ free }, balance] = await Promise.all([
      client.rpc.readContract({ ...client.contracts.bonds, functionName: "bondOf", args }),
      client.rpc.getBalance({ address: account }),
    ]);
    const unattested = owed.filter(({ requestId }) => recordedFor(own, requestId).length === 0);
    const bonds = amount * BigInt(unattested.length + 1);
    const cover = [asked, ...owed].reduce((sum, { request }) => sum + request.cover, 0n);
    const gas = (GAS + gasBeside(asked.request, run)) * 2n * baseFee;
    const needed = deposit + cover + gas + (bonds > free ? bonds - free : 0n);
    if (balance < needed) throw new TooPoorError(account, balance, needed, `answer ${asked.requestId}`);
  };

  const decline = (requestId: Hex, why: string): void => {
    declined.add(requestId);
    report(`${name}: ${requestId} isn't accepted. ${why}`);
  };

  const rest = (requestId: Hex): void => {
    const before = resting.get(requestId)?.length ?? 1n;
    const length = before < LONGEST_REST ? 2n * before : LONGEST_REST;
    resting.set(requestId, { until: head + length, length });
  };

  /** Accepts a request that is tried and found good; returns why it isn't, or undefined. */
  const tryToAccept = async (asked: AskedRequest, duties: Duties): Promise<string | undefined> => {
    const { requestId, request } = asked;
    const window = BigInt(request.answerWindow) - TRANSACTIONS * SLACK;
    const chosen = await chooseMethod(request, window);
    if (chosen === undefined) return "No accepted method answers within its window.";
    const { method, seconds } = chosen;
    const began = performance.now();
    const salt = saltFor(requestContext(requestId), method, recordedFor(duties.own, requestId));
    const run = await prepare(asked, method, salt);
    // A run that a restart forgets is made again.
    const took = BigInt(Math.round((performance.now() - began) / 1_000));
    if (seconds + took > window)
      return `It takes ${seconds + took + TRANSACTIONS * SLACK} s to be answered, more than its window.`;
    const found = objection(request, run, duties.baseFee);
    if (found !== undefined) return found;
    const deposit = await readDeposit(client, request);
    await requireMoney(asked, run, deposit.wei, duties);
    acceptedIn = (await sender.send(acceptCall(client, request, deposit))).blockNumber;
    report(`${name}: ${requestId} is accepted.`);
    return undefined;
  };

  const accept = (asked: AskedRequest, duties: Duties): Job =>
    unlessDone(
      {
        key: `accept ${asked.requestId} ${asked.steps.length}`,
        async run() {
          const { requestId } = asked;
          accepting = true;
          try {
            const why = await tryToAccept(asked, duties);
            if (why === undefined) return;
            decline(requestId, why);
            runs.delete(requestId);
          } catch (error) {
            runs.delete(requestId);
            rest(requestId);
            if (!isUnanswerable(error)) throw error;
            decline(requestId, (error as Error).message);
          } finally {
            accepting = false;
          }
        },
      },
      ACCEPTED_ELSEWHERE,
    );

  const attest = (asked: AskedRequest, own: readonly SingleState[], left: bigint): Job => ({
    key: `attest ${asked.requestId} ${asked.steps.length}`,
    async run() {
      const { requestId, request } = asked;
      const chosen = await chooseMethod(request, left - LAST_TRANSACTIONS * SLACK);
      if (chosen === undefined)
        throw new TryAgainError(`There is too little time left to answer request ${requestId}.`);
      const { method } = chosen;
      const salt = saltFor(requestContext(requestId), method, recordedFor(own, requestId));
      const { call, bond } = await prepare(asked, method, salt);
      await ensureDeposit(client, sender, bond.holder, bond.amount);
      await sender.send(call);
    },
  });

  const answer = (asked: AskedRequest, own: SingleState): Job =>
    unlessDone(
      {
        key: `answer ${asked.requestId} ${own.id} ${own.status}`,
        async run() {
          const { request, requestId } = asked;
          const { salt } = own.answer as NonNullable<SingleState["answer"]>;
          const run = await prepare(asked, own.message.method, salt);
          if (run.attestation.answer !== own.message.answer)
            throw new TryAgainError(`${own.id} attests another answer than this machine's.`);
          if (own.status === Status.pending && request.finality === Finality.covered) await lock(asked, own.id);
          await sender.send(answerWith(request, run));
          runs.delete(requestId);
          report(`${name}: ${requestId} is answered by ${own.id}.`);
        },
      },
      ["WrongState", "TooLate"],
    );

  /**
   * Locks what is missing of the cover that a request asks for. What a process sent just before it was killed isn't seen:
   * then more is locked than is asked for, and comes back with the rest.
   */
  const lock = async ({ request: { beneficiary, token, cover: asked } }: AskedRequest, uid: Hex): Promise<void> => {
    const locked = await client.rpc.readContract({
      ...contractOf(client, cover),
      functionName: "coverOf",
      args: [uid, beneficiary, token],
    });
    if (locked < asked) await sender.send(lockCoverCall(client, uid, beneficiary, token, asked - locked));
  };

  /** The job for a request that this account has accepted; none while it waits. */
  const advance = (asked: AskedRequest, own: readonly SingleState[], now: bigint): Job[] => {
    const since = asked.steps.findLast(({ step }) => step === "accepted")?.blockNumber ?? 0n;
    // One that was made before counts for nothing, nor does one that ended without an answer.
    const made = recordedFor(own, asked.requestId).find(
      ({ status, blockNumber }) => (status === Status.pending || status === Status.verified) && blockNumber >= since,
    );
    if (made === undefined) return [attest(asked, own, BigInt(asked.accepted?.until ?? 0) - now)];
    return made.answer === undefined ? [] : [answer(asked, made)];
  };

  /** Cover that is locked or was promised by accepting. */
  const atRisk = ({ requests }: ChainState): bigint => {
    const locked = [...requests.covers.values()].filter(({ prover, token }) => prover === account && token === ETH);
    const promised = [...requests.byId.values()].filter(
      ({ state, accepted }) => state === RequestState.accepted && accepted?.prover === account,
    );
    return (
      locked.reduce((sum, { amount }) => sum + amount, 0n) +
      promised.reduce((sum, { request }) => sum + request.cover, 0n)
    );
  };

  const isWanted = ({ requestId, request, out }: AskedRequest, state: ChainState): boolean => {
    const { timestamp, baseFeePerGas } = state.head;
    const { token, fee, cover: asked, deadline, answerWindow, callbackGas, provers, requester } = request;
    if (declined.has(requestId) || out.has(account) || token !== ETH || requester === account) return false;
    if (provers.length > 0 && !provers.some((prover) => isAddressEqual(prover, account))) return false;
    if (timestamp + BigInt(answerWindow) + SLACK > deadline) return false;
    if (fee - BigInt(callbackGas) * 2n * (baseFeePerGas ?? 0n) < minFee) return false;
    return asked === 0n || atRisk(state) + asked <= maxCover;
  };

  const withdrawals = ({ requests: { credits }, head: { baseFeePerGas } }: ChainState): Job[] =>
    (
      [
        ["InferenceRequests", requests],
        ["Cover", covers],
      ] as const
    ).flatMap(([contract, address]) => {
      const credit = credits.get(creditKey(address, ETH, account)) ?? 0n;
      if (credit === 0n || credit < WORTHWHILE * WITHDRAWAL_GAS * (baseFeePerGas ?? 0n)) return [];
      const last = withdrawnIn.get(contract) ?? -1n;
      if (last >= head) return [];
      const withdrawal = unlessDone(
        {
          // The same amount may be earned again.
          key: `withdraw ${contract} ${credit} after ${last}`,
          async run() {
            await sender.send(withdrawCall(client, contract, ETH, account));
            report(`${name}: ${formatEther(credit)} ETH are withdrawn from ${contract}.`);
          },
        },
        ["NothingToWithdraw"],
      );
      return [{ ...withdrawal, run: () => withdrawal.run().then(() => void withdrawnIn.set(contract, head)) }];
    });

  return {
    name,
    due(state) {
      head = state.head.number;
      const now = state.head.timestamp;
      const jobs = withdrawals(state);
      const own = [...state.attestations.byId.values()].filter(
        (each): each is SingleState => each.kind === "single" && each.message.prover === account,
      );
      const all = [...state.requests.byId.values()];
      const owed = all.filter((asked) => isAcceptedBy(asked, account, now));
      for (const asked of owed) jobs.push(...advance(asked, own, now));
      if (accepting || acceptedIn > head || leaving?.aborted) return jobs;
      const next = all.find(
        (asked) => isOpen(asked, now) && isWanted(asked, state) && (resting.get(asked.requestId)?.until ?? 0n) <= head,
      );
      const duties = { owed, own, baseFee: state.head.baseFeePerGas ?? 0n };
      return next === undefined ? jobs : [...jobs, accept(next, duties)];
    },
    atStake({ head, requests: { byId } }) {
      const owed = [...byId.values()].filter((asked) => isAcceptedBy(asked, account, head.timestamp));
      return owed.length === 0
        ? undefined
        : `${owed.length} requests are accepted and not answered: their deposits are lost.`;
    },
  };
}

/** What a prover has to do when it looks for another request. */
interface Duties {
  /** Requests that it accepted and hasn't answered. */
  owed: readonly AskedRequest[];
  /** Its attestations. */
  own: readonly SingleState[];
  /** In wei; 0 on a chain without. */
  baseFee: bigint;
}

/** The attestations that name a request. */
const recordedFor = (own: readonly SingleState[], requestId: Hex): SingleState[] => {
  const context = requestContext(requestId);
  return own.filter(({ message }) => message.context === context);
};

/** Whether a prover may still answer the request that it accepted. */
const isAcceptedBy = ({ state, accepted }: AskedRequest, account: Hex, now: bigint): boolean =>
  state === RequestState.accepted && accepted?.prover === account && now < accepted.until;

/** Whether a request can be accepted: it is open, or its prover let its time pass. */
const isOpen = ({ state, accepted }: AskedRequest, now: bigint): boolean =>
  state === RequestState.open || (state === RequestState.accepted && accepted !== undefined && now >= accepted.until);

/** Whether a request has no answer, on any machine. */
const isUnanswerable = (error: unknown): boolean =>
  error instanceof InvalidModelError || error instanceof InvalidRunError || error instanceof RangeError;
