import { executionAsyncResource } from "node:async_hooks";

const kept: object[] = [];

/**
 * Keeps V8 from forgetting the shape of ticks, which slows down every answer: docs/performance.md, Ticks. Call it before
 * anything else is loaded.
 */
export function keepTickShape(): void {
  process.nextTick(() => {
    kept.push(executionAsyncResource());
  });
}
