import { bytesToHex, type Hex, keccak256, sha256 } from "viem";
import { modelId, ZERO_HASH } from "../sdk/commitments.ts";
import { WrongHashError } from "../sdk/content.ts";
import { decodeLayout, decodeRows, type Layout, type Row, weightsRoot } from "../sdk/layouts.ts";
import { canonicalOnnx } from "./canonical.ts";
import { admitGraph } from "./graph/admit.ts";
import { fileLayout, graphOnnx, readGraphModel } from "./graphModel/file.ts";
import { RUNTIME_ID } from "./pinned.ts";

/** A model from `ModelPublished`; hashes are zero if a part is missing. */
export interface PublishedModel {
  modelId: Hex;
  /** sha256 of the ONNX file. */
  artifactHash: Hex;
  runtimeId: Hex;
  weightsRoot: Hex;
  verifyingKeyHash: Hex;
  measurement: Hex;
  layout: Uint8Array;
  /** All rows of all layers; empty unless it is an integer model. */
  rows: Uint8Array;
}

/** Parts of a model's name that don't follow from its file. */
export interface OtherParts {
  /** keccak256 of its circuit's verifying key; undefined without a circuit. */
  verifyingKeyHash?: Hex | undefined;
  /** Of the enclave image that it is bound to; undefined where it is bound to none. */
  measurement?: Hex | undefined;
}

/**
 * Computes the id of a model that runs on the pinned runtime, from its file and the bytes that are published with it.
 * Throws when the rows don't fit the layout; see {@link checkModel} for the rest.
 *
 * @param rows Empty unless it is an integer model.
 * @param others The parts that most models lack.
 */
export function nameModel(
  artifact: Uint8Array,
  layout: Uint8Array,
  rows: Uint8Array,
  others: OtherParts = {},
): PublishedModel {
  const parts = {
    artifactHash: sha256(artifact),
    runtimeId: RUNTIME_ID,
    weightsRoot: weightsRoot(decodeLayout(layout), rows),
    verifyingKeyHash: others.verifyingKeyHash ?? ZERO_HASH,
    measurement: others.measurement ?? ZERO_HASH,
  };
  return { ...parts, modelId: modelId({ ...parts, layoutHash: keccak256(layout) }), layout, rows };
}

/** A model's shape and, for an integer model, its layers; any other has none. */
export interface CheckedModel {
  layout: Layout;
  layers: Row[][];
  /** A graph model's parameter rows, by operator. */
  parameters?: Uint8Array[][];
}

/**
 * Checks that a published model's parts agree with each other and with the file: every hash, the runtime, the bounds,
 * for an integer or graph model that the file is what the canonical writer makes of its layout and rows, and that the
 * file's graph is one that runs at all. Throws a sentence that names what is wrong.
 */
export function checkModel(model: PublishedModel, artifact: Uint8Array): CheckedModel {
  const artifactHash = sha256(artifact);
  if (artifactHash !== model.artifactHash)
    throw new WrongHashError(
      `The file has sha256 ${artifactHash}; the model names ${model.artifactHash}.`,
      model.artifactHash,
      artifactHash,
    );
  if (model.runtimeId !== RUNTIME_ID)
    throw new Error(`The model runs on runtime ${model.runtimeId}; this is runtime ${RUNTIME_ID}.`);
  const layout = decodeLayout(model.layout);
  const layers = decodeRows(layout.widths, model.rows);
  const root = weightsRoot(layout, model.rows);
  if (root !== model.weightsRoot)
    throw new WrongHashError(
      `The rows have the root ${root}; the model names ${model.weightsRoot}.`,
      model.weightsRoot,
      root,
    );
  const { runtimeId, verifyingKeyHash, measurement } = model;
  const layoutHash = keccak256(model.layout);
  const id = modelId({ artifactHash, runtimeId, layoutHash, weightsRoot: root, verifyingKeyHash, measurement });
  if (id !== model.modelId)
    throw new WrongHashError(`The parts make the model ${id}; it is named ${model.modelId}.`, model.modelId, id);
  if (layout.graph) return { layout, layers, parameters: checkGraphModel(layout, artifact) };
  if (layers.length > 0) checkCanonical(canonicalOnnx(layout, layers), artifact);
  admitGraph(artifact, layout);
  return { layout, layers };
}

/** A graph model's parameter rows, from its file. */
function checkGraphModel(layout: Layout, artifact: Uint8Array): Uint8Array[][] {
  const model = readGraphModel(layout, artifact);
  checkCanonical(graphOnnx(layout, model), artifact);
  admitGraph(artifact, fileLayout(layout));
  return model.parameters;
}

function checkCanonical(expected: Uint8Array, artifact: Uint8Array): void {
  const at = expected.findIndex((byte, i) => byte !== artifact[i]);
  if (at !== -1)
    throw new Error(
      `The file is not what its layout and rows make: byte ${at} is ${hexOf(artifact[at])}, not ${hexOf(expected[at])}.`,
    );
  if (artifact.length !== expected.length)
    throw new Error(`The file is ${artifact.length} bytes; its layout and rows make ${expected.length}.`);
}

const hexOf = (byte: number | undefined): string =>
  byte === undefined ? "missing" : bytesToHex(new Uint8Array([byte]));
