import type { PublishedRows } from "../../sdk/client.ts";
import { OPERATOR_BYTES } from "../../sdk/graphs.ts";
import type { Layout } from "../../sdk/layouts.ts";
import { orderedTree } from "../../sdk/tree.ts";
import { UnavailableError } from "../content.ts";
import { fastKeccak } from "../keccak.ts";
import { joined } from "../tensors.ts";
import { type AdmittedOperator, admitOperators } from "./admit.ts";
import { checkParameters, graphOnnx } from "./file.ts";

/** Rows of an operator, as `ModelRegistry.publishRows` takes them. */
export interface RowChunk {
  operator: number;
  first: number;
  /** A power of two; at the end there are fewer rows. */
  size: number;
  rows: Uint8Array;
  proof: readonly `0x${string}`[];
}

/** Bytes of a chunk's rows and of the graph beside them, so that a transaction has room for both. */
const CHUNK_BYTES = 100_000;

/** What of a graph model's parameter rows isn't on chain yet, in chunks of one transaction each. */
export function rowChunks(
  layout: Layout,
  parameters: readonly (readonly Uint8Array[])[],
  published: readonly PublishedRows[],
): RowChunk[] {
  const operators = admitOperators(layout);
  const known = knownRows(operators, published);
  const room = CHUNK_BYTES - OPERATOR_BYTES * operators.length;
  return parameters.flatMap((rows, operator) => {
    const [row] = rows;
    if (row === undefined) return [];
    const size = Math.min(2 ** Math.floor(Math.log2(room / row.length)), 2 ** Math.ceil(Math.log2(rows.length)));
    const tree = orderedTree(rows, fastKeccak);
    const starts = Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => i * size);
    return starts.flatMap((first) => {
      const part = rows.slice(first, first + size);
      if (part.every((_, i) => known[operator]?.[first + i] !== undefined)) return [];
      return [{ operator, first, size, rows: joined(part), proof: tree.proof(first).slice(Math.log2(size)) }];
    });
  });
}

/**
 * A graph model's file, from its rows on chain. Throws an {@link UnavailableError} that says what is missing there.
 */
export function fileFromRows(layout: Layout, published: readonly PublishedRows[]): Uint8Array {
  const operators = admitOperators(layout);
  const known = knownRows(operators, published);
  const parameters = known.map((rows, k) =>
    Array.from(rows, (row, i) => {
      if (row === undefined) throw new UnavailableError(`Parameter row ${i} of operator ${k} is not on chain.`);
      return row;
    }),
  );
  checkParameters(layout, operators, parameters);
  return graphOnnx(layout, { operators, parameters });
}

/** Each operator's rows as far as they are on chain. What doesn't fit the operator is left out. */
function knownRows(
  operators: readonly AdmittedOperator[],
  published: readonly PublishedRows[],
): (Uint8Array | undefined)[][] {
  const known = operators.map((operator) => {
    const count = operator.kind.parameters(operator)?.count ?? 0;
    return new Array<Uint8Array | undefined>(count).fill(undefined);
  });
  for (const { operator: k, first, rows } of published) {
    const operator = operators[k];
    const length = operator?.kind.parameters(operator)?.length;
    if (length === undefined) continue;
    for (let at = 0; at + length <= rows.length; at += length) {
      const row = first + at / length;
      if (row < (known[k] as []).length) (known[k] as Uint8Array[])[row] = rows.slice(at, at + length);
    }
  }
  return known;
}
