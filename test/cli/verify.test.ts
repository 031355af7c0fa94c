import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type BuiltModel, GraphBuilder } from "../../inference/graphModel/build.ts";
import { nameModel } from "../../inference/model.ts";
import { openJournal } from "../../participant/journal.ts";
import { publishModel } from "../../participant/publish.ts";
import { encodeLayout } from "../../sdk/layouts.ts";
import { textInput } from "../../sdk/text.ts";
import { accountOf } from "../participant/chain.ts";
import { failingRpc } from "./lies.ts";
import { keyOf, NEWCOMER, useSite } from "./site.ts";

/** A model that continues three bytes by these, whatever they are. */
function writer(...bytes: number[]): BuiltModel {
  const to = new GraphBuilder({ rows: 2 + bytes.length, width: 1 }, bytes.length - 1);
  to.argmax(to.constant(bytes.map((byte) => Int8Array.from({ length: 256 }, (_, i) => (i === byte ? 1 : 0)))));
  return to.finish({ name: "prompt.text", dims: [1, 3] }, { name: "story.text", dims: [1, bytes.length] });
}

describe("proofboard verify", () => {
  const site = useSite();

  it("refuses a uid that the chain doesn't know", async () => {
    const uid = `0x${"ab".repeat(32)}`;
    const { code, stderr } = await site().run(["verify", uid]);
    expect(stderr).to.equal(`No attestation ${uid} is recorded on chain 31337.\n`);
    expect(code).to.equal(1);
  });

  it("refuses when the RPC goes away on the way", async () => {
    const rpc = await failingRpc(site().rpcUrl, "eth_getLogs");
    try {
      const { code, stderr } = await site().run(["verify", site().verified], { PROOFBOARD_RPC: rpc.url });
      expect(stderr).to.equal(`The RPC at ${rpc.url} can't be reached.\n`);
      expect(code).to.equal(1);
    } finally {
      await rpc.close();
    }
  });

  it("finds that a verified attestation holds, step by step", async () => {
    const { code, stdout } = await site().run(["verify", site().verified, "--json"]);
    const { good, status, checks, proven, notProven } = JSON.parse(stdout);
    expect(checks.map(({ name, result }: { name: string; result: string }) => `${name} ${result}`)).to.deep.equal([
      "uid held",
      "record held",
      "model held",
      "input held",
      "run held",
      "output held",
    ]);
    expect(good).to.equal(true);
    expect(status).to.equal("verified");
    expect(proven).to.match(/^A drawn panel of \d+ re-ran the model on the assigned input, and all of them/);
    expect(notProven).to.contain("honest majority");
    expect(code).to.equal(0);
  });

  it("finds that the cheat's attestation fails, and where", async () => {
    const { code, stdout } = await site().run(["verify", site().refuted]);
    expect(stdout).to.contain("✗ record  The registry says that the attestation is refuted.");
    expect(stdout).to.match(/✗ output {2}The output has the hash\s+0x/);
    expect(stdout).to.match(/Proven {6}A drawn panel of \d+ .*\s.* one\s+and\s+the\s+same\s+other\s+output/s);
    expect(stdout).to.contain("It fails.");
    expect(code).to.equal(1);
  });

  it("finds that an attestation on an integer model holds, with the indexer down and its file nowhere", async () => {
    const changed = { PROOFBOARD_CONTENT: join(site().directory, "empty"), PROOFBOARD_API: "http://127.0.0.1:1" };
    const { code, stdout } = await site().run(["verify", site().verified], changed);
    expect(stdout).to.contain("✓ model").and.to.contain("✓ output").and.to.contain("It holds.");
    expect(code).to.equal(0);
  });

  it("shows what a model of text read and wrote, whatever it wrote", async () => {
    const { client, content, directory, senderOf } = site();
    const { layout, artifact } = writer(0x1b, 0x41, 0x0a, 0x5c);
    const model = nameModel(artifact, encodeLayout(layout), new Uint8Array());
    await publishModel(client, senderOf(0), content, model, artifact);
    const file = join(directory, "prompt.bin");
    await writeFile(file, textInput(layout.input, "Hi"));
    const own = {
      PROOFBOARD_PRIVATE_KEY: keyOf(NEWCOMER),
      PROOFBOARD_CONTENT: join(directory, "content"),
      PROOFBOARD_JOURNAL: join(directory, "other.journal"),
    };
    const attested = await site().run(["attest", model.modelId, "--input", file, "--json"], own);
    const { stdout, code } = await site().run(["verify", JSON.parse(attested.stdout).uid], own);
    expect(stdout).to.contain('\n  read     "Hi"\n  wrote    "\\x1bA\\n\\\\"\n');
    expect(code).to.equal(0);
  });

  describe("after proofboard attest", () => {
    let uid: string;
    let file: string;
    before(async () => {
      file = join(site().directory, "own.bin");
      await writeFile(file, site().digits.inputs.slice(128, 192));
      const key = keyOf(NEWCOMER);
      const { stdout, stderr, code } = await site().run(["attest", "digits", "--input", file, "--json"], {
        PROOFBOARD_PRIVATE_KEY: key,
      });
      expect(code, stderr).to.equal(0);
      uid = JSON.parse(stdout).uid;
      expect(stdout + stderr).not.to.contain(key.slice(2));
    });

    it("kept the salt in the journal", () => {
      const journal = openJournal(site().environment.PROOFBOARD_JOURNAL as string);
      const { chainId, contracts } = site().deployment;
      const kept = journal.attestationsOf(chainId, contracts.AttestationRegistry.address, accountOf(NEWCOMER).address);
      journal.close();
      expect(kept.map((entry) => entry.uid)).to.deep.equal([uid]);
    });

    it("finds the input among the content, and says that nobody settles it", async () => {
      const { code, stdout, stderr } = await site().run(["verify", uid]);
      expect(stderr).to.equal("");
      expect(stdout).to.contain("a free attestation").and.to.contain("status   pending").and.to.contain("It holds.");
      expect(stdout).to.contain("nobody settles an attestation without a method");
      expect(code).to.equal(0);
    });

    it("takes the input from a file where it isn't among the content", async () => {
      const changed = { PROOFBOARD_CONTENT: join(site().directory, "without") };
      const without = await site().run(["verify", uid], changed);
      expect(without.stdout).to.contain("not everything could be checked").and.to.contain("its input is not on chain");
      const given = await site().run(["verify", uid, "--input", file], changed);
      expect(given.stdout).to.contain("The input is the one given. Its hash is the attestation's.");
      expect(given.code).to.equal(0);
    });

    it("fails on another input", async () => {
      const other = join(site().directory, "other.bin");
      await writeFile(other, site().digits.inputs.slice(0, 64));
      const { code, stdout } = await site().run(["verify", uid, "--input", other]);
      expect(stdout).to.match(/✗ input {3}The input is the one given\. It has the hash\s+0x/);
      expect(code).to.equal(1);
    });
  });
});
