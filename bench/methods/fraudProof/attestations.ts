import { padHex } from "viem";
import { batchId } from "../../../sdk/commitments.ts";
import { fraudProof } from "../../../sdk/methods/fraudProof.ts";
import { Reason, Status } from "../../../sdk/protocol.ts";
import { emit } from "../../../test/fixtures/logs.ts";
import { hashOf, POINTS, registry, settle, single } from "../../sync/attestations.ts";
import { at, deployment } from "../../sync/deployment.ts";
import type { LedgerScript } from "../../sync/ledger-script.ts";
import type { Claim, Steps } from "../method.ts";

const { id: method, name, abi } = fraudProof;

/** Units in a batch. */
export const BATCH = 8;
/** Bytes of a unit's trace. */
const TRACE = 26;

/** A unit whose trace nobody refuted in time. */
export function traced(script: LedgerScript, claim: Claim): Steps {
  const traceHash = hashOf("trace", script.logs.length);
  const { uid, attested } = single(script, { ...claim, method }, traceHash);
  const trace = emit(at(name), abi, "Traced", { uid, trace: padHex(uid, { size: TRACE + 16 }) });
  return [
    () => script.record(attested),
    () => script.add(trace),
    settle(script, uid, name, Status.verified),
    () => script.award(claim.prover, uid, Reason.prover, POINTS),
  ];
}

/** A batch of units that nobody refuted in time. */
export function batch(script: LedgerScript, claim: Claim): Steps {
  const root = hashOf("root", script.logs.length);
  const stated = { ...claim, method, count: BATCH, root };
  const id = batchId(deployment.chainId, at("AttestationRegistry"), stated);
  const attested = emit(...registry, "BatchAttested", { id, ...stated, traces: padHex(root, { size: TRACE * BATCH }) });
  return [
    () => script.record(attested),
    settle(script, id, name, Status.verified),
    () => script.award(claim.prover, id, Reason.prover, BigInt(BATCH) * POINTS),
  ];
}
