import type { Address } from "viem";
import { useSearchParams } from "wouter";
import { addressIn } from "../me.ts";

/** What the address bar says of the table: from which rank on, which prefix, whose row is open. */
export interface TablePlace {
  rank: number;
  prefix: string | undefined;
  open: Address | undefined;
}

const PREFIX = /^0x[0-9a-f]{1,40}$/i;

/** The beginning of an address that a typed text is, with or without its `0x`; undefined where it is none. */
export function prefixIn(text: string): string | undefined {
  const typed = text.trim().toLowerCase();
  const prefix = typed.startsWith("0x") ? typed : `0x${typed}`;
  return typed !== "0" && PREFIX.test(prefix) ? prefix : undefined;
}

/** The table's place by the parameters of the page's address; what makes no sense there is left out. */
export function placeIn(search: URLSearchParams): TablePlace {
  const rank = Number(search.get("rank") ?? 1);
  const prefix = search.get("prefix") ?? undefined;
  return {
    rank: Number.isSafeInteger(rank) && rank >= 1 ? rank : 1,
    prefix: prefix !== undefined && PREFIX.test(prefix) ? prefix : undefined,
    open: addressIn(search.get("open") ?? undefined),
  };
}

/** The address with parts of the place changed; what is as it is without being told is left out. */
export function withPlace(search: URLSearchParams, change: Partial<TablePlace>): URLSearchParams {
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(change))
    if (value === undefined || (name === "rank" && value === 1)) next.delete(name);
    else next.set(name, String(value));
  return next;
}

/** The table's place, and how to move it; going elsewhere in the table can be undone with the browser's back. */
export function usePlace(): [TablePlace, (change: Partial<TablePlace>, replace?: boolean) => void] {
  const [search, setSearch] = useSearchParams();
  return [placeIn(search), (change, replace = false) => setSearch((old) => withPlace(old, change), { replace })];
}
