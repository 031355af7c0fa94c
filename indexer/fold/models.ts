import type { Address, Hex } from "viem";
import { type GraphOperator, parameterRowsOf } from "../../sdk/graphs.ts";
import { decodeLayout } from "../../sdk/layouts.ts";
import type { LogLocation } from "../decode/events.ts";
import { keccakHex } from "../ingest/keccak.ts";
import type { Kind } from "./identity-map.ts";
import { type FoldSteps, IntegrityError } from "./step.ts";

/** A published model. */
export interface Model extends LogLocation {
  modelId: Hex;
  publisher: Address;
  artifactHash: Hex;
  runtimeId: Hex;
  weightsRoot: Hex;
  verifyingKeyHash: Hex;
  measurement: Hex;
  layoutHash: Hex;
  /** JSON; null if the layout's names aren't text. */
  layout: string | null;
  /** JSON of {@link ParameterRowsOnChain}; null unless it is a graph model. */
  parameterRows: string | null;
}

/** A graph model's parameter rows, by its operators that have any. */
type ParameterRowsOnChain = {
  operator: number;
  count: number;
  /** Bytes of each. */
  length: number;
  /** Which of them are on chain: ranges in order, the end of each excluded, none touching the next. */
  onChain: [from: number, to: number][];
}[];

export const models: Kind<Pick<Model, "modelId">, Model> = {
  group: () => undefined,
  name: ({ modelId }) => modelId,
};

export const modelSteps: FoldSteps = {
  ModelPublished({ args, location }, rows) {
    const layout = Buffer.from(args.layout.slice(2), "hex");
    const added = rows.models.add({
      modelId: args.modelId,
      publisher: args.publisher,
      artifactHash: args.artifactHash,
      runtimeId: args.runtimeId,
      weightsRoot: args.weightsRoot,
      verifyingKeyHash: args.verifyingKeyHash,
      measurement: args.measurement,
      layoutHash: keccakHex(layout),
      layout: layoutJson(layout),
      parameterRows: parameterRowsJson(layout),
      ...location,
    });
    if (!added) throw new IntegrityError(`Model ${args.modelId} was published twice.`);
  },
  RowsPublished({ args: { modelId, operator, first, rows: bytes } }, rows) {
    const model = rows.models.get({ modelId });
    const parameters = parsed(model?.parameterRows ?? null);
    const found = parameters.find((each) => each.operator === Number(operator));
    if (!model || !found)
      throw new IntegrityError(`Model ${modelId} has no parameter rows of an operator ${operator}.`);
    const from = Number(first);
    const to = from + (bytes.length - 2) / 2 / found.length;
    if (!Number.isInteger(to) || to > found.count)
      throw new IntegrityError(`Rows from ${first} on don't fit operator ${operator} of model ${modelId}.`);
    found.onChain = withRange(found.onChain, from, to);
    rows.models.set({ ...model, parameterRows: JSON.stringify(parameters) });
  },
};

/** How many parameter rows a model has, and how many of them are on chain; null unless it is a graph model. */
export function parameterCounts({
  parameterRows,
}: Pick<Model, "parameterRows">): { count: number; onChain: number } | null {
  if (parameterRows === null) return null;
  const all = parsed(parameterRows);
  const ranges = all.flatMap(({ onChain }) => onChain);
  return {
    count: all.reduce((sum, { count }) => sum + count, 0),
    onChain: ranges.reduce((sum, [from, to]) => sum + to - from, 0),
  };
}

const parsed = (json: string | null): ParameterRowsOnChain => (json === null ? [] : JSON.parse(json));

/** Ranges with another one, which may meet some of them. */
function withRange(ranges: ParameterRowsOnChain[0]["onChain"], from: number, to: number): typeof ranges {
  const apart = ranges.filter(([begin, end]) => end < from || begin > to);
  const met = ranges.filter((each) => !apart.includes(each)).flat();
  return [...apart, [Math.min(from, ...met), Math.max(to, ...met)] as [number, number]].sort(([a], [b]) => a - b);
}

function parameterRowsJson(bytes: Uint8Array): string | null {
  const graph = graphIn(bytes);
  if (!graph) return null;
  const all: ParameterRowsOnChain = parameterRowsOf(graph).flatMap((rows, operator) =>
    rows ? [{ operator, ...rows, onChain: [] }] : [],
  );
  return JSON.stringify(all);
}

function graphIn(bytes: Uint8Array): readonly GraphOperator[] | undefined {
  try {
    return decodeLayout(bytes).graph;
  } catch {
    return undefined;
  }
}

// Anyone may publish. A name that isn't UTF-8 is shown as far as it can be read; a layout that can't be read isn't shown.
// A graph's operators stand in the event alone.
function layoutJson(bytes: Uint8Array): string | null {
  try {
    const { graph: _, ...layout } = decodeLayout(bytes);
    return JSON.stringify(layout, (key, value) => (key === "rawName" ? undefined : value));
  } catch {
    return null;
  }
}
