import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { type Hex, toHex } from "viem";
import { type AttestationEntry, openJournal, type VoteKey } from "../../participant/journal.ts";

const hash = (n: number): Hex => toHex(n, { size: 32 });
const account = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf";
const contract = "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF";

const entryOf = (n: number): AttestationEntry => ({
  chainId: 31337,
  registry: contract,
  uid: hash(n),
  attestation: {
    prover: account,
    method: 1,
    modelId: hash(1),
    inputHash: hash(2),
    context: hash(3),
    answer: hash(4),
  },
  answer: { outputHash: hash(5), traceHash: hash(0), salt: hash(100 + n) },
});

describe("journal", () => {
  let directory: string;
  let file: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "proofboard-"));
    file = join(directory, "state/journal.sqlite");
  });
  afterEach(() => rm(directory, { recursive: true }));

  it("refuses a second vote in a round: the first one counts", () => {
    const journal = openJournal(file);
    const key: VoteKey = { chainId: 1, contract: contract, uid: hash(1), round: 1, member: account };
    const first = { outputHash: hash(7), salt: hash(8) };
    expect(journal.keepVote(key, first)).to.deep.equal(first);
    expect(journal.keepVote(key, { outputHash: hash(9), salt: hash(9) })).to.deep.equal(first);
    journal.close();
  });

  it("keeps votes apart by chain, contract, attestation, round and member", () => {
    const journal = openJournal(file);
    const key: VoteKey = { chainId: 1, contract: contract, uid: hash(1), round: 1, member: account };
    journal.keepVote(key, { outputHash: hash(7), salt: hash(8) });
    const others: Partial<VoteKey>[] = [
      { chainId: 2 },
      { contract: account },
      { uid: hash(2) },
      { round: 2 },
      { member: contract },
    ];
    for (const other of others) expect(journal.findVote({ ...key, ...other })).to.equal(undefined);
    expect(journal.findVote(key)).to.deep.equal({ outputHash: hash(7), salt: hash(8) });
    journal.close();
  });

  it("gives back a prover's attestations in order after it was closed", () => {
    const journal = openJournal(file);
    for (const n of [3, 1, 2]) journal.keepAttestation(entryOf(n));
    journal.close();
    const again = openJournal(file);
    expect(again.attestationsOf(31337, contract, account)).to.deep.equal([3, 1, 2].map(entryOf));
    expect(again.attestationsOf(1, contract, account)).to.deep.equal([]);
    expect(again.attestationsOf(31337, contract, contract)).to.deep.equal([]);
    again.close();
  });

  it("has every entry that was kept before its process was killed", async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "journal-child.ts"), file]);
    const errors: string[] = [];
    child.stderr.on("data", (data) => errors.push(String(data)));
    const kept: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      kept.push(line);
      if (kept.length === 20) child.kill("SIGKILL");
    }
    expect(errors.join("")).to.equal("");
    const journal = openJournal(file);
    const found = journal.attestationsOf(31337, contract, account).map(({ uid }) => uid as string);
    expect(found.slice(0, kept.length)).to.deep.equal(kept);
    expect(kept.length).to.be.greaterThanOrEqual(20);
    journal.close();
  });
});
