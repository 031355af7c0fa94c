import type { Hex } from "viem";
import { useExplorerPage } from "../explorer.ts";
import { short } from "../format.ts";
import { Copy } from "./copy.tsx";

/** A transaction's hash, shortened; a link to the block explorer where the deployment names one. */
export function Transaction({ hash }: { hash: Hex }) {
  const page = useExplorerPage("tx", hash);
  const text = <code title={hash}>{short(hash)}</code>;
  return (
    <span className="hash">
      {page === undefined ? (
        text
      ) : (
        <a href={page} target="_blank" rel="noopener noreferrer">
          {text}
          <span className="unseen"> in a block explorer</span>
        </a>
      )}
      <Copy text={hash} what={`transaction ${short(hash)}`} />
    </span>
  );
}
