import { type Address, bytesToHex, type Hex, toHex } from "viem";
import { verificationMethodAbi } from "../abi.ts";
import { type Client, contractOf, hasContract, type ModelPublication, readModel } from "../client.ts";
import { tensorHash } from "../commitments.ts";
import { revertDataOf } from "../errors.ts";
import { decodeLayout, type TensorSpec, tensorBytes, tensorHeader } from "../layouts.ts";
import { knownMethods } from "../methods/index.ts";
import type { AnyMethod } from "../methods/method.ts";
import type { CallSender } from "../sending.ts";
import { requestCall } from "./contracts.ts";
import { InvalidWishError } from "./errors.ts";
import {
  ETH,
  Finality,
  type FinalityName,
  MOST_INPUT_BYTES,
  methodBits,
  type Request,
  requestId as requestIdOf,
} from "./request.ts";

/** What somebody wants to know. Money is in wei, or the token's smallest unit. */
export interface Wish {
  modelId: Hex;
  /** The input's raw bytes; or its tensor's hash, where provers get header and data as content. */
  input: Uint8Array | { inputHash: Hex };
  /** When the answer is paid and delivered. */
  finality: FinalityName;
  fee: bigint;
  /** What a prover locks behind a covered answer: at least the fee. */
  cover?: bigint | undefined;
  /** Who gets the cover of a wrong answer; defaults to the account that asks. */
  beneficiary?: Address | undefined;
  /** What fee and cover are paid in; defaults to ETH. A token's fee must be approved to `InferenceRequests` before. */
  token?: Address | undefined;
  /** Numbers of accepted methods; defaults to all that can settle the model and give the finality. */
  methods?: readonly number[] | undefined;
  /** Seconds from acceptance to answer; defaults to ten minutes, or more where the methods take longer. */
  answerWindow?: number | undefined;
  /** Seconds from now in which an answer may come; defaults to three answer windows. */
  within?: number | undefined;
  /** A contract that is told, and the gas that it is given. */
  callback?: { address: Address; gas: number } | undefined;
  /** Who may answer; defaults to anybody. */
  provers?: readonly Address[] | undefined;
}

/** A request that was made. */
export interface Asked {
  requestId: Hex;
  request: Request;
  /** The model's output, as the answer will have it. */
  output: TensorSpec;
  blockNumber: bigint;
  transactionHash: Hex;
}

/** A request that is ready to be sent. */
export interface PreparedRequest extends Pick<Asked, "request" | "output"> {
  /** The input's header and data, "0x" where it is content. */
  input: Hex;
}

/**
 * Asks for an inference; `sender` pays the fee. Resolves when the request is mined. Throws an {@link InvalidWishError}
 * before anything is sent, an `UntoldModelError` for a model that nobody published, a `RevertError` where a contract refuses.
 */
export async function ask(client: Client, sender: CallSender, wish: Wish, signal?: AbortSignal): Promise<Asked> {
  const prepared = await prepareRequest(client, sender.account.address, wish);
  signal?.throwIfAborted();
  return sendRequest(client, sender, prepared);
}

/** Sends a prepared request; only its requester can. */
export async function sendRequest(
  client: Client,
  sender: CallSender,
  { request, input, output }: PreparedRequest,
): Promise<Asked> {
  const call = requestCall(client, request, input);
  const { blockNumber, transactionHash } = await sender.send(call);
  const requestId = requestIdOf(client.deployment.chainId, call.to, request);
  return { requestId, request, output, blockNumber, transactionHash };
}

/** Makes a wish a request of `requester`, with what isn't said filled in. Throws as {@link ask} does. */
export async function prepareRequest(client: Client, requester: Address, wish: Wish): Promise<PreparedRequest> {
  const { modelId, finality, fee, token = ETH, callback, provers = [] } = wish;
  const isCovered = finality === "covered";
  const cover = wish.cover ?? 0n;
  if (isCovered && (cover === 0n || cover < fee))
    throw new InvalidWishError(
      "cover",
      `The cover is ${cover}; a covered answer's is at least its fee, ${fee}, and not 0.`,
    );
  if (!isCovered && (cover !== 0n || wish.beneficiary !== undefined))
    throw new InvalidWishError("cover", "Only a covered answer has cover and a beneficiary.");
  const model = await readModel(client, modelId);
  const { input: spec, output } = decodeLayout(model.layout);
  const { inputHash, input } = shownInput(wish.input, spec);
  const methods = wish.methods ?? (await methodsFor(client, model, finality));
  const answerWindow = wish.answerWindow ?? (await windowFor(client, methods));
  const { timestamp } = await client.rpc.getBlock();
  const request: Request = {
    ...{ requester, modelId, inputHash, methods: methodBits(methods), finality: Finality[finality], token, fee, cover },
    beneficiary: isCovered ? (wish.beneficiary ?? requester) : ETH,
    deadline: Number(timestamp) + (wish.within ?? 3 * answerWindow),
    answerWindow,
    callback: callback?.address ?? ETH,
    callbackGas: callback?.gas ?? 0,
    nonce: BigInt(toHex(crypto.getRandomValues(new Uint8Array(16)))),
    provers,
  };
  return { request, input, output };
}

function shownInput(input: Wish["input"], spec: TensorSpec): { inputHash: Hex; input: Hex } {
  if (!(input instanceof Uint8Array)) return { inputHash: input.inputHash, input: "0x" };
  if (input.length !== tensorBytes(spec))
    throw new InvalidWishError(
      "input",
      `The input has ${input.length} bytes; the model's "${spec.name}" takes ${tensorBytes(spec)}.`,
    );
  const header = tensorHeader(spec);
  if (header.length + input.length > MOST_INPUT_BYTES)
    throw new InvalidWishError(
      "input",
      `The input has ${input.length} bytes, too many to be shown with a request: store header and data as content, and give its hash.`,
    );
  return { inputHash: tensorHash(header, input), input: `${bytesToHex(header)}${bytesToHex(input).slice(2)}` };
}

/** Numbers of the deployment's methods that can settle a model's answers and give a finality. */
export async function methodsFor(
  client: Client,
  { modelId, layout }: Pick<ModelPublication, "modelId" | "layout">,
  finality: FinalityName,
): Promise<number[]> {
  const candidates = knownMethods().flatMap(([, method]) => (hasContract(client, method) ? [method] : []));
  const fitting = await Promise.all(
    candidates.map(async (method) => {
      const contract = contractFor(client, method);
      if (finality === "covered" && (await client.rpc.readContract({ ...contract, functionName: "canVoid" })))
        return [];
      try {
        const args = [modelId, bytesToHex(layout)] as const;
        await client.rpc.readContract({ ...contract, functionName: "requireModel", args });
        return [method.id];
      } catch (error) {
        if (revertDataOf(error) === undefined) throw error;
        return [];
      }
    }),
  );
  const found = fitting.flat();
  if (found.length === 0)
    throw new InvalidWishError(
      "finality",
      `No method of this deployment gives ${finality} answers of model ${modelId}.`,
    );
  return found;
}

/** Where any method's shared views are. */
const contractFor = (client: Client, { name }: AnyMethod) => ({
  address: contractOf(client, { name, abi: verificationMethodAbi }).address,
  abi: verificationMethodAbi,
});

const TEN_MINUTES = 600;
const MOST_WINDOW = 30 * 86_400;

/** Ten minutes where a method needs nobody's work to take an answer, else as long as its verification may last. */
async function windowFor(client: Client, methods: readonly number[]): Promise<number> {
  const known = knownMethods().flatMap(([, method]) => (methods.includes(method.id) ? [method] : []));
  const windows = await Promise.all(
    known.map(async (method) => {
      const contract = contractFor(client, method);
      if (!(await client.rpc.readContract({ ...contract, functionName: "canVoid" }))) return TEN_MINUTES;
      return Number(await client.rpc.readContract({ ...contract, functionName: "longest" }));
    }),
  );
  return Math.min(Math.max(TEN_MINUTES, Math.min(...windows, MOST_WINDOW)), MOST_WINDOW);
}
