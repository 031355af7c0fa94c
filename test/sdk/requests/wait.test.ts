import { expect } from "chai";
import { bytesToHex, custom, type Hex, http, keccak256 } from "viem";
import { callOf } from "../../../sdk/calls.ts";
import { connect } from "../../../sdk/client.ts";
import { answerHash, attestationUid, ZERO_HASH } from "../../../sdk/commitments.ts";
import { Status } from "../../../sdk/protocol.ts";
import { ask } from "../../../sdk/requests/ask.ts";
import {
  acceptCall,
  cancelCall,
  lapseCall,
  readCredit,
  readDeposit,
  settleRequestCall,
  withdrawCall,
} from "../../../sdk/requests/contracts.ts";
import {
  AnswerFallenError,
  RequestCancelledError,
  RequestExpiredError,
  UntoldRequestError,
  WrongAnswerError,
} from "../../../sdk/requests/errors.ts";
import type { RequestStep } from "../../../sdk/requests/fold.ts";
import { readAnswer, readRequest, readRequests } from "../../../sdk/requests/read.ts";
import { ETH, requestContext } from "../../../sdk/requests/request.ts";
import { accept, answer as giveAnswer } from "../../../sdk/requests/serve.ts";
import { askAndWait, waitForAnswer } from "../../../sdk/requests/wait.ts";
import { type Site, startSite } from "../../participant/chain.ts";
import { appendMock } from "../../participant/mockMethod.ts";
import { LOST, startProxy } from "../../participant/proxy.ts";
import { refusal } from "../../participant/refusal.ts";
import { answerByHand, refuteByHand, settleByHand, wishOf } from "../../participant/requests/byHand.ts";

const [ASKER, PROVER, CHALLENGER] = [1, 2, 3];

describe("waiting for an answer", () => {
  let site: Site;
  before(async () => {
    site = await startSite(4);
  });
  after(() => site.close());

  const pollMs = 50;
  const asker = () => site.senderOf(ASKER);
  const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => undefined,
      (error) => error,
    );
  let wishes = 0;
  /** Another wish at each call. */
  const nextWish = () => {
    wishes += 1;
    return wishOf(site, wishes);
  };
  const askFor = (change = {}) => ask(site.client, asker(), { ...nextWish(), ...change });

  it("refuses a request that nobody made", async () => {
    const requestId: Hex = `0x${"12".repeat(32)}`;
    const error = await thrownBy(waitForAnswer(site.client, requestId, { pollMs }));
    expect(error).to.be.instanceOf(UntoldRequestError).and.include({ requestId });
  });

  it("ends with its signal", async () => {
    const { requestId } = await askFor();
    const stop = new AbortController();
    const waiting = refusal(waitForAnswer(site.client, requestId, { pollMs, signal: stop.signal }));
    setTimeout(() => stop.abort(new Error("enough")), 100);
    expect(await waiting).to.equal("enough");
  });

  it("ends when the request is cancelled; its fee is the asker's again", async () => {
    const { requestId, request } = await askFor();
    const steps: RequestStep[] = [];
    const waiting = thrownBy(waitForAnswer(site.client, requestId, { pollMs, onProgress: (step) => steps.push(step) }));
    await asker().send(cancelCall(site.client, request));
    expect(await waiting)
      .to.be.instanceOf(RequestCancelledError)
      .and.include({ requestId });
    expect(steps.map(({ step }) => step)).to.deep.equal(["asked", "cancelled"]);
    const credit = () => readCredit(site.client, "InferenceRequests", ETH, asker().account.address);
    expect(await credit()).to.equal(request.fee);
    await asker().send(withdrawCall(site.client, "InferenceRequests", ETH, asker().account.address));
    expect(await credit()).to.equal(0n);
  });

  it("ends when no prover can answer in time any more", async () => {
    const { requestId, request } = await askFor({ answerWindow: 5, within: 60 });
    const error = await thrownBy(waitForAnswer(site.client, requestId, { pollMs }));
    expect(error).to.be.instanceOf(RequestExpiredError).and.include({ requestId, deadline: request.deadline });
  });

  it("gives a covered answer as soon as there is one, checked, and tells what happens", async () => {
    const steps: string[] = [];
    let answering: ReturnType<typeof answerByHand> | undefined;
    const answer = await askAndWait(site.client, asker(), nextWish(), {
      pollMs,
      onProgress: ({ step }) => steps.push(step),
      onAsked: (asked) => {
        answering = answerByHand(site, PROVER, asked);
      },
    });
    const given = await answering;
    expect(answer).to.include({ finality: "covered", uid: given?.uid, status: Status.pending, cover: 10n ** 16n });
    expect(answer.prover).to.equal(site.senderOf(PROVER).account.address);
    expect(answer.data).to.deep.equal(given?.output.slice(-10));
    expect(steps).to.deep.equal(["asked", "accepted", "answered", "covered"]);
  });

  it("waits for a verified answer to a covered request, whether its request was settled or not", async () => {
    const asked = await askFor();
    const steps: string[] = [];
    const onProgress = ({ step }: RequestStep) => void steps.push(step);
    const waiting = waitForAnswer(site.client, asked.requestId, { pollMs, finality: "verified", onProgress });
    const { uid, output } = await answerByHand(site, PROVER, asked);
    await settleByHand(site, PROVER, uid);
    expect(await waiting).to.include({ finality: "verified", uid, status: Status.verified });
    expect(steps).to.deep.equal(["asked", "accepted", "answered", "covered"]);
    await asker().send(settleRequestCall(site.client, asked.request, uid, bytesToHex(output)));
    const settled = await readRequest(site.client, asked.requestId);
    expect(settled.steps.at(-1)).to.include({ step: "verified", uid });
  });

  it("fails with the beneficiary and its cover when a covered answer is refuted", async () => {
    const asked = await askFor();
    const given = await answerByHand(site, PROVER, asked, true);
    const waiting = thrownBy(waitForAnswer(site.client, asked.requestId, { pollMs, finality: "verified" }));
    await refuteByHand(site, CHALLENGER, given);
    const error = await waiting;
    expect(error).to.be.instanceOf(AnswerFallenError);
    const { beneficiary, cover } = asked.request;
    expect(error).to.include({ requestId: asked.requestId, uid: given.uid, beneficiary, cover });
    expect((error as Error).message).to.contain("its cover of 0.01 ETH goes to");
    await asker().send(settleRequestCall(site.client, asked.request, given.uid, bytesToHex(given.output)));
    expect(await readCredit(site.client, "Cover", ETH, beneficiary)).to.equal(cover);
    expect(await thrownBy(waitForAnswer(site.client, asked.requestId))).to.be.instanceOf(AnswerFallenError);
  });

  it("goes on when a prover lets its time pass, and finds the next one", async () => {
    const asked = await askFor({ answerWindow: 40, within: 900 });
    const steps: RequestStep[] = [];
    const waiting = waitForAnswer(site.client, asked.requestId, { pollMs, onProgress: (step) => steps.push(step) });
    const lazy = site.senderOf(CHALLENGER);
    await lazy.send(acceptCall(site.client, asked.request, await readDeposit(site.client, asked.request)));
    const { accepted } = await readRequest(site.client, asked.requestId);
    while (site.follower.heads.latest.timestamp < (accepted?.until ?? 0)) await site.follower.heads.next();
    await asker().send(lapseCall(site.client, asked.request));
    await answerByHand(site, PROVER, asked);
    expect((await waiting).prover).to.equal(site.senderOf(PROVER).account.address);
    expect(steps.map(({ step }) => step)).to.deep.equal([
      ...["asked", "accepted", "reopened", "accepted", "answered", "covered"],
    ]);
    expect(steps[2]).to.include({ why: "lapsed", prover: lazy.account.address });
  });

  it("refuses an RPC that tells of another output, prover or context", async () => {
    const asked = await askFor();
    const { uid, output } = await answerByHand(site, PROVER, asked);
    const outputHex = bytesToHex(output).slice(2);
    const proverHex = site.senderOf(PROVER).account.address.slice(2).toLowerCase();
    const context = asked.requestId.slice(4);
    for (const [from, to, field] of [
      [outputHex, `${outputHex.slice(0, -2)}7f`, "output's hash"],
      [proverHex, site.senderOf(ASKER).account.address.slice(2).toLowerCase(), undefined],
      [`02${context}`, `03${context}`, "uid"],
    ] as const) {
      const lying = connect(
        site.deployment,
        custom({
          async request(body) {
            const result: unknown = await site.client.rpc.request(body);
            if (body.method !== "eth_getLogs") return result;
            return JSON.parse(JSON.stringify(result).replaceAll(from, to));
          },
        }),
      );
      const told = await readRequest(lying, asked.requestId);
      const error = await thrownBy(readAnswer(lying, told));
      expect(error, from).to.be.instanceOf(WrongAnswerError).and.include({ uid });
      if (field !== undefined) expect((error as WrongAnswerError).field).to.equal(field);
    }
    const honest = await readRequest(site.client, asked.requestId);
    expect((await readAnswer(site.client, honest))?.uid).to.equal(uid);
  });

  it("goes on while an answer that is no tensor isn't decided, and once it is refuted", async () => {
    const mock = await appendMock(site);
    const wish = { ...nextWish(), finality: "verified", cover: undefined, methods: [mock.id] } as const;
    const asked = await ask(site.client, asker(), { ...wish, answerWindow: 600, within: 1_800 });
    const [prover, output] = [site.senderOf(PROVER), "0x1234" as const];
    await accept(site.client, prover, asked.request);
    const answer = { outputHash: keccak256(output), traceHash: ZERO_HASH, salt: ZERO_HASH };
    const attestation = {
      ...{ prover: prover.account.address, method: mock.id, modelId: wish.modelId },
      ...{ inputHash: asked.request.inputHash, context: requestContext(asked.requestId) },
      answer: answerHash(prover.account.address, answer),
    };
    const { attestationRegistry } = site.client.contracts;
    const { method, modelId, inputHash, context } = attestation;
    const args = [method, modelId, inputHash, context, answer, "0x"] as const;
    await prover.send(callOf({ ...attestationRegistry, functionName: "attest", args }));
    await giveAnswer(site.client, prover, asked.request, { attestation, answer, output });
    const steps: string[] = [];
    const stop = new AbortController();
    const waiting = refusal(
      waitForAnswer(site.client, asked.requestId, {
        ...{ pollMs, signal: stop.signal },
        onProgress: ({ step }) => {
          steps.push(step);
          if (step === "reopened") stop.abort(new Error("it is open again"));
        },
      }),
    );
    const uid = attestationUid(site.deployment.chainId, attestationRegistry.address, attestation);
    await mock.settle(uid, Status.refuted);
    await prover.send(settleRequestCall(site.client, asked.request, uid, output));
    expect(await waiting).to.equal("it is open again");
    expect(steps).to.deep.equal(["asked", "accepted", "answered", "reopened"]);
  });

  it("asks an RPC again that fails", async () => {
    const asked = await askFor();
    await answerByHand(site, PROVER, asked);
    const proxy = await startProxy(site.rpcUrl);
    let failures = 2;
    proxy.intercept = () => {
      failures -= 1;
      return failures >= 0 ? LOST : undefined;
    };
    const flaky = connect(site.deployment, http(proxy.url, { retryCount: 0 }));
    const answer = await waitForAnswer(flaky, asked.requestId, { pollMs }).finally(proxy.goAway);
    expect(answer.finality).to.equal("covered");
    expect(failures).to.be.lessThan(0);
  });

  it("lists all requests in the order in which they were made", async () => {
    const all = await readRequests(site.client);
    expect(all.length).to.equal(wishes);
    const blocks = all.map(({ blockNumber }) => blockNumber);
    expect(blocks).to.deep.equal([...blocks].sort((a, b) => Number(a - b)));
  });
});
