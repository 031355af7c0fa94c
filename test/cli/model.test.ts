import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { writeModelFiles } from "../../cli/modelFiles.ts";
import { UnavailableError } from "../../inference/content.ts";
import { messageOf } from "../../inference/failures.ts";
import { rowChunks } from "../../inference/graphModel/rows.ts";
import { artifactOf } from "../../inference/models.ts";
import { publishRows } from "../../participant/publish.ts";
import { readModel } from "../../sdk/client.ts";
import type { Transaction } from "../../sdk/gas.ts";
import { encodeLayout } from "../../sdk/layouts.ts";
import { file, node, torchPath } from "../inference/import/foreign.ts";
import { randomGeneration } from "../simulator/graphs/random.ts";
import { createRandom } from "../simulator/random.ts";
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
        '--profile is "fast"; it must be integer or graph or float.',
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
      "No integer model can be made of it: the network slides windows over an image.\n",
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
      ["loop_endless.onnx", /graph +refused +The operator Loop is not allowed\./],
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

  it("imports a convolution as a graph model, as JSON too", async () => {
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
    expect(found).to.include({ profile: "graph", inputCount: 200 });
    expect(found.quality.agreement).to.be.greaterThan(0.98);
    expect(found.card).to.include({ profile: "graph", modelId: found.modelId });
    expect(code).to.equal(0);
    expect(await readdir(join(out, "bars"))).to.not.include("rows.bin");
  });

  it("takes away the rows of an integer model in whose place it writes another", async () => {
    const files = { artifact: new Uint8Array(1), layout: new Uint8Array(2), inputs: new Uint8Array(3) };
    const write = (rows: Uint8Array) => writeModelFiles(join(out, "changed"), { ...files, rows }, {});
    await write(new Uint8Array(4));
    expect(await readdir(join(out, "changed"))).to.include("rows.bin");
    await write(new Uint8Array());
    expect(await readdir(join(out, "changed"))).to.not.include("rows.bin");
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
    expect(listed).to.deep.include({ cid, kind: "graph", uri: `ipfs://${cardCid}` });
    const inputs = await readFile(join(out, "bars/inputs.bin"));
    await writeFile(join(out, "one.bin"), inputs.subarray(0, 64));
    const ran = await site().run(["infer", modelId, "--input", join(out, "one.bin")]);
    expect(ran.code).to.equal(0);
  });

  it("refuses a card about another model", async () => {
    const text = await readFile(join(out, "table/card.json"), "utf8");
    await writeFile(
      join(out, "table/card.json"),
      JSON.stringify({ ...JSON.parse(text), modelId: `0x${"0".repeat(64)}` }),
    );
    const { code, stdout } = await site().run(["model", "publish", join(out, "table")]);
    await writeFile(join(out, "table/card.json"), text);
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

  it("publishes a graph model, and its rows where that is asked for, going on where it was broken off", async () => {
    const key = { PROOFBOARD_PRIVATE_KEY: keyOf(0) };
    const { model, input } = randomGeneration(createRandom(2));
    const { layout, artifact, parameters } = model;
    const directory = join(out, "graph");
    await mkdir(directory);
    await writeFile(join(directory, "model.onnx"), artifact);
    await writeFile(join(directory, "layout.bin"), encodeLayout(layout));
    await writeFile(join(directory, "inputs.bin"), input);
    const publish = async (...more: string[]) => {
      const { code, stdout } = await site().run(["model", "publish", directory, "--json", ...more], key);
      expect(code).to.equal(0);
      return JSON.parse(stdout);
    };
    const { modelId, published, rowTransactions } = await publish();
    expect(published).to.equal(true);
    expect(rowTransactions).to.deep.equal([]);
    const ran = await site().run(["infer", modelId, "--input", join(directory, "inputs.bin")]);
    expect(ran.code).to.equal(0);

    const { client, senderOf } = site();
    const publication = await readModel(client, modelId);
    let left = 2;
    const sender = senderOf(0);
    const broken = {
      ...sender,
      send: async (call: Transaction) => {
        if (left-- === 0) throw new Error("The line is cut.");
        return sender.send(call);
      },
    };
    const failed = await publishRows(client, broken, publication, artifact).catch(messageOf);
    expect(failed).to.equal("The line is cut.");
    const nowhere = { get: () => Promise.reject(new UnavailableError("Nobody serves it.")) };
    const missing = await artifactOf(client, publication, nowhere).catch(messageOf);
    expect(missing).to.match(/^Parameter row \d+ of operator \d+ is not on chain\.$/);

    const rest = await publish("--rows");
    expect(rest.published).to.equal(false);
    expect(rest.rowTransactions).to.have.length(rowChunks(layout, parameters, []).length - 2);
    expect((await publish("--rows")).rowTransactions).to.deep.equal([]);
    expect(await artifactOf(client, publication, nowhere)).to.deep.equal(artifact);
  });

  it("refuses to publish rows of a model that is no graph", async () => {
    const key = { PROOFBOARD_PRIVATE_KEY: keyOf(0) };
    const { code, stderr } = await site().run(["model", "publish", join(out, "table"), "--rows"], key);
    expect(stderr).to.match(/^--rows is for graph models: this one's rows, if it has any, are published with it\.\n$/);
    expect(code).to.equal(1);
  });
});
