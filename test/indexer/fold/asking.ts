import { type Hex, keccak256, padHex, toHex, zeroAddress } from "viem";
import { requestIdOf } from "../../../indexer/decode/request.ts";
import { attestationRegistryAbi } from "../../../sdk/abi.ts";
import { type Request, requestContext } from "../../../sdk/requests/request.ts";
import { encodeRequest } from "../asked.ts";
import { accountOf, asking, deployment, type Emitted, emit, FRAUD, MODEL } from "../story.ts";
import { openTold } from "./ending.ts";

const { InferenceRequests, Cover } = asking;
const { AttestationRegistry } = deployment.contracts;

export const [requester, prover, beneficiary, token] = [1, 2, 3, 9].map(accountOf) as [Hex, Hex, Hex, Hex];
export const stranger = accountOf(5);
export const MADE = 1_000;
const WINDOW = 50;
export const UNTIL = MADE + 1 + WINDOW;
export const uid = padHex("0x51", { size: 32 });
export const input = toHex("an input");
export const output = toHex("an output");

/** Asks for an answer that is covered, in ETH, with a deposit of at least 10. */
export const covered: Request = {
  ...{ requester, modelId: MODEL, inputHash: keccak256(input), methods: 1n << BigInt(FRAUD), finality: 0 },
  ...{ token: zeroAddress, fee: 20n, cover: 100n, beneficiary, deadline: MADE + 500, answerWindow: WINDOW },
  ...{ callback: stranger, callbackGas: 90_000, nonce: 0n, provers: [] },
};

/** The same, paid once it is verified. */
export const verified: Request = { ...covered, finality: 1, cover: 0n, beneficiary: zeroAddress };

/** Events about a request and its answer; give what differs from the right ones. */
export function eventsOf(request: Request) {
  const encoded = encodeRequest(request);
  const requestId = requestIdOf(deployment.chainId, InferenceRequests.address, encoded);
  const on = [InferenceRequests.address, InferenceRequests.abi] as const;
  const cover = { uid, beneficiary: request.beneficiary, token: request.token };
  const registry = [AttestationRegistry.address, attestationRegistryAbi] as const;
  return {
    requestId,
    requested: (differing: object = {}) =>
      emit(...on, "Requested", { requestId, requester, modelId: MODEL, request: encoded, input, ...differing }),
    accepted: (differing: object = {}) =>
      emit(...on, "RequestAccepted", { requestId, prover, until: UNTIL, ...differing }),
    lapsed: (differing: object = {}) => emit(...on, "AcceptanceLapsed", { requestId, prover, ...differing }),
    answered: (differing: object = {}) =>
      emit(...on, "RequestAnswered", { requestId, uid, prover, output, ...differing }),
    delivered: (finality: number, differing: object = {}) =>
      emit(...on, "AnswerDelivered", { requestId, uid, prover, finality, fee: request.fee, ...differing }),
    settled: (status: number, state: number, differing: object = {}) =>
      emit(...on, "AnswerSettled", { requestId, uid, status, state, ...differing }),
    calledBack: (differing: object = {}) =>
      emit(...on, "CalledBack", { requestId, callback: request.callback, succeeded: true, ...differing }),
    cancelled: (differing: object = {}) => emit(...on, "RequestCancelled", { requestId, ...differing }),
    attested: (differing: object = {}) =>
      emit(...registry, "Attested", {
        ...{ uid, prover, method: FRAUD, modelId: MODEL, inputHash: request.inputHash },
        ...{
          context: requestContext(requestId),
          outputHash: keccak256(output),
          traceHash: uid,
          salt: uid,
          ...differing,
        },
      }),
    final: (status: number) => emit(...registry, "StatusChanged", { id: uid, status, by: stranger }),
    locked: (amount: bigint, differing: object = {}) =>
      emit(Cover.address, Cover.abi, "CoverLocked", { ...cover, prover, amount, ...differing }),
    coverSettled: (to: Hex, amount: bigint, differing: object = {}) =>
      emit(Cover.address, Cover.abi, "CoverSettled", { ...cover, to, amount, ...differing }),
  };
}

/** That a contract wrote money down to an account, or paid it out. */
export const paid = (
  contract: keyof typeof asking,
  eventName: "Credited" | "Withdrawn",
  account: Hex,
  amount: bigint,
  of: Hex = zeroAddress,
): Emitted => {
  const { address, abi } = asking[contract];
  const to = eventName === "Withdrawn" ? { to: stranger } : {};
  return emit(address, abi, eventName, { account, token: of, amount, ...to } as never);
};

/** A database with a request in it that was made, and whatever follows a second later, in a block each. */
export function openAsked(request: Request, ...blocks: Emitted[][]) {
  const told = openTold();
  const events = eventsOf(request);
  told.tell(MADE, events.requested());
  for (const logs of blocks) told.tell(MADE + 1, ...logs);
  return { ...told, ...events, request: () => told.readers.requests.request(events.requestId) };
}
