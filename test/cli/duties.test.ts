import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { runJobs } from "../../participant/jobs.ts";
import { createKeeper } from "../../participant/keeper.ts";
import { createVerifier } from "../../participant/methods/quorum/verifier.ts";
import { contractOf } from "../../sdk/client.ts";
import { quorum } from "../../sdk/methods/quorum.ts";
import { Status } from "../../sdk/protocol.ts";
import { accountOf, type Site, startSite } from "../participant/chain.ts";
import { attestByHand, imageOf } from "../participant/methods/quorum/attestByHand.ts";
import { environmentOf, keyOf, runCommand } from "./site.ts";

const PROVER = 1;
const POOR = 60;

/** `proofboard work 1 --verify` of an account, in a process of its own. */
interface Working {
  stderr(): string;
  /** Presses Ctrl-C. */
  interrupt(): void;
  ended: Promise<{ code: number | null; stdout: string }>;
}

describe("proofboard work --verify", () => {
  let site: Site;
  let environment: Record<string, string>;
  const started: Working[] = [];
  before(async () => {
    site = await startSite(8);
    environment = {
      ...(await environmentOf(site)),
      PROOFBOARD_CONTENT: join(site.directory, "content"),
      PROOFBOARD_JOURNAL: join(site.directory, "cli-journal.sqlite"),
    };
    runJobs(
      site.follower,
      [
        createKeeper(site.client, site.senderOf(0)),
        ...[2, 3].map((n) => createVerifier({ ...site, sender: site.senderOf(n) })),
      ],
      site,
    ).catch(() => undefined);
    await site.openSeason(100_000, 1);
  });
  after(async () => {
    for (const { interrupt, ended } of started) {
      interrupt();
      interrupt();
      await ended;
    }
    await site.close();
  });

  function verify(n: number): Working {
    const main = join(import.meta.dirname, "../../cli/start.js");
    const child = spawn(process.execPath, [main, "work", "1", "--verify", "--units", "1", "--json"], {
      env: { ...process.env, ...environment, PROOFBOARD_PRIVATE_KEY: keyOf(n) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    const working: Working = {
      stderr: () => stderr,
      interrupt: () => child.kill("SIGINT"),
      ended: new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout }))),
    };
    started.push(working);
    return working;
  }

  const said = (working: Working, what: string) => site.until(() => working.stderr().includes(what));
  const isMember = (n: number): Promise<boolean> =>
    site.client.rpc.readContract({
      ...contractOf(site.client, quorum),
      functionName: "isMember",
      args: [accountOf(n).address],
    });
  /** Attests what is right; resolves when it is settled. */
  const attest = async (value: number) => {
    const image = await imageOf(site, value);
    await site.content.put(image.bytes, "keccak-256");
    return attestByHand(site, site.senderOf(PROVER), image);
  };

  it("refuses an account that can't pay for the bond, and says how much is missing", async () => {
    const { code, stderr } = await runCommand(["work", "1", "--verify"], {
      ...environment,
      PROOFBOARD_PRIVATE_KEY: keyOf(POOR),
    });
    expect(stderr).to.equal(
      `${accountOf(POOR).address} has 0 ETH, too little for a bond of 0.000000000000001 ETH and gas: more than 0.000000000000001 ETH are missing.\n`,
    );
    expect(code).to.equal(1);
  });

  it("says what it locks, reports its seats, and leaves the list when it ends", async () => {
    const working = verify(4);
    await said(working, "it is on the list of verifiers.");
    expect(working.stderr()).to.contain(
      "Serving on panels locks a bond of 0.000000000000001 ETH; 0.000000000000001 ETH are deposited for it now.",
    );
    for (let value = 1; !working.stderr().includes("it revealed its vote on"); value++)
      expect((await attest(value)).status).to.equal(Status.verified);
    expect(working.stderr()).to.contain("it has a seat on").and.to.contain("it committed its vote on");
    expect(await isMember(4)).to.equal(true);
    working.interrupt();
    const { code, stdout } = await working.ended;
    expect(working.stderr()).to.contain("it left the list of verifiers. Its bond stays at stake until 20");
    expect(await isMember(4)).to.equal(false);
    const { reasons, gasSpent, locked, lost, earned } = JSON.parse(stdout);
    expect([reasons, code]).to.deep.equal([[], 0]);
    expect(BigInt(gasSpent) > 0n).to.equal(true);
    expect(Number(earned)).to.be.greaterThan(0);
    expect(Number(locked)).to.be.at.least(1000);
    expect(Number(lost)).to.be.at.most(10);
  });

  it("ends at once at the second Ctrl-C, and says what is at stake", async () => {
    const working = verify(5);
    await said(working, "it is on the list of verifiers.");
    await site.follower.heads.next();
    await site.follower.heads.next();
    const settled = attest(200).catch(() => undefined);
    await site.until(() =>
      [...site.follower.state.attestations.byId.values()].some(
        ({ status, message }) => status === Status.pending && message.prover === accountOf(PROVER).address,
      ),
    );
    working.interrupt();
    await said(working, "it left the list of verifiers.");
    await site.follower.heads.next();
    await site.follower.heads.next();
    working.interrupt();
    const { code, stdout } = await working.ended;
    const { reasons } = JSON.parse(stdout);
    // The second where its chain wasn't read up to the block in which it left.
    expect(reasons[0]).to.match(
      /panels of \d+ attestations have or may still give it seats, until 20.* at the latest|it isn't known yet which panels may seat it/,
    );
    expect(code).to.equal(1);
    await settled;
  });
});
