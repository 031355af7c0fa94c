import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { file, node, torchPath } from "../inference/import/foreign.ts";
import { keyOf, runCommand, useSite } from "./site.ts";

const fixture = (name: string) => new URL(`../fixtures/onnx/${name}`, import.meta.url).pathname;

describe("proofboard model", () => {
  const site = useSite();
  let out: string;
  before(async () => {
    out = await mkdtemp(join(tmpdir(), "models-"));
  });
  after(() => rm(out, { recursive: true }));

  const importOf = (name: string, samples: string, ...more: string[]) =>
    runCommand(["model", "import", torchPath(name), "--samples", torchPath(samples), "--out", out, ...more], {});

  describe("used wrongly", () => {
    const wrong: [string[], string][] = [
      [
        ["model"],
        '"model" is half a command. The commands are model import, model check, model circuit, model publish and model list',
      ],
      [["model", "eat"], '"model" is half a command.'],
      [["model", "import"], '"model import" needs FILE.onnx, as in: proofboard model import FILE.onnx'],
      [["model", "import", "x.onnx"], "model import needs --samples FILE"],
      [["model", "import", "x.onnx", "--samples", "x.npy"], '"x.onnx" holds no model: there is no x.onnx.'],
      [["model", "import", torchPath("mlp.onnx"), "--samples", "x.npy"], '"x.npy" can\'t be read: ENOENT.'],
      [
        ["model", "import", "x.onnx", "--samples", "x", "--profile", "fast"],
        '--profile is "fast"; it must be integer or float.',
      ],
      [["model", "import", "x.onnx", "--samples", "x", "--scales", "2"], '--scales is "2"; it must be each or one.'],
      [
        ["model", "import", "x.onnx", "--samples", "x", "--name", "../x"],
        "The name \"../x\" can't be a directory's here",
      ],
      [
        ["model", "import", "x.onnx", "--samples", "x", "--label", "a", "--labels", "b"],
        "Labels come either from --label COLUMN or from",
      ],
      [["model", "check", "/nowhere"], '"/nowhere" can\'t be read: ENOENT.'],
      [["model", "check", fixture("")], "holds no model: there is no"],
    ];
    for (const [args, sentence] of wrong)
      it(`refuses "${args.map((each) => each.split("/").at(-1)).join(" ")}"`, async () => {
        const { code, stderr } = await runCommand(args, {});
        expect(stderr).to.contain(sentence);
        expect(code).to.equal(2);
      });
  });

  it("refuses files of which no model can be made, by a sentence", async () => {
    const { code, stderr } = await runCommand(
      ["model", "import", fixture("loop_endless.onnx"), "--samples", torchPath("tabular.npy"), "--out", out],
      {},
    );
    expect(stderr).to.match(/^(The operator Loop is not taken: no verifier runs it\.|A sample has the shape \[12\])/);
    expect(code).to.equal(1);
    expect((await importOf("cnn.onnx", "tabular.npy")).stderr).to.match(
      /^A sample has the shape \[12\], which the model's/,
    );
    expect((await importOf("cnn.onnx", "images.npy", "--profile", "integer")).stderr).to.equal(
      "No integer model can be made of it: the network has a Conv, which the integer profile can't express.\n",
    );
    expect(await readdir(out)).to.deep.equal([]);
  });

  it("shows names of a stranger's file in a form that can't write to the terminal", async () => {
    const odd = join(out, "odd.onnx");
    await writeFile(odd, file([node(`\u001b[2J${"x".repeat(1000)}`, ["x"], "y")]));
    await writeFile(join(out, "two.json"), "[[1,2]]");
    const { stderr } = await runCommand(["model", "import", odd, "--samples", join(out, "two.json"), "--out", out], {});
    expect(stderr).to.match(/^The operator \\u\{1b\}\[2Jx+ …\n$/);
    const check = await runCommand(["model", "check", odd], {});
    expect(check.stdout)
      .to.match(/refused {2}The operator\s+\\u\{1b\}/)
      .and.not.to.contain("\u001b");
    await Promise.all([rm(odd), rm(join(out, "two.json"))]);
  });

  it("refuses to publish what verifiers would refuse, and sends nothing", async () => {
    const cases = [
      ["loop_endless.onnx", /^graph +refused +An attribute has a field 6/],
      ["random_like.onnx", /graph +refused +The operator RandomUniformLike is not allowed\./],
      ["dropout_training.onnx", /graph +refused +A node Dropout trains/],
      ["dim_unnamed.onnx", /^input +refused +The input is float32\[1, 4\]/],
    ] as const;
    for (const [name, sentence] of cases) {
      const { code, stdout } = await site().run(["model", "publish", fixture(name)]);
      expect(stdout)
        .to.match(sentence)
        .and.to.match(/Nothing was sent\.\n$/);
      expect(code).to.equal(1);
    }
  });

  it("imports a table's network as an integer model, and says why and how well", async () => {
    const { code, stdout } = await importOf(
      "mlp.onnx",
      "tabular.csv",
      "--label",
      "label",
      "--name",
      "table",
      "--task",
      "Four kinds.",
    );
    expect(stdout).to.match(/Kind {5}integer\. The network is dense layers alone/);
    expect(stdout).to.match(/right by their labels: \d+\.\d\d % before, \d+\.\d\d % now/);
    expect(stdout).to.contain("The card doesn't say data, licence");
    expect(code).to.equal(0);
    expect((await readdir(join(out, "table"))).sort()).to.deep.equal([
      "card.json",
      "inputs.bin",
      "layout.bin",
      "model.onnx",
      "rows.bin",
    ]);
    const card = JSON.parse(await readFile(join(out, "table/card.json"), "utf8"));
    expect(card).to.include({ name: "table", task: "Four kinds.", data: null, profile: "integer", inputCount: 300 });
    expect(card.accuracy).to.be.greaterThan(0.98);
  });

  it("imports a convolution as a float model, as JSON too", async () => {
    const { code, stdout } = await importOf(
      "cnn.onnx",
      "images.npy",
      "--labels",
      torchPath("digits.npy"),
      "--name",
      "bars",
      "--json",
    );
    const found = JSON.parse(stdout);
    expect(found).to.include({ profile: "float", inputCount: 200 });
    expect(found.quality).to.include({ agreement: 1, samples: 200 });
    expect(found.card).to.include({ profile: "float", modelId: found.modelId });
    expect(code).to.equal(0);
    expect(await readdir(join(out, "bars"))).to.not.include("rows.bin");
  });

  it("writes no model over other files", async () => {
    await mkdir(join(out, "full"));
    await writeFile(join(out, "full/notes.txt"), "mine");
    const { code, stderr } = await importOf("mlp.onnx", "tabular.npy", "--name", "full");
    expect(stderr).to.match(/full" holds other files; give another place by --out or --name\.\n$/);
    expect(code).to.equal(2);
  });

  it("checks a directory, and a file by itself", async () => {
    for (const [name, fraudProof] of [
      ["table", "ok"],
      ["bars", "no"],
    ] as const) {
      const { code, stdout } = await runCommand(["model", "check", join(out, name), "--json"], {});
      const { good, checks } = JSON.parse(stdout);
      expect(good).to.equal(true);
      expect(checks.find((each: { name: string }) => each.name === "FraudProof").result).to.equal(fraudProof);
      expect(code).to.equal(0);
    }
    const alone = await runCommand(["model", "check", torchPath("mlp.onnx")], {});
    expect(alone.stdout).to.match(/input +refused +The input is float32\[1, 12\]; a season assigns int8\./);
    expect(alone.code).to.equal(1);
  });

  it("publishes a model with its card, once, and lists it", async () => {
    const key = { PROOFBOARD_PRIVATE_KEY: keyOf(0) };
    const { code, stdout } = await site().run(["model", "publish", join(out, "bars"), "--json"], key);
    const { modelId, cid, cardCid, published, gasUsed } = JSON.parse(stdout);
    expect(published).to.equal(true);
    expect(Number(gasUsed)).to.be.greaterThan(50_000);
    expect(code).to.equal(0);
    const kept = join(site().environment.PROOFBOARD_CONTENT as string);
    expect(await readFile(join(kept, cid))).to.deep.equal(await readFile(join(out, "bars/model.onnx")));
    expect(JSON.parse(await readFile(join(kept, cardCid), "utf8")).modelId).to.equal(modelId);
    const again = await site().run(["model", "publish", join(out, "bars")], key);
    expect(again.stdout).to.match(/It stands already: nothing was sent\.\n$/);
    expect(again.code).to.equal(0);
    const list = await site().run(["model", "list", "--json"]);
    const listed = JSON.parse(list.stdout).models.find((each: { modelId: string }) => each.modelId === modelId);
    expect(listed).to.deep.include({ cid, kind: "float", uri: `ipfs://${cardCid}` });
    const inputs = await readFile(join(out, "bars/inputs.bin"));
    await writeFile(join(out, "one.bin"), inputs.subarray(0, 64));
    const ran = await site().run(["infer", modelId, "--input", join(out, "one.bin")]);
    expect(ran.code).to.equal(0);
  });

  it("refuses a card about another model", async () => {
    const card = JSON.parse(await readFile(join(out, "table/card.json"), "utf8"));
    await writeFile(join(out, "table/card.json"), JSON.stringify({ ...card, modelId: `0x${"0".repeat(64)}` }));
    const { code, stdout } = await site().run(["model", "publish", join(out, "table")]);
    expect(stdout).to.match(/^card +refused +card\.json is about the model "0x0{64}"; these files make 0x/);
    expect(code).to.equal(1);
  });

  it("publishes for free attestations what no season can take, where that is asked for", async () => {
    const { code, stdout } = await site().run(["model", "publish", fixture("dim_unnamed.onnx"), "--free"], {
      PROOFBOARD_PRIVATE_KEY: keyOf(0),
    });
    expect(stdout).to.match(/Sent {3}0x\w{64}, [\d,]+ gas/);
    expect(code).to.equal(0);
  });
});
