import { fetchContent } from "../../inference/content.ts";
import { MAX_METADATA_BYTES, readMetadata, type SeasonMetadata } from "../../sdk/seasonMetadata.ts";

/** The CID that a season's uri names; undefined where it names none: nothing else is ever fetched. */
export const cidOfUri = (uri: string | null): string | undefined => /^ipfs:\/\/(b[a-z2-7]{58})$/.exec(uri ?? "")?.[1];

/**
 * Fetches a season's metadata from the server of the page, bounded and hashed. Throws a sentence where it isn't served, or
 * isn't metadata.
 */
export async function fetchMetadata(source: string, cid: string): Promise<SeasonMetadata> {
  const metadata = readMetadata(await fetchContent(source, cid, MAX_METADATA_BYTES));
  if (metadata === undefined) throw new Error("What is served there is no season's metadata.");
  return metadata;
}
