import { useCallback, useEffect, useRef, useState } from "react";
import type { Check } from "../../inference/verify/checks.ts";
import type { CheckMessage, CheckRequest, Found } from "./messages.ts";

/** How far a check has got. */
export type Progress =
  | { phase: "idle" }
  | { phase: "running"; doing: string; checks: Check[] }
  | { phase: "done"; found: Found; checks: Check[] }
  | { phase: "failed"; message: string; checks: Check[] };

const checksOf = (progress: Progress): Check[] => (progress.phase === "idle" ? [] : progress.checks);

/** The progress after one more message of the worker. */
export function advance(progress: Progress, message: CheckMessage): Progress {
  const checks = checksOf(progress);
  switch (message.kind) {
    case "doing":
      return { phase: "running", doing: message.what, checks };
    case "check":
      return {
        phase: "running",
        doing: progress.phase === "running" ? progress.doing : "",
        checks: [...checks, message.check],
      };
    case "found":
      return { phase: "done", found: message.found, checks };
    case "failed":
      return { phase: "failed", message: message.message, checks };
  }
}

/** Checks in a worker of its own, which is loaded when `start` is called and ended when it is done or left. */
export function useCheck(): { progress: Progress; start: (request: CheckRequest) => void } {
  const [progress, setProgress] = useState<Progress>({ phase: "idle" });
  const running = useRef<Worker>(undefined);
  useEffect(() => () => running.current?.terminate(), []);

  const start = useCallback((request: CheckRequest) => {
    running.current?.terminate();
    const worker = new Worker(new URL("./check.worker.ts", import.meta.url), { type: "module" });
    running.current = worker;
    setProgress({ phase: "running", doing: "Starting", checks: [] });
    worker.addEventListener("message", ({ data }: MessageEvent<CheckMessage>) => {
      setProgress((before) => advance(before, data));
      if (data.kind === "found" || data.kind === "failed") worker.terminate();
    });
    worker.addEventListener("error", ({ message }) => {
      setProgress((before) =>
        advance(before, { kind: "failed", message: message || "The check could not be loaded." }),
      );
      worker.terminate();
    });
    worker.postMessage(request);
  }, []);
  return { progress, start };
}
