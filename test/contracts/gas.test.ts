import { expect } from "chai";
import hre, { network } from "hardhat";
import { encodeLayout, encodeRows, INT8 } from "../../sdk/layouts.ts";
import { attestationOf, hash, opened, protocol, publication, rowsOf } from "./fixtures.ts";

const { ethers, networkHelpers } = await network.create();

/** What a transaction may use at most since EIP-7825. */
const TRANSACTION_GAS = 2n ** 24n;

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
        const tensor = (width: number) => ({ name: "x", dtype: INT8, dims: [width] });
        const [first, last] = [widths[0] as number, widths.at(-1) as number];
        const layout = encodeLayout({ widths, input: tensor(first), output: tensor(last) });
        const rows = encodeRows(rowsOf(widths));
        const sent = models.publish(publication, layout, rows, "", { gasLimit: TRANSACTION_GAS });

        expect(layout.length + rows.length).to.be.within(104_000, 120_000);
        await expect(sent).to.emit(models, "ModelPublished");
      });
  });
