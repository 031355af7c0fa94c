import type { AttestationStatus, AttestationSummary, AttestationsPage } from "../../../sdk/wire.ts";
import type { Site } from "./site.ts";

interface Wanted {
  /** The verification method's name. */
  method: string;
  status: AttestationStatus;
  model?: string;
  /** Only a batch will do. */
  isBatch?: boolean;
}

const PATIENCE_MS = 300_000;

/** An attestation of that kind, as soon as the demo has one; throws a sentence when it has none in five minutes. */
export async function findAttestation(
  { url }: Site,
  { method, status, model, isBatch = false }: Wanted,
): Promise<AttestationSummary> {
  const query = new URLSearchParams({ status, ...(model !== undefined && { model }) });
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: AttestationsPage = await read(`${url}/v1/attestations?${query}${cursor && `&cursor=${cursor}`}`);
      const found = page.items.find((one) => one.method.name === method && (one.root !== null || !isBatch));
      if (found) return found;
      cursor = page.next;
    }
    if (Date.now() > end) throw new Error(`The demo has no ${status} attestation under ${method} yet.`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const read = async (url: string): Promise<AttestationsPage> => (await fetch(url)).json() as Promise<AttestationsPage>;
