import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { type Address, custom, getAddress, type Hex } from "viem";
import { openAuditJournal } from "../../../cli/audit/resume.ts";
import type { Part } from "../../../sdk/audit/read.ts";
import { connect } from "../../../sdk/client.ts";
import { parseDeployment } from "../../../sdk/deployment.ts";
import { refusal } from "../../participant/refusal.ts";

const hash: Hex = `0x${"00".repeat(32)}`;
const contract = (n: number) => ({ address: `0x${n.toString(16).padStart(40, "0")}`, transactionHash: hash });
const names = ["AccessManager", "ModelRegistry", "AttestationRegistry", "Bonds", "Campaign"];
const deployment = parseDeployment({
  ...{ chainId: 31337, startBlock: 1 },
  contracts: Object.fromEntries(names.map((name, i) => [name, contract(i + 1)])),
});
const client = connect(deployment, custom({ request: () => Promise.reject(new Error("not asked")) }));

const hex = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((found) => `0x${Buffer.from(found).toString("hex")}` as Hex);
const account = hex(20).map((found): Address => getAddress(found));
const uint = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const part: fc.Arbitrary<Part> = fc.record({
  block: fc.record({ number: uint, hash: hex(32) }),
  attestations: fc.array(
    fc.record({
      ...{ id: hex(32), prover: account, method: fc.nat(255), modelId: hex(32), taskId: uint, unit: uint },
      ...{ count: fc.nat(), inputHash: fc.option(hex(32)), blockNumber: uint },
    }),
  ),
  entries: fc.array(
    fc.record({
      ...{ seasonId: uint, account, subject: hex(32), reason: fc.nat(255), seq: uint, blockNumber: uint },
      delta: fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
    }),
  ),
  records: fc.array(
    fc.tuple(hex(32), fc.record({ attestedAt: fc.nat(), status: fc.nat(9), verifiers: fc.array(account) })),
  ),
  wrong: fc.array(fc.string()),
});

describe("the state of an audit in a file", () => {
  let directory: string;
  let file: string;
  const open = () => openAuditJournal(file, client, 1n);
  const partsOf = async (journal: Awaited<ReturnType<typeof open>>) => {
    const parts: Part[] = [];
    for await (const found of journal.parts()) parts.push(found);
    return parts;
  };
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "proofboard-"));
    file = join(directory, "deep/er/audit.state");
  });
  afterEach(() => rm(directory, { recursive: true }));

  const foreign: [string, string, string][] = [
    ["a letter", "Dear Anne,\n", "is not the state of an audit"],
    ["other JSON", "[1, 2]\n", "is not the state of an audit"],
    ["nothing but null", "null\n", "is not the state of an audit"],
    [
      "another season's state",
      `{"format":"proofboard audit 1","chainId":31337,"campaign":"${contract(5).address}","seasonId":"2"}\n`,
      "is of season 2 of campaign",
    ],
  ];
  for (const [what, text, sentence] of foreign)
    it(`refuses ${what}, and leaves it as it is`, async () => {
      file = join(directory, "audit.state");
      await writeFile(file, text);
      expect(await refusal(open())).to.contain(sentence);
      expect(await readFile(file, "utf8")).to.equal(text);
    });

  it("refuses a broken line, and names it", async () => {
    await open();
    for (const line of [
      "{}",
      "garbage",
      '{"block":["x","0x"],"attestations":[],"entries":[],"records":[],"wrong":[]}',
    ]) {
      await rm(file);
      const journal = await open();
      await appendFile(file, `${line}\n`);
      expect(await refusal(journal.blocks())).to.equal(
        `${file} is broken at line 2; remove it, and the audit begins anew.`,
      );
    }
  });

  it("gives back what was kept, without what an interruption cut off", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 4 }), fc.nat(4), async (parts, count) => {
        await rm(file, { force: true });
        const journal = await open();
        for (const each of parts) await journal.append(each);
        await appendFile(file, '{"block":["17","0x');
        const again = await open();
        expect(await again.blocks()).to.deep.equal(parts.map(({ block }) => block));
        await again.keep(Math.min(count, parts.length));
        const kept = parts.slice(0, count);
        expect(await partsOf(again)).to.deep.equal(kept);
        await again.append(parts[0] ?? { ...empty });
        expect(await partsOf(await open())).to.deep.equal([...kept, parts[0] ?? empty]);
      }),
      { numRuns: 30 },
    );
  });
});

const empty: Part = { block: { number: 1n, hash }, attestations: [], entries: [], records: [], wrong: [] };
