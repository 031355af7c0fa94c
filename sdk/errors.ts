import {
  type Abi,
  BaseError,
  decodeErrorResult,
  type Hex,
  HttpRequestError,
  isHex,
  parseAbi,
  RpcRequestError,
  SocketClosedError,
  TimeoutError,
} from "viem";
import {
  agentVaultAbi,
  attestationRegistryAbi,
  badgesAbi,
  beaconAbi,
  bondsAbi,
  campaignAbi,
  coverAbi,
  erc8004ValidatorAbi,
  erc8183EvaluatorAbi,
  inferenceRequestsAbi,
  modelRegistryAbi,
  profilesAbi,
  rewardsAbi,
  standingsAbi,
} from "./abi.ts";
import { knownMethods } from "./methods/index.ts";
import { limitOf } from "./refusals.ts";

// A call may be refused by any contract that the called one asks, so one list decodes them all.
const errorsAbi = (): Abi => [
  ...[
    ...[modelRegistryAbi, attestationRegistryAbi, bondsAbi, campaignAbi, beaconAbi],
    ...[standingsAbi, rewardsAbi, badgesAbi, coverAbi, inferenceRequestsAbi, agentVaultAbi],
    ...[erc8183EvaluatorAbi, erc8004ValidatorAbi, profilesAbi],
    ...knownMethods().map(([, { abi }]) => abi),
  ]
    .flat()
    .filter((item) => item.type === "error"),
  ...parseAbi([
    "error AccessManagedUnauthorized(address caller)",
    "error InsufficientBalance(uint256 balance, uint256 needed)",
  ]),
];

/** A contract refused a call with one of its custom errors. */
export class RevertError extends Error {
  override name = "RevertError";
  /** Name of the custom error; "Error" or "Panic" for Solidity's own; undefined where none could be read. */
  readonly errorName: string | undefined;
  readonly args: readonly unknown[];

  /** @param call What was called, as in `commit`. @param data What the call reverted with. */
  constructor(call: string, data: Hex | undefined, options?: ErrorOptions) {
    const { errorName, args, text } = decodeRevert(data);
    super(`${call} was refused: ${text}.`, options);
    this.errorName = errorName;
    this.args = args;
  }
}

/** What a call reverted with, found in an error of viem; undefined when it isn't a revert. */
export function revertDataOf(error: unknown): Hex | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { data } = cause as { data?: unknown };
    const found = typeof data === "object" && data !== null ? (data as { data?: unknown }).data : data;
    if (isHex(found)) return found;
  }
  return undefined;
}

/** Whether an RPC or network failed or asks for patience, so that the same request may succeed later. */
export function isConnectionError(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  const found = error.walk(
    (cause) => cause instanceof HttpRequestError || cause instanceof TimeoutError || cause instanceof SocketClosedError,
  );
  return found !== null || isThrottled(error);
}

/** Whether an RPC refuses for now, because there were too many requests. */
export function isThrottled(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  const found = error.walk((cause) => cause instanceof RpcRequestError || cause instanceof HttpRequestError);
  if (found instanceof HttpRequestError)
    return limitOf({ status: found.status ?? 0, message: found.details, waits: waitsOf(found) }) === "rate-limited";
  if (!(found instanceof RpcRequestError) || revertDataOf(error) !== undefined) return false;
  return limitOf({ status: 200, code: found.code, message: found.details }) === "rate-limited";
}

const waitsOf = ({ headers }: HttpRequestError): boolean => headers?.has("retry-after") ?? false;

/** One sentence for a person, without a stack, request bodies or library versions. */
export function sentenceOf(error: unknown): string {
  if (isConnectionError(error)) {
    const failed = (error as BaseError).walk((cause) => "url" in (cause as object)) as { url?: string } | null;
    const rpc = failed?.url === undefined ? "The RPC" : `The RPC at ${new URL(failed.url).origin}`;
    return isThrottled(error) ? `${rpc} takes no more requests for now.` : `${rpc} can't be reached.`;
  }
  if (error instanceof BaseError) return error.details ? `${error.shortMessage} ${error.details}` : error.shortMessage;
  return error instanceof Error ? error.message : String(error);
}

function decodeRevert(data: Hex | undefined): {
  errorName: string | undefined;
  args: readonly unknown[];
  text: string;
} {
  if (data === undefined || data === "0x")
    return { errorName: undefined, args: [], text: "it reverted without a reason" };
  try {
    const {
      errorName,
      args = [],
      abiItem,
    } = decodeErrorResult({ abi: errorsAbi(), data }) as {
      errorName: string;
      args?: readonly unknown[];
      abiItem: { inputs?: readonly { name?: string }[] };
    };
    const named = args.map((arg, i) => `${abiItem.inputs?.[i]?.name ?? i}: ${String(arg)}`);
    return { errorName, args, text: `${errorName}(${named.join(", ")})` };
  } catch {
    return { errorName: undefined, args: [], text: `it reverted with ${data}` };
  }
}
