import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { encodeEventTopics } from "viem";
import { attestationRegistryAbi, campaignAbi } from "../../sdk/abi.ts";
import { auditSeason } from "../../sdk/audit.ts";
import { IGNORED_CURSOR, lyingApi, lyingRpc } from "./lies.ts";
import { useSite } from "./site.ts";

describe("proofboard audit", () => {
  const site = useSite();

  it("refuses a season that doesn't exist", async () => {
    const { code, stderr } = await site().run(["audit", "99"]);
    expect(stderr).to.contain("There is no season 99");
    expect(code).to.equal(1);
  });

  it("refuses an RPC that never was, and names it", async () => {
    const { code, stderr } = await site().run(["audit", "1"], { PROOFBOARD_RPC: "http://127.0.0.1:1" });
    expect(stderr).to.equal("The RPC at http://127.0.0.1:1 can't be reached.\n");
    expect(code).to.equal(1);
  });

  it("refuses a second RPC of another chain, or that isn't there", async () => {
    const gone = await site().run(["audit", "1", "--rpc", site().rpcUrl, "--rpc", "http://127.0.0.1:1"]);
    expect(gone.stderr).to.equal("The RPC at http://127.0.0.1:1 can't be reached.\n");
    expect(gone.code).to.equal(1);
    const { stderr, code } = await site().run(["audit", "1", "--rpc", site().rpcUrl, "--rpc", "nowhere"]);
    expect(stderr).to.contain('The RPC is "nowhere"; it must be an http or https URL');
    expect(code).to.equal(2);
  });

  it("refuses a file that is no state of an audit, and leaves it as it is", async () => {
    const file = join(site().directory, "letter.txt");
    await writeFile(file, "Dear Anne,\n");
    const { code, stderr } = await site().run(["audit", "1", "--chain-only", "--resume", file]);
    expect(stderr).to.contain("letter.txt is not the state of an audit; name another file");
    expect(code).to.equal(1);
    expect(await readFile(file, "utf8")).to.equal("Dear Anne,\n");
  });

  it("refuses a report where it can't be written", async () => {
    const { code, stderr } = await site().run(["audit", "1", "--chain-only", "--report", "/nowhere/at/all.md"]);
    expect(stderr).to.equal("The report /nowhere/at/all.md can't be written: ENOENT.\n");
    expect(code).to.equal(1);
  });

  it("completes the chain's part when the API can't be reached, and says so", async () => {
    const { code, stdout } = await site().run(["audit", "1"], { PROOFBOARD_API: "http://127.0.0.1:1" });
    expect(stdout).to.match(/API: not compared, because: The API at http:\/\/127\.0\.0\.1:1 can't be reached\./);
    expect(stdout).to.contain("Events and contracts agree: points match.");
    expect(code).to.equal(0);
  });

  it("says what it used and what it didn't check, and writes the report", async () => {
    const file = join(site().directory, "report.md");
    const { code, stdout } = await site().run(["audit", "1", "--report", file]);
    expect(code).to.equal(0);
    expect(stdout).to.contain(site().rpcUrl);
    expect(stdout).to.match(/Campaign\s+0x\w{40},\s+code\s+0x\w{64}:\s+as\s+built\s+here/);
    expect(stdout).to.contain("Inferences: none was run again");
    const report = await readFile(file, "utf8");
    expect(report).to.match(/^# Season 1 on chain 31337, up to block/);
    expect(report).to.contain("Events, contracts and API agree: points match.");
    expect(report).to.match(/## Not checked\n\n1\. /);
  });

  it("goes on from a file the next time", async () => {
    const file = join(site().directory, "audit.state");
    const args = ["audit", "1", "--json", "--chain-only", "--resume", file];
    const first = JSON.parse((await site().run(args)).stdout);
    const second = JSON.parse((await site().run(args)).stdout);
    expect(first.resumedAt).to.equal(null);
    expect(second.resumedAt).to.equal(first.blockNumber);
    expect(second).to.include({ match: true, ledgerHash: first.ledgerHash });
    const { stderr } = await site().run(["audit", "2", "--chain-only", "--resume", file]);
    expect(stderr).to.match(/is of season 1 of campaign 0x\w+ on chain 31337, not of season 2 of/);
  });

  it("tells both answers of two nodes that differ, and whose they are", async () => {
    const [topic] = encodeEventTopics({ abi: campaignAbi, eventName: "PointsAwarded" });
    const rpc = await lyingRpc(site().rpcUrl, (log) => {
      if (log.topics[0] === topic) log.data = flip(127)(log.data);
    });
    try {
      const args = ["audit", "1", "--json", "--rpc", site().rpcUrl, "--rpc", rpc.url];
      const { code, stdout } = await site().run(args);
      const { differences, rpcs } = JSON.parse(stdout);
      expect(differences[0]).to.match(
        new RegExp(`^The logs of blocks \\d+ to \\d+: ${site().rpcUrl} answers .*, ${rpc.url} answers .*`),
      );
      expect(rpcs).to.deep.equal([site().rpcUrl, rpc.url]);
      expect(code).to.equal(1);
      const honest = await site().run([...args.slice(0, -1), site().rpcUrl]);
      expect(JSON.parse(honest.stdout).differences).to.deep.equal([]);
    } finally {
      await rpc.close();
    }
  });

  it("audits the chain as it was at a block", async () => {
    const { stdout } = await site().run(["audit", "1", "--json", "--block", "60"]);
    const { match, blockNumber, notChecked } = JSON.parse(stdout);
    expect({ match, blockNumber }).to.deep.equal({ match: true, blockNumber: "60" });
    expect(notChecked.join(" ")).to.match(/API: not compared, because it is at block \d+, after --block/);
  });

  it("runs inferences again", async () => {
    const { code, stdout } = await site().run(["audit", "1", "--json", "--rerun", "100%", "--seed", "anne"]);
    const { rerun, differences } = JSON.parse(stdout);
    expect(differences).to.deep.equal([]);
    expect(rerun).to.include({ percent: 100, seed: "anne", total: 5, chosen: 5, held: 5 });
    expect(code).to.equal(0);
    const some = JSON.parse((await site().run(["audit", "1", "--json", "--rerun", "30"])).stdout);
    expect(some.rerun).to.include({ total: 5, chosen: 2, held: 2 });
    expect(some.rerun.seed).to.match(/^[0-9a-f]{16}$/);
    expect(some.notChecked.join(" ")).to.contain("Inferences: 3 of 5 were not chosen.");
  });

  it("recomputes a season and finds that the API agrees", async () => {
    const { code, stdout } = await site().run(["audit", "1", "--json"]);
    const audit = JSON.parse(stdout);
    expect(audit.differences).to.deep.equal([]);
    expect(audit.match).to.equal(true);
    expect(code).to.equal(0);
    const { client, seasonId } = site();
    const { ledger } = await auditSeason(client, seasonId);
    expect(audit.ledgerHash).to.equal(ledger.ledgerHash);
    expect(audit.seq).to.equal(String(ledger.seq));
    expect(audit.standings[0].points).to.equal(String(ledger.standings[0]?.points));
  });

  it("finds the chain whole without an API", async () => {
    const { code, stdout } = await site().run(["audit", "1", "--chain-only"], { PROOFBOARD_API: "http://127.0.0.1:1" });
    expect(stdout).to.contain("Events and contracts agree: points match.");
    expect(code).to.equal(0);
  });

  const zeros = `0x${"00".repeat(32)}`;
  const lies: [string, RegExp, (page: Page) => void][] = [
    ["points", /row 2 \(0x\w{40}\) has the points 1000000; from the chain it is \d+/, row(1, { points: "1000000" })],
    ["lastSeq", /row 1 \(0x\w{40}\) has lastSeq 77; from the chain it is \d+/, row(0, { lastSeq: "77" })],
    ["a rank", /row 1 \(0x\w{40}\) has the rank 2/, row(0, { rank: 2 })],
    ["the order", /row 1 has the account 0x\w{40}; from the chain it is 0x/, ({ items }) => void items.reverse()],
    [
      "the number of accounts",
      /The API ranks 77; from the chain it is \d/,
      (page) => void Object.assign(page, { total: 77 }),
    ],
    ["a missing row", /this many standings: \d; from the chain it is \d/, ({ items }) => void items.pop()],
    ["the ledger hash", /The API's ledger hash is 0x00/, asOf({ ledgerHash: zeros })],
    ["seq", /as of seq 3; from the chain/, asOf({ seq: "3" })],
    ["a block", /Block \d+ is 0x00/, asOf({ blockHash: zeros })],
    ["another chain", /The API serves chain 1;/, asOf({ chainId: 1 })],
    ["the future", /The API is at block 999999999;/, asOf({ blockNumber: 999_999_999 })],
  ];
  for (const [what, difference, lie] of lies)
    it(`names the difference when the API lies about ${what}`, async () => {
      const api = await lyingApi(site().indexer.url, /\/standings\?/, lie);
      try {
        const { code, stdout } = await site().run(["audit", "1", "--json"], { PROOFBOARD_API: api.url });
        const { match, differences } = JSON.parse(stdout);
        expect(differences[0]).to.match(difference);
        expect(match).to.equal(false);
        expect(code).to.equal(1);
      } finally {
        await api.close();
      }
    });

  it("names the difference when the API's own audit lies", async () => {
    const api = await lyingApi<{ localLedgerHash: string }>(site().indexer.url, /\/audit\//, (body) => {
      body.localLedgerHash = `0x${"22".repeat(32)}`;
    });
    try {
      const { code, stdout } = await site().run(["audit", "1"], { PROOFBOARD_API: api.url });
      expect(stdout).to.match(/1 difference; the first is:\s+1\. The API's audit folded the ledger hash\s+0x2222/);
      expect(code).to.equal(1);
    } finally {
      await api.close();
    }
  });

  const forgeries: [string, string, RegExp, (data: string) => string][] = [
    [
      "an attestation",
      "Committed",
      /^Committed in transaction 0x\w{64} names 0x\w{64}; its fields have the digest/,
      flip(2),
    ],
    ["an answer", "Attested", /^Attested in transaction 0x\w{64} names 0x\w{64}; its fields have the digest/, flip(66)],
    ["points", "PointsAwarded", /^Ledger hash: the events give 0x\w{64}, the campaign keeps 0x\w{64}\.$/, flip(127)],
    ["seq", "PointsAwarded", /^The ledger goes from seq 0 to seq 0; 1 is missing or out of place\.$/, flip(192)],
  ];
  for (const [what, eventName, difference, forge] of forgeries)
    it(`names the difference when events have ${what} that the chain doesn't know`, async () => {
      const abi = [...attestationRegistryAbi, ...campaignAbi];
      const [topic] = encodeEventTopics({ abi, eventName: eventName as "Committed" });
      const rpc = await lyingRpc(site().rpcUrl, (log) => {
        if (log.topics[0] === topic) log.data = forge(log.data);
      });
      try {
        const { code, stdout } = await site().run(["audit", "1", "--json"], { PROOFBOARD_RPC: rpc.url });
        expect(JSON.parse(stdout).differences[0]).to.match(difference);
        expect(code).to.equal(1);
      } finally {
        await rpc.close();
      }
    });

  const endless: [string, RegExp, (page: Page) => void][] = [
    ["goes on without an end", /goes on after \d+ standings; it says that there are \d\./, () => undefined],
    ["never says the same twice", /ranking of season 1 changed 10 times while the API was read/, changeSeq],
  ];
  for (const [what, sentence, lie] of endless)
    it(`refuses an API that ${what}`, async () => {
      const api = await lyingApi<Page>(site().indexer.url, /\/standings\?/, (page) => {
        page.next = IGNORED_CURSOR;
        lie(page);
      });
      try {
        const { code, stdout } = await site().run(["audit", "1", "--json"], { PROOFBOARD_API: api.url });
        expect(JSON.parse(stdout).differences[0]).to.match(sentence);
        expect(code).to.equal(1);
      } finally {
        await api.close();
      }
    });
});

/** Changes a hex digit of an event's data: the one at `at`, counted behind "0x". */
function flip(at: number): (data: string) => string {
  return (data) => {
    const i = at + 1;
    return `${data.slice(0, i)}${(Number.parseInt(data[i] as string, 16) ^ 1).toString(16)}${data.slice(i + 1)}`;
  };
}

let changes = 0;

function changeSeq({ asOf }: Page): void {
  changes += 1;
  asOf.seq = String(changes);
}

interface Page {
  asOf: Record<string, unknown>;
  items: Record<string, unknown>[];
  total: number;
  next: string | null;
}

function row(index: number, change: object): (page: Page) => void {
  return ({ items }) => void Object.assign(items[index] ?? {}, change);
}

function asOf(change: object): (page: Page) => void {
  return (page) => void Object.assign(page.asOf, change);
}
