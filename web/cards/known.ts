import type { Hex } from "viem";
import type { Card } from "../../models/card.ts";
import digits from "../../models/digits/card.json" with { type: "json" };
import risk from "../../models/risk/card.json" with { type: "json" };
import risk8 from "../../models/risk8/card.json" with { type: "json" };
import story from "../../models/story/card.json" with { type: "json" };
import stripes from "../../models/stripes/card.json" with { type: "json" };

/**
 * The card of a model of this house; undefined of any other. A card isn't on chain: it is found by the model's
 * name, which is its content's hash, so it can't be another model's.
 */
export const cardOf = (modelId: Hex): Card | undefined => cards.find((card) => card.modelId === modelId);

const cards = [digits, risk, risk8, story, stripes] as Card[];
