import type { Hex } from "viem";
import { useDeployment } from "./api.ts";

/**
 * The page of a block explorer about a transaction or an address, by the paths of EIP-3091; undefined without an explorer,
 * or where a server names one that isn't reached over https.
 */
export function explorerPage(explorer: string | null | undefined, kind: "tx" | "address", id: Hex): string | undefined {
  if (!explorer || !URL.canParse(explorer) || new URL(explorer).protocol !== "https:") return undefined;
  return `${explorer.replace(/\/+$/, "")}/${kind}/${id}`;
}

/** {@link explorerPage} of the explorer that the deployment names. */
export const useExplorerPage = (kind: "tx" | "address", id: Hex): string | undefined =>
  explorerPage(useDeployment().data?.explorer, kind, id);
