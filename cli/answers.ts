import { formatEther } from "viem";
import type { Tensor } from "../inference/tensors.ts";
import { assuranceOf } from "../sdk/assurance.ts";
import { judgedOf, readAttestation } from "../sdk/attestations.ts";
import type { Client } from "../sdk/client.ts";
import { methodName } from "../sdk/methods/index.ts";
import { Status, statusName } from "../sdk/protocol.ts";
import type { AskedRequest } from "../sdk/requests/fold.ts";
import type { CheckedAnswer } from "../sdk/requests/read.ts";
import { ETH, Finality, finalityName, methodsIn, type Request, requestStateName } from "../sdk/requests/request.ts";
import { utc, wrap } from "./format.ts";
import { showTensor, tensorJson } from "./tensors.ts";

/** An amount in ETH, or in a token's smallest unit. */
export const money = (amount: bigint, token: string): string =>
  token === ETH ? `${formatEther(amount)} ETH` : `${amount} of token ${token}`;

/** An answer with what is proven of it, what isn't, and what its cover is worth to whom. */
export interface Receipt {
  /** Lines of at most 100 columns whose texts begin in column 13. */
  lines: string[];
  json: object;
}

/** What a checked answer to a request says, and what it proves. */
export async function receiptOf(client: Client, asked: AskedRequest, answer: CheckedAnswer): Promise<Receipt> {
  const { uid, prover, method, output: spec, data, outputHash, status } = answer;
  const attestation = await readAttestation(client, uid, asked.blockNumber);
  const judged = attestation && judgedOf(attestation);
  const { proven, notProven } = judged
    ? assuranceOf(method, judged, attestation.detail)
    : { proven: "Nothing.", notProven: "That the answer is true." };
  const tensor: Tensor = { spec, data };
  const covered = coverSentence(asked.request, answer);
  return {
    lines: [
      `Answer       ${uid}`,
      `Prover       ${prover}`,
      `Method       ${method} (${methodName(method)}), ${statusName(status)}`,
      `Output       ${showTensor(tensor, 13)}`,
      ...(covered === undefined ? [] : [`Cover        ${wrap(covered, 13)}`]),
      `Proven       ${wrap(proven, 13)}`,
      `Not proven   ${wrap(notProven, 13)}`,
    ],
    json: {
      ...{ uid, prover, method, status: statusName(status), outputHash },
      output: tensorJson(tensor),
      ...{ cover: answer.cover, coverage: covered ?? null, proven, notProven },
    },
  };
}

/** Who gets what if the answer turns out wrong; undefined where nothing is covered. */
function coverSentence(
  { requester, beneficiary, token, finality }: Request,
  answer: CheckedAnswer,
): string | undefined {
  if (finality !== Finality.covered) return undefined;
  const { prover, cover, status } = answer;
  if (status === Status.verified) return "Over: the answer is right, the cover is its prover's again.";
  if (status === Status.refuted) return `Due: the answer is wrong, and ${beneficiary} gets what its prover locked.`;
  if (beneficiary === prover) return `None: the beneficiary is the prover itself, who covers nobody.`;
  const whose = beneficiary === requester ? "the account that asked" : beneficiary;
  return `${money(cover, token)} go to ${whose} if the answer turns out wrong.`;
}

/** What a request asks for, in lines whose texts begin in column 13. */
export function requestLines({ requestId, request, state }: AskedRequest, model: string): string[] {
  const { requester, fee, cover, token, finality, methods, deadline, provers } = request;
  const price = cover > 0n ? `${money(fee, token)}, with a cover of ${money(cover, token)}` : money(fee, token);
  return [
    `Request      ${requestId}`,
    `State        ${requestStateName(state)}`,
    `Asked by     ${requester}`,
    `Model        ${model}`,
    `Asks for     a ${finalityName(finality)} answer, by ${methodsIn(methods).map(methodName).join(" or ")}`,
    `Pays         ${price}`,
    `Deadline     ${utc(deadline)}`,
    ...(provers.length > 0 ? [`Provers      ${provers.join("\n             ")}`] : []),
  ];
}

/** What a request asks for, as JSON. */
export function requestJson({ requestId, request, state, accepted, steps, blockNumber }: AskedRequest): object {
  const { methods, finality, ...asked } = request;
  return {
    ...{ requestId, state: requestStateName(state) },
    request: { ...asked, methods: methodsIn(methods), finality: finalityName(finality) },
    ...{ accepted: accepted ?? null, steps, blockNumber },
  };
}
