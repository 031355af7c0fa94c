import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { programOfModel } from "../../inference/graphModel/generating.ts";
import type { Program } from "../../inference/graphModel/program.ts";
import { checkModel } from "../../inference/model.ts";
import { signed } from "../../inference/operators/operator.ts";
import { readModel } from "../../models/read.ts";
import { openContent } from "../../participant/content.ts";
import { publishModel } from "../../participant/publish.ts";
import type { SingleState } from "../../sdk/attestations.ts";
import { cidOfSha256 } from "../../sdk/content.ts";
import { textInput } from "../../sdk/text.ts";
import { accountOf } from "../participant/chain.ts";
import { CHEAT, HONEST, useSite } from "./site.ts";

describe("proofboard infer", () => {
  const site = useSite();

  it("refuses a model that isn't published", async () => {
    const id = `0x${"12".repeat(32)}`;
    const { code, stderr } = await site().run(["infer", id, "--unit", "1/1/0", "--account", accountOf(1).address]);
    expect(stderr).to.equal(`No model ${id} has been published.\n`);
    expect(code).to.equal(1);
  });

  it("refuses a corrupted file among the content, and says what hash it has", async () => {
    const content = join(site().directory, "corrupted");
    const { artifact, model } = await readModel("risk");
    const cid = await openContent(content).put(artifact, "sha2-256");
    expect(cid).to.equal(cidOfSha256(model.artifactHash));
    await writeFile(join(content, cid), artifact.with(100, (artifact[100] ?? 0) ^ 1));
    const file = await inputFile(JSON.stringify([...site().digits.inputs.slice(0, 64)]));
    const changed = { PROOFBOARD_CONTENT: content, PROOFBOARD_API: "http://127.0.0.1:1" };
    const { code, stderr } = await site().run(["infer", "risk", "--input", file], changed);
    expect(stderr).to.contain(`Content ${cid} has sha2-256 0x`).and.to.contain("it is not what its address names");
    expect(code).to.equal(1);
  });

  const files: [string, string, RegExp][] = [
    ["of the wrong length", "[1,2,3]", /has 3 bytes; the model's input takes 64/],
    ["that holds no bytes", "[1,2,300]", /holds 300; each element is a whole number from -128 to 127/],
    ["that is no array", '{"x":1}', /holds \{"x":1\}; each element/],
    ["that is no JSON", "[1,2", /is not JSON; right would be an array of numbers/],
  ];
  for (const [what, text, sentence] of files)
    it(`refuses an input ${what}`, async () => {
      const { code, stderr } = await site().run(["infer", "digits", "--input", await inputFile(text)]);
      expect(stderr).to.match(sentence);
      expect(code).to.equal(2);
    });

  it("refuses a unit beyond the task's", async () => {
    const { code, stderr } = await site().run([
      "infer",
      "digits",
      "--unit",
      "1/1/9",
      "--account",
      accountOf(1).address,
    ]);
    expect(stderr).to.equal("Task 1 has no unit 9: the units are 0 to 1.\n");
    expect(code).to.equal(1);
  });

  it("gives for a unit what its prover answered, if that was honest", async () => {
    for (const n of [HONEST, CHEAT]) {
      const account = accountOf(n).address;
      const { stdout, code } = await site().run(["infer", "digits", "--unit", "1/1/1", "--account", account, "--json"]);
      expect(code).to.equal(0);
      const { outputHash, inputHash, output } = JSON.parse(stdout);
      const recorded = [...site().follower.state.attestations.byId.values()].find(
        (each) => each.kind === "single" && each.message.inputHash === inputHash,
      ) as SingleState | undefined;
      expect(recorded?.message.prover).to.equal(account);
      expect(outputHash === recorded?.answer?.outputHash).to.equal(n === HONEST);
      expect(output.elements).to.have.length(10);
    }
  });

  it("takes raw bytes and JSON alike", async () => {
    const bytes = new Uint8Array(site().digits.inputs.slice(64, 128));
    const raw = join(site().directory, "input.bin");
    await writeFile(raw, bytes);
    const json = await inputFile(JSON.stringify([...new Int8Array(bytes.buffer)]));
    const answers = await Promise.all([raw, json].map((file) => site().run(["infer", "digits", "--input", file])));
    expect(answers[0]?.stdout).to.equal(answers[1]?.stdout).and.to.contain("Output hash");
  });

  describe("with a prompt", () => {
    before(async () => {
      const { model, artifact } = await readModel("story");
      await publishModel(site().client, site().senderOf(0), site().content, model, artifact);
    });

    const refusals: [string, string[], string][] = [
      [
        "of a model that reads no text",
        ["digits", "--prompt", "Once"],
        `The model's input "image" is no text; give --input.`,
      ],
      [
        "that is too long",
        ["story", "--prompt", "x".repeat(65)],
        `--prompt doesn't fit. The text takes 65 bytes; "prompt.text" takes at most 64.`,
      ],
      [
        "beside an input",
        ["story", "--prompt", "Once", "--input", "x"],
        "infer needs one of --input FILE, --prompt TEXT and --unit SEASON/TASK/UNIT.",
      ],
    ];
    for (const [what, args, sentence] of refusals)
      it(`refuses one ${what}`, async () => {
        const { code, stderr } = await site().run(["infer", ...args]);
        expect(stderr).to.equal(`${sentence}\n`);
        expect(code).to.equal(2);
      });

    it("writes what the model writes after it", async () => {
      const { model, artifact } = await readModel("story");
      const checked = checkModel(model, artifact);
      const prompt = "Once, a brave fox called Ada lived by the";
      const bytes = textInput(checked.layout.input, prompt);
      const written = (programOfModel(checked) as Program).run(signed(bytes)).at(-1) as Int8Array;
      const { stdout, code } = await site().run(["infer", "story", "--prompt", prompt, "--json"]);
      expect(code).to.equal(0);
      const { input, output } = JSON.parse(stdout);
      expect(input.elements).to.deep.equal([...bytes]);
      expect(output.elements).to.deep.equal([...written]);
    });
  });

  async function inputFile(text: string): Promise<string> {
    const file = join(site().directory, `input-${Math.random()}.json`);
    await writeFile(file, text);
    return file;
  }
});
