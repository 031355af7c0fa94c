import type { Sentence } from "../../web/sentence.ts";

/** A sentence as text, with all that the page shortens in full. */
export const textOf = (sentence: Sentence): string =>
  sentence.map((piece) => (typeof piece === "string" ? piece : Object.values(piece).flat().join(", "))).join("");
