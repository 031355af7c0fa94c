import { expect } from "chai";
import type { Descent } from "../../../web/methods/method.ts";
import { openRenderer, type Renderer } from "../rendered.ts";

describe("challenges that are drawn", () => {
  let renderer: Renderer;
  before(async () => {
    renderer = await openRenderer();
  });
  after(() => renderer.close());

  const descent = (challenge: number, state: Descent["state"] = "overtaken"): Descent => ({
    ...{ challenge, state, by: ["somebody"], standing: ["It is over."] },
    levels: [{ name: "Column 0", text: [], numbers: { claimed: 33, correct: 32 } }],
  });
  const ways = (all: Descent[]) => renderer.html("descents/ways.tsx", "Ways", { all, season: undefined });
  const challengesIn = (html: string) => [...html.matchAll(/<h3[^>]*>Challenge (\d+) /g)].map(([, number]) => number);

  it("show what the prover attested, and what the contract computed", async () => {
    const html = await ways([descent(0, "won")]);
    expect(html).to.match(/The prover attested<\/dt><dd class="num claimed">33</);
    expect(html).to.match(/The contract computed<\/dt><dd class="num correct">32</);
    expect(html).to.not.include("There are");
  });

  it("are twenty of a thousand, the one that won first", async () => {
    const all = Array.from({ length: 1_000 }, (_, i) => descent(i, i === 700 ? "won" : "overtaken"));
    const html = await ways(all);
    expect(challengesIn(html)).to.deep.equal(["700", ...Array.from({ length: 19 }, (_, i) => String(i))]);
    expect(html).to.include("There are 1,000 challenges; 20 are drawn here");
  });
});
