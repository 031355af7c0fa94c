import { fetchContent } from "../../inference/content.ts";
import { MAX_METADATA_BYTES, readMetadata, type SeasonMetadata } from "../../sdk/seasonMetadata.ts";

/**
 * Fetches a season's metadata from the server of the page, bounded and hashed. Throws a sentence where it isn't served, or
 * isn't metadata.
 */
export async function fetchMetadata(source: string, cid: string): Promise<SeasonMetadata> {
  const metadata = readMetadata(await fetchContent(source, cid, MAX_METADATA_BYTES));
  if (metadata === undefined) throw new Error("What is served there is no season's metadata.");
  return metadata;
}
