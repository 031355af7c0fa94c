import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import fc from "fast-check";
import {
  bytesToHex,
  createTestClient,
  type Hex,
  hexToBytes,
  http,
  keccak256,
  publicActions,
  walletActions,
} from "viem";
import { bloomOf, covers, mayContain, sameBloom } from "../../../indexer/ingest/bloom.ts";
import { accountOf } from "../../participant/chain.ts";

const hex = (size: number) =>
  fc.uint8Array({ minLength: size, maxLength: size }).map((bytes): Hex => bytesToHex(bytes));
const log = fc.record({ address: hex(20), topics: fc.array(hex(32), { maxLength: 4 }) });
const logs = fc.array(log, { maxLength: 20 });

/** The Yellow Paper's rule, the slow way. */
function bitsOf(item: Hex): number[] {
  const hash = keccak256(item, "bytes");
  return [0, 2, 4].map((i) => ((hash[i] as number) * 256 + (hash[i + 1] as number)) % 2048);
}

function bitsIn(bloom: Uint8Array): number[] {
  const bits = BigInt(bytesToHex(bloom));
  return Array.from({ length: 2048 }, (_, bit) => bit).filter((bit) => (bits >> BigInt(bit)) & 1n);
}

describe("a bloom filter", () => {
  it("refuses what is not in it, mostly", () => {
    fc.assert(
      fc.property(logs, hex(32), (inside, item) => {
        const known = inside.flatMap(({ address, topics }) => [address, ...topics]).flatMap(bitsOf);
        expect(mayContain(bloomOf(inside), item)).to.equal(bitsOf(item).every((bit) => known.includes(bit)));
      }),
    );
  });

  it("never denies what is in it", () => {
    fc.assert(
      fc.property(logs, (inside) => {
        const bloom = bloomOf(inside);
        for (const { address, topics } of inside)
          for (const item of [address, ...topics]) expect(mayContain(bloom, item)).to.equal(true);
      }),
    );
  });

  it("has three bits for each address and topic, and no other", () => {
    fc.assert(
      fc.property(logs, (inside) => {
        const bits = inside.flatMap(({ address, topics }) => [address, ...topics]).flatMap(bitsOf);
        expect(bitsIn(bloomOf(inside))).to.deep.equal([...new Set(bits)].sort((a, b) => a - b));
      }),
    );
  });

  it("covers that of some of its logs, and is covered by it only if they are the same", () => {
    fc.assert(
      fc.property(logs, logs, (some, others) => {
        const [part, whole] = [bloomOf(some), bloomOf([...others, ...some])];
        expect(covers(whole, part)).to.equal(true);
        expect(covers(part, whole)).to.equal(sameBloom(part, whole));
        expect(sameBloom(part, whole)).to.equal(bytesToHex(part) === bytesToHex(whole));
      }),
    );
  });

  describe("of a real chain", () => {
    let anvil: ChildProcess;
    let url: string;

    before(async () => {
      // SIGTERM: npm's launcher hands it on to the node, which a SIGKILL would leave behind.
      const program = join(import.meta.dirname, "../../../node_modules/.bin/anvil");
      anvil = spawn(program, ["--port", "0", "--no-mining"]);
      for await (const line of createInterface({ input: anvil.stdout as NonNullable<typeof anvil.stdout> })) {
        const listening = /^Listening on (.*)$/.exec(line);
        if (!listening) continue;
        url = `http://${listening[1]}`;
        break;
      }
      anvil.stdout?.resume();
    });
    after(async () => {
      anvil.kill("SIGTERM");
      await once(anvil, "close");
    });

    /** Code that emits a log of no data with these topics. */
    const emitting = (topics: readonly Hex[]): string =>
      `${topics
        .toReversed()
        .map((topic) => `7f${topic.slice(2)}`)
        .join("")}60006000${(0xa0 + topics.length).toString(16)}`;

    it("is what the chain's header says", async () => {
      const chain = createTestClient({ mode: "anvil", transport: http(url), account: accountOf(0) })
        .extend(publicActions)
        .extend(walletActions);
      await chain.setBalance({ address: accountOf(0).address, value: 10n ** 21n });
      const transactions = fc.sample(fc.array(fc.array(hex(32), { maxLength: 4 }), { minLength: 1, maxLength: 4 }), 6);
      for (const [nonce, logs] of transactions.entries())
        await chain.sendTransaction({ chain: null, nonce, gas: 1_000_000n, data: `0x${logs.map(emitting).join("")}` });
      await chain.mine({ blocks: 1 });

      const block = await chain.getBlock();
      const emitted = await chain.getLogs({ blockHash: block.hash });
      expect(emitted).to.have.lengthOf(transactions.flat().length);
      expect(emitted.map(({ logIndex }) => logIndex)).to.deep.equal([...emitted.keys()]);
      expect(bytesToHex(bloomOf(emitted))).to.equal(block.logsBloom);
      expect(mayContain(hexToBytes(block.logsBloom), emitted[0]?.address as Hex)).to.equal(true);
    });
  });
});
