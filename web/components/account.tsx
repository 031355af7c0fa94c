import type { Address } from "viem";
import { Link } from "wouter";
import { short } from "../format.ts";
import { useName } from "../names.ts";
import { Copy } from "./copy.tsx";
import { Identicon } from "./identicon.tsx";
import { Name } from "./name.tsx";

/** An address, shortened, with what the account calls itself; a link to the account's page where a season is given. */
export function Account({ address, season, copy = true }: { address: Address; season?: string; copy?: boolean }) {
  const name = useName(address);
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
