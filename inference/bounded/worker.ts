import { InvalidModelError, messageOf } from "../failures.ts";
import { openChecked } from "../opener.ts";
import { type InferenceSession, loadRuntime, type OnByte } from "../runtime.ts";
import { InvalidRunError, joined } from "../tensors.ts";
import type { Failure, Request, Response } from "./messages.ts";

/** The longest that outputs wait for each other, to be sent together. */
const TOGETHER_MS = 20;

/**
 * Serves one model in a worker of its own, which can be ended whatever the model does.
 *
 * @param post Sends an answer to the host.
 * @returns A function that takes the host's requests, one after another.
 */
export function serveModel(post: (response: Response) => void): (request: Request) => Promise<void> {
  let wasm: Uint8Array | undefined;
  let session: InferenceSession | undefined;

  const open = async ({ model, artifact }: Extract<Request, { kind: "open" }>): Promise<void> => {
    let fresh = true;
    const start = () => {
      fresh = false;
      return loadRuntime(wasm as Uint8Array);
    };
    try {
      const { session: loaded, ...checked } = await openChecked(start, model, artifact);
      session = loaded;
      post({ kind: "opened", checked });
    } catch (error) {
      post({ kind: "refused", failure: failureOf(error), fresh });
    }
  };

  const run = async ({ first, count, inputs }: Extract<Request, { kind: "run" }>): Promise<void> => {
    const length = inputs.length / count;
    let outputs: Uint8Array[] = [];
    let since = performance.now();
    const flush = (next: number): void => {
      if (outputs.length > 0)
        post({ kind: "ran", first: next - outputs.length, count: outputs.length, outputs: joined(outputs) });
      outputs = [];
      since = performance.now();
    };
    for (let i = 0; i < count; i++) {
      try {
        if (!session) throw new Error("The model is not open.");
        const input = inputs.subarray(i * length, (i + 1) * length);
        const tell: OnByte = (byte, position) => post({ kind: "wrote", id: first + i, byte, position });
        outputs.push(await session.run(input, tell));
      } catch (error) {
        flush(first + i);
        const failure = failureOf(error);
        post({ kind: "failed", id: first + i, failure });
        // The host ends this worker.
        if (failure.broken) return;
        continue;
      }
      if (performance.now() - since > TOGETHER_MS) flush(first + i + 1);
    }
    flush(first + count);
  };

  return async (request) => {
    if (request.kind === "start") {
      limitMemory(request.memory);
      wasm = request.wasm;
    } else if (request.kind === "open") await open(request);
    else await run(request);
  };
}

function failureOf(error: unknown): Failure {
  const of = kindOf(error);
  const trapped = [error, (error as Error).cause].some((each) => each instanceof WebAssembly.RuntimeError);
  return { of, message: messageOf(error), broken: trapped || of === "host" };
}

function kindOf(error: unknown): Failure["of"] {
  if (error instanceof InvalidModelError) return "model";
  return error instanceof InvalidRunError ? "run" : "host";
}

const PAGE = 65_536;

/** Limits every WebAssembly memory of this thread to so many bytes. Call it before the first one is made. */
function limitMemory(bytes: number): void {
  const most = Math.floor(bytes / PAGE);
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor({ maximum, ...rest }: WebAssembly.MemoryDescriptor) {
      super({ ...rest, maximum: Math.min(maximum ?? most, most) });
    }
  };
}
