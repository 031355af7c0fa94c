import type { Program } from "../../inference/graphModel/program.ts";
import { signed } from "../../inference/operators/operator.ts";
import type { TensorSpec } from "../../sdk/layouts.ts";
import { textInput } from "../../sdk/text.ts";
import { isStory, PROMPT_BYTES, type Story } from "./data.ts";

const encoder = new TextEncoder();

/** Logits of the byte after each of the last moments, a moment a row, from one pass over all tokens. */
export function logitsOf(program: Program, tokens: Int8Array): Int8Array[] {
  const at = program.operators.length - 2;
  const { width, rows } = program.operators[at] as (typeof program.operators)[number];
  const logits = program.pass(tokens)[at] as Int8Array;
  return Array.from({ length: rows }, (_, row) => logits.subarray(row * width, (row + 1) * width));
}

/**
 * Bits a byte of stories after the first, each byte with the 64 to 127 bytes before it known: the text's own, from the
 * stories' derivations, and the model's, −log2 of what it gives the byte.
 *
 * @param logitStep What one step of a logit is worth, in nats.
 */
export function bitsOfStories(program: Program, stories: readonly Story[], logitStep: number) {
  const [first, ...measured] = stories as [Story, ...Story[]];
  const text = encoder.encode(stories.map((story) => story.text).join(""));
  const begin = first.text.length;
  const { rows } = program.operators[0] as (typeof program.operators)[number];
  let bits = 0;
  for (let start = begin; start < text.length; start += program.fed + 1) {
    const tokens = new Int8Array(rows);
    tokens.set(signed(text.slice(start - PROMPT_BYTES, start - PROMPT_BYTES + rows)));
    for (const [i, logits] of logitsOf(program, tokens)
      .slice(0, text.length - start)
      .entries())
      bits -= logOf(logits, text[start + i] as number, logitStep);
  }
  const bytes = text.length - begin;
  return { bytes, trueBits: measured.reduce((total, story) => total + story.bits, 0) / bytes, bits: bits / bytes };
}

/** log2 of the share of e^(logit · step) that one byte has. */
function logOf(logits: Int8Array, byte: number, step: number): number {
  let total = 0;
  for (const logit of logits) total += Math.exp((logit - (logits[byte] as number)) * step);
  return -Math.log2(total);
}

/** What the model writes after each of the prompts, and how often the two together are a story or its beginning. */
export function shareOfStories(program: Program, input: TensorSpec, prompts: readonly string[]): number {
  const written = prompts.map((prompt) => {
    const output = program.run(signed(textInput(input, prompt))).at(-1) as Int8Array;
    return prompt + new TextDecoder().decode(output);
  });
  return written.filter(isStory).length / prompts.length;
}
