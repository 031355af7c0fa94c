import { expect } from "chai";
import hre, { network } from "hardhat";
import { encodeLayout, encodeRows, INT8 } from "../../sdk/layouts.ts";
import { attestationOf, hash, opened, protocol, publication, rowsOf } from "./fixtures.ts";
import { draftSeason, rulesOf } from "./seasons.ts";

const { ethers, networkHelpers } = await network.create();

/** What a transaction may use at most since EIP-7825. */
const TRANSACTION_GAS = 2n ** 24n;

const tensorOf = (width: number) => ({ name: "x", dtype: INT8, dims: [width] });

// Coverage instruments the contracts, which then cost more.
if (!hre.globalOptions.coverage)
  describe("Gas", () => {
    async function fixture() {
      const deployed = await protocol(ethers);
      const { prover, integerModel } = deployed;
      const context = `0x01${"ab".repeat(31)}` as const;
      const attestation = attestationOf(prover, { modelId: integerModel, method: 2, context });
      return { ...deployed, registry: deployed.registry.connect(prover), attestation };
    }

    const gasOf = async (sent: Promise<{ wait(): Promise<{ gasUsed: bigint } | null> }>) =>
      (await (await sent).wait())?.gasUsed;

    it("of attest without a method is at most 62,000", async () => {
      const { registry, attestation } = await networkHelpers.loadFixture(fixture);
      const { modelId, inputHash, context } = attestation;
      const traced = { ...opened, traceHash: hash("trace") };

      expect(await gasOf(registry.attest(0, modelId, inputHash, context, traced, "0x"))).to.be.at.most(62_000n);
    });

    it("of commit and reveal, but for their method's, is at most 75,000 and 55,000", async () => {
      const { registry, attestation } = await networkHelpers.loadFixture(fixture);
      const { modelId, inputHash, context, answer } = attestation;

      expect(await gasOf(registry.commit(2, modelId, inputHash, context, answer))).to.be.at.most(75_000n);
      expect(await gasOf(registry.reveal(2, modelId, inputHash, context, opened))).to.be.at.most(55_000n);
    });

    for (const widths of [[346, 340], [4096, 29], [16, 4096, 4], Array<number>(97).fill(32)])
      it(`of publishing ${widths.length - 1} layers of up to ${Math.max(...widths)} fits a transaction`, async () => {
        const { models } = await networkHelpers.loadFixture(fixture);
        const [first, last] = [widths[0] as number, widths.at(-1) as number];
        const layout = encodeLayout({ widths, input: tensorOf(first), output: tensorOf(last) });
        const rows = encodeRows(rowsOf(widths));
        const sent = models.publish(publication, layout, rows, "", { gasLimit: TRANSACTION_GAS });

        expect(layout.length + rows.length).to.be.within(104_000, 120_000);
        await expect(sent).to.emit(models, "ModelPublished");
      });

    it("of publishing the most layers, rows and bytes fits a transaction", async () => {
      const { models } = await networkHelpers.loadFixture(fixture);
      const widths = [...Array<number>(2044).fill(1), 4096, 1, 2046, 1, 5];
      const layout = encodeLayout({ widths, input: tensorOf(1), output: tensorOf(5) });
      const rows = encodeRows(rowsOf(widths));
      const uri = "u".repeat(120_000 - layout.length - rows.length);

      expect([widths.length - 1, widths.slice(1).reduce((a, b) => a + b)]).to.deep.equal([2048, 8192]);
      expect(await gasOf(models.publish(publication, layout, rows, uri, { gasLimit: TRANSACTION_GAS }))).to.be.at.most(
        TRANSACTION_GAS,
      );
    });

    it("of publishing the longest names fits a transaction", async () => {
      const { models } = await networkHelpers.loadFixture(fixture);
      const tensor = { ...tensorOf(1), name: "n".repeat(59_900) };
      const layout = encodeLayout({ widths: [], input: tensor, output: tensor });

      expect(layout.length).to.be.within(119_000, 120_000);
      expect(await gasOf(models.publish(publication, layout, "0x", "", { gasLimit: TRANSACTION_GAS }))).to.be.at.most(
        TRANSACTION_GAS,
      );
    });

    it("of adding a task with the most inputs and bytes fits a transaction", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      await draftSeason(p, networkHelpers);
      const layoutOf = (name: string) =>
        encodeLayout({ widths: [], input: { ...tensorOf(3), name }, output: tensorOf(1) });
      const layout = layoutOf("n".repeat(30_001 - layoutOf("n").length));
      await p.models.publish(publication, layout, "0x", "");
      const [published] = await p.models.queryFilter(p.models.filters.ModelPublished(), "latest");
      const rules = rulesOf(p, { modelId: published?.args.modelId });
      const inputs = new Uint8Array(90_000).fill(1);

      expect(layout.length + inputs.length).to.equal(120_000);
      const sent = p.campaign.connect(p.organiser).addTask(1, rules, layout, inputs, { gasLimit: TRANSACTION_GAS });
      expect(await gasOf(sent)).to.be.at.most(TRANSACTION_GAS);
      expect((await p.campaign.taskOf(1, 1)).inputCount).to.equal(30_000);
    });
  });
