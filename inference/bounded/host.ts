import { HostLimitError, unrunnable } from "../failures.ts";
import type { CheckedModel, PublishedModel } from "../model.ts";
import type { ModelOpener } from "../opener.ts";
import type { InferenceSession, OnByte } from "../runtime.ts";
import { checkInput, InvalidRunError, joined } from "../tensors.ts";
import type { Failure, Request, Response } from "./messages.ts";

/** A worker, in Node or in a browser. */
export interface WorkerHandle {
  post(request: Request): void;
  /** Called once, before anything is posted. */
  listen(onResponse: (response: Response) => void, onFailure: (error: Error) => void): void;
  /** Whether the process should stay for it. */
  hold(busy: boolean): void;
  terminate(): void;
}

export interface BoundedOptions {
  /** Starts a worker that serves one model by `serveModel`. */
  startWorker(): WorkerHandle;
  /** The runtime's WebAssembly file. */
  wasm: Uint8Array;
  /** Most models kept loaded, each in a worker of its own; defaults to 2. */
  most?: number;
  /** Milliseconds that one run may take; defaults to two minutes. Opening a model may always take two minutes. */
  time?: number;
  /** Bytes of memory that a model may take; defaults to 3 GiB, three times what any admitted graph needs. */
  memory?: number;
}

/**
 * Runs each model in a worker of its own, within limits on time and memory: a worker that exceeds them is ended. The model
 * that was used longest ago makes room for another, and is loaded again when it is needed.
 */
export function createBoundedOpener(options: BoundedOptions): ModelOpener & { close(): void } {
  const { most = 2 } = options;
  // In the order in which they were used last.
  const loaded = new Set<Loaded>();
  let turn: Promise<unknown> = Promise.resolve();
  // One that only looked at a file which it refused: starting another takes longer than looking.
  let spare: ReadyWorker | undefined;

  const takeWorker = (): ReadyWorker => {
    const worker = spare ?? startReady(options);
    spare = undefined;
    return worker;
  };

  const keepWorker = (worker: ReadyWorker): void => {
    spare?.handle.terminate();
    spare = worker;
    worker.attend(
      () => {},
      () => {
        if (spare === worker) spare = undefined;
      },
    );
  };

  /** Loads a model once one of the others has made room. */
  const load = (model: PublishedModel, artifact: Uint8Array): Promise<Loaded> => {
    const next = turn.then(async () => {
      while (loaded.size >= most) await evict();
      const one = startModel(options, takeWorker(), model, artifact, (unused) => {
        loaded.delete(one);
        if (unused) keepWorker(unused);
      });
      loaded.add(one);
      return one;
    });
    turn = next.catch(() => undefined);
    return next;
  };

  const evict = async (): Promise<void> => {
    const [oldest] = [...loaded].sort((a, b) => Number(a.isBusy()) - Number(b.isBusy()));
    await oldest?.idle();
    oldest?.end(new HostLimitError("Another model was loaded in its place."));
  };

  const use = (one: Loaded): Loaded => {
    loaded.delete(one);
    loaded.add(one);
    return one;
  };

  return {
    async open(model, artifact) {
      let one = await load(model, artifact);
      let checked: CheckedModel;
      try {
        checked = await one.checked;
      } catch (error) {
        one.end(error as Error);
        throw error;
      }
      let reloading: Promise<void> | undefined;
      const reload = async (): Promise<void> => {
        try {
          one = await load(model, artifact);
        } finally {
          reloading = undefined;
        }
      };
      const session: InferenceSession = {
        async run(input, onByte) {
          checkInput(checked.layout.input, input);
          if (one.isOver()) {
            reloading ??= reload();
            await reloading;
          }
          // Asked for before it is open, so that no other model takes its place in between.
          return use(one).run(input, onByte);
        },
        release: async () => one.end(new Error("The model was released.")),
      };
      return { ...checked, session };
    },
    close() {
      for (const one of loaded) one.end(new HostLimitError("The models were closed."));
      spare?.handle.terminate();
      spare = undefined;
    },
  };
}

const OPEN_TIME = 120_000;
const MEMORY = 3 * 2 ** 30;

/** A worker that has what it needs to open a model. */
interface ReadyWorker {
  handle: WorkerHandle;
  /** Says who hears of its answers from now on, and of its end. */
  attend(onResponse: (response: Response) => void, onFailure: (error: Error) => void): void;
}

function startReady({ startWorker, wasm, memory = MEMORY }: BoundedOptions): ReadyWorker {
  const handle = startWorker();
  let respond: (response: Response) => void = () => {};
  let fail: (error: Error) => void = () => {};
  handle.listen(
    (response) => respond(response),
    (error) => fail(error),
  );
  handle.post({ kind: "start", wasm, memory });
  return {
    handle,
    attend(onResponse, onFailure) {
      respond = onResponse;
      fail = onFailure;
    },
  };
}

/** For so many milliseconds a model that was opened waits for its first run, before another may take its place. */
const FIRST_RUN = 500;

/** A model in its worker. */
interface Loaded {
  checked: Promise<CheckedModel>;
  /** Runs it, once it is open; the input must have the model's length. */
  run(input: Uint8Array, onByte?: OnByte): Promise<Uint8Array>;
  isBusy(): boolean;
  isOver(): boolean;
  /** Waits until nothing is under way, or about to be. */
  idle(): Promise<void>;
  /** Ends the worker; everything under way fails with this error. */
  end(reason: Error): void;
}

interface Waiting<T> {
  resolve(value: T): void;
  reject(error: Error): void;
  onByte?: OnByte | undefined;
}

/** @param onEnd Told of the worker where it can be used again. */
function startModel(
  { time = OPEN_TIME }: BoundedOptions,
  ready: ReadyWorker,
  model: PublishedModel,
  artifact: Uint8Array,
  onEnd: (unused?: ReadyWorker) => void,
): Loaded {
  const worker = ready.handle;
  const runs = new Map<number, Waiting<Uint8Array>>();
  let opening: Waiting<CheckedModel> | undefined;
  let idle: (() => void)[] = [];
  let queued: Uint8Array[] = [];
  let isAwaited = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let nextId = 0;
  let over = false;

  const end = (reason: Error, isUnused = false): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    if (isUnused) worker.hold(false);
    else worker.terminate();
    onEnd(isUnused ? ready : undefined);
    opening?.reject(reason);
    for (const { reject } of runs.values()) reject(reason);
    runs.clear();
    settle();
  };

  const isBusy = (): boolean => opening !== undefined || runs.size > 0;

  /** After each answer: starts the time limit anew, or stops it if nothing is under way. */
  function settle(): void {
    clearTimeout(timer);
    if (over || !isBusy()) {
      if (!over) worker.hold(false);
      if (!over && isAwaited) return;
      for (const resolve of idle) resolve();
      idle = [];
      return;
    }
    const most = opening ? OPEN_TIME : time;
    timer = setTimeout(
      () => end(new HostLimitError(`The model took longer than ${most / 1000} s on this machine.`)),
      most,
    );
  }

  const noLongerAwaited = (): void => {
    isAwaited = false;
    if (!over && !isBusy()) settle();
  };

  const answer = (response: Response): void => {
    if (over) return;
    switch (response.kind) {
      case "opened":
        opening?.resolve(response.checked);
        opening = undefined;
        if (runs.size > 0) break;
        isAwaited = true;
        setTimeout(noLongerAwaited, FIRST_RUN);
        break;
      case "refused":
        opening?.reject(errorOf(response.failure, model.modelId));
        opening = undefined;
        if (response.fresh) end(new HostLimitError("The model was refused."), true);
        break;
      case "ran": {
        const { first, count, outputs } = response;
        const length = outputs.length / count;
        for (let i = 0; i < count; i++) {
          runs.get(first + i)?.resolve(outputs.slice(i * length, (i + 1) * length));
          runs.delete(first + i);
        }
        break;
      }
      case "wrote":
        // No answer yet: the time limit goes on.
        runs.get(response.id)?.onByte?.(response.byte, response.position);
        return;
      case "failed":
        runs.get(response.id)?.reject(errorOf(response.failure, model.modelId));
        runs.delete(response.id);
        if (response.failure.broken) end(new HostLimitError("The model broke down in another run."));
    }
    if (!over) settle();
  };

  ready.attend(answer, (error) => end(new HostLimitError(`The model ended its worker: ${error.message}`)));
  const checked = new Promise<CheckedModel>((resolve, reject) => {
    opening = { resolve, reject };
  });
  // The caller may wait for it or not: a rejection that nobody awaits must not end the process.
  checked.catch(() => {});
  worker.hold(true);
  worker.post({ kind: "open", model, artifact });
  settle();

  return {
    checked,
    isBusy,
    isOver: () => over,
    idle: () => (over || !(isBusy() || isAwaited) ? Promise.resolve() : new Promise((resolve) => idle.push(resolve))),
    end,
    async run(input, onByte) {
      if (over) throw new HostLimitError("The model's worker has ended.");
      const id = nextId++;
      // Runs asked for in the same turn go together: every input has the one length.
      if (queued.push(new Uint8Array(input)) === 1)
        queueMicrotask(() => {
          const sent = queued;
          queued = [];
          if (!over) worker.post({ kind: "run", first: id, count: sent.length, inputs: joined(sent) });
        });
      return new Promise((resolve, reject) => {
        isAwaited = false;
        const wasBusy = isBusy();
        runs.set(id, { resolve, reject, onByte });
        if (wasBusy) return;
        worker.hold(true);
        settle();
      });
    },
  };
}

function errorOf({ of, message }: Failure, modelId: string): Error {
  switch (of) {
    case "model":
      return unrunnable(modelId, { message });
    case "run":
      return new InvalidRunError(message);
    default:
      return new HostLimitError(`This machine couldn't run the model: ${message}`);
  }
}
