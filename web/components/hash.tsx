import { Link } from "wouter";
import { short } from "../format.ts";
import { Copy } from "./copy.tsx";

/** A hash, shortened, with a link to the page about it where there is one. `what` names it, as in "transaction". */
export function Hash({ value, what, href }: { value: string; what: string; href?: string }) {
  const text = <code title={value}>{short(value)}</code>;
  return (
    <span className="hash">
      {href === undefined ? text : <Link href={href}>{text}</Link>}
      <Copy text={value} what={`${what} ${short(value)}`} />
    </span>
  );
}
