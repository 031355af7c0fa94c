import { ask } from "./kept.ts";
import type { Place, Ran, RunRequest } from "./messages.ts";

/**
 * Runs a published model on the pinned runtime in its worker: file and runtime are re-hashed there. Throws a sentence that
 * says why it can't be run.
 */
export const runHere = (place: Place, request: RunRequest): Promise<Ran> =>
  new Promise((resolve, reject) => {
    ask(place, "run", request, (message) => {
      if (message.kind === "ran") resolve(message.ran);
      else if (message.kind === "failed") reject(new Error(message.message));
    });
  });
