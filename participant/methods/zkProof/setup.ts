import { sha256 } from "viem";
import type { VerifyingKey } from "../../../inference/methods/zkProof/key.ts";
import { type OnDoing, runChild } from "./child.ts";
import { pointsOf, type SnarkjsKey } from "./snarkjs.ts";

/** A compiled circuit. */
export interface CompiledCircuit {
  /** Its constraints, as circom writes them. */
  r1cs: Uint8Array;
  /** The WebAssembly program that computes its witness. */
  witness: Uint8Array;
  /** Which signal of the source stands for which of the constraints' values. */
  symbols: string;
}

/** A circuit's keys. */
export interface CircuitKeys {
  key: VerifyingKey;
  /** A .zkey file. */
  provingKey: Uint8Array;
}

export type SetupRequest =
  | { kind: "compile"; source: string }
  /** Without powers of tau it makes some itself. */
  | { kind: "make"; r1cs: Uint8Array; powers: Uint8Array | undefined }
  | { kind: "check"; r1cs: Uint8Array; powers: Uint8Array; provingKey: Uint8Array };

export interface MadeKeys {
  key: SnarkjsKey;
  provingKey: Uint8Array;
}

const CHILD = new URL("setup.child.ts", import.meta.url);

/** Compiles circom source, in a process of its own; the same bytes everywhere, by the compiler that is installed here. */
export const compileCircuit = (source: string, onDoing: OnDoing = () => {}): Promise<CompiledCircuit> =>
  runChild<SetupRequest, CompiledCircuit>(CHILD, { kind: "compile", source }, onDoing);

/**
 * Makes TEST keys of a circuit in a process of its own: whoever runs this could forge proofs.
 *
 * @param powers A prepared .ptau file; some are made if it is undefined, which takes minutes.
 */
export async function makeTestKeys(
  { r1cs, witness }: Pick<CompiledCircuit, "r1cs" | "witness">,
  powers: Uint8Array | undefined,
  onDoing: OnDoing = () => {},
): Promise<CircuitKeys> {
  const made = await runChild<SetupRequest, MadeKeys>(CHILD, { kind: "make", r1cs, powers }, onDoing);
  return keysOf(made, witness, true);
}

/**
 * Checks that a ceremony's proving key is of a circuit and of these powers of tau, and takes its verifying key. Throws a
 * sentence where it isn't.
 *
 * @param powers The prepared .ptau file that the ceremony began with.
 */
export async function takeCeremony(
  { r1cs, witness }: Pick<CompiledCircuit, "r1cs" | "witness">,
  powers: Uint8Array,
  provingKey: Uint8Array,
  onDoing: OnDoing = () => {},
): Promise<CircuitKeys> {
  const request: SetupRequest = { kind: "check", r1cs, powers, provingKey };
  const checked = await runChild<SetupRequest, MadeKeys>(CHILD, request, onDoing);
  return keysOf(checked, witness, false);
}

const keysOf = ({ key, provingKey }: MadeKeys, witness: Uint8Array, isTest: boolean): CircuitKeys => ({
  key: { isTest, witness: sha256(witness), provingKey: sha256(provingKey), ...pointsOf(key) },
  provingKey,
});
