/** What is in question in a challenge; `Stage` of the contract. */
export const Stage = { none: 0, units: 1, operators: 2, rows: 3, row: 4, element: 5 } as const;

/** What a challenge is about at present. */
export interface Question {
  /** One of {@link Stage}. */
  stage: number;
  /** The unit's position in its batch; 0 in a single attestation, and while it isn't known. */
  unit: number;
  /** 0 while it isn't known. */
  operator: number;
  /** Of the node, from the leaves of its tree. */
  level: number;
  /** Of the node on its level; the row, once it is known. */
  index: number;
  /** Of the element, once it is demanded. */
  column?: number;
}

/** What an opening showed. */
export interface Opening {
  /** A node's children; at level 0 of a batch or a trace, what the leaves hold. */
  children?: readonly `0x${string}`[];
  /** A unit's input and output, with the first opening of its trace. */
  input?: Uint8Array;
  output?: Uint8Array;
  /** Bytes of a row, or of all rows of an operator. */
  data?: Uint8Array;
}

const ROWS_AT_ONCE = 256;
const BYTES_AT_ONCE = 8192;

/** Whether an operator's rows are opened by all their bytes. */
export const isOpenedAtOnce = ({ rows, width }: { rows: number; width: number }): boolean =>
  rows <= ROWS_AT_ONCE && rows * width <= BYTES_AT_ONCE;

const MOST_SHOWN_BYTES = 12_288;
const MOST_SHOWN_ROWS = 768;

/** Whether the contract admits a graph: its first and last operators' outputs are shown in one move. */
export function isPlayable(graph: readonly { rows: number; width: number }[]): boolean {
  const ends = [graph[0], graph.at(-1)].filter((operator) => operator !== undefined);
  const rows = ends.reduce((sum, each) => sum + each.rows, 0);
  const bytes = ends.reduce((sum, each) => sum + each.rows * each.width, 0);
  return ends.length > 0 && rows <= MOST_SHOWN_ROWS && bytes <= MOST_SHOWN_BYTES;
}

/** u8 stage ‖ u32 unit ‖ u16 operator ‖ u8 level ‖ u32 index, by which openings are kept. */
export const positionOf = ({ stage, unit, operator, level, index }: Question): bigint =>
  [unit, operator, level, index].reduce(
    (position, value, i) => (position << BigInt(SIZES[i] as number)) | BigInt(value),
    BigInt(stage),
  );

/** Inverse of {@link positionOf}. */
export function questionOf(position: bigint): Question {
  const take = (from: number, bits: number): number => Number((position >> BigInt(from)) & ((1n << BigInt(bits)) - 1n));
  return { stage: take(88, 8), unit: take(56, 32), operator: take(40, 16), level: take(32, 8), index: take(0, 32) };
}

/** Bits behind the stage. */
const SIZES = [32, 16, 8, 32];
