import type { Address } from "viem";
import { useSearchParams } from "wouter";
import { addressIn } from "../me.ts";

/** Columns by which the rows that are shown can be sorted; the ranking itself has one order only. */
const sortable = ["verified", "pending", "refuted", "caught"] as const;

/** An order of the rows that are shown, other than the ranking's. */
export interface Sorting {
  column: (typeof sortable)[number];
  descending: boolean;
}

/** The table's state in the page's address: the first place, what is sought, the account whose row is open, the rows' order. */
export interface View {
  place: number;
  prefix: string | undefined;
  /** The start of a name. */
  name: string | undefined;
  open: Address | undefined;
  /** Undefined for the ranking's own order. */
  sort: Sorting | undefined;
}

/** As many characters as a name or an address can have. */
export const MOST_TYPED = 64;

const PREFIX = /^0x[0-9a-f]{1,40}$/i;

/** A typed text as the start of an address, with or without its `0x`; undefined if it can't be one. */
export function prefixIn(text: string): string | undefined {
  const typed = text.trim().toLowerCase();
  const prefix = typed.startsWith("0x") ? typed : `0x${typed}`;
  return typed !== "0" && PREFIX.test(prefix) ? prefix : undefined;
}

/** A typed text as the start of a name; undefined if it is an address's. */
export function nameIn(text: string): string | undefined {
  const typed = text.trim();
  return typed === "" || /^0x/i.test(typed) || typed.length > MOST_TYPED ? undefined : typed;
}

/** What is sought, as it was typed. */
export const soughtIn = ({ name, prefix }: Pick<View, "name" | "prefix">): string | undefined => name ?? prefix;

/** The view that the parameters of the page's address give; invalid ones are left out. */
export function viewIn(search: URLSearchParams): View {
  const place = Number(search.get("place") ?? 1);
  const prefix = search.get("prefix") ?? undefined;
  return {
    place: Number.isSafeInteger(place) && place >= 1 ? place : 1,
    prefix: prefix !== undefined && PREFIX.test(prefix) ? prefix : undefined,
    name: nameIn(search.get("name") ?? ""),
    open: addressIn(search.get("open") ?? undefined),
    sort: sortingIn(search.get("sort") ?? ""),
  };
}

/** `refuted` has the most first, `-refuted` the fewest. */
function sortingIn(text: string): Sorting | undefined {
  const column = sortable.find((one) => text === one || text === `-${one}`);
  return column && { column, descending: text === column };
}

const sortingText = ({ column, descending }: Sorting): string => `${descending ? "" : "-"}${column}`;

/** The address with parts of the view changed; parts with their default value are left out. */
export function withView(search: URLSearchParams, change: Partial<View>): URLSearchParams {
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(change))
    if (value === undefined || (name === "place" && value === 1)) next.delete(name);
    else next.set(name, typeof value === "object" ? sortingText(value) : String(value));
  return next;
}

/** The view, and how to change it; going elsewhere in the table can be undone with the browser's back. */
export function useView(): [View, (change: Partial<View>, replace?: boolean) => void] {
  const [search, setSearch] = useSearchParams();
  return [viewIn(search), (change, replace = false) => setSearch((old) => withView(old, change), { replace })];
}
