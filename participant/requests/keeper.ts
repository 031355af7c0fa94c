import { bytesToHex, type Hex } from "viem";
import type { Client } from "../../sdk/client.ts";
import { Status } from "../../sdk/protocol.ts";
import { lapseCall, settleCoverCall, settleRequestCall } from "../../sdk/requests/contracts.ts";
import type { AskedRequest, LockedCover } from "../../sdk/requests/fold.ts";
import { RequestState } from "../../sdk/requests/request.ts";
import type { ChainState } from "../chainState.ts";
import { type Job, type Participant, unlessDone } from "../jobs.ts";
import type { Sender } from "../sender.ts";

/** Errors after somebody else's transaction. */
const DONE = ["WrongState", "NotAnAnswer", "NothingLocked", "StillAnswering"];

/**
 * Draws the consequences for everybody: opens requests again whose prover let its time pass, settles requests and cover whose
 * attestations are final. A callback's gas is the sender's, so requests with one are settled only for its own account; not for a
 * beneficiary, which anyone may name, and which has its cover without the request.
 */
export function createRequestKeeper(client: Client, sender: Sender): Participant {
  const account = sender.account.address;
  const once = (job: Job): Job => unlessDone(job, DONE);

  const lapse = ({ requestId, request, steps }: AskedRequest): Job =>
    once({
      key: `lapse ${requestId} ${steps.length}`,
      run: async () => void (await sender.send(lapseCall(client, request))),
    });

  const settle = ({ requestId, request, answer }: AskedRequest): Job[] =>
    answer === undefined
      ? []
      : [
          once({
            key: `settle ${requestId} ${answer.uid}`,
            run: async () =>
              void (await sender.send(settleRequestCall(client, request, answer.uid, bytesToHex(answer.output)))),
          }),
        ];

  const settleCover = ({ uid, beneficiary, token }: LockedCover): Job =>
    once({
      key: `settle cover ${uid} ${beneficiary} ${token}`,
      run: async () => void (await sender.send(settleCoverCall(client, uid, beneficiary, token))),
    });

  const isOurs = ({ request, answer }: AskedRequest): boolean =>
    request.callbackGas === 0 || [request.requester, answer?.prover].some((party) => party === account);

  return {
    name: `request keeper ${account}`,
    due({ head, attestations, requests }: ChainState) {
      const isFinal = (uid: Hex): boolean => (attestations.byId.get(uid)?.status ?? Status.none) > Status.pending;
      const all = [...requests.byId.values()];
      const lapsed = all.filter(
        ({ state, accepted }) =>
          state === RequestState.accepted && accepted !== undefined && head.timestamp >= accepted.until,
      );
      const final = all.filter(
        (asked) =>
          (asked.state === RequestState.answered || asked.state === RequestState.covered) &&
          asked.answer !== undefined &&
          isFinal(asked.answer.uid) &&
          isOurs(asked),
      );
      // A request that falls settles its cover itself.
      const settling = new Set(final.map(({ answer }) => answer?.uid));
      const covers = [...requests.covers.values()].filter(({ uid }) => isFinal(uid) && !settling.has(uid));
      return [...lapsed.map(lapse), ...final.flatMap(settle), ...covers.map(settleCover)];
    },
  };
}
