import { randomBytes } from "node:crypto";
import { bytesToHex, formatEther, type Hex, isAddressEqual } from "viem";
import { InvalidModelError } from "../../inference/failures.ts";
import { checkInput, decodeTensor, encodeTensor, hashTensor, InvalidRunError } from "../../inference/tensors.ts";
import type { SingleState } from "../../sdk/attestations.ts";
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
import { ETH, Finality, methodsIn, RequestState, requestContext } from "../../sdk/requests/request.ts";
import type { ChainState } from "../chainState.ts";
import { ensureDeposit } from "../deposits.ts";
import { type Job, type Participant, unlessDone } from "../jobs.ts";
import { participantMethods } from "../methods/index.ts";
import type { Answering, ParticipantMethod, PreparedAnswer, Tools } from "../methods/method.ts";
import { TryAgainError } from "../sender.ts";

/** Which requests a prover takes. */
export interface RequestLimits {
  /** The least that is left of a fee once its callback's gas is paid at twice the base fee, in wei. */
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

/** Seconds that a transaction may take to be mined. */
const SLACK = 5n;

/** Errors after another account's transaction, or when it is too late. */
const ACCEPTED_ELSEWHERE = ["WrongState", "MayNotAnswer", "TooLate", "StillAnswering"];

/** Money is withdrawn once it is this many times the gas of it. */
const WORTHWHILE = 20n;
const WITHDRAWAL_GAS = 50_000n;

/**
 * Answers requests for the models that the sender can run: runs the model before it accepts, then attests, locks the cover,
 * answers, and withdraws what it earned. Only requests paid in ETH. An answer's salt is in the journal before anything is
 * sent, the rest follows from the chain, so it goes on where it stopped.
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
      answerings.get(method) ?? partOf<ParticipantMethod>(participantMethods, method)?.createAnswering?.(client);
    if (found !== undefined) answerings.set(method, found);
    return found;
  };

  /** The run and its attestation: with the salt of an earlier start, or a new one that is stored before it is returned. */
  const prepare = async ({ request, requestId, input }: AskedRequest, method: number): Promise<PreparedAnswer> => {
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
    const kept = journal
      .attestationsOf(chainId, registry, account)
      .find(({ attestation }) => attestation.context === context && attestation.method === method);
    const salt = kept?.answer.salt ?? bytesToHex(randomBytes(32));
    const prepared = await answering.prepare({ prover: account, model, input: data, context, salt });
    const { attestation, answer } = prepared;
    const uid = attestationUid(chainId, registry, attestation);
    if (kept === undefined) journal.keepAttestation({ chainId, registry, uid, attestation, answer });
    return prepared;
  };

  /** The method to answer a request by: the fastest of those that can, within its window. */
  const chooseMethod = async ({ request }: AskedRequest): Promise<number | undefined> => {
    const timed = await Promise.all(
      methodsIn(request.methods).map(async (method) => ({ method, seconds: await answeringOf(method)?.seconds() })),
    );
    const inTime = timed.flatMap(({ method, seconds }) =>
      seconds !== undefined && seconds + 4n * SLACK <= request.answerWindow ? [{ method, seconds }] : [],
    );
    return inTime.sort((a, b) => Number(a.seconds - b.seconds))[0]?.method;
  };

  const decline = (requestId: Hex, why: string): void => {
    declined.add(requestId);
    report(`${name}: ${requestId} isn't accepted. ${why}`);
  };

  const accept = (asked: AskedRequest): Job =>
    unlessDone(
      {
        key: `accept ${asked.requestId} ${asked.steps.length}`,
        async run() {
          const { requestId, request } = asked;
          accepting = true;
          try {
            const method = await chooseMethod(asked);
            if (method === undefined) return decline(requestId, "No accepted method answers within its window.");
            await prepare(asked, method);
            const deposit = await readDeposit(client, request);
            acceptedIn = (await sender.send(acceptCall(client, request, deposit))).blockNumber;
            report(`${name}: ${requestId} is accepted.`);
          } catch (error) {
            if (!isUnanswerable(error)) throw error;
            decline(requestId, (error as Error).message);
          } finally {
            accepting = false;
          }
        },
      },
      ACCEPTED_ELSEWHERE,
    );

  const attest = (asked: AskedRequest): Job => ({
    key: `attest ${asked.requestId}`,
    async run() {
      const method = await chooseMethod(asked);
      if (method === undefined) throw new TryAgainError(`No method answers request ${asked.requestId} any more.`);
      const { call, bond } = await prepare(asked, method);
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
          const opened = own.answer as NonNullable<SingleState["answer"]>;
          const { output, attestation } = await prepare(asked, own.message.method);
          const { layout } = await models.open(request.modelId);
          const tensor = { spec: layout.output, data: output };
          if (hashTensor(tensor) !== opened.outputHash || attestation.answer !== own.message.answer)
            throw new TryAgainError(`${own.id} attests another answer than this machine's.`);
          if (own.status === Status.pending && request.finality === Finality.covered) await lock(asked, own.id);
          await sender.send(answerCall(client, request, own.message, opened, bytesToHex(encodeTensor(tensor))));
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
  const advance = (asked: AskedRequest, own: readonly SingleState[]): Job[] => {
    const context = requestContext(asked.requestId);
    const made = own.find(
      ({ message, status }) => message.context === context && (status === Status.pending || status === Status.verified),
    );
    if (made === undefined) return [attest(asked)];
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
      for (const asked of all) if (isAcceptedBy(asked, account, now)) jobs.push(...advance(asked, own));
      if (accepting || acceptedIn > state.head.number || leaving?.aborted) return jobs;
      const next = all.find((asked) => isOpen(asked, now) && isWanted(asked, state));
      return next === undefined ? jobs : [...jobs, accept(next)];
    },
    atStake({ head, requests: { byId } }) {
      const owed = [...byId.values()].filter((asked) => isAcceptedBy(asked, account, head.timestamp));
      return owed.length === 0
        ? undefined
        : `${owed.length} requests are accepted and not answered: their deposits are lost.`;
    },
  };
}

/** Whether a prover may still answer the request that it accepted. */
const isAcceptedBy = ({ state, accepted }: AskedRequest, account: Hex, now: bigint): boolean =>
  state === RequestState.accepted && accepted?.prover === account && now < accepted.until;

/** Whether a request can be accepted: it is open, or its prover let its time pass. */
const isOpen = ({ state, accepted }: AskedRequest, now: bigint): boolean =>
  state === RequestState.open || (state === RequestState.accepted && accepted !== undefined && now >= accepted.until);

/** Whether a request has no answer, on any machine. */
const isUnanswerable = (error: unknown): boolean =>
  error instanceof InvalidModelError || error instanceof InvalidRunError || error instanceof RangeError;
