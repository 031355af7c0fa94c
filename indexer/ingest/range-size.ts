const FIRST_SPAN = 32;
const LONGEST_SPAN = 2_000;
/** Bytes of an answer: enough to outweigh the cost of a request, and to be kept apart by V8: docs/performance.md, Memory. */
const WANTED_BYTES = 3 * 2 ** 20;

/**
 * Twice as many blocks after each success, up to half of what failed last, and from there on little by little; half as
 * many after a failure, down to one block; and no more than give an answer of a good size.
 */
export function createRangeSize() {
  let span = FIRST_SPAN;
  let ceiling = LONGEST_SPAN;
  return {
    blocks: (): number => span,
    /** A range of so many blocks was answered with about so many bytes. */
    succeeded(blocks: number, bytes: number): void {
      const faster = span < ceiling ? Math.min(2 * span, ceiling) : span + Math.ceil(span / 16);
      const fitting = Math.max(Math.floor((blocks * WANTED_BYTES) / Math.max(bytes, 1)), 1);
      // The end of a range, or a half, says nothing about longer ones.
      span = Math.min(blocks < span ? span : faster, fitting, LONGEST_SPAN);
    },
    /** A range of so many blocks failed: it was too long, or the node had another reason. */
    failed(blocks: number): void {
      span = Math.max(Math.min(span, Math.floor(blocks / 2)), 1);
      ceiling = span;
    },
  };
}
