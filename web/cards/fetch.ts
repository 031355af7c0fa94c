import type { Hex } from "viem";
import { fetchContent } from "../../inference/content.ts";
import { MAX_CARD_BYTES, type ModelCard, readModelCard } from "../../sdk/modelCard.ts";

/**
 * Fetches a model's card from the server of the page, bounded and hashed. Throws a sentence where it isn't served, or isn't
 * this model's card.
 */
export async function fetchCard(source: string, cid: string, modelId: Hex): Promise<ModelCard> {
  const card = readModelCard(await fetchContent(source, cid, MAX_CARD_BYTES), modelId);
  if (card === undefined) throw new Error("What is served there is no card of this model.");
  return card;
}
