import { expect } from "chai";
import { readModel } from "../../models/read.ts";
import { useSite } from "./site.ts";

describe("proofboard models", () => {
  const site = useSite();

  it("refuses an RPC of another chain", async () => {
    const { writeFile } = await import("node:fs/promises");
    const file = `${site().directory}/other.json`;
    await writeFile(file, JSON.stringify({ ...site().deployment, chainId: 1 }));
    const { code, stderr } = await site().run(["models"], { PROOFBOARD_DEPLOYMENT: file });
    expect(stderr).to.equal("The RPC serves chain 31337; the deployment is on chain 1.\n");
    expect(code).to.equal(1);
  });

  it("lists integer and float models with name, shape and CID", async () => {
    const { code, stdout } = await site().run(["models"]);
    const [digits, risk] = await Promise.all(["digits", "risk"].map(readModel));
    expect(stdout).to.contain("digits, integer, 64-32-10").and.to.contain("risk, float");
    for (const model of [digits, risk]) expect(stdout).to.contain(model?.card.modelId).and.to.contain(model?.card.cid);
    expect(code).to.equal(0);
  });

  it("asks the API for deployment and RPC where they aren't named", async () => {
    const api = { PROOFBOARD_API: site().indexer.url };
    const { code, stdout } = await site().run(["models", "--json"], {
      ...api,
      PROOFBOARD_RPC: "",
      PROOFBOARD_DEPLOYMENT: "",
    });
    expect(JSON.parse(stdout).models.map(({ name }: { name: string }) => name)).to.deep.equal(["digits", "risk"]);
    expect(code).to.equal(0);
  });
});
