import { join } from "node:path";
import { expect } from "chai";
import { parseEther } from "viem";
import type { ChainState } from "../../participant/chainState.ts";
import { runJobs } from "../../participant/jobs.ts";
import { createVerifier } from "../../participant/methods/quorum/verifier.ts";
import { type WorkOptions, work } from "../../participant/work.ts";
import type { AttestationState } from "../../sdk/attestations.ts";
import { connect, contractOf } from "../../sdk/client.ts";
import { cidOfSha256 } from "../../sdk/content.ts";
import type { DeployedContracts } from "../../sdk/deployment.ts";
import { setBalance } from "../../sdk/development.ts";
import { quorum } from "../../sdk/methods/quorum.ts";
import { ask } from "../../sdk/requests/ask.ts";
import { waitForAnswer } from "../../sdk/requests/wait.ts";
import { accountOf, type Site, startSite } from "./chain.ts";
import { refusal } from "./refusal.ts";
import { wishOf } from "./requests/byHand.ts";

describe("work", () => {
  let site: Site;
  let options: WorkOptions;
  before(async () => {
    site = await startSite(6);
    options = {
      ...{ client: connect(site.deployment, site.rpcUrl), account: accountOf(1) },
      ...{ roles: ["prover", "keeper"], sources: [], signal: site.signal, report: site.report },
      journalFile: join(site.directory, "work.sqlite"),
      contentDirectory: join(site.directory, "content"),
    };
  });
  after(() => site.close());

  it("refuses to serve content where another process listens", async () => {
    const { hostname: host, port } = new URL(site.rpcUrl);
    expect(await refusal(work({ ...options, serve: { host, port: Number(port) } }))).to.equal(
      `Content can't be served at ${host}, port ${port}: another process listens there.`,
    );
  });

  it("says what an account lacks that can't pay, and goes on once it has it", async () => {
    await site.openSeason(500, 2);
    const account = accountOf(99);
    const stop = new AbortController();
    const working = work({ ...options, account, roles: ["verifier"], signal: stop.signal });
    const lacks = `verifier ${account.address}: Account ${account.address} has 0 ETH, too little for "deposit": `;
    await site.until(() => site.reports.some((each) => each.startsWith(lacks)));
    expect(await setBalance(site.client.rpc, account.address, parseEther("1"))).to.equal(true);
    const isMember = () =>
      site.client.rpc.readContract({
        ...contractOf(site.client, quorum),
        functionName: "isMember",
        args: [account.address],
      });
    while (!(await isMember())) await site.follower.heads.next();
    stop.abort();
    await working;
  });

  it("refuses to answer requests where a deployment has none", async () => {
    const { InferenceRequests: _, ...contracts } = site.deployment.contracts;
    const client = connect({ ...site.deployment, contracts: contracts as DeployedContracts }, site.rpcUrl);
    expect(await refusal(work({ ...options, client, roles: ["keeper", "answerer"] }))).to.equal(
      "The deployment on chain 31337 has no InferenceRequests contract.",
    );
  });

  it("answers requests, and leaves once none is accepted any more", async () => {
    const { requestId } = await ask(site.client, site.senderOf(3), wishOf(site, 1));
    const leaving = new AbortController();
    const requests = { minFee: 1n, maxCover: parseEther("1") };
    const roles = ["prover", "keeper", "answerer"] as const;
    const working = work({ ...options, account: accountOf(4), roles, requests, maxUnits: 0, leaving: leaving.signal });
    const { prover } = await waitForAnswer(site.client, requestId, { pollMs: 50 });
    expect(prover).to.equal(accountOf(4).address);
    leaving.abort();
    expect((await working).atStake).to.deep.equal([]);
  });

  it("proves and keeps with one account until it is over", async () => {
    const verifiers = [2, 3, 4].map((n) => createVerifier({ ...site, sender: site.senderOf(n) }));
    const serving = runJobs(site.follower, verifiers, site);
    const own = ({ attestations }: ChainState): AttestationState[] =>
      [...attestations.byId.values()].filter(({ message }) => message.prover === options.account.address);
    await Promise.race([
      serving,
      work({ ...options, maxUnits: 2, isOver: (state) => own(state).filter(({ inLedger }) => inLedger).length === 2 }),
    ]);
    await site.until(() => own(site.follower.state).filter(({ inLedger }) => inLedger).length === 2);
    const balance = await site.client.rpc.getBalance({ address: options.account.address });
    expect(balance).to.be.lessThan(parseEther("1000"));
  });

  it("ends at once when it is over already", async () => {
    await work({ ...options, isOver: () => true });
  });

  it("serves its content for as long as it works", async () => {
    const { artifactHash } = site.digits.model;
    const address = () =>
      /http:\S+\/ipfs\//.exec(site.reports.findLast((each) => each.startsWith("Serving")) ?? "")?.[0];
    const serve = { host: "127.0.0.1", port: 0 };
    const stop = new AbortController();
    const working = work({ ...options, serve, signal: stop.signal });
    const url = await site.until(address);
    const answered = await fetch(`${url}${cidOfSha256(artifactHash)}`);
    expect(answered.status).to.equal(200);
    expect(new Uint8Array(await answered.arrayBuffer())).to.deep.equal(new Uint8Array(site.digits.artifact));
    stop.abort();
    await working;
    expect(await fetch(url).catch((error: Error) => error.message)).to.equal("fetch failed");
  });
});
