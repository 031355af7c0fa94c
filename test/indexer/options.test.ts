import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type IndexerOptions, parseCommand, UsageError } from "../../indexer/options.ts";
import { deployment } from "./story.ts";

describe("the command line's nodes and uploads", () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "proofboard-options-"));
    writeFileSync(join(directory, "deployment.json"), JSON.stringify(deployment));
  });
  after(() => rmSync(directory, { recursive: true }));

  function optionsOf(args: string[], environment: Record<string, string> = {}): IndexerOptions {
    const database = ["--deployment", join(directory, "deployment.json"), "--db", "x"];
    return parseCommand([...args, ...database], environment).options as IndexerOptions;
  }
  function refusal(args: string[], environment: Record<string, string> = {}): string {
    try {
      optionsOf(args, environment);
    } catch (error) {
      expect(error).to.be.instanceOf(UsageError);
      return (error as Error).message;
    }
    throw new Error("It was accepted.");
  }

  it("are refused where there is none", () => {
    expect(refusal([])).to.equal("--rpc is missing: which node shall be asked?");
  });

  it("are refused without their secrets", () => {
    const url = "ws://user:secret@node.example:8545/secret?key=secret";
    expect(refusal(["--rpc", url])).to.equal('"…@node.example:8545/…" is not an http or https URL.');
    expect(refusal(["--rpc", "secret@node.example"])).to.equal('"…@node.example" is not an http or https URL.');
    expect(refusal(["--rpc-env", "NODE"])).to.equal(
      "--rpc-env NODE: there is no environment variable NODE, or it is empty.",
    );
    expect(refusal(["--rpc-env", "NODE"], { NODE: "secret" })).to.equal(
      "The environment variable NODE is not an http or https URL.",
    );
    for (const wrong of ["secret", "a key: secret", "key:", "key: secret\u0007"])
      expect(refusal(["--rpc-env", "NODE"], { NODE: "http://node.example", NODE_HEADERS: `x: y\n${wrong}` })).to.equal(
        'Line 2 of NODE_HEADERS is not "name: value".',
      );
    const published = ["--rpc", "http://node.example", "--public-rpc"];
    expect(refusal([...published, url.replace("ws", "http")])).to.equal(
      "--public-rpc has a user name or password, which all could read.",
    );
    expect(refusal([...published, "node.example"])).to.equal('"node.example" is not an http or https URL.');
  });

  it("are named by URL, or by environment variables for URL and headers", () => {
    const environment = {
      NODE: "https://node.example/key",
      NODE_HEADERS: "X-Api-Key: abc\n\n authorization: Bearer a:b\n",
      OTHER: "http://other.example",
    };
    const { rpcs } = optionsOf(
      ["--rpc-env", "NODE", "--rpc", "http://first.example", "--rpc-env", "OTHER"],
      environment,
    );
    expect(rpcs).to.deep.equal([
      "http://first.example",
      { url: environment.NODE, headers: { "x-api-key": "abc", authorization: "Bearer a:b" } },
      { url: environment.OTHER, headers: {} },
    ]);
  });

  it("are not published unless one is named", () => {
    const local = ["--rpc", "http://127.0.0.1:8545"];
    expect(optionsOf(local).publicRpc).to.equal(undefined);
    expect(optionsOf([...local, "--public-rpc", "https://node.example"]).publicRpc).to.equal("https://node.example");
  });

  it("ask only web servers for content", () => {
    const local = ["--rpc", "http://127.0.0.1:8545"];
    expect(refusal([...local, "--source", "me"])).to.equal('"me" is not an http or https URL.');
    expect(optionsOf(local).sources).to.deep.equal([]);
    expect(optionsOf([...local, "--source", "http://a.b", "--source", "https://c.d"]).sources).to.deep.equal([
      "http://a.b",
      "https://c.d",
    ]);
  });

  it("take content only where it is said how much, and where it is kept", () => {
    const local = ["--rpc", "http://127.0.0.1:8545"];
    const account = `0x${"11".repeat(20)}`;
    expect(refusal([...local, "--organiser", account])).to.equal(
      "--organiser is for --content-quota, which is missing.",
    );
    expect(refusal([...local, "--content-quota", "5"])).to.equal("--content-quota is for --content, which is missing.");
    const taken = [...local, "--content", "kept", "--content-quota"];
    expect(refusal([...taken, "many"])).to.equal('--content-quota is "many"; a whole number up to 1000000 is asked.');
    expect(refusal([...taken, "5", "--organiser", "me"])).to.equal('--organiser is "me"; an address is asked.');
    expect(optionsOf([...local, "--content", "kept"]).uploads).to.equal(undefined);
    expect(optionsOf([...taken, "5", "--organiser", account]).uploads).to.deep.equal({
      quota: 5 * 2 ** 20,
      organisers: [account],
    });
  });
});
