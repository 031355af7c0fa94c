import { useSyncExternalStore } from "react";

function subscribe(listener: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = new MutationObserver(listener);
  system.addEventListener("change", listener);
  chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    system.removeEventListener("change", listener);
    chosen.disconnect();
  };
}

/** Names the colour scheme in use; changes when the visitor or the system chooses another. */
export const useScheme = (): string => useSyncExternalStore(subscribe, schemeOf);

const schemeOf = (): string =>
  `${document.documentElement.dataset.theme ?? "system"} ${matchMedia("(prefers-color-scheme: dark)").matches}`;
