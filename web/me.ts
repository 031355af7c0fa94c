import { useSyncExternalStore } from "react";
import type { Address } from "viem";
import { keep, readKept } from "./storage.ts";

const KEY = "proofboard.me";

const listeners = new Set<() => void>();
let me = addressIn(readKept(KEY));

/** A text as an address; undefined if it isn't one. */
export function addressIn(text: string | undefined): Address | undefined {
  return text !== undefined && /^0x[0-9a-fA-F]{40}$/.test(text) ? (text as Address) : undefined;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The visitor's own address, as entered in this browser; undefined if none was. */
export const useMe = (): Address | undefined => useSyncExternalStore(subscribe, () => me);

/** Keeps an address as the visitor's own, or forgets it. */
export function setMe(address: Address | undefined): void {
  me = address;
  keep(KEY, address);
  for (const listen of listeners) listen();
}

/** Whether two addresses are one, however they are written. */
export const isSame = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && a.toLowerCase() === b?.toLowerCase();
