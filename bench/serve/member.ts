import { startServer } from "../../indexer/fleet.ts";
import { deployment } from "../sync/deployment.ts";

/** An API server of a PostgreSQL database; answers its URL. */
export async function openMember(store: string): Promise<string> {
  // Counted as ever, but never refused: all requests come from one address.
  const limits = { requests: 1_000_000_000 };
  const { url } = await startServer({ store, deployment, rpcs: [], port: 0, limits, logLevel: "warn" });
  return url;
}
