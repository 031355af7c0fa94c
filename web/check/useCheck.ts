import { type ComponentType, useCallback, useEffect, useRef, useState } from "react";
import type { Check } from "../../inference/verify/checks.ts";
import { load } from "../part.ts";
import { ask } from "../runs/kept.ts";
import type { Place } from "../runs/messages.ts";
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
  start: (place: Place, request: CheckRequest) => void;
  /** Shows what was recomputed; there once a check is done. */
  Recomputed: ComponentType<{ found: Found }> | undefined;
}

/** Checks in the worker of the attestation's model, until it is done or left. */
export function useCheck(): Checking {
  const [progress, setProgress] = useState<Progress>({ phase: "idle" });
  const [Recomputed, setRecomputed] = useState<Checking["Recomputed"]>();
  const leave = useRef<() => void>(undefined);
  useEffect(() => () => leave.current?.(), []);

  const start = useCallback((place: Place, request: CheckRequest) => {
    leave.current?.();
    let isLeft = false;
    const tell = (message: CheckMessage) => {
      if (!isLeft) setProgress((before) => advance(before, message));
    };
    setProgress({ phase: "running", doing: "Starting", checks: [], written: [] });
    const shown = load(() => import("./recomputed.tsx"));
    // Told when it is needed.
    shown.catch(() => {});
    const cancel = ask(place, "check", request, (message) => {
      if (message.kind !== "found") return tell(message);
      shown.then(
        (code) => {
          setRecomputed(() => code.default);
          tell(message);
        },
        ({ message }: Error) => tell({ kind: "failed", message }),
      );
    });
    leave.current = () => {
      isLeft = true;
      cancel();
    };
  }, []);
  return { progress, start, Recomputed };
}
