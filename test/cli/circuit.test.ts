import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readModelFiles } from "../../cli/modelFiles.ts";
import { canonicalOnnx } from "../../inference/canonical.ts";
import { readModel } from "../../models/read.ts";
import { encodeLayout, encodeRows, INT8 } from "../../sdk/layouts.ts";
import { rowsOf } from "../contracts/fixtures.ts";
import { runCommand } from "./site.ts";

const models = join(import.meta.dirname, "../../models");

describe("proofboard model circuit", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "proofboard-"));
  });
  after(() => rm(folder, { recursive: true }));

  const refused = async (args: readonly string[]) => {
    const { code, stderr } = await runCommand(["model", "circuit", ...args], {});
    return [code, stderr];
  };

  it("refuses a ceremony's key without the powers that it began with", async () => {
    expect(await refused([join(models, "stripes"), "--proving-key", "final.zkey"])).to.deep.equal([
      2,
      "--proving-key needs --powers: the .ptau file that the ceremony began with.\n",
    ]);
  });

  it("refuses what is no model's directory", async () => {
    const [code, stderr] = await refused([join(models, "stripes/model.onnx")]);
    expect(code).to.equal(2);
    expect(stderr).to.match(/holds no layout\.bin: it is no model's directory\.\n$/);
  });

  it("refuses a float model, and writes nothing", async () => {
    const copy = join(folder, "risk");
    await cp(join(models, "risk"), copy, { recursive: true });
    const before = await readdir(copy);
    expect(await refused([copy])).to.deep.equal([1, "The layout has no integer layers.\n"]);
    expect(await readdir(copy)).to.deep.equal(before);
  });

  it("refuses a model that is too large, before anything is compiled", async () => {
    const widths = [64, 200];
    const layout = {
      widths,
      input: { name: "x", dtype: INT8, dims: [1, 64] },
      output: { name: "y", dtype: INT8, dims: [1, 200] },
    };
    const wide = join(folder, "wide");
    await mkdir(wide);
    await writeFile(join(wide, "model.onnx"), canonicalOnnx(layout, rowsOf(widths)));
    await writeFile(join(wide, "layout.bin"), encodeLayout(layout));
    await writeFile(join(wide, "rows.bin"), encodeRows(rowsOf(widths)));
    const [code, stderr] = await refused([wide]);
    expect(code).to.equal(1);
    expect(stderr).to.match(/^The model's circuit has \d+ constraints; keys are made for at most 4032/);
  });
});

describe("a model's directory with a circuit", () => {
  it("names the model by its key, a test's or a ceremony's, and not without", async () => {
    const { model, circuit } = await readModel("stripes");
    const files = await readModelFiles(join(models, "stripes"));
    expect(files.verifyingKeyHash).to.equal(model.verifyingKeyHash);
    expect(files.circuit).to.deep.equal(circuit);
    const folder = await mkdtemp(join(tmpdir(), "proofboard-"));
    try {
      await cp(join(models, "stripes"), folder, { recursive: true });
      for (const name of ["proving.zkey", "verifying.key"])
        await writeFile(join(folder, "circuit", name), await readFile(join(folder, "circuit", `TEST-${name}`)));
      await rm(join(folder, "circuit/TEST-verifying.key"));
      expect((await readModelFiles(folder)).circuit).to.deep.equal(circuit);
      await rm(join(folder, "circuit/verifying.key"));
      expect(await readModelFiles(folder)).to.include({ circuit: undefined, verifyingKeyHash: undefined });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
