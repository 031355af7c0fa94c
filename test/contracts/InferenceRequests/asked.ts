import type { HardhatEthers, HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import type { Addressable } from "ethers";
import { bytesToHex, type Hex, keccak256, zeroAddress } from "viem";
import { forward } from "../../../inference/integer.ts";
import { disputeRow } from "../../../inference/methods/fraudProof/dispute.ts";
import { buildTraced, traceOf } from "../../../inference/methods/fraudProof/evidence.ts";
import { encodeTensor } from "../../../inference/tensors.ts";
import type { Attestation, Answer as Opened } from "../../../sdk/commitments.ts";
import { addressOf, ETHER, hash, integerLayout, protocol } from "../fixtures.ts";
import { changed, FRAUD, layers, layout, wrongRow } from "../fraud.ts";

/** Numbers of `Status`, of `Finality` and of `RequestState`. */
export const Status = { Pending: 1, Verified: 2, Refuted: 3, Void: 4 };
export const Finality = { Covered: 0, Verified: 1 };
export const State = { None: 0, Open: 1, Accepted: 2, Answered: 3, Covered: 4, Verified: 5, Fallen: 6, Cancelled: 7 };

/** MockMethod's number. */
export const MOCK = 2;

/** The least deposit in these tests, in wei. */
export const FLOOR = 1_000n;

export const ETH = zeroAddress;
export const HOUR = 3_600;

/** Four int8 elements that requests ask about, and what the integer model makes of them. */
const x = Int8Array.of(12, -7, 100, 3);
export const rightTrace = traceOf(forward(layers, x));
/** The same with a wrong output. */
export const wrongTrace = changed(rightTrace, rightTrace.length - 1);
export const input = bytesToHex(encodeTensor({ spec: integerLayout.input, data: new Uint8Array(x.buffer) }));

/** The output's tensor at a trace's end. */
export const outputOf = (trace: Uint8Array): Hex =>
  bytesToHex(encodeTensor({ spec: integerLayout.output, data: trace.slice(-2) }));

/**
 * The protocol with FraudProof as method 3 and a MockMethod, which may end Void, as method 2; Cover and InferenceRequests;
 * a consumer, a token that requester and provers hold and have approved. `other` asks, `prover` and `rival` answer.
 */
export async function requestsProtocol(ethers: HardhatEthers, helpers: NetworkHelpers) {
  const p = await protocol(ethers);
  await p.registry.addMethod(p.fraud);
  await p.method.setCanVoid(true);
  const [rival, challenger, stranger] = p.accounts as [HardhatEthersSigner, HardhatEthersSigner, HardhatEthersSigner];
  const cover = await ethers.deployContract("Cover", [p.registry]);
  const requests = await ethers.deployContract("InferenceRequests", [cover, FLOOR]);
  const consumer = await ethers.deployContract("MockConsumer");
  const token = await ethers.deployContract("MockToken");
  for (const account of [p.prover, rival]) await p.bonds.deposit(p.fraud, account, { value: ETHER });
  for (const account of [p.other, p.prover, rival]) {
    await token.mint(account, 1_000_000);
    for (const spender of [requests, cover]) await token.connect(account).approve(spender, 1_000_000);
  }
  return {
    ...{ ...p, cover, requests, consumer, token, helpers },
    ...{ requester: p.other, rival, challenger, stranger },
  };
}

export type Asked = Awaited<ReturnType<typeof requestsProtocol>>;
export type Request = Awaited<ReturnType<typeof requestOf>>;

/** A request of `requester` for a covered answer in ETH, without a callback; give what differs. */
export async function requestOf(p: Asked, fields: object = {}) {
  const now = await p.helpers.time.latest();
  return {
    requester: p.requester.address,
    modelId: p.integerModel,
    inputHash: keccak256(input),
    methods: 1n << BigInt(FRAUD),
    finality: Finality.Covered,
    token: ETH as string,
    fee: 5_000n,
    cover: 20_000n,
    beneficiary: p.requester.address,
    deadline: BigInt(now + 10 * HOUR),
    answerWindow: BigInt(HOUR),
    callback: ETH as string,
    callbackGas: 0n,
    nonce: 1n,
    provers: [] as string[],
    ...fields,
  };
}

/** Fields of a request for a verified answer under the MockMethod. */
export const verified = { finality: Finality.Verified, cover: 0n, beneficiary: ETH, methods: 1n << BigInt(MOCK) };

/** Fields that make the consumer the callback. */
export const calling = ({ consumer }: Asked, callbackGas = 200_000n) => ({
  callback: addressOf(consumer),
  callbackGas,
});

/** What a transaction that brings money in ETH sends along. */
const valueIn = (token: string, amount: bigint) => (token === ETH ? amount : 0n);

/** The requester sends a request, without an input. */
export const request = (p: Asked, asked: Request) =>
  p.requests.connect(p.requester).request(asked, "0x", { value: valueIn(asked.token, asked.fee) });

/** Asks; returns the request's name. */
export async function ask(p: Asked, asked: Request): Promise<Hex> {
  await request(p, asked);
  return (await p.requests.requestIdOf(asked)) as Hex;
}

/** A prover accepts, with its deposit. */
export async function accept(p: Asked, asked: Request, prover = p.prover) {
  const [value] = await p.requests.depositOf(asked);
  return p.requests.connect(prover).accept(asked, { value });
}

/** u8 2 ‖ the low 31 bytes of the request's name. */
export const contextOf = async (p: Asked, asked: Request): Promise<Hex> =>
  `0x02${(await p.requests.requestIdOf(asked)).slice(4)}`;

/** An attestation that answers a request, under FraudProof if it is accepted; give what differs of its fields. */
export async function answerTo(
  p: Asked,
  asked: Request,
  { trace = rightTrace, prover = p.prover, method = methodOf(asked), salt = hash("salt"), ...fields }: Answering = {},
) {
  const run = { prover: addressOf(prover), method, modelId: p.integerModel, context: await contextOf(p, asked) };
  const built = buildTraced(layout, { ...run, salt, trace });
  const attestation: Attestation = { ...built.attestation, ...fields };
  const uid = (await p.registry.uidOf(attestation)) as Hex;
  return { ...built, attestation, trace, uid, signer: prover, output: outputOf(trace) };
}

const methodOf = ({ methods }: Request): number => (methods === 1n << BigInt(MOCK) ? MOCK : FRAUD);

interface Answering extends Partial<Omit<Attestation, "prover" | "method">> {
  trace?: Uint8Array;
  prover?: HardhatEthersSigner;
  method?: number;
  salt?: Hex;
}

export type Made = Awaited<ReturnType<typeof answerTo>>;

/** Records an answer's attestation. */
export async function attest({ registry }: Asked, { attestation, answer, evidence, signer }: Made): Promise<void> {
  const { method, modelId, inputHash, context } = attestation;
  await registry.connect(signer).attest(method, modelId, inputHash, context, answer, evidence);
}

/** Locks what a request asks for. */
export async function lock(p: Asked, asked: Request, { uid, signer }: Made, amount = asked.cover) {
  const value = valueIn(asked.token, amount);
  return p.cover.connect(signer).lock(uid, asked.beneficiary, asked.token, amount, { value });
}

/** Sends an answer whose attestation is recorded. */
export const answer = (p: Asked, asked: Request, made: Made, changes: { answer?: Opened; output?: Hex } = {}) =>
  p.requests
    .connect(made.signer)
    .answer(asked, made.attestation, changes.answer ?? made.answer, changes.output ?? made.output);

/** Asks, accepts, attests and locks; what is left is `answer`. */
export async function ready(p: Asked, fields: object = {}, answering: Answering = {}) {
  const asked = await requestOf(p, fields);
  const requestId = await ask(p, asked);
  await accept(p, asked, answering.prover);
  const made = await answerTo(p, asked, answering);
  await attest(p, made);
  if (asked.cover !== 0n) await lock(p, asked, made);
  return { asked, requestId, made };
}

/** Asks and answers. */
export async function answered(p: Asked, fields: object = {}, answering: Answering = {}) {
  const all = await ready(p, fields, answering);
  await answer(p, all.asked, all.made);
  return all;
}

/** Sends `settle` of a request's answer. */
export const settle = ({ requests }: Asked, asked: Request, { uid, output }: Made) =>
  requests.settle(asked, uid, output);

/** The MockMethod settles an attestation. */
export const decide = ({ method, registry }: Asked, uid: Hex, status: number) =>
  method.execute(
    registry as Addressable,
    registry.interface.encodeFunctionData("settle", [uid, status, addressOf(method)]),
  );

/** The challenger refutes an answer that is wrong. */
export const refute = ({ fraud, challenger }: Asked, { attestation, answer: opened, trace }: Made) =>
  fraud.connect(challenger).refute(attestation, opened, trace, disputeRow(layout, layers, wrongRow(trace)));

/** FraudProof's window passes, and the attestation is Verified. */
export async function verify({ fraud, helpers }: Asked, { uid }: Made): Promise<void> {
  await helpers.time.increase(HOUR);
  await fraud.settle(uid);
}
