import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { programOf } from "../../inference/graphModel/program.ts";
import { signed } from "../../inference/operators/operator.ts";
import { textInput } from "../../sdk/text.ts";
import { writeModel } from "../write.ts";
import { drawPrompts, drawStories, HELD_OUT, meansOf, PROMPT_BYTES, PROMPTS, TRAINING } from "./data.ts";
import { type Network, storyModel } from "./graph.ts";
import { bitsOfStories, logitsOf, shareOfStories } from "./measure.ts";

/** What train.py writes beside the network. */
interface Trained extends Network {
  logitStep: number;
  /** Bits a byte of the held-out stories, without rounding. */
  floatBits: number;
  /** A text, and what the integers gave there in PyTorch. */
  sample: { tokens: number[]; logits: number[][] };
}

const directory = process.argv[2] ?? "../cache/story";
const { logitStep, floatBits, sample, ...network }: Trained = JSON.parse(
  await readFile(join(directory, "network.json"), "utf8"),
);
const { layout, artifact, operators, parameters } = storyModel(network);
const program = programOf(operators, parameters);

for (const [row, logits] of logitsOf(program, Int8Array.from(sample.tokens)).entries())
  if (logits.join() !== sample.logits[row]?.join())
    throw new Error(`The logits after byte ${PROMPT_BYTES + row} of the sample are other than PyTorch's.`);

const prompts = drawPrompts(PROMPTS);
const heldOut = prompts.slice(0, HELD_OUT.prompts);
const accuracy = shareOfStories(program, layout.input, heldOut);
const { bytes, ...bits } = bitsOfStories(program, drawStories(HELD_OUT), logitStep);

const card = await writeModel({
  ...{ artifact, layout, layers: [] },
  inputs: prompts.map((prompt) => signed(textInput(layout.input, prompt))),
  measured: {
    name: "story",
    task: `Goes on with a story: reads its beginning, at most ${PROMPT_BYTES} bytes of it, and writes the 64 bytes that follow. It knows only stories of one kind; right is an answer that its source could have given.`,
    data: `Stories drawn by models/story/data.ts: ${TRAINING.bytes} bytes to train (seed ${TRAINING.seed}), ${HELD_OUT.stories} stories (seed ${HELD_OUT.seed}) and ${prompts.length} prompts (seed ${PROMPTS.seed}) held out.`,
    profile: "graph",
    labels: [],
    heldOutCount: heldOut.length,
    accuracy,
    noise: 0,
    accuracyWithNoise: accuracy,
    text: { bytes, entropy: meansOf().bits / meansOf().bytes, ...bits, floatBits, logitStep },
  },
});
console.log(card);
