import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type IndexerOptions, parseCommand, UsageError } from "../../indexer/options.ts";
import { placeOf } from "../../indexer/store/postgres/place.ts";
import { deployment } from "./story.ts";

describe("the command line's database", () => {
  let file: string;
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "proofboard-options-"));
    file = join(directory, "deployment.json");
    writeFileSync(file, JSON.stringify(deployment));
  });
  after(() => rmSync(directory, { recursive: true }));

  const url = "postgres://user:secret@db.example:5433/board?schema=season_1";
  const command = (args: string[], environment: Record<string, string> = {}) =>
    parseCommand([...args, "--deployment", file], environment);
  function refusal(args: string[], environment: Record<string, string> = {}): string {
    expect(() => command(args, environment)).to.throw(UsageError);
    try {
      command(args, environment);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  }
  const node = ["--rpc", "http://node.example"];

  it("is a file or a server, and not both or neither", () => {
    expect(refusal([...node])).to.equal("--db is missing: which file shall hold the database?");
    expect(refusal([...node, "--db", "x", "--store", url])).to.equal(
      "--db and --store are both given: which shall be the database?",
    );
    expect(refusal(["serve", "--db", "x"])).to.equal("--db is for an indexer that writes: serve only reads.");
    expect(refusal(["serve", "--store", url, "--finality", "3"])).to.match(/^--finality is for an indexer that writes/);
  });

  it("is refused with an empty value, as is every other option", () => {
    for (const option of [
      "--db",
      "--store",
      "--host",
      "--content",
      "--web",
      "--source",
      "--organiser",
      "--port",
      "--rpc",
    ])
      for (const empty of [[option, ""], [`${option}=`]])
        expect(refusal([...node, ...empty])).to.equal(`${option} is empty.`);
    expect(refusal(["rewind", "--to", ""])).to.equal("--to is empty.");
    expect(() => parseCommand(["backup", "--db", "", "--to", "x"])).to.throw(UsageError, /^--db is empty\.$/);
    expect(() => parseCommand(["backup", "--db", "x", "--to", ""])).to.throw(UsageError, /^--to is empty\.$/);
  });

  it("is never quoted where its URL is wrong", () => {
    for (const wrong of ["mysql://user:secret@db/x", "postgres://user:secret@[/x", "secret"])
      expect(refusal([...node, "--store", wrong])).to.equal("The store is not a postgres:// URL.");
    expect(refusal([...node], { DATABASE_URL: "postgres://u:secret@db/x?schema=A-B" })).to.equal(
      'The store\'s schema is "A-B": letters in lower case, digits and _ are asked, 51 at most.',
    );
  });

  it("is named by option or environment; a file goes before the environment", () => {
    expect(command([...node, "--store", url])).to.deep.include({ name: "run" });
    expect(command([...node, "--store", url]).options)
      .to.include({ store: url })
      .and.not.have.property("db");
    expect(command(["serve"], { DATABASE_URL: url }).options).to.deep.include({ store: url, rpcs: [] });
    expect(command(["rebuild"], { DATABASE_URL: url }).options).to.include({ store: url });
    expect(command([...node, "--db", "x"], { DATABASE_URL: url }).options)
      .to.include({ db: "x" })
      .and.not.have.property("store");
    const { lease, connections } = command([...node, "--store", url, "--lease", "5", "--connections", "3"])
      .options as IndexerOptions;
    expect([lease, connections]).to.deep.equal([5_000, 3]);
    expect(placeOf(url)).to.deep.equal({
      ...{ url: "postgres://user:secret@db.example:5433/board", schema: "season_1", shown: "db.example:5433/board" },
    });
  });
});

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
    for (const lost of [
      url,
      url.replace("secret@", "it's=secret@"),
      url.replace(":secret@", "secret@"),
      `--rpc ${url}`,
      "--rpc http://user:secret=x@node.example",
      `-${url}`,
      `--wipe=${url}`,
      `--nothing=${url}`,
      "node.example/secret",
    ])
      expect(refusal([lost, "--rpc", url])).to.not.include("secret");
    expect(refusal(["--rpx", "x"])).to.equal("Unknown option '--rpx'");
    expect(refusal([url])).to.match(/^Unexpected argument '…@node\.example:8545\/…'\./);
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
    for (const secret of ["user:secret", "secret", ":secret"])
      expect(refusal([...local, "--source", `http://${secret}@a.b/`])).to.equal(
        "--source has a user name or password, which all could read.",
      );
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
