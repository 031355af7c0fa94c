import { expect } from "chai";
import { nameModel } from "../../inference/model.ts";
import { readModel } from "../../models/read.ts";
import { publishModel } from "../../participant/publish.ts";
import { decodeLayout, encodeLayout } from "../../sdk/layouts.ts";
import { lyingRpc } from "./lies.ts";
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

  it("refuses an RPC that tells of an odd name, and so does an audit", async () => {
    const [name, odd] = [Buffer.from("image").toString("hex"), "ff".repeat(5)];
    const rpc = await lyingRpc(site().rpcUrl, (log) => void Object.assign(log, { data: log.data.replace(name, odd) }));
    try {
      for (const command of [["models"], ["audit", "1"]]) {
        const { code, stderr } = await site().run(command, { PROOFBOARD_RPC: rpc.url });
        expect(stderr).to.match(/The RPC tells other parts of model 0x\w{64} than were published\.\n$/);
        expect(code).to.equal(1);
      }
    } finally {
      await rpc.close();
    }
  });

  it("lists integer and float models with name, shape and CID", async () => {
    const { code, stdout } = await site().run(["models"]);
    const [digits, risk] = await Promise.all(["digits", "risk"].map(readModel));
    expect(stdout).to.contain("digits, integer, 64-32-10").and.to.contain("risk, float");
    for (const model of [digits, risk]) expect(stdout).to.contain(model?.card.modelId).and.to.contain(model?.card.cid);
    expect(code).to.equal(0);
  });

  it("lists others beside a model whose tensors have odd names", async () => {
    const { layout, artifact, rows } = site().digits;
    const { widths, input, output } = decodeLayout(layout);
    const odd = encodeLayout({
      widths,
      input: { name: "../0:{}", dtype: input.dtype, dims: input.dims },
      output: { name: "__proto__", dtype: output.dtype, dims: output.dims },
    });
    const { client, senderOf, content } = site();
    await publishModel(client, senderOf(0), content, nameModel(artifact, odd, rows), artifact);
    const { code, stdout } = await site().run(["models"]);
    expect(stdout).to.contain("../0:{} int8[1, 64] → __proto__ int8[1, 10]").and.to.contain("risk, float");
    expect(code).to.equal(0);
  });

  it("asks the API for deployment and RPC where they aren't named", async () => {
    const api = { PROOFBOARD_API: site().indexer.url };
    const { code, stdout } = await site().run(["models", "--json"], {
      ...api,
      PROOFBOARD_RPC: "",
      PROOFBOARD_DEPLOYMENT: "",
    });
    expect(JSON.parse(stdout).models.map(({ name }: { name: string }) => name)).to.include.members([
      "digits",
      "risk",
      null,
    ]);
    expect(code).to.equal(0);
  });
});
