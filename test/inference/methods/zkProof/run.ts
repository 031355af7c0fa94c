import { wtns } from "snarkjs";
import type { Hex } from "viem";
import { uidSignal } from "../../../../inference/methods/zkProof/signals.ts";
import { readWitness } from "./r1cs.ts";

/** What a circuit's program computes: a value for each wire. */
export async function calculateWitness(
  program: Uint8Array,
  data: Uint8Array | readonly number[],
  uid: Hex,
): Promise<bigint[]> {
  const to: { type: "mem"; data?: Uint8Array } = { type: "mem" };
  await wtns.calculate({ data: [...data], uid: uidSignal(uid) }, program, to);
  return readWitness(to.data as Uint8Array);
}
