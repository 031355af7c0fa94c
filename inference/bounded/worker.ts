import { InvalidModelError, isOfEngine, messageOf } from "../failures.ts";
import { openChecked } from "../opener.ts";
import { type InferenceSession, loadRuntime } from "../runtime.ts";
import { InvalidRunError } from "../tensors.ts";
import type { Failure, Request, Response } from "./messages.ts";

/**
 * Serves one model in a worker of its own: whatever the model does there, the worker can be ended.
 *
 * @param post Sends an answer to the host.
 * @returns What takes the host's requests, one after another.
 */
export function serveModel(post: (response: Response) => void): (request: Request) => Promise<void> {
  let wasm: Uint8Array | undefined;
  let session: InferenceSession | undefined;

  const open = async ({ model, artifact }: Extract<Request, { kind: "open" }>): Promise<void> => {
    try {
      const { session: loaded, ...checked } = await openChecked(() => loadRuntime(wasm as Uint8Array), model, artifact);
      session = loaded;
      post({ kind: "opened", checked });
    } catch (error) {
      post({ kind: "refused", failure: failureOf(error) });
    }
  };

  const run = async (id: number, input: Uint8Array): Promise<void> => {
    try {
      if (!session) throw new Error("The model is not open.");
      post({ kind: "ran", id, output: await session.run(input) });
    } catch (error) {
      post({ kind: "failed", id, failure: failureOf(error) });
    }
  };

  return async (request) => {
    if (request.kind === "start") {
      limitMemory(request.memory);
      wasm = request.wasm;
    } else if (request.kind === "open") await open(request);
    else for (const { id, input } of request.runs) await run(id, input);
  };
}

function failureOf(error: unknown): Failure {
  const of = kindOf(error);
  const trapped = [error, (error as Error).cause].some((each) => each instanceof WebAssembly.RuntimeError);
  return { of, message: messageOf(error), broken: trapped || of === "host" };
}

function kindOf(error: unknown): Failure["of"] {
  if (error instanceof InvalidModelError) return "model";
  if (error instanceof InvalidRunError) return "run";
  return error instanceof RangeError && !isOfEngine(error) ? "input" : "host";
}

const PAGE = 65_536;

/** Lets no WebAssembly memory of this thread grow beyond so many bytes; to be called before the first is made. */
function limitMemory(bytes: number): void {
  const most = Math.floor(bytes / PAGE);
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor({ maximum, ...rest }: WebAssembly.MemoryDescriptor) {
      super({ ...rest, maximum: Math.min(maximum ?? most, most) });
    }
  };
}
