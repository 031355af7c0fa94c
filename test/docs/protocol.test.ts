import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import type { Abi, AbiEvent } from "viem";
import { RULES_HASH, rulesText } from "../../inference/graph/rules.ts";
import {
  attestationRegistryAbi,
  campaignAbi,
  coverAbi,
  inferenceRequestsAbi,
  modelRegistryAbi,
  profilesAbi,
  rewardsAbi,
  standingsAbi,
} from "../../sdk/abi.ts";
import { attestationTypes, batchTypes } from "../../sdk/commitments.ts";
import { knownMethods } from "../../sdk/methods/index.ts";
import { Reason, Status } from "../../sdk/protocol.ts";

const pageOf = (path: string): string => readFileSync(new URL(`../../docs/${path}`, import.meta.url), "utf8");
const text = pageOf("protocol.md");
const vectorsOf = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../vectors/${name}`, import.meta.url), "utf8"));

/** The name of a method's page, as in fraud-proof.md for `fraudProof`. */
const fileOf = (key: string): string => `${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.md`;

/** Events as the pages write them: indexed parameters with a `*` after their type. */
const eventsOf = (abi: Abi): string[] =>
  abi
    .filter((item): item is AbiEvent => item.type === "event")
    .map(
      ({ name, inputs }) => `${name}(${inputs.map((i) => `${i.type}${i.indexed ? "*" : ""} ${i.name}`).join(", ")})`,
    );

/** What a page lists as events, in its tables. */
const listedIn = (page: string): string[] =>
  page
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .flatMap((line) => [...line.matchAll(/`([A-Z]\w+\([^`]*\))`/g)].map(([, event]) => event as string));

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
  const examples = [...text.matchAll(/`(\w+\.json)`[^\n]*\n\n```json\n([^`]+)```/g)].map(([, name, json]) => ({
    name: name as string,
    value: JSON.parse(json as string) as Record<string, unknown>,
  }));

  it("says which rules graphs are held to", () => {
    const stated = rulesText.split("\n").slice(0, 6);
    const operators = /\n\n((?: {4}[A-Z][^\n]+\n)+)\nNo graph within/.exec(text)?.[1]?.trim().split(/\s+/);
    expect(text.replaceAll("\n", " ")).to.contain(stated.map((line) => `\`${line}\``).join(", "));
    expect(operators).to.deep.equal(rulesText.split("\n").slice(6, -1));
    expect(text).to.contain(RULES_HASH);
  });

  it("works through every file of vectors", () => {
    expect(examples.map(({ name }) => name)).to.have.members([
      "trees.json",
      "tensors.json",
      "names.json",
      "models.json",
      "attestations.json",
      "contexts.json",
      "inputs.json",
      "ledger.json",
      "batches.json",
      "profile.json",
      "operators.json",
      "requests.json",
      "standings.json",
      "adapters.json",
      "zk.json",
      "enclave.json",
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

  it("numbers statuses and reasons as the sdk does", () => {
    for (const [name, status] of Object.entries(Status))
      expect(text).to.match(new RegExp(`\\*\\*Status\\.\\*\\* [^.]*\\b${status} ${name}\\b`, "i"));
    const reasons = [...text.matchAll(/\(reason (\d)[,)]/g)].map(([, number]) => Number(number));
    expect(new Set(reasons)).to.deep.equal(new Set(Object.values(Reason)));
  });

  it("lists every event that is needed to follow the chain, and no other", () => {
    const ofSeasons = [modelRegistryAbi, attestationRegistryAbi, campaignAbi, standingsAbi, rewardsAbi];
    const declared = [...ofSeasons, inferenceRequestsAbi, coverAbi, profilesAbi].flatMap(eventsOf);
    expect(listedIn(text)).to.have.members(declared);
  });

  it("links every method's page beside its number", () => {
    for (const [key, { id, name }] of knownMethods())
      expect(text).to.contain(`| ${id} | [${name}](methods/${fileOf(key)})`);
  });
});

describe("docs/methods", () => {
  it("has a page for every method and for nothing else", () => {
    const files = readdirSync(new URL("../../docs/methods", import.meta.url));
    expect(files).to.have.members(knownMethods().map(([key]) => fileOf(key)));
  });

  for (const [key, { id, name, abi }] of knownMethods()) {
    const page = pageOf(`methods/${fileOf(key)}`);

    it(`says ${name}'s rules, events and whom it trusts`, () => {
      expect(page).to.match(new RegExp(`^# ${name} \\(method ${id}\\)\n`));
      expect([...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).to.deep.equal(["Rules", "Events", "Trust"]);
    });

    it(`lists every event of ${name}, and no other`, () => {
      expect(listedIn(page)).to.have.members(eventsOf(abi));
    });
  }
});
