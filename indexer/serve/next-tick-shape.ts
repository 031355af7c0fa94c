import { executionAsyncResource } from "node:async_hooks";

const kept: object[] = [];

/**
 * To be called before anything else is loaded. When no tick of `process.nextTick` waits during a full garbage collection,
 * V8 forgets the shape of such ticks, and Node.js 24 then makes each one by slow calls ever after: measured as a third of
 * what a small answer costs.
 */
export function keepTickShape(): void {
  process.nextTick(() => {
    kept.push(executionAsyncResource());
  });
}
