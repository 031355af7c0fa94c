import type { RunMessage } from "../runs/messages.ts";

/** How far the writing has got. */
export type Progress =
  | { phase: "idle" }
  | { phase: "running"; prompt: string; written: readonly number[] }
  | { phase: "done"; prompt: string; text: Uint8Array }
  | { phase: "failed"; message: string };

/** The progress after one more message of the worker. */
export function advance(progress: Progress, message: RunMessage): Progress {
  if (progress.phase !== "running") return progress;
  const { prompt, written } = progress;
  switch (message.kind) {
    case "wrote":
      return { phase: "running", prompt, written: [...written, message.byte] };
    case "ran":
      return { phase: "done", prompt, text: message.ran.output.data };
    case "failed":
      return { phase: "failed", message: message.message };
  }
}
