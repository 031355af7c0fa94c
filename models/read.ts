import { readFile } from "node:fs/promises";
import { keccak256 } from "viem";
import { nameModel, type PublishedModel } from "../inference/model.ts";
import type { Card } from "./card.ts";

/** The keys of a model's circuit, as `model circuit` made them. */
export interface CommittedCircuit {
  /** The verifying key's bytes, whose hash is in the model's name. */
  key: Uint8Array;
  /** The WebAssembly program that computes witnesses. */
  witness: Uint8Array;
  /** A .zkey file. */
  provingKey: Uint8Array;
}

/** A committed model, ready to be published and to be made a task of. */
export interface CommittedModel {
  name: string;
  /** The ONNX file. */
  artifact: Uint8Array;
  layout: Uint8Array;
  /** Empty for a float model. */
  rows: Uint8Array;
  /** The base inputs' raw bytes, one after another: `card.inputCount` of them. */
  inputs: Uint8Array;
  card: Card;
  /** Undefined for a model without one. */
  circuit: CommittedCircuit | undefined;
  /** The model's name and parts, computed from the bytes above. */
  model: PublishedModel;
}

/** Reads `models/<name>/`; throws when there is no such model. */
export async function readModel(name: string): Promise<CommittedModel> {
  const read = async (file: string) => new Uint8Array(await readFile(new URL(`${name}/${file}`, import.meta.url)));
  const [artifact, layout, inputs, text] = await Promise.all([
    read("model.onnx"),
    read("layout.bin"),
    read("inputs.bin"),
    read("card.json"),
  ]);
  const card = JSON.parse(new TextDecoder().decode(text)) as Card;
  const rows = card.profile === "integer" ? await read("rows.bin") : new Uint8Array(0);
  const circuit = card.circuit && (await readCircuit(read));
  const model = nameModel(artifact, layout, rows, { verifyingKeyHash: circuit && keccak256(circuit.key) });
  return { name, artifact, layout, rows, inputs, card, circuit, model };
}

/** The committed keys are a test's: their names say so. */
async function readCircuit(read: (file: string) => Promise<Uint8Array>): Promise<CommittedCircuit> {
  const [key, witness, provingKey] = await Promise.all(
    ["TEST-verifying.key", "witness.wasm", "TEST-proving.zkey"].map((file) => read(`circuit/${file}`)),
  );
  return { key, witness, provingKey } as CommittedCircuit;
}
