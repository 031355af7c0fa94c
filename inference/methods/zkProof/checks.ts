import { type Hex, hexToBytes, keccak256 } from "viem";
import { detailOf, type SingleState } from "../../../sdk/attestations.ts";
import { type Client, contractOf, type ModelPublication } from "../../../sdk/client.ts";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import { decodeLayout } from "../../../sdk/layouts.ts";
import { zkProof as protocol } from "../../../sdk/methods/zkProof.ts";
import { hashTensor } from "../../tensors.ts";
import type { Checker, CheckKind } from "../../verify/checks.ts";
import type { InferenceMethod } from "../method.ts";
import { decodeEvidence } from "./evidence.ts";
import { decodeKey, decodeProof, type VerifyingKey } from "./key.ts";
import { publicSignals } from "./signals.ts";

const keyCheck: CheckKind = { name: "key", title: "Verifying key", about: "record" };
const proofCheck: CheckKind = { name: "zk", title: "Zero-knowledge proof", about: "record" };

/** A proof is on chain: it is checked again, under the key that the model's name fixes. */
export const zkProof: InferenceMethod = {
  refuses: (_, { verifyingKeyHash }) =>
    verifyingKeyHash === ZERO_HASH ? "It has no circuit: `model circuit` makes one, and its keys." : undefined,
  evidence: {
    most: { single: 2, batch: 0, unit: 0 },
    async check({ client, attestation, model }, check) {
      if (attestation.kind === "batch" || model === undefined) return undefined;
      const key = await checkKey(client, model.publication, check);
      if (key === undefined) return undefined;
      const fault = await faultOf(attestation, model.publication.layout, key);
      const held =
        "The proof was checked here: the circuit gives this output for this input, and it was made for this attestation.";
      check(proofCheck, fault === undefined ? "held" : "failed", fault ?? held);
      return undefined;
    },
  },
};

/** A model's key, as the contract has it; undefined, with a failed check, where the model's name fixes another one. */
async function checkKey(
  client: Client,
  { modelId, verifyingKeyHash: expected }: ModelPublication,
  check: Checker,
): Promise<VerifyingKey | undefined> {
  const bytes = await readKey(client, modelId);
  const found = keccak256(bytes);
  if (found !== expected) {
    const detail = `The contract's key has the hash ${found}; the model names ${expected}.`;
    check(keyCheck, "failed", detail, { expected, found });
    return undefined;
  }
  const key = decodeKey(bytes);
  const trust = key.isTest
    ? "It is a TEST key: whoever made it can forge proofs."
    : "Its makers say that it comes from a ceremony.";
  check(keyCheck, "held", `The contract's key is the one that the model names. ${trust}`, { expected, found });
  return key;
}

/** A model's verifying key, as ZkProof's contract has it; empty where nobody admitted it. */
export async function readKey(client: Client, modelId: Hex): Promise<Uint8Array> {
  const contract = contractOf(client, protocol);
  return hexToBytes(await client.rpc.readContract({ ...contract, functionName: "keyOf", args: [modelId] }));
}

/** What is wrong with an attestation's proof, as a sentence; undefined if nothing is. */
async function faultOf(attestation: SingleState, layout: Uint8Array, key: VerifyingKey): Promise<string | undefined> {
  const proven = detailOf(protocol, attestation)?.proven;
  if (proven === undefined) return "The contract told of no proof.";
  const { input, output } = decodeLayout(layout);
  let shown: ReturnType<typeof decodeEvidence>;
  try {
    shown = decodeEvidence(layout, proven.evidence);
  } catch (error) {
    return (error as RangeError).message;
  }
  const { inputHash } = attestation.message;
  if (hashTensor({ spec: input, data: shown.input }) !== inputHash) return "The proof is about another input.";
  if (hashTensor({ spec: output, data: shown.output }) !== attestation.answer?.outputHash)
    return "The proof is about another output.";
  const signals = publicSignals(shown.input, shown.output, attestation.id);
  // The curve takes long to load.
  const { verifyProof } = await import("./groth16.ts");
  return verifyProof(key, signals, decodeProof(shown.proof)) ? undefined : "The proof doesn't hold.";
}
