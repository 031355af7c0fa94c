import { bn254 } from "@noble/curves/bn254";

/** The order of the field in which constraints hold. */
const R = bn254.fields.Fr.ORDER;

export const mod = (value: bigint): bigint => ((value % R) + R) % R;

/** A linear combination: factors by wire. */
type Combination = readonly (readonly [wire: number, factor: bigint])[];

/** Constraints A · B = C over the wires of a witness. */
export interface Constraints {
  wires: number;
  /** Public outputs and inputs stand behind the constant 1 in wire 0. */
  outputs: number;
  publicInputs: number;
  privateInputs: number;
  constraints: readonly (readonly [a: Combination, b: Combination, c: Combination])[];
}

/** Reads a .r1cs file: https://github.com/iden3/r1csfile/blob/master/doc/r1cs_bin_format.md. */
export function readConstraints(file: Uint8Array): Constraints {
  const sections = sectionsOf(file, "r1cs");
  const header = readerOf(sections.get(1) as Uint8Array);
  const fieldBytes = header.u32();
  if (header.number(fieldBytes) !== R) throw new Error("The constraints are of another field.");
  const [wires, outputs, publicInputs, privateInputs] = [header.u32(), header.u32(), header.u32(), header.u32()];
  header.number(8);
  const count = header.u32();
  const body = readerOf(sections.get(2) as Uint8Array);
  const combination = (): Combination =>
    Array.from({ length: body.u32() }, () => [body.u32(), body.number(fieldBytes)] as const);
  const constraints = Array.from({ length: count }, () => [combination(), combination(), combination()] as const);
  return { wires, outputs, publicInputs, privateInputs, constraints };
}

/** Reads a .wtns file: a value for each wire. */
export function readWitness(file: Uint8Array): bigint[] {
  const sections = sectionsOf(file, "wtns");
  const header = readerOf(sections.get(1) as Uint8Array);
  const fieldBytes = header.u32();
  header.number(fieldBytes);
  const count = header.u32();
  const body = readerOf(sections.get(2) as Uint8Array);
  return Array.from({ length: count }, () => body.number(fieldBytes));
}

/** Wires of signals by name, from a .sym file; signals that were eliminated have none. */
export const readSymbols = (text: string): Map<string, number> =>
  new Map(
    text
      .trim()
      .split("\n")
      .map((line) => line.split(",") as [string, string, string, string])
      .filter(([, wire]) => wire !== "-1")
      .map(([, wire, , name]) => [name.replace(/^main\./, ""), Number(wire)]),
  );

/** Numbers of the constraints that a witness breaks. */
export function broken({ constraints }: Constraints, witness: readonly bigint[]): number[] {
  const sumOf = (combination: Combination) =>
    combination.reduce((sum, [wire, factor]) => sum + factor * (witness[wire] as bigint), 0n);
  return constraints.flatMap(([a, b, c], i) => (mod(sumOf(a) * sumOf(b) - sumOf(c)) === 0n ? [] : [i]));
}

function sectionsOf(file: Uint8Array, type: string): Map<number, Uint8Array> {
  const reader = readerOf(file);
  if (new TextDecoder().decode(file.subarray(0, 4)) !== type) throw new Error(`This is no .${type} file.`);
  reader.u32();
  reader.u32();
  const sections = new Map<number, Uint8Array>();
  for (let left = reader.u32(); left > 0; left--) {
    const kind = reader.u32();
    sections.set(kind, reader.bytes(Number(reader.number(8))));
  }
  return sections;
}

function readerOf(file: Uint8Array) {
  let at = 0;
  const bytes = (length: number): Uint8Array => {
    at += length;
    return file.subarray(at - length, at);
  };
  const number = (length: number): bigint =>
    bytes(length).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  return { bytes, number, u32: () => Number(number(4)) };
}
