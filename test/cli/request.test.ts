import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type Hex, parseEther, zeroHash } from "viem";
import { runJobs } from "../../participant/jobs.ts";
import { createRequestKeeper } from "../../participant/requests/keeper.ts";
import { createRequestProver } from "../../participant/requests/prover.ts";
import { ask } from "../../sdk/requests/ask.ts";
import { accountOf } from "../participant/chain.ts";
import { answerByHand, image, refuteByHand, wishOf } from "../participant/requests/byHand.ts";
import { ANSWERER, ASKER, keyOf, NEWCOMER, useSite } from "./site.ts";

describe("proofboard ask and request", () => {
  const site = useSite();
  const key = { PROOFBOARD_PRIVATE_KEY: keyOf(ASKER) };
  let file: string;
  let odd: string;
  before(async () => {
    file = join(site().directory, "image.bin");
    odd = join(site().directory, "odd.bin");
    await writeFile(file, image(3));
    await writeFile(odd, image(3).slice(1));
  });

  for (const [given, said] of [
    [["digits"], "ask needs either --input FILE or --input-hash HASH."],
    [["digits", "--input-hash", "0x12"], "ask needs --fee ETH."],
    [
      ["digits", "--input-hash", "0x12", "--fee", "0"],
      '--fee is "0"; it must be an amount of ETH above 0, as in 0.05.',
    ],
    [["digits", "--input-hash", "0x12", "--fee", "1"], '--input-hash is "0x12"; it must be 0x and 64 hex digits.'],
    [
      ["digits", "--input-hash", zeroHash, "--fee", "1", "--method", "Oracle"],
      '--method is "Oracle"; the methods are Quorum, FraudProof, ZkProof and Enclave.',
    ],
    [
      ["digits", "--input-hash", zeroHash, "--fee", "1", "--prover", "0x1"],
      '--prover is "0x1"; it must be 0x and 40 hex digits, all lower case or with its checksum.',
    ],
    [
      ["digits", "--input-hash", zeroHash, "--fee", "1", "--verified", "--no-wait"],
      '"--verified" says how long to wait, and "--no-wait" not to.',
    ],
  ] as [string[], string][])
    it(`refuses "ask ${given.join(" ")}"`, async () => {
      const { code, stderr } = await site().run(["ask", ...given], key);
      expect(stderr).to.equal(`${said}\n`);
      expect(code).to.equal(2);
    });

  it("refuses an input of another length, and a cover below the fee", async () => {
    const input = await site().run(["ask", "digits", "--input", odd, "--fee", "0.001"], key);
    expect(input.stderr).to.contain("has 63 bytes; the model's input takes 64.");
    const cover = await site().run(["ask", "digits", "--input", file, "--fee", "0.002", "--cover", "0.001"], key);
    expect(cover.stderr).to.contain("a covered answer's is at least its fee");
    expect(cover.code).to.equal(1);
  });

  it("says so where a deployment has no requests", async () => {
    const { InferenceRequests: _, ...contracts } = site().deployment.contracts;
    const older = join(site().directory, "older.json");
    await writeFile(older, JSON.stringify({ ...site().deployment, contracts }));
    const { code, stderr } = await site().run(["request", "list"], { PROOFBOARD_DEPLOYMENT: older });
    expect(stderr).to.equal("The deployment on chain 31337 has no InferenceRequests contract.\n");
    expect(code).to.equal(1);
  });

  it("refuses what nobody asked, and to cancel what is another's or answered", async () => {
    const unknown = await site().run(["request", "show", zeroHash]);
    expect(unknown.stderr).to.equal(`The chain shows no request ${zeroHash}.\n`);
    expect(unknown.code).to.equal(1);
    const asked = await ask(site().client, site().senderOf(ASKER), wishOf(site(), 60));
    const stranger = { PROOFBOARD_PRIVATE_KEY: keyOf(NEWCOMER) };
    const other = await site().run(["request", "cancel", asked.requestId], stranger);
    expect(other.stderr).to.contain(`only ${accountOf(ASKER).address} can.`);
    await answerByHand(site(), ANSWERER, asked);
    const late = await site().run(["request", "cancel", asked.requestId], key);
    expect(late.stderr).to.equal(`${asked.requestId} can't be cancelled: it is covered.\n`);
    const nothing = await site().run(["request", "withdraw", "--token", accountOf(ASKER).address], key);
    expect(nothing.stderr).to.equal(`${accountOf(ASKER).address} has nothing to withdraw.\n`);
  });

  it("asks without waiting, shows it, cancels it and withdraws the fee", async () => {
    const asking = await site().run(["ask", "digits", "--input", file, "--fee", "0.001", "--no-wait", "--json"], key);
    expect(asking.code, asking.stderr).to.equal(0);
    const { requestId, state, request } = JSON.parse(asking.stdout) as {
      requestId: Hex;
      state: string;
      request: object;
    };
    expect(state).to.equal("open");
    expect(request).to.include({ fee: "1000000000000000", finality: "verified", requester: accountOf(ASKER).address });
    expect(request).to.deep.include({ methods: [1, 2] });
    const listed = await site().run(["request", "list", "--open"]);
    expect(listed.stdout).to.contain(requestId).and.contain("digits").and.contain("0.001 ETH");
    const cancelled = await site().run(["request", "cancel", requestId], key);
    expect(cancelled.stdout).to.contain("0.001 ETH, to be withdrawn by");
    const shown = await site().run(["request", "show", requestId]);
    expect(shown.stdout).to.match(/State {8}cancelled/);
    expect(shown.stdout).to.contain("The request was cancelled; its fee is the requester's again.");
    const withdrawn = await site().run(["request", "withdraw"], key);
    expect(withdrawn.stdout).to.contain("0.001 ETH from InferenceRequests");
    const mine = await site().run(["request", "list", "--mine", "--json"], key);
    expect((JSON.parse(mine.stdout) as { total: number }).total).to.be.greaterThan(1);
  });

  it("asks for a covered answer, waits until it is verified, and says what it proves", async () => {
    const { client, follower, senderOf, report } = site();
    const stop = new AbortController();
    const limits = { minFee: 1n, maxCover: parseEther("1") };
    const running = runJobs(
      follower,
      [
        createRequestProver({ ...site(), models: site().models, sender: senderOf(ANSWERER), ...limits }),
        createRequestKeeper(client, senderOf(ANSWERER)),
      ],
      { signal: stop.signal, report },
    );
    // The site's keeper settles attestations.
    const args = ["ask", "digits", "--input", file, "--fee", "0.001", "--cover", "0.02", "--verified", "--json"];
    const { code, stdout, stderr } = await site().run(args, key);
    stop.abort();
    await running;
    expect(code, stderr).to.equal(0);
    const { requestId, finality, answer } = JSON.parse(stdout) as {
      requestId: Hex;
      finality: string;
      answer: Record<string, unknown>;
    };
    expect(finality).to.equal("verified");
    expect(answer).to.include({ prover: accountOf(ANSWERER).address, status: "verified" });
    expect(answer.proven).to.be.a("string").and.not.equal("");
    expect(stderr).to.contain("The answer is covered: it is paid and can be acted on.");
    const shown = await site().run(["request", "show", requestId]);
    expect(shown.stdout).to.contain("Over: the answer is right, the cover is its prover's again.");
    const verified = await site().run(["verify", answer.uid as Hex]);
    expect(verified.stdout)
      .to.contain("The input is the one that its request shows on chain.")
      .and.contain("It holds.");
  });

  it("says who gets the cover of a pending and of a wrong answer, and of one whose prover covers itself", async () => {
    const { client, senderOf } = site();
    const show = async (requestId: Hex) => site().run(["request", "show", requestId]);
    const own = await ask(client, senderOf(ASKER), { ...wishOf(site(), 61), beneficiary: accountOf(ANSWERER).address });
    await answerByHand(site(), ANSWERER, own);
    expect((await show(own.requestId)).stdout).to.contain(
      "None: the beneficiary is the prover itself, who covers nobody.",
    );
    const wrong = await ask(client, senderOf(ASKER), wishOf(site(), 62));
    const lie = await answerByHand(site(), ANSWERER, wrong, true);
    expect((await show(wrong.requestId)).stdout).to.contain(
      "0.01 ETH go to the account that asked if the answer turns",
    );
    await refuteByHand(site(), NEWCOMER, lie);
    const refuted = await show(wrong.requestId);
    expect(refuted.stdout).to.contain(`Due: the answer is wrong, and ${accountOf(ASKER).address} gets`);
    expect(refuted.code).to.equal(1);
  });
});
