import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { AbiEvent } from "viem";
import { attestationRegistryAbi, campaignAbi, fraudProofAbi, modelRegistryAbi, quorumAbi } from "../../sdk/abi.ts";
import { attestationTypes, batchTypes } from "../../sdk/commitments.ts";

const text = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8");
const vectorsOf = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../vectors/${name}`, import.meta.url), "utf8"));

/** Whether every field of `part` stands in `whole`, or in something within it. */
function contains(whole: unknown, part: unknown): boolean {
  if (JSON.stringify(whole) === JSON.stringify(part)) return true;
  if (typeof whole !== "object" || whole === null) return false;
  if (Array.isArray(whole)) return whole.some((item) => contains(item, part));
  if (typeof part === "object" && part !== null && !Array.isArray(part))
    return Object.values(part).every((value) => contains(whole, value));
  return Object.values(whole).some((value) => contains(value, part));
}

describe("docs/protocol.md", () => {
  const examples = [...text.matchAll(/`(\w+\.json)`\n\n```json\n([^`]+)```/g)].map(([, name, json]) => ({
    name: name as string,
    value: JSON.parse(json as string) as Record<string, unknown>,
  }));

  it("works through every file of vectors", () => {
    expect(examples.map(({ name }) => name)).to.have.members([
      "trees.json",
      "tensors.json",
      "models.json",
      "attestations.json",
      "contexts.json",
      "inputs.json",
      "ledger.json",
      "batches.json",
      "profile.json",
    ]);
  });

  for (const { name, value } of examples) {
    it(`quotes ${name} truly`, () => {
      const vectors = vectorsOf(name);
      for (const [key, part] of Object.entries(value))
        expect(contains(vectors, part), `${name}: "${key}" is not in the vectors`).to.equal(true);
    });
  }

  it("quotes the EIP-712 types", () => {
    for (const [type, fields] of Object.entries({ ...attestationTypes, ...batchTypes }))
      expect(text).to.contain(`${type}(${fields.map(({ type, name }) => `${type} ${name}`).join(",")})`);
  });

  it("lists every event that the chain's story is told by", () => {
    const declared = [modelRegistryAbi, attestationRegistryAbi, campaignAbi, quorumAbi, fraudProofAbi]
      .flat()
      .filter((item): item is AbiEvent & (typeof campaignAbi)[number] => item.type === "event")
      .filter(({ name }) => !["Joined", "Left"].includes(name))
      .map(
        ({ name, inputs }) =>
          `${name}(${inputs.map((i) => `${i.type}${"indexed" in i && i.indexed ? "*" : ""} ${i.name}`).join(", ")})`,
      );
    for (const event of declared) expect(text).to.contain(`\`${event}\``);
  });
});
