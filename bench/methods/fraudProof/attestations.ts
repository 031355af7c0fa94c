import { hexToBytes, padHex } from "viem";
import { batchId } from "../../../sdk/commitments.ts";
import { fraudProof } from "../../../sdk/methods/fraudProof.ts";
import { Reason, Status } from "../../../sdk/protocol.ts";
import { leavesOf, orderedTree } from "../../../sdk/tree.ts";
import { emit } from "../../../test/fixtures/logs.ts";
import { hashOf, POINTS, registry, settle, single } from "../../sync/attestations.ts";
import { at, deployment } from "../../sync/deployment.ts";
import type { LedgerScript } from "../../sync/ledger-script.ts";
import type { NewAttestation, Steps } from "../method.ts";

const { id: method, name, abi } = fraudProof;

/** Units in a batch. */
export const BATCH = 8;
/** Bytes of a unit's trace. */
const TRACE = 26;

/** A unit whose trace nobody refuted in time. */
export function traced(script: LedgerScript, attestation: NewAttestation): Steps {
  const traceHash = hashOf("trace", script.logs.length);
  const { uid, attested } = single(script, { ...attestation, method }, traceHash);
  const trace = emit(at(name), abi, "Traced", { uid, trace: padHex(uid, { size: TRACE + 16 }) });
  return [
    () => script.record(attested),
    () => script.add(trace),
    settle(script, uid, name, Status.verified),
    () => script.award(attestation.prover, uid, Reason.prover, POINTS),
  ];
}

/** A batch of units that nobody refuted in time. */
export function batch(script: LedgerScript, attestation: NewAttestation): Steps {
  const traces = padHex(hashOf("traces", script.logs.length), { size: TRACE * BATCH });
  const { root } = orderedTree(leavesOf(hexToBytes(traces), BATCH));
  const message = { ...attestation, method, count: BATCH, root };
  const id = batchId(deployment.chainId, at("AttestationRegistry"), message);
  const attested = emit(...registry, "BatchAttested", { id, ...message, traces });
  return [
    () => script.record(attested),
    settle(script, id, name, Status.verified),
    () => script.award(attestation.prover, id, Reason.prover, BigInt(BATCH) * POINTS),
  ];
}
