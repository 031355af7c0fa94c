import type { Hex } from "viem";
import type { Reachable } from "../chain.ts";
import { server } from "../prefix.ts";
import type { Asked, Messages, Place, Requests, Told } from "./messages.ts";

/**
 * The worker whose model was used last, for whoever asks for that model next: runtime and model stay open in it, nothing that
 * was found. A model has a worker of its own, so that nothing it does there touches another's runs.
 */
let kept: { name: string; worker: Worker } | undefined;

/** The place of a model that this page's server knows. */
export const placeOf = (deployment: Reachable, modelId: Hex): Place => ({
  ...{ modelId, deployment, rpcUrl: deployment.rpcUrl, origin: server() },
});

const nameOf = (place: Place): string => JSON.stringify(place);

function take(place: Place): Worker {
  if (kept?.name !== nameOf(place)) return new Worker(new URL("./runs.worker.ts", import.meta.url), { type: "module" });
  const { worker } = kept;
  kept = undefined;
  return worker;
}

function keep(place: Place, worker: Worker): void {
  kept?.worker.terminate();
  kept = { name: nameOf(place), worker };
  const drop = () => {
    if (kept?.worker === worker) kept = undefined;
    worker.terminate();
  };
  worker.onerror = drop;
  worker.onmessage = ({ data }: MessageEvent<Told>) => data.kind === "unopened" && drop();
}

const send = (worker: Worker, asked: Asked) => worker.postMessage(asked);

/** Opens a model that will be asked for soon. */
export function openAhead(place: Place): void {
  if (kept?.name === nameOf(place)) return;
  const worker = take(place);
  send(worker, { kind: "open", place });
  keep(place, worker);
}

/**
 * Asks for something to be done with a model, in its worker, which is kept if the model ran.
 *
 * @param listen Told what comes of it, until the last message.
 * @returns Cancels it; a run can't be stopped, so that costs the worker.
 */
export function ask<Kind extends keyof Requests>(
  place: Place,
  kind: Kind,
  request: Requests[Kind],
  listen: (message: Messages[Kind]) => void,
): () => void {
  const worker = take(place);
  let isOver = false;
  const end = (hasRun: boolean) => {
    isOver = true;
    if (hasRun) keep(place, worker);
    else worker.terminate();
  };
  worker.onmessage = ({ data }: MessageEvent<Told>) => {
    if (isOver || data.kind === "unopened") return;
    if (isLast(data)) end(hasRun(data));
    listen(data as Messages[Kind]);
  };
  worker.onerror = ({ message }) => {
    end(false);
    listen({ kind: "failed", message: message || "The code that runs models could not be loaded." } as Messages[Kind]);
  };
  send(worker, { kind, place, request } as Asked);
  return () => {
    if (!isOver) end(false);
  };
}

type Message = Messages[keyof Messages];

const isLast = ({ kind }: Message): boolean => kind === "found" || kind === "ran" || kind === "failed";

/** Whether the model ran to its end: else it isn't open, or its failure may have broken the runtime. */
const hasRun = (message: Message): boolean =>
  message.kind === "ran" || (message.kind === "found" && message.found.output !== undefined);
