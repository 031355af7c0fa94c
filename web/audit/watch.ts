import { useEffect, useSyncExternalStore } from "react";
import type { DeploymentAnswer } from "../../sdk/wire.ts";
import { announce } from "../components/live.tsx";
import { server } from "../prefix.ts";
import { keep, readKept } from "../storage.ts";
import type { AuditMessage, AuditNews, AuditState } from "./messages.ts";
import type { Served } from "./served.ts";

// One season is audited at a time: the one that the page shows.
let worker: Worker | undefined;
let watched: { deployment: DeploymentAnswer; seasonId: string; name: string } | undefined;
let state: AuditState = { kind: "checking", done: 0, total: 0 };
const shown = new Map<string, Served>();
const listeners = new Set<() => void>();
const SECOND_RPC = "proofboard.second-rpc";
let secondRpcUrl = rpcIn(readKept(SECOND_RPC));

/** A text as the URL of an RPC; undefined if it isn't one. */
export function rpcIn(text: string | undefined): string | undefined {
  if (text === undefined || !URL.canParse(text.trim())) return undefined;
  const { protocol, href } = new URL(text.trim());
  return /^https?:$/.test(protocol) ? href : undefined;
}

function publish(next: AuditState): void {
  state = next;
  for (const listen of listeners) listen();
}

function send(message: AuditMessage): void {
  worker?.postMessage(message);
}

document.addEventListener("visibilitychange", () => send({ kind: "visible", visible: !document.hidden }));

/** Audits a season from now on, over the RPC that the deployment's answer names, and the visitor's own where there is one. */
export function watchSeason(deployment: DeploymentAnswer, seasonId: string): void {
  const { rpcUrl } = deployment;
  const name = `${deployment.chainId} ${rpcUrl} ${secondRpcUrl} ${seasonId}`;
  if (watched?.name === name) return;
  watched = { deployment, seasonId, name };
  worker?.terminate();
  worker = undefined;
  if (rpcUrl === null) {
    publish({ kind: "cannot", why: "This site names no RPC that a browser may ask." });
    return;
  }
  publish({ kind: "checking", done: 0, total: 0 });
  worker = new Worker(new URL("./audit.worker.ts", import.meta.url), { type: "module", name: "audit" });
  worker.addEventListener("message", ({ data }: MessageEvent<AuditNews>) => {
    if (data.kind === "state") publish(data.state);
    else announce(`The whole ranking couldn't be compared: ${data.why}`);
  });
  worker.addEventListener("error", ({ message }) =>
    publish({ kind: "cannot", why: `The audit ended with an error: ${message || "it couldn't be loaded"}.` }),
  );
  send({ kind: "start", deployment, rpcUrl, secondRpcUrl, seasonId });
  for (const [slot, served] of shown) if (served.seasonId === seasonId) send({ kind: "served", slot, served });
}

/** Compares the whole ranking that the API serves of a season with the chain, every row of it. */
export const checkWhole = (seasonId: string): void => send({ kind: "whole", server: server(), seasonId });

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The RPC that the visitor has asked beside the site's; undefined if there is none. */
export const useSecondRpc = (): string | undefined => useSyncExternalStore(subscribe, () => secondRpcUrl);

/** Keeps a second RPC in this browser, or forgets it, and audits anew. */
export function setSecondRpc(url: string | undefined): void {
  secondRpcUrl = url;
  keep(SECOND_RPC, url);
  if (watched) watchSeason(watched.deployment, watched.seasonId);
  else for (const listen of listeners) listen();
}

/** The result for the points of the audited season. */
export const useAudit = (): AuditState => useSyncExternalStore(subscribe, () => state);

/** Compares what the page shows in a place with the chain, again whenever it changes; each page of a list on its own. */
export function useChecked(place: string, served: readonly Served[]): void {
  useEffect(() => {
    const slots = served.map((one, i) => [`${place} ${i}`, one] as const);
    for (const [slot, one] of slots) {
      shown.set(slot, one);
      send({ kind: "served", slot, served: one });
    }
    return () => {
      for (const [slot] of slots) shown.delete(slot);
    };
  }, [place, served]);
}
