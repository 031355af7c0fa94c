import type { Hex } from "viem";
import { type ContentReader, UnavailableError } from "../../../inference/content.ts";
import { InvalidModelError } from "../../../inference/failures.ts";
import { readKey } from "../../../inference/methods/zkProof/checks.ts";
import { decodeKey, encodeProof, type VerifyingKey } from "../../../inference/methods/zkProof/key.ts";
import { publicSignals, uidSignal } from "../../../inference/methods/zkProof/signals.ts";
import type { Client } from "../../../sdk/client.ts";
import { cidOfSha256 } from "../../../sdk/content.ts";
import { type OnDoing, runChild } from "./child.ts";
import { proofOf, type SnarkjsProof } from "./snarkjs.ts";

/** What proving a model's runs takes. */
export interface ProvingFiles {
  key: VerifyingKey;
  /** The WebAssembly program that computes the circuit's witness. */
  witness: Uint8Array;
  /** A .zkey file. */
  provingKey: Uint8Array;
}

const CHILD = new URL("prove.child.ts", import.meta.url);

/** A proof that holds. */
export interface Proved {
  /** A ‖ B ‖ C. */
  proof: Uint8Array;
  /** Most memory that making it took, in bytes. */
  memory: number;
}

/** A run and the attestation that it is proven for. */
export interface Provable {
  /** Raw bytes. */
  input: Uint8Array;
  /** Raw bytes. */
  output: Uint8Array;
  uid: Hex;
}

export interface ProveRequest extends Pick<ProvingFiles, "witness" | "provingKey"> {
  /** The input, a number from 0 to 255 an element. */
  data: number[];
  /** The signal that stands for the attestation. */
  uid: bigint;
}

export interface MadeProof {
  proof: SnarkjsProof;
  /** Most memory that making it took, in bytes. */
  memory: number;
  publicSignals: readonly string[];
}

/**
 * Reads a model's verifying key from the contract, and by its hashes what a prover needs besides. Throws an
 * {@link UnavailableError} where something of it can't be had yet.
 */
export async function readProvingFiles(client: Client, content: ContentReader, modelId: Hex): Promise<ProvingFiles> {
  const bytes = await readKey(client, modelId);
  if (bytes.length === 0) throw new UnavailableError(`Nobody has admitted the key of model ${modelId} yet.`);
  const key = decodeKey(bytes);
  const [witness, provingKey] = await Promise.all(
    [key.witness, key.provingKey].map((hash) => content.get(cidOfSha256(hash))),
  );
  return { key, witness: witness as Uint8Array, provingKey: provingKey as Uint8Array };
}

/**
 * Proves a run in a process of its own; the proof is checked. Throws an {@link InvalidModelError} where circuit and
 * keys give no proof of this output.
 *
 * @param onDoing Told what is being done, as in "proving".
 */
export async function prove(
  { key, witness, provingKey }: ProvingFiles,
  { input, output, uid }: Provable,
  onDoing: OnDoing = () => {},
): Promise<Proved> {
  const request: ProveRequest = { witness, provingKey, data: [...input], uid: uidSignal(uid) };
  const made = await runChild<ProveRequest, MadeProof>(CHILD, request, onDoing).catch((error: Error) => {
    throw new InvalidModelError(`No proof could be made: ${error.message}`);
  });
  const signals = publicSignals(input, output, uid);
  const odd = signals.findIndex((signal, i) => signal !== BigInt(made.publicSignals[i] ?? -1));
  if (odd !== -1)
    throw new InvalidModelError(`The circuit gives another output than the model: signal ${odd} differs.`);
  onDoing("checking the proof");
  const proof = proofOf(made.proof);
  // The curve takes long to load.
  const { verifyProof } = await import("../../../inference/methods/zkProof/groth16.ts");
  if (!verifyProof(key, signals, proof)) throw new InvalidModelError("The proof doesn't hold under the model's key.");
  return { proof: encodeProof(proof), memory: made.memory };
}
