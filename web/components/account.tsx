import type { Address } from "viem";
import { Link } from "wouter";
import { short } from "../format.ts";
import { useName } from "../names.ts";
import { Copy } from "./copy.tsx";
import { Identicon } from "./identicon.tsx";
import { Name } from "./name.tsx";

interface AccountProps {
  address: Address;
  /** Its page in this season is linked; nothing is without one. */
  season?: string;
  copy?: boolean;
  /** What it calls itself, where that is known already. */
  called?: string | null;
}

/** An address, shortened, with what the account calls itself. */
export function Account({ address, season, copy = true, called }: AccountProps) {
  const name = useName(address, called);
  const text = <code title={address}>{short(address)}</code>;
  return (
    <span className="account">
      <Identicon address={address} />
      {season === undefined ? text : <Link href={`/seasons/${season}/accounts/${address}`}>{text}</Link>}
      <Name value={name} />
      {copy && <Copy text={address} what={`address ${short(address)}`} />}
    </span>
  );
}
