import { type ComponentType, useCallback, useEffect, useRef, useState } from "react";
import type { Check } from "../../inference/verify/checks.ts";
import { load } from "../part.ts";
import type { CheckMessage, CheckRequest, Found } from "./messages.ts";

/** How far a check has got. */
export type Progress =
  | { phase: "idle" }
  | { phase: "running"; doing: string; checks: Check[]; written: readonly number[] }
  | { phase: "done"; found: Found; checks: Check[] }
  | { phase: "failed"; message: string; checks: Check[] };

const checksOf = (progress: Progress): Check[] => (progress.phase === "idle" ? [] : progress.checks);

/** The progress after one more message of the worker. */
export function advance(progress: Progress, message: CheckMessage): Progress {
  const checks = checksOf(progress);
  const { doing, written } = progress.phase === "running" ? progress : { doing: "", written: [] };
  switch (message.kind) {
    case "doing":
      return { phase: "running", doing: message.what, checks, written };
    case "check":
      return { phase: "running", doing, checks: [...checks, message.check], written };
    case "wrote":
      return { phase: "running", doing, checks, written: [...written, message.byte] };
    case "found":
      return { phase: "done", found: message.found, checks };
    case "failed":
      return { phase: "failed", message: message.message, checks };
  }
}

interface Checking {
  progress: Progress;
  start: (request: CheckRequest) => void;
  /** Shows what was recomputed; there once a check is done. */
  Recomputed: ComponentType<{ found: Found }> | undefined;
}

/** Checks in a worker of its own, which is loaded when `start` is called and ended when it is done or left. */
export function useCheck(): Checking {
  const [progress, setProgress] = useState<Progress>({ phase: "idle" });
  const [Recomputed, setRecomputed] = useState<Checking["Recomputed"]>();
  const running = useRef<Worker>(undefined);
  useEffect(() => () => running.current?.terminate(), []);

  const start = useCallback((request: CheckRequest) => {
    running.current?.terminate();
    const worker = new Worker(new URL("./check.worker.ts", import.meta.url), { type: "module" });
    running.current = worker;
    setProgress({ phase: "running", doing: "Starting", checks: [], written: [] });
    const tell = (message: CheckMessage) => setProgress((before) => advance(before, message));
    const fail = (message: string) => tell({ kind: "failed", message: message || "The check could not be loaded." });
    const shown = load(() => import("./recomputed.tsx"));
    // Told when it is needed.
    shown.catch(() => {});
    worker.addEventListener("message", ({ data }: MessageEvent<CheckMessage>) => {
      if (data.kind === "found" || data.kind === "failed") worker.terminate();
      if (data.kind !== "found") return tell(data);
      shown.then(
        (code) => {
          if (running.current !== worker) return;
          setRecomputed(() => code.default);
          tell(data);
        },
        ({ message }: Error) => fail(message),
      );
    });
    worker.addEventListener("error", ({ message }) => {
      fail(message);
      worker.terminate();
    });
    worker.postMessage(request);
  }, []);
  return { progress, start, Recomputed };
}
