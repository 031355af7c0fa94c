import type { Deployment } from "../../sdk/deployment.ts";
import { type Block, fold } from "../fold/fold.ts";
import { createIdentityMap, type Load } from "../fold/identity-map.ts";

/**
 * Has a store that is another process learn which rows it lacks for some blocks, so that it can fetch many at once: folds
 * their events one by one, on the side. What comes of it is thrown away.
 */
export function foresee(load: Load, blocks: readonly Block[], deployment: Deployment): void {
  const held = createIdentityMap(load);
  for (const { header, events } of blocks)
    for (const [i, event] of events.entries()) {
      // A payment's reason is the event before.
      const cause = event.eventName === "Credited" ? events[i - 1] : undefined;
      try {
        fold(held, [{ header, events: cause ? [cause, event] : [event] }], header, deployment);
      } catch {
        // It lacks a row, which the store has noted, or follows from an event that does.
      }
    }
}
