import { expect } from "chai";
import { measureOurs } from "../../bench/gas.ts";
import { asJson, asTable } from "../../bench/report.ts";
import { createSite } from "../../bench/site.ts";

/** What each may cost at most. */
const budgets: Record<string, number> = {
  attest: 62_000,
  "attest-by-signature": 76_000,
  // A tenth more than before panels could be appealed: 1,287,835.
  "quorum-unit": 1_416_618,
  "quorum-attest": 160_000,
  "quorum-draw": 330_000,
  "quorum-votes": 600_000,
  "quorum-reveal": 65_000,
  "quorum-settle": 180_000,
  "quorum-award": 140_000,
  "batch-256-per-unit": 2_300,
  "batch-award-256-per-unit": 600,
  "award-existing": 70_000,
  "award-with-input": 110_000,
  "refute-row-64": 240_000,
  "refute-row-256": 240_000,
  "refute-row-1024": 240_000,
  "refute-row-1024-derived": 330_000,
  "zk-admit-16-16-4": 420_000,
  "zk-16-16-4": 290_000,
  "zk-unit-16-16-4": 305_000,
  "enclave-signature": 80_000,
  "opengradient-receipt": 200_000,
  "attest-root": 75_000,
  "batch-root-4096-per-unit": 60,
  "batch-root-4096-award-per-unit": 40,
  "batch-root-65536-per-unit": 60,
  request: 110_000,
  accept: 70_000,
  "answer-attest": 125_000,
  "cover-lock": 70_000,
  answer: 200_000,
  "post-1000-per-account": 5_000,
  "publish-graph": 700_000,
  "publish-rows-chunk": 4_500_000,
  "publish-rows-per-kib": 50_000,
  "vault-propose": 120_000,
  "vault-execute": 180_000,
  "8183-complete-by-account": 100_000,
  "8183-complete": 150_000,
  "8183-complete-hooked": 150_000,
};

describe("bench gas", () => {
  it("stays within every budget", async () => {
    const rows = await measureOurs(await createSite());

    expect(rows.map(({ name }) => name)).to.have.members(Object.keys(budgets));
    for (const { name, value } of rows) expect(value, name).to.be.within(1, budgets[name] as number);
  });

  it("reports one JSON object a line, or a table", () => {
    const rows = [
      { name: "one", value: 1234, unit: "gas" },
      { name: "another", value: 5, unit: "gas", peer: "them" },
    ];

    expect(
      asJson(rows)
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).to.deep.equal(rows);
    expect(asTable(rows).split("\n")).to.deep.equal([
      "name     value  unit  peer",
      "one      1,234  gas",
      "another      5  gas   them",
    ]);
  });
});
