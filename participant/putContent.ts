import { type LocalAccount, sha256 } from "viem";
import { ApiError, apiUrl, placeOf } from "../sdk/api.ts";
import { cidOfSha256 } from "../sdk/content.ts";
import { LONGEST_PUT, putTypedData } from "../sdk/contentPut.ts";
import type { Deployment } from "../sdk/deployment.ts";

/** Content on a server. */
export interface PutContent {
  cid: string;
  /** False if it was there already. */
  isNew: boolean;
}

/**
 * Puts bytes on an indexer that takes content, signed by an organiser. Throws an {@link ApiError} that says why it was
 * refused.
 *
 * @param api The indexer's URL, as in `http://127.0.0.1:4000`.
 */
export async function putContent(
  api: string,
  deployment: Deployment,
  account: LocalAccount,
  bytes: Uint8Array,
): Promise<PutContent> {
  const cid = cidOfSha256(sha256(bytes));
  const place = placeOf(apiUrl(api, ""));
  const deadline = Math.floor(Date.now() / 1000) + LONGEST_PUT / 2;
  const message = { cid, size: BigInt(bytes.length), deadline: BigInt(deadline) };
  const signature = await account.signTypedData(putTypedData(deployment, message));
  const url = apiUrl(api, `/v1/content/${cid}?deadline=${deadline}&signature=${signature}`);
  const headers = { "content-type": "application/octet-stream" };
  const response = await fetch(url, { method: "PUT", headers, body: bytes as Uint8Array<ArrayBuffer> }).catch(
    (cause: unknown) => {
      throw new ApiError(`${place} can't be reached, or broke off.`, undefined, { cause });
    },
  );
  if (response.ok) return { cid, isNew: response.status === 201 };
  const { detail } = (await response.json().catch(() => ({}))) as { detail?: string };
  throw new ApiError(`${place} took no content: ${detail ?? `it answered ${response.status}.`}`, response.status);
}
