import { keep, readKept } from "./storage.ts";

/** `system` follows the visitor's system. */
export type Theme = "system" | "light" | "dark";

const KEY = "proofboard.theme";

/** What the visitor chose before. */
export function readTheme(): Theme {
  const kept = readKept(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

/** Shows the page in a theme. */
export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** Shows the page in a theme from now on. */
export function keepTheme(theme: Theme): void {
  applyTheme(theme);
  keep(KEY, theme === "system" ? undefined : theme);
}
