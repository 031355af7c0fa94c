import { expect } from "chai";
import { programOfModel } from "../../inference/graphModel/generating.ts";
import type { Program } from "../../inference/graphModel/program.ts";
import { type CheckedModel, checkModel } from "../../inference/model.ts";
import { openChecked } from "../../inference/opener.ts";
import { signed, unsigned } from "../../inference/operators/operator.ts";
import { type CommittedModel, readModel } from "../../models/read.ts";
import {
  bitsOf,
  derive,
  drawPrompts,
  drawStories,
  drawText,
  HELD_OUT,
  isStory,
  meansOf,
  PROMPT_BYTES,
  PROMPTS,
} from "../../models/story/data.ts";
import { ANSWER_BYTES } from "../../models/story/graph.ts";
import { bitsOfStories, shareOfStories } from "../../models/story/measure.ts";
import { loadPinnedRuntime } from "../../participant/runtime.ts";
import { shownText, textInput } from "../../sdk/text.ts";
import { itIsCommittedWhole } from "./committed.ts";

const STORIES = 5_000;

describe("the source of stories", () => {
  const stories = drawStories({ seed: 1, stories: STORIES });
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  it("has no choice of which one option is the beginning of another", () => {
    let seed = 0;
    for (let i = 0; i < STORIES; i++)
      derive((options) => {
        for (const option of options)
          if (options.filter((other) => other.startsWith(option)).length > 1)
            expect.fail(`"${option}" begins another.`);
        seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
        return Math.floor((seed / 2 ** 32) * options.length);
      });
  });

  it("gives each story's probability away by its text", () => {
    for (const { text, bits } of stories) expect(bitsOf(text)).to.equal(bits);
  });

  it("draws as many bits and bytes a story as its exact means say, within four standard errors", () => {
    const means = meansOf();
    const drawn = { bits: stories.map(({ bits }) => bits), bytes: stories.map(({ text }) => text.length) };
    for (const each of ["bits", "bytes"] as const) {
      const deviation = Math.sqrt(mean(drawn[each].map((value) => (value - means[each]) ** 2)));
      expect(Math.abs(mean(drawn[each]) - means[each]) <= (4 * deviation) / Math.sqrt(STORIES)).to.equal(true);
    }
  });

  it("knows stories, their beginnings, and nothing else", () => {
    for (const [i, { text }] of stories.slice(0, 200).entries()) {
      expect(isStory(text)).to.equal(true);
      expect(isStory(`${text}\0\0`)).to.equal(true);
      expect(isStory(text.slice(0, i))).to.equal(true);
      expect(isStory(`${text}O`)).to.equal(false);
      expect(isStory(text.slice(1))).to.equal(false);
      const at = 1 + (i % (text.length - 2));
      expect(isStory(`${text.slice(0, at)}#${text.slice(at + 1)}`)).to.equal(false);
    }
  });

  it("writes the same text again from its seed, story after story", () => {
    const text = new TextDecoder().decode(drawText({ seed: 1, bytes: 10_000 }));
    const whole = stories.map((story) => story.text).join("");
    expect(text.length).to.be.at.least(10_000);
    expect(whole.startsWith(text)).to.equal(true);
  });
});

describe("model story", () => {
  let committed: CommittedModel;
  let checked: CheckedModel;
  let program: Program;
  let prompts: string[];

  before(async () => {
    committed = await readModel("story");
    checked = checkModel(committed.model, committed.artifact);
    program = programOfModel(checked) as Program;
    prompts = drawPrompts(PROMPTS);
  });

  itIsCommittedWhole("story");

  it("has half a million to a million parameters", () => {
    const rows = checked.parameters?.flat() ?? [];
    const bytes = rows.reduce((sum, { length }) => sum + length, 0);
    expect(bytes).to.be.within(500_000, 1_000_000);
  });

  it("comes with beginnings of stories as base inputs", () => {
    const { input } = checked.layout;
    for (const [i, prompt] of prompts.entries()) {
      const at = i * PROMPT_BYTES;
      expect(committed.inputs.slice(at, at + PROMPT_BYTES)).to.deep.equal(textInput(input, prompt));
    }
  });

  it("is as far from the text's true entropy as its card says", () => {
    const { text } = committed.card;
    if (!text) throw new Error("The card says nothing of its text.");
    const { bits, bytes } = meansOf();
    expect(text.entropy).to.equal(bits / bytes);
    const found = bitsOfStories(program, drawStories(HELD_OUT), text.logitStep);
    expect(found).to.deep.include({ bytes: text.bytes, trueBits: text.trueBits });
    // Chai's comparisons take whole numbers only, once the contracts' matchers are loaded.
    expect(Math.abs(found.bits - text.bits) <= 1e-9).to.equal(true);
    expect(found.bits >= found.trueBits && found.bits <= found.trueBits + 0.05).to.equal(true);
    expect(text.bits - text.floatBits < 0.01).to.equal(true);
  });

  it("goes on with as many held-out prompts as its source could, as its card says", () => {
    const { heldOutCount, accuracy } = committed.card;
    const share = shareOfStories(program, checked.layout.input, prompts.slice(0, heldOutCount));
    expect(share).to.equal(accuracy);
    expect(share >= 0.9).to.equal(true);
  });

  it("answers on onnxruntime-web what it answers in plain TypeScript, and tells each byte", async () => {
    const runtime = await loadPinnedRuntime();
    const { session } = await openChecked(async () => runtime, committed.model, committed.artifact);
    for (const prompt of prompts.slice(0, 3)) {
      const input = textInput(checked.layout.input, prompt);
      const told: number[] = [];
      const output = await session.run(input, (byte, position) => {
        expect(position).to.equal(told.length);
        told.push(byte);
      });
      expect(output).to.have.lengthOf(ANSWER_BYTES);
      expect(told).to.deep.equal([...output]);
      expect(output).to.deep.equal(unsigned(program.run(signed(input)).at(-1) as Int8Array));
    }
    await session.release();
  });

  it("confirms an answer by one pass, and no answer that is changed or cut", () => {
    const [prompt] = prompts as [string];
    const outputs = program.run(signed(textInput(checked.layout.input, prompt)));
    const tokens = outputs[0] as Int8Array;
    const answer = outputs.at(-1) as Int8Array;
    expect(program.pass(tokens).at(-1)).to.deep.equal(answer);
    for (const at of [0, 1, ANSWER_BYTES >> 1, program.fed - 1]) {
      const changed = answer.with(at, (answer[at] as number) ^ 1);
      const again = program.pass(tokens.with(PROMPT_BYTES + at, changed[at] as number)).at(-1) as Int8Array;
      expect(again.subarray(0, at + 1)).to.not.deep.equal(changed.subarray(0, at + 1));
    }
    const cut = program.pass(tokens.with(PROMPT_BYTES, 0)).at(-1) as Int8Array;
    expect(cut.subarray(0, 2)).to.deep.equal(Int8Array.of(answer[0] as number, 0));
  });

  it("ends a story, and writes nothing after it", () => {
    const ending = "never met again. Since that day the lantern hangs beside the";
    const output = program.run(signed(textInput(checked.layout.input, ending))).at(-1) as Int8Array;
    expect(shownText(unsigned(output))).to.match(/^ \w+\.$/);
    expect(output.subarray(output.indexOf(0)).every((byte) => byte === 0)).to.equal(true);
  });
});
