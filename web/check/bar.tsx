/** A bar that shows how far along its scale a number is; the number is written beside it. `share` is from 0 to 1. */
export function Bar({ share, strong = false }: { share: number; strong?: boolean }) {
  return (
    <svg
      className={strong ? "bar bar-strong" : "bar"}
      viewBox="0 0 100 8"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect className="track" width="100" height="8" />
      <rect width={Math.max(0, Math.min(1, share)) * 100} height="8" />
    </svg>
  );
}
