import { spawn } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { type Address, encodeFunctionData, type Hex, keccak256, stringToHex } from "viem";
import { standingsAbi } from "../../sdk/abi.ts";
import { type Client, connect } from "../../sdk/client.ts";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import type { Ledger } from "../../sdk/ledger.ts";
import { readLedger } from "../../sdk/seasonEnd.ts";
import { cutStandings } from "../../sdk/standings.ts";
import { chainOf, type FakeNode, startNode } from "../indexer/node.ts";
import { type FaultProxy, startProxy } from "../simulator/proxy.ts";
import { createRandom } from "../simulator/random.ts";
import { createWorld, type World } from "../simulator/world.ts";

const script = join(import.meta.dirname, "../../scripts/audit.py");
/** The one of the simulated seasons in which most happens. */
const SEASON = 2n;
/** Accounts of a chunk of the final order. */
const SIZE = 7;

/** What the auditor prints with `--json`. */
interface Report {
  error?: string;
  blockNumber: number;
  blockHash: Hex;
  seq: string;
  ledgerHash: Hex;
  participants: number;
  totalPoints: string;
  standings: object[];
  frozen: boolean;
  final: object | null;
  chunks: object[];
  differences: string[];
  match: boolean;
}

interface Answer {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs Python; without one the test fails with a sentence. */
async function python(args: readonly string[], input = ""): Promise<Answer> {
  const child = spawn("python3", ["-B", ...args]);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", () => reject(new Error("This test needs python3. Install it: apt-get install python3.")));
    child.on("close", resolve);
  });
  child.stdin.on("error", () => undefined).end(input);
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

const vectorsOf = (name: string) => readFile(new URL(`../vectors/${name}.json`, import.meta.url), "utf8");

/** Has the auditor's functions work on JSON: `program` turns `given` into what is printed. */
async function withAuditor<T>(program: string, given: string): Promise<T> {
  const head = `import json, sys; sys.path.insert(0, ${JSON.stringify(join(script, ".."))}); from audit import *`;
  const body = `given = json.load(sys.stdin); data = lambda text: bytes.fromhex(text[2:]); print(json.dumps(${program}))`;
  const { code, stdout, stderr } = await python(["-c", `${head}\n${body}`], given);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

describe("scripts/audit.py", () => {
  const elsewhere = ["--campaign", `0x${"11".repeat(20)}`, "--start-block", "0"];
  const usages: [string, RegExp, string[]][] = [
    ["no season", /--season/, ["--rpc", "http://127.0.0.1:1", ...elsewhere]],
    ["season 0", /"0" is not a whole number from 1 on/, ["--rpc", "http://127.0.0.1:1", "--season", "0", ...elsewhere]],
    ["no contracts", /--deployment --campaign is required/, ["--rpc", "http://127.0.0.1:1", "--season", "1"]],
    [
      "no first block",
      /--campaign needs --start-block/,
      ["--rpc", "http://a", "--season", "1", ...elsewhere.slice(0, 2)],
    ],
    [
      "a file as RPC",
      /"file:\/\/\/etc\/hosts" is not an http/,
      ["--rpc", "file:///etc/hosts", "--season", "1", ...elsewhere],
    ],
    [
      "a wrong checksum",
      /--standings is 0xAB.*whose checksum is wrong/,
      ["--rpc", "http://a", "--season", "1", ...elsewhere, "--standings", `0xABab${"11".repeat(18)}`],
    ],
    [
      "no file",
      /nowhere\.json can't be read: No such file/,
      ["--rpc", "http://a", "--season", "1", "--deployment", "nowhere.json"],
    ],
    [
      "an RPC that never was",
      /^The RPC at http:\/\/127\.0\.0\.1:1 can't be reached: Connection refused\.\n$/,
      ["--rpc", "http://127.0.0.1:1/key", "--season", "1", ...elsewhere],
    ],
  ];
  for (const [what, sentence, args] of usages)
    it(`refuses ${what}`, async () => {
      const { code, stderr } = await python([script, ...args]);
      expect(stderr).to.match(sentence).and.not.contain("Traceback");
      expect(code).to.equal(2);
    });

  describe("on shared vectors", () => {
    it("hashes as keccak-256 does, one by one and side by side", async () => {
      const lengths = [...[0, 1, 55, 56, 134, 135, 136, 137, 271, 272, 273, 1000], 65];
      const messages = lengths.map((length) => `0x${"a5".repeat(length)}`);
      const alone = await withAuditor("[hexed(keccak(data(text))) for text in given]", JSON.stringify(messages));
      expect(alone).to.deep.equal(messages.map((message) => keccak256(message as Hex)));
      const many = Array.from({ length: 600 }, (_, i) => keccak256(stringToHex(`${i}`)));
      const each = await withAuditor("list(map(hexed, keccak_each(list(map(data, given)))))", JSON.stringify(many));
      expect(each).to.deep.equal(many.map((message) => keccak256(message)));
    });

    it("folds ledger.json", async () => {
      const vectors = await vectorsOf("ledger");
      const entry = `Entry(data(v["account"]), data(v["subject"]), v["reason"], int(v["delta"]), int(v["seq"]))`;
      const program = `[hexed(ledger_hash(data(v["previous"]), int(v["seasonId"]), ${entry})) for v in given]`;
      const expected = (JSON.parse(vectors) as { hash: Hex }[]).map(({ hash }) => hash);
      expect(await withAuditor(program, vectors)).to.deep.equal(expected);
    });

    it("builds trees.json", async () => {
      const vectors = await vectorsOf("trees");
      const roots = await withAuditor(`[hexed(tree_root(list(map(data, v["leaves"])))) for v in given]`, vectors);
      expect(roots).to.deep.equal((JSON.parse(vectors) as { root: Hex }[]).map(({ root }) => root));
    });

    it("encodes standings.json", async () => {
      const vectors = await vectorsOf("standings");
      const leaf = `standing_bytes(Standing(s["place"], s["rank"], data(s["account"]), int(s["points"]), int(s["lastSeq"])))`;
      const leaves = `[${leaf} for s in v["standings"]]`;
      const program = `[[hexed(tree_root(${leaves})), list(map(hexed, ${leaves}))] for v in given]`;
      const chunks = JSON.parse(vectors) as { root: Hex; standings: { data: Hex }[] }[];
      const expected = chunks.map(({ root, standings }) => [root, standings.map(({ data }) => data)]);
      expect(await withAuditor(program, vectors)).to.deep.equal(expected);
    });
  });

  describe("on a node", () => {
    const BLOCKS = 3_000;
    const ledger = { seq: 0n, participants: 0, totalPoints: 0n, ledgerHash: ZERO_HASH, points: new Map() };
    const empty = { logs: [], ledgers: new Map([[1n, ledger]]) };
    let node: FakeNode;

    before(async () => {
      node = await startNode(chainOf(Array.from({ length: BLOCKS }, () => empty)));
    });
    afterEach(() => {
      node.fault = () => undefined;
      node.requests = [];
    });
    after(() => node.close());

    const run = () => python([script, "--rpc", node.url, "--season", "1", ...elsewhere]);

    const failures: [string, RegExp, { status: number; body: string }][] = [
      [
        "an error without JSON",
        /answers eth_chainId with what is no JSON-RPC answer \(status 500\)/,
        failing("<html>"),
      ],
      ["what is nested without an end", /is no JSON-RPC answer \(status 500\)/, failing("[".repeat(1_000_000))],
      ["an answer to something else", /with an answer to something else/, failing('{"id":77,"result":"0x1"}')],
      ["an error", /refuses eth_chainId: "no \\u001b\[31m"/, failing('{"id":1,"error":{"message":"no \\u001b[31m"}}')],
      ["more than is read", /answers with more than 64 MiB or 60 seconds/, failing(" ".repeat(65 * 2 ** 20))],
    ];
    for (const [what, sentence, answer] of failures)
      it(`refuses one that answers with ${what}`, async () => {
        node.fault = () => answer;
        const { code, stderr } = await run();
        expect(stderr).to.match(sentence).and.not.contain("Traceback");
        expect(code).to.equal(2);
      });

    it("says what a node refuses that refuses a single block", async () => {
      node.fault = (method) => (method === "eth_getLogs" ? refusal : undefined);
      const { code, stderr } = await run();
      expect(stderr).to.match(/^The RPC at http:\/\/127\.0\.0\.1:\d+ refuses eth_getLogs: "too many blocks"\n$/);
      expect(code).to.equal(2);
    });

    it("halves the ranges that a node refuses, and reads each block once", async () => {
      const asked = ({ fromBlock, toBlock }: Range) => Number(toBlock) - Number(fromBlock) + 1;
      node.fault = (method, [range]) => (method === "eth_getLogs" && asked(range as Range) > 600 ? refusal : undefined);
      const { code, stdout } = await run();
      expect(stdout).to.match(/\nEvents and contracts agree\.\n$/);
      expect(code).to.equal(0);
      const ranges = node.requests
        .filter(({ method }) => method === "eth_getLogs")
        .map(({ params }) => params[0] as Range);
      const read = ranges.filter((range) => asked(range) <= 600);
      expect(read.reduce((sum, range) => sum + asked(range), 0)).to.equal(node.blocks.length);
      expect(ranges.length - read.length).to.equal(2);
    });

    it("asks again when a node is busy", async () => {
      let busy = 2;
      node.fault = () => (busy-- > 0 ? { status: 429, body: "busy" } : undefined);
      expect((await run()).code).to.equal(0);
    });
  });

  describe("on a season", () => {
    const file = join(tmpdir(), `proofboard-audit-${process.pid}.json`);
    let world: World;
    let client: Client;
    let proxy: FaultProxy;

    before(async () => {
      world = await createWorld(false);
      client = connect(world.deployment, world.url);
      proxy = await startProxy(world.url, createRandom(1));
      await writeFile(file, JSON.stringify(world.deployment));
      await world.reset(1);
    });
    afterEach(() => {
      proxy.lie = undefined;
    });
    after(async () => {
      await proxy.close();
      await world.stop();
      await rm(file);
    });

    async function run(args: readonly string[] = [], deployment = file) {
      const told = ["--rpc", proxy.url, "--season", `${SEASON}`, "--deployment", deployment, "--json", ...args];
      const { code, stdout, stderr } = await python([script, ...told]);
      expect(stderr).to.equal("");
      return { code, ...(JSON.parse(stdout) as Report) };
    }

    const foldedAt = async (block: number): Promise<Ledger> => readLedger(client, SEASON, BigInt(block));

    /** What the auditor must print of a ledger. */
    const expectedOf = ({ seq, ledgerHash, totalPoints, standings }: Ledger) => ({
      ...{ seq: `${seq}`, ledgerHash, totalPoints: `${totalPoints}`, participants: standings.length },
      standings: standings.map(({ place, rank, account, points, lastSeq }) => ({
        ...{ place, rank, account, points: `${points}`, lastSeq: `${lastSeq}` },
      })),
      ...{ differences: [], match: true },
    });

    it("refuses a season that doesn't exist", async () => {
      const { code, error } = await run(["--season", "99"]);
      expect(error).to.match(/^There is no season 99: the campaign has \d+ at this block\.$/);
      expect(code).to.equal(2);
    });

    it("refuses a block that isn't there yet, and one before the deployment", async () => {
      expect((await run(["--block", "999999"])).error).to.match(/has no block 999999\.$/);
      expect((await run(["--block", "0"])).error).to.match(/^Block 0 is before the deployment's first block, \d+\.$/);
    });

    type Log = { topics: string[]; data: string; address: string; removed: boolean; logIndex: string };
    const inLogs = (change: (logs: Log[]) => unknown) => (method: string, result: unknown) => {
      if (method === "eth_getLogs" && (result as Log[]).length > 1) change(result as Log[]);
      return result;
    };
    const inAnswer = (asked: string, lie: unknown) => (method: string, result: unknown) =>
      method === asked ? lie : result;
    const lies: [string, number, RegExp, (method: string, result: unknown) => unknown][] = [
      [
        "an altered amount",
        1,
        /^(Points together|Ledger hash): the events give|comes to/,
        inLogs(([log]) => Object.assign(log as Log, { data: flip((log as Log).data, 127) })),
      ],
      ["a dropped log", 1, /^The ledger goes from seq 1 to seq 3; 2 is missing/, inLogs((logs) => logs.splice(1, 1))],
      [
        "a log at the end dropped",
        1,
        /^Entries: the events give \d+, the campaign keeps \d+\.$/,
        inLogs((logs) => logs.pop()),
      ],
      [
        "a doubled log",
        2,
        /answers with log \d+ of block \d+ after log/,
        inLogs((logs) => logs.splice(1, 0, logs[0] as Log)),
      ],
      ["logs out of order", 2, /doubled or out of order/, inLogs((logs) => logs.reverse())],
      ["a removed log", 2, /says that it was removed/, inLogs(([log]) => Object.assign(log as Log, { removed: true }))],
      [
        "a log of another contract",
        2,
        /is of another contract, event or season/,
        inLogs(([log]) => Object.assign(log as Log, { address: `0x${"22".repeat(20)}` })),
      ],
      [
        "a log of another season",
        2,
        /is of another contract, event or season/,
        inLogs(([log]) => (log as Log).topics.splice(1, 1, `0x${"1".padStart(64, "0")}`)),
      ],
      ["a log cut short", 2, /it must be words of 32/, inLogs(([log]) => Object.assign(log as Log, { data: "0x00" }))],
      [
        "a log's index in words",
        2,
        /index is "one"; it must/,
        inLogs(([log]) => Object.assign(log as Log, { logIndex: "one" })),
      ],
      [
        "no list of logs",
        2,
        /The logs of blocks \d+ to \d+ are \{\}; they must be a list/,
        inAnswer("eth_getLogs", {}),
      ],
      ["a head cut short", 2, /ledgerOf|seasonCount of 0x\w+ returns has 0 bytes/, inAnswer("eth_call", "0x")],
      [
        "no block",
        2,
        /^The block is "\\u001b\[2J"; it must be a JSON object/,
        inAnswer("eth_getBlockByNumber", "\u001b[2J"),
      ],
      ["another chain", 2, /serves chain 1; the deployment is on chain 31337\.$/, inAnswer("eth_chainId", "0x1")],
    ];
    for (const [what, exit, sentence, lie] of lies)
      it(`says so when an RPC tells ${what}`, async () => {
        proxy.lie = ({ method }, result) => lie(method, result);
        const { code, error, differences } = await run();
        expect(error ?? differences[0]).to.match(sentence);
        expect(code).to.equal(exit);
      });

    it("begins anew when a reorganisation removes what it reads", async () => {
      let reorganised: Promise<void> | undefined;
      proxy.lie = ({ method }, result) => {
        if (method === "eth_getLogs" && !reorganised) {
          const release = proxy.hold();
          reorganised = world.reorganise(5, 4).then(release);
        }
        return result;
      };
      const report = await run();
      await reorganised;
      expect(report.blockNumber).to.equal(world.head());
      expect(report).to.deep.include(expectedOf(await foldedAt(world.head())));
    });

    it("gives the ledger and the order that TypeScript gives, whatever is reorganised", async () => {
      const random = createRandom(7);
      for (let round = 0; round < 4; round++) {
        const depth = random.between(1, Math.min(12, world.deepest()));
        await world.reorganise(depth, depth + random.between(-1, 12));
        for (const block of [world.head(), world.head() - random.between(1, 40)]) {
          const report = await run(["--block", `${block}`]);
          expect(report).to.deep.include(expectedOf(await foldedAt(block)));
          expect(report).to.deep.include({ code: 0, frozen: false, final: null, chunks: [] });
        }
      }
    });

    describe("that is final", () => {
      let ledger: Ledger;
      let poster: Address;

      before(async () => {
        const [junk, other] = [world.accounts[3], world.accounts[4]] as [Address, Address];
        poster = other;
        const end = await endSeason(world);
        ledger = await foldedAt(await end.head());
        const inOrder = ledger.standings.map(({ account }) => account);
        await end.post(junk, 1, inOrder.slice(0, SIZE));
        // A try of the final poster's own, cut otherwise.
        await end.post(poster, 1, inOrder.slice(0, 3));
        await end.post(poster, 4, inOrder.slice(3, 5));
        for (const { first, standings } of cutStandings(ledger.standings, SIZE))
          await end.post(
            poster,
            first,
            standings.map(({ account }) => account),
          );
      });

      it("has burns, equal points and accounts without any, or it shows little", async () => {
        const { campaign } = client.contracts;
        const about = { ...campaign, eventName: "PointsBurned", args: { seasonId: SEASON }, fromBlock: 0n } as const;
        expect(await client.rpc.getContractEvents(about)).to.not.have.lengthOf(0);
        const points = ledger.standings.map((standing) => standing.points);
        expect(points.filter((each) => each === 0n)).to.have.length.above(1);
        expect(ledger.standings.some(({ place, rank, points }) => rank !== place && points > 0n)).to.equal(true);
        expect(cutStandings(ledger.standings, SIZE)).to.have.length.above(2);
      });

      const posted = (change: (data: string) => string) =>
        inLogs((logs) => {
          const [last] = logs.filter(({ topics }) => topics[0] === POSTED).slice(-1) as [Log];
          last.data = change(last.data);
        });
      const POSTED = keccak256(stringToHex("StandingsPosted(uint256,address,uint32,bytes32,address[])"));
      const finalLies: [string, RegExp, (method: string, result: unknown) => unknown][] = [
        [
          "another root",
          /^The chunk at place \d+ has the root 0x\w{64}; StandingsPosted has 0x\w{64}\.$/,
          posted((data) => flip(data, 65)),
        ],
        [
          "another account",
          /^The chunk at place \d+ has 0x\w{40} at place \d+; the ledger gives 0x/,
          posted((data) => flip(data, data.length - 3)),
        ],
        [
          "a chunk less",
          /^The chunk at place \d+ follows place \d+: one between them is missing/,
          inLogs((logs) => logs.splice(logs.findLastIndex(({ topics }) => topics[0] === POSTED) - 1, 1)),
        ],
        [
          "no freeze",
          /^To Standings the season is frozen; SeasonFrozen was emitted 0 times\.$/,
          inLogs((logs) =>
            logs.splice(
              logs.findIndex(({ topics }) => topics.length === 2),
              1,
            ),
          ),
        ],
        [
          "no end",
          /^By events the final order is of nobody; by Standings it must be of \d+ accounts/,
          inLogs((logs) => logs.pop()),
        ],
      ];
      for (const [what, sentence, lie] of finalLies)
        it(`names the difference when an RPC tells ${what}`, async () => {
          proxy.lie = ({ method }, result) => lie(method, result);
          const { code, differences } = await run();
          expect(differences[0]).to.match(sentence);
          expect(code).to.equal(1);
        });

      it("agrees with TypeScript on order and chunk roots", async () => {
        const report = await run();
        expect(report).to.deep.include(expectedOf(ledger));
        expect(report).to.deep.include({
          ...{ code: 0, frozen: true, final: { poster, participants: ledger.standings.length } },
          chunks: cutStandings(ledger.standings, SIZE).map(({ first, root, standings }) => ({
            ...{ first, root, count: standings.length },
          })),
        });
      });

      it("tells a person the same, and what it did not check", async () => {
        const { Campaign, Standings } = world.deployment.contracts;
        const where = ["--campaign", Campaign.address, "--standings", Standings?.address as string];
        const args = ["--rpc", proxy.url, "--season", `${SEASON}`, ...where, "--start-block", "0"];
        const { code, stdout } = await python([script, ...args]);
        expect(stdout)
          .to.contain(ledger.ledgerHash)
          .and.contain(`${poster} posted the order in`)
          .and.contain("Not checked:")
          .and.match(/\nEvents and contracts agree\.\n$/);
        expect(code).to.equal(0);
        const { stdout: less } = await python([script, ...args.filter((arg) => !where.slice(2).includes(arg))]);
        expect(less).to.contain("not looked at: no Standings contract was named");
      });
    });
  });
});

/** Moves the chain's time beyond the season's end, and freezes it. */
async function endSeason({ url, deployment, accounts }: World) {
  const { rpc, contracts } = connect(deployment, url);
  const request = rpc.request as (call: { method: string; params: unknown[] }) => Promise<unknown>;
  const to = deployment.contracts.Standings?.address;
  const mined = async (from: Address, data: Hex) => {
    const hash = (await request({
      method: "eth_sendTransaction",
      params: [{ from, to, data, gas: "0x1000000" }],
    })) as Hex;
    await request({ method: "evm_mine", params: [] });
    const { status } = await rpc.getTransactionReceipt({ hash });
    if (status !== "success") throw new Error("Standings refused what the test sent.");
  };
  const { closesAt } = await rpc.readContract({ ...contracts.campaign, functionName: "seasonOf", args: [SEASON] });
  const { timestamp } = await rpc.getBlock();
  const time = closesAt > timestamp ? closesAt : timestamp + 1n;
  await request({ method: "evm_setNextBlockTimestamp", params: [Number(time)] });
  const abi = standingsAbi;
  await mined(accounts[3] as Address, encodeFunctionData({ abi, functionName: "freeze", args: [SEASON] }));
  return {
    head: async () => Number(await rpc.getBlockNumber()),
    post: (from: Address, first: number, inOrder: Address[]) =>
      mined(from, encodeFunctionData({ abi, functionName: "post", args: [SEASON, first, inOrder] })),
  };
}

interface Range {
  fromBlock: string;
  toBlock: string;
}

const refusal = { error: { code: -32000, message: "too many blocks" } } as never;

function failing(body: string) {
  return { status: 500, body };
}

/** Changes a hex digit: the one at `at`, counted behind "0x". */
function flip(data: string, at: number): string {
  const i = at + 2;
  return `${data.slice(0, i)}${(Number.parseInt(data[i] as string, 16) ^ 1).toString(16)}${data.slice(i + 1)}`;
}
