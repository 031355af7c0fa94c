import { enclave } from "../../../sdk/methods/enclave.ts";
import { Reason, Status } from "../../../sdk/protocol.ts";
import { emit } from "../../../test/fixtures/logs.ts";
import { hashOf, POINTS, settle, single } from "../../sync/attestations.ts";
import { at } from "../../sync/deployment.ts";
import type { LedgerScript } from "../../sync/ledger-script.ts";
import type { NewAttestation, Steps } from "../method.ts";

const { id: method, name, abi } = enclave;

/** A unit that an enclave signed. */
export function signed(script: LedgerScript, attestation: NewAttestation): Steps {
  const { uid, attested } = single(script, { ...attestation, method });
  const event = emit(at(name), abi, "EnclaveSigned", { uid, key: hashOf("key", 0) });
  return [
    () => script.record(attested),
    () => script.add(event),
    settle(script, uid, name, Status.verified),
    () => script.award(attestation.prover, uid, Reason.prover, POINTS),
  ];
}
