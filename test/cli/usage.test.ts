import { expect } from "chai";
import { run } from "../../cli/run.ts";
import { UsageError } from "../../cli/usage.ts";
import { runCommand } from "./site.ts";

const silent = { show() {}, say() {}, write() {}, clear() {} };

describe("proofboard, used wrongly", () => {
  const wrong: [string[], string][] = [
    [[], "A command is missing. The commands are wallet,"],
    [["frobnicate"], '"frobnicate" is not a command. The commands are wallet,'],
    [["toString"], '"toString" is not a command.'],
    [["audit"], '"audit" needs SEASON, as in: proofboard audit SEASON'],
    [["audit", "first"], 'SEASON is "first"; it must be a whole number from 1 up.'],
    [["audit", "0"], 'SEASON is "0"; it must be a whole number from 1 up.'],
    [["audit", "1", "2"], '"2" is one argument too many; right would be: proofboard audit SEASON'],
    [["audit", "1", "--fast"], '"--fast" is not an option of "audit". Its options are --rpc,'],
    [["audit", "1", "-j"], '"-j" is not an option of "audit".'],
    [["audit", "1", "--rpc"], '"--rpc" needs a value, as in --rpc URL.'],
    [["audit", "1", "--rpc", "--json"], '"--rpc" needs a value, as in --rpc URL.'],
    [["audit", "1", "--json=yes"], '"--json" takes no value, but was given "yes".'],
    [["audit", "1", "--api", "a", "--api", "b"], '"--api" is given twice.'],
    [["rank", "1", "--rpc", "a", "--rpc", "b"], '"--rpc" is given twice.'],
    [["audit", "1", "--block", "head"], '--block is "head"; it must be a whole number from 0 up.'],
    [["audit", "1", "--rerun", "0%"], '--rerun is "0%"; it must be above 0% and at most 100%, as in 5%.'],
    [["audit", "1", "--rerun", "101"], '--rerun is "101"; it must be above 0%'],
    [["audit", "1", "--rerun", "some"], '--rerun is "some"; it must be above 0%'],
    [["audit", "1", "--seed", "a"], "--seed needs --rerun N%."],
    [["audit", "1", "--api", "nowhere"], 'The API is "nowhere"; it must be an http or https URL'],
    [["audit", "1", "--rpc", "ftp://x"], 'The RPC is "ftp://x"; it must be an http or https URL'],
    [["audit", "1", "--api", "http://user:secret@x"], "The API has a user or a password in its URL; it takes neither."],
    [["audit", "1", "--api", "http://secret@x"], "The API has a user or a password in its URL; it takes neither."],
    [["audit", "1", "--rpc", "ftp://user:secret@x"], 'The RPC is "…@x"; it must be an http or https URL'],
    [["work", "1", "--source", "http://u:secret@x"], "--source has a user or a password in its URL; it takes neither."],
    [["verify", "0x12"], 'UID is "0x12"; it must be 0x and 64 hex digits.'],
    [["verify", `0x${"0g".repeat(32)}`], "it must be 0x and 64 hex digits."],
    [["rank", "1", "0x1234"], 'ACCOUNT is "0x1234"; it must be 0x and 40 hex digits'],
    [["rank", "1", "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96046"], "all lower case or with its checksum"],
    [["rank", "1", "--limit", "101"], '--limit is "101"; it must be a whole number from 1 to 100.'],
    [["infer", "0xabc", "--input", "x"], 'MODEL is "0xabc"; it must be 0x and 64 hex digits.'],
    [["infer", "llama", "--input", "x"], 'MODEL is "llama"; it must be a model\'s id, 0x and 64 hex digits, or one of'],
    [["infer", "digits"], "infer needs one of --input FILE, --prompt TEXT and --unit SEASON/TASK/UNIT."],
    [["infer", "digits", "--unit", "1/1"], '--unit is "1/1"; it must be SEASON/TASK/UNIT, as in 1/1/0.'],
    [["infer", "digits", "--unit", "1/x/0"], 'The task in --unit is "x"; it must be a whole number from 1 up.'],
    [["attest"], "attest needs MODEL and --input FILE, or --batch SEASON/TASK and --units FIRST..LAST."],
    [["attest", "digits"], "attest needs --input FILE."],
    [["attest", "--batch", "1/2"], "A batch needs both --batch SEASON/TASK and --units FIRST..LAST."],
    [["attest", "--units", "0..9"], "A batch needs both --batch SEASON/TASK and --units FIRST..LAST."],
    [["attest", "digits", "--batch", "1/2", "--units", "0..9"], "A batch takes neither MODEL nor --input"],
    [["attest", "--batch", "1", "--units", "0..9"], '--batch is "1"; it must be SEASON/TASK, as in 1/3.'],
    [
      ["attest", "--batch", "1/0", "--units", "0..9"],
      'The task in --batch is "0"; it must be a whole number from 1 up.',
    ],
    [["attest", "--batch", "1/2", "--units", "9"], '--units is "9"; it must be FIRST..LAST, as in 0..199.'],
    [
      ["attest", "--batch", "1/2", "--units", "9..8"],
      'The last unit in --units is "8"; it must be a whole number from 9 up.',
    ],
    [["challenge"], '"challenge" needs UID, as in: proofboard challenge UID'],
    [["challenge", "0x12"], 'UID is "0x12"; it must be 0x and 64 hex digits.'],
    [["verify", `0x${"ab".repeat(32)}`, "--unit", "first"], '--unit is "first"; it must be a whole number from 0 up.'],
    [["work", "1", "--units", "0"], '--units is "0"; it must be a whole number from 1 up.'],
    [
      ["work", "1", "--serve", "here"],
      '--serve is "here"; it must be a port or HOST:PORT, as in 4001 or 0.0.0.0:4001.',
    ],
    [["work", "1", "--serve", "65536"], '--serve is "65536"; it must be a port or HOST:PORT'],
    [["work", "1", "--serve", "::1:4001"], '--serve is "::1:4001"; it must be a port or HOST:PORT'],
    [["work", "1", "--source", "me"], '--source is "me"; it must be an http or https URL'],
    [["work", "1", "--source", "http://a,"], '--source is ""; it must be an http or https URL'],
    [["work", "1", "--appeal=now"], '"--appeal" takes no value, but was given "now".'],
    [["season"], '"season" is half a command. The commands are season check, season plan'],
    [["season", "status"], '"season status" needs ID|FILE, as in: proofboard season status ID|FILE'],
    [["season", "burn", "1"], '"season" is half a command.'],
    [["season", "toString", "1"], '"season" is half a command.'],
    [["season", "check", "season.json"], "Nobody would open the season: give --organiser ADDRESS"],
    [["season", "check", "no.json", "--organiser", "0x1"], '--organiser is "0x1"; it must be 0x and 40 hex digits'],
    [["season", "plan"], '"season plan" needs FILE, as in: proofboard season plan FILE'],
    [["season", "status", "0"], 'SEASON is "0"; it must be a whole number from 1 up.'],
    [["season", "status", "1", "--account", "me"], '--account is "me"; it must be 0x and 40 hex digits'],
    [["season", "freeze", "1", "--chunk", "5"], '"--chunk" is not an option of "season freeze".'],
    [["season", "post", "1", "--badge"], '"--badge" is not an option of "season post".'],
    [["season", "post", "1", "--chunk", "0"], '--chunk is "0"; it must be a whole number from 1 up.'],
    [["season", "post", "1", "--chunk", "4001"], '--chunk is "4001"; it must be a whole number from 1 to 4000.'],
    [["season", "claim", "1", "--to", "0x12"], '--to is "0x12"; it must be 0x and 40 hex digits'],
    [["season", "claim", "1", "--sign", "--badge"], "A badge needs no signature: anyone may mint it"],
    [["account", "me"], 'ADDRESS is "me"; it must be 0x and 40 hex digits'],
    [
      ["bonds"],
      '"bonds" is half a command. The commands are bonds deposit, bonds unbond, bonds withdraw and bonds claim',
    ],
    [["bonds", "deposit", "Quorum", "some"], 'ETH is "some"; it must be an amount of ETH above 0, as in 0.05.'],
    [["bonds", "unbond", "Quorum", "-1"], '"-1" is not an option of "bonds unbond".'],
    [["verifier", "join", "me"], '"me" is one argument too many; right would be: proofboard verifier join'],
    [["content"], '"content" is half a command. The commands are content put and content mirror'],
    [["content", "put", "none.bin"], '"none.bin" can\'t be read: there is no such file.'],
    [["content", "mirror", "1", "--from", "me"], '--from is "me"; it must be an http or https URL'],
    [["content", "mirror", "1", "--serve", "here"], '--serve is "here"; it must be a port or HOST:PORT'],
    [["wallet", "sell"], '"sell" is nothing that wallet does; right would be: wallet new'],
  ];
  for (const [args, sentence] of wrong)
    it(`refuses "${args.join(" ")}"`, async () => {
      const error = await run(args, {}, silent).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(UsageError);
      expect((error as Error).message).to.contain(sentence);
    });

  it("writes the sentence to standard error alone, and ends with 2", async () => {
    const { code, stdout, stderr } = await runCommand(["audit", "1", "--block", "head"], {});
    expect(stderr).to.equal('--block is "head"; it must be a whole number from 0 up.\n');
    expect(stdout).to.equal("");
    expect(code).to.equal(2);
  });

  it("says what was wrong as JSON too", async () => {
    const { code, stdout } = await runCommand(["verify", "0x12", "--json"], {});
    expect(JSON.parse(stdout)).to.deep.equal({ error: 'UID is "0x12"; it must be 0x and 64 hex digits.' });
    expect(code).to.equal(2);
  });

  it("refuses a deployment that isn't there, or isn't one", async () => {
    const missing = await runCommand(["models"], { PROOFBOARD_DEPLOYMENT: "/nowhere.json" });
    expect(missing.stderr).to.equal("The deployment /nowhere.json can't be read: ENOENT.\n");
    expect(missing.code).to.equal(1);
    const file = new URL("../../package.json", import.meta.url).pathname;
    const other = await runCommand(["models"], { PROOFBOARD_DEPLOYMENT: file, PROOFBOARD_RPC: "http://127.0.0.1:1" });
    expect(other.stderr).to.contain("The deployment's chainId is missing");
    expect(other.code).to.equal(1);
  });
});

describe("proofboard --help", () => {
  it("names every command, in at most 100 columns", async () => {
    const { code, stdout } = await runCommand(["--help"], {});
    for (const name of [
      "wallet",
      "model import",
      "model list",
      "infer",
      "attest",
      "work",
      "challenge",
      "rank",
      "season check",
      "season claim",
      "verify",
      "audit",
    ])
      expect(stdout).to.match(new RegExp(`^ {2}${name}`, "m"));
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).to.be.at.most(100);
    expect(code).to.equal(0);
  });

  it("explains one command, though its arguments are missing", async () => {
    const { code, stdout } = await runCommand(["audit", "--help"], {});
    expect(stdout).to.contain("proofboard audit SEASON: ").and.to.contain("--chain-only").and.to.contain("JSON: ");
    expect(code).to.equal(0);
  });

  it("names the commands of a group", async () => {
    const { code, stdout } = await runCommand(["model", "--help"], {});
    expect(stdout).to.contain("  model check DIR|FILE   ").and.not.to.contain("audit");
    expect(code).to.equal(0);
  });

  it("says what each method brings to work and attest", async () => {
    const work = (await runCommand(["work", "--help"], {})).stdout.replaceAll(/\s+/g, " ");
    expect(work).to.contain(
      "under Quorum commits and reveals in time, under FraudProof attests them in batches, under ZkProof proves each before it is attested, under Enclave has an enclave run and sign them, under DisputeGame attests them by the roots of batches, and answers whoever challenges one;",
    );
    expect(work).to.contain("with --verify it also joins Quorum's verifiers").and.to.contain("--challenge also re-run");
    expect(work).to.contain(
      "with --appeal it also re-runs what first panels decided under Quorum, appeals what is wrong",
    );
    expect(work).to.contain("--appeal also re-run what panels decided, and appeal");
    expect(work).to.contain("--serve [HOST:]PORT let others fetch content from here; HOST is 127.0.0.1 by default");
    expect(work).to.contain("--source URL[,URL] servers asked for content that the API doesn't have");
    expect(work).to.contain(
      "most units, counting earlier ones: in a season under Quorum, of each task under FraudProof, in a season under ZkProof",
    );
    const attest = (await runCommand(["attest", "--help"], {})).stdout.replaceAll(/\s+/g, " ");
    expect(attest).to.contain("units of a FraudProof task and records them as one batch, with every activation in");
    expect(attest).to.contain("; of a batch under FraudProof: id, prover,");
  });

  it("says which version this is", async () => {
    const { code, stdout } = await runCommand(["--version"], {});
    expect(stdout).to.match(/^\d+\.\d+\.\d+\n$/);
    expect(code).to.equal(0);
  });
});
