import {
  type Address,
  bytesToHex,
  encodeEventTopics,
  formatLog,
  type Hex,
  keccak256,
  type Log,
  numberToHex,
} from "viem";
import { inferenceRequestsAbi } from "../abi.ts";
import { readAttestation } from "../attestations.ts";
import { type Client, contractOf, hasContract } from "../client.ts";
import { type Answer, type Attestation, answerHash, attestationUid } from "../commitments.ts";
import { decodeTensorHeader, type TensorSpec, tensorBytes } from "../layouts.ts";
import { growingRanges } from "../ranges.ts";
import { cover, inferenceRequests } from "./contracts.ts";
import { UntoldRequestError, WrongAnswerError } from "./errors.ts";
import { type AskedRequest, foldRequests, noRequests } from "./fold.ts";
import { methodsIn, requestContext } from "./request.ts";

/**
 * A request and what became of it, from the chain's events alone. Throws an {@link UntoldRequestError} where the RPC shows
 * none of that name.
 *
 * @param fromBlock The first block that may tell of it; defaults to the deployment's.
 */
export async function readRequest(client: Client, requestId: Hex, fromBlock?: bigint): Promise<AskedRequest> {
  const found = (await fold(client, [null, requestId], fromBlock)).get(requestId);
  if (found === undefined) throw new UntoldRequestError(requestId);
  return found;
}

/** All requests in the order in which they were made. */
export const readRequests = async (client: Client): Promise<AskedRequest[]> => [...(await fold(client, [])).values()];

/**
 * The input's header and data that a request shows on chain, by the context of its answers; undefined where none does, or the
 * deployment has no requests.
 */
export async function readShownInput(client: Client, modelId: Hex, context: Hex): Promise<Uint8Array | undefined> {
  const shown = await findAsked(client, modelId, context);
  return shown === undefined || shown.input.length === 0 ? undefined : shown.input;
}

/** The output's header and data that an attestation shows on chain as the answer that its request counts; else undefined. */
export async function readShownOutput(
  client: Client,
  { uid, modelId, context }: Record<"uid" | "modelId" | "context", Hex>,
): Promise<Uint8Array | undefined> {
  const found = await findAsked(client, modelId, context);
  const { answer } = found === undefined ? {} : await readRequest(client, found.requestId, found.blockNumber);
  return answer?.uid === uid ? answer.output : undefined;
}

/** A request by the context of its answers, as far as the event tells of it that made it. */
async function findAsked(client: Client, modelId: Hex, context: Hex): Promise<AskedRequest | undefined> {
  if (!hasContract(client, inferenceRequests)) return undefined;
  const asked = await fold(client, [REQUESTED, null, null, modelId]);
  return [...asked.values()].find(({ requestId }) => requestContext(requestId) === context);
}

const [REQUESTED] = encodeEventTopics({ abi: inferenceRequestsAbi, eventName: "Requested" });

/** An answer of fewer logs has room for twice as many blocks. */
const FEW_LOGS = 100;

async function fold(
  client: Client,
  topics: (Hex | null)[],
  fromBlock = BigInt(client.deployment.startBlock),
): Promise<Map<Hex, AskedRequest>> {
  const { rpc, deployment } = client;
  const { address } = contractOf(client, inferenceRequests);
  const toBlock = await rpc.getBlockNumber({ cacheTime: 0 });
  const read = (from: bigint, to: bigint) =>
    rpc.request({
      method: "eth_getLogs",
      params: [{ address, topics, fromBlock: numberToHex(from), toBlock: numberToHex(to) }],
    });
  const requests = noRequests();
  const contracts = { chainId: deployment.chainId, inferenceRequests: address, cover: undefined };
  for await (const { found } of growingRanges(fromBlock, toBlock, read, ({ length }) => length < FEW_LOGS))
    foldRequests(
      requests,
      contracts,
      found.map((log) => formatLog(log) as Log<bigint, number, false>),
    );
  return requests.byId;
}

/** An answer whose every field was compared with its request. */
export interface CheckedAnswer {
  requestId: Hex;
  uid: Hex;
  prover: Address;
  method: number;
  /** The output's shape. */
  output: TensorSpec;
  /** The output's raw bytes. */
  data: Uint8Array;
  outputHash: Hex;
  /** Of its attestation, as the registry counts: `Status`. */
  status: number;
  /** What is locked now for the request's beneficiary, in wei or the token's smallest unit. */
  cover: bigint;
}

/**
 * The answer that counts for a request, checked: the attestation's name from its fields, its prover, method, model, input
 * and context against the request, and the output's bytes against its hash. Undefined while there is none. Throws a
 * {@link WrongAnswerError} where the RPC tells of one that isn't.
 */
export async function readAnswer(client: Client, asked: AskedRequest): Promise<CheckedAnswer | undefined> {
  const { requestId, answer } = asked;
  if (answer === undefined) return undefined;
  const { uid, prover, output: bytes } = answer;
  const state = await readAttestation(client, uid, asked.blockNumber);
  if (state?.kind !== "single" || state.answer === undefined)
    throw new WrongAnswerError(uid, "attestation", "one with its answer open", "none");
  checkAttestation(client, asked, state.message, state.answer);
  const outputHash = keccak256(bytes);
  const [locked, status] = await Promise.all([readCover(client, asked, uid), readStatus(client, uid)]);
  const { spec, length } = decodeTensorHeader(bytes);
  const data = bytes.subarray(length);
  if (data.length !== tensorBytes(spec))
    throw new WrongAnswerError(uid, "output", `${tensorBytes(spec)} bytes`, `${data.length} bytes`);
  const { method } = state.message;
  return { requestId, uid, prover, method, output: spec, data, outputHash, status, cover: locked };
}

function checkAttestation(
  { deployment, contracts }: Client,
  { requestId, request, answer }: AskedRequest,
  attestation: Attestation,
  opened: Answer,
): void {
  const { uid, prover, output } = answer as NonNullable<typeof answer>;
  const registry = contracts.attestationRegistry.address;
  const { method } = attestation;
  const compared: [field: string, expected: string, found: string][] = [
    ["uid", uid, attestationUid(deployment.chainId, registry, attestation)],
    ["prover", prover, attestation.prover],
    ["modelId", request.modelId, attestation.modelId],
    ["inputHash", request.inputHash, attestation.inputHash],
    ["context", requestContext(requestId), attestation.context],
    ["answer", answerHash(prover, opened), attestation.answer],
    ["output's hash", opened.outputHash, keccak256(bytesToHex(output))],
  ];
  for (const [field, expected, found] of compared)
    if (expected !== found) throw new WrongAnswerError(uid, field, expected, found);
  const accepted = methodsIn(request.methods);
  if (!accepted.includes(method)) throw new WrongAnswerError(uid, "method", accepted.join(" or "), String(method));
}

/** An attestation's status, as the registry counts: `Status`. */
export const readStatus = ({ rpc, contracts }: Client, uid: Hex): Promise<number> =>
  rpc.readContract({ ...contracts.attestationRegistry, functionName: "statusOf", args: [uid] });

const readCover = (client: Client, { request: { beneficiary, token } }: AskedRequest, uid: Hex): Promise<bigint> =>
  client.rpc.readContract({
    ...contractOf(client, cover),
    functionName: "coverOf",
    args: [uid, beneficiary, token],
  });
