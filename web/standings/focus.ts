const PATIENCE = 5_000;

/** Brings a row into view and the focus to it, as soon as it stands in the table. */
export function focusRow({ rank }: { rank: number }): void {
  const began = performance.now();
  const look = () => {
    const row = document.querySelector<HTMLElement>(`tr[data-rank="${rank}"]`);
    if (row) {
      row.scrollIntoView({ block: "center" });
      row.querySelector("button")?.focus({ preventScroll: true });
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
