const PATIENCE = 5_000;

/** Scrolls to a row and focuses it, as soon as it is in the table and the earlier rows are gone. */
export function focusRow(wanted: { place: number } | "own"): void {
  const row = wanted === "own" ? "tr.own" : `tr[data-place="${wanted.place}"]`;
  const began = performance.now();
  const look = () => {
    const found = document.querySelector<HTMLElement>(`.standings[aria-busy="false"] > tbody > ${row}`);
    if (found) {
      found.scrollIntoView({ block: "center" });
      found.querySelector("button")?.focus({ preventScroll: true });
    } else if (performance.now() - began < PATIENCE) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** Moves the focus to the row above or below by the arrow keys. */
export function moveByArrows(event: {
  key: string;
  target: EventTarget;
  currentTarget: HTMLElement;
  preventDefault(): void;
}): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const toggles = [...event.currentTarget.querySelectorAll<HTMLElement>("button.toggle")];
  const next = toggles[toggles.indexOf(event.target as HTMLElement) + step];
  if (step === 0 || !toggles.includes(event.target as HTMLElement) || !next) return;
  event.preventDefault();
  next.focus();
}
