import { memo } from "react";
import { cellsOf, hueOf } from "../identicon.ts";

/** A picture by which an address is recognised; the address is always written beside it. */
export const Identicon = memo(function Identicon({ address, size = 20 }: { address: string; size?: number }) {
  return (
    <svg className="identicon" viewBox="0 0 6 6" width={size} height={size} aria-hidden="true">
      <rect width="6" height="6" fill={`hsl(${hueOf(address, 0)} 45% 86%)`} />
      <path d={cellsOf(address)} fill={`hsl(${hueOf(address, 0)} 65% 38%)`} />
    </svg>
  );
});
