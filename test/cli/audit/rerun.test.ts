import { expect } from "chai";
import fc from "fast-check";
import { keccak256, toHex } from "viem";
import { drawSample, rerun } from "../../../cli/audit/rerun.ts";
import { UnavailableError } from "../../../inference/content.ts";
import { InvalidModelError } from "../../../inference/failures.ts";
import type { Models } from "../../../inference/models.ts";
import { auditSeason } from "../../../sdk/audit.ts";
import type { UnitsAttestation } from "../../../sdk/rules.ts";
import { useSite } from "../site.ts";

const paid = (count: number, n: number): UnitsAttestation => ({
  ...{ id: keccak256(toHex(n)), prover: "0x0000000000000000000000000000000000000001", method: 2 },
  ...{ modelId: "0x", taskId: 1n, unit: BigInt(100 * n), count, inputHash: null, blockNumber: 1n },
});

describe("a sample of inferences", () => {
  it("is as many of a hundred, each once, and the same for the same seed in any order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 100 }),
        fc.string(),
        (counts, percent, seed) => {
          const all = counts.map(paid);
          const { total, chosen } = drawSample(all, { percent, seed });
          const again = drawSample(all.toReversed(), { percent, seed }).chosen;
          const names = (of: typeof chosen) => of.map(({ attestation, unit }) => `${attestation.id} ${unit}`);
          expect(total).to.equal(counts.reduce((sum, count) => sum + count, 0));
          expect(chosen.length).to.equal(Math.ceil((total * percent) / 100));
          expect(new Set(names(chosen)).size).to.equal(chosen.length);
          expect(names(again)).to.deep.equal(names(chosen));
        },
      ),
    );
  });

  it("is empty where nothing was paid", () => {
    expect(drawSample([], { percent: 100, seed: "" })).to.deep.equal({ total: 0, chosen: [] });
  });
});

describe("running inferences again", () => {
  const site = useSite();
  const again = async (models: Models) => {
    const { client, content, seasonId } = site();
    const audit = await auditSeason(client, seasonId);
    const sample = { percent: 40, seed: "anne" };
    return rerun({ client, content, models, paid: audit.paid(), sample, onProgress: () => {} });
  };

  it("counts what can't be had as not checked", async () => {
    const gone = { open: () => Promise.reject(new UnavailableError("Content bafy is unavailable.")) };
    const { held, differences, notChecked } = await again(gone);
    expect({ held, differences }).to.deep.equal({ held: 0, differences: [] });
    expect(notChecked).to.have.length(2);
    expect(notChecked[0]).to.match(/^Unit \d of task 1 by 0x\w{40}, 0x\w{64}: Content bafy is unavailable\.$/);
  });

  it("tells of a model that no machine can run, and of another output", async () => {
    const broken = await again({ open: () => Promise.reject(new InvalidModelError("It has no graph.")) });
    expect(broken.differences[0]).to.match(/: It has no graph\.$/);
    const { models } = site();
    const lying: Models = {
      async open(modelId) {
        const model = await models.open(modelId);
        return {
          ...model,
          session: { run: async (input) => (await model.session.run(input)).map((byte) => byte ^ 1) },
        };
      },
    };
    const { held, differences } = await again(lying);
    expect(held).to.equal(0);
    expect(differences[0]).to.match(/: The output has the hash 0x\w{64}; the prover answered 0x\w{64}\.$/);
  });

  it("finds each as the prover said", async () => {
    const { held, differences, notChecked } = await again(site().models);
    expect({ held, differences, notChecked }).to.deep.equal({ held: 2, differences: [], notChecked: [] });
  });
});
