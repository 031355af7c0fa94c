import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { type Hex, keccak256, parseEther } from "viem";
import type { Models, OpenModel } from "../../../inference/models.ts";
import { ensureDeposit } from "../../../participant/deposits.ts";
import { type Participant, runJobs } from "../../../participant/jobs.ts";
import { createKeeper } from "../../../participant/keeper.ts";
import { participantMethods } from "../../../participant/methods/index.ts";
import { createProver } from "../../../participant/methods/quorum/prover.ts";
import { createVerifier } from "../../../participant/methods/quorum/verifier.ts";
import { withShownInputs } from "../../../participant/requests/inputs.ts";
import { createRequestKeeper } from "../../../participant/requests/keeper.ts";
import { createRequestProver, type RequestLimits } from "../../../participant/requests/prover.ts";
import { contractOf } from "../../../sdk/client.ts";
import { attestationUid, ZERO_HASH } from "../../../sdk/commitments.ts";
import { quorum } from "../../../sdk/methods/quorum.ts";
import { Status } from "../../../sdk/protocol.ts";
import { type Asked, ask, type Wish } from "../../../sdk/requests/ask.ts";
import { acceptCall, cancelCall, readCredit, readDeposit } from "../../../sdk/requests/contracts.ts";
import type { AskedRequest, RequestStep } from "../../../sdk/requests/fold.ts";
import { ETH, RequestState, requestContext } from "../../../sdk/requests/request.ts";
import { waitForAnswer } from "../../../sdk/requests/wait.ts";
import { accountOf, type Site, startSite } from "../chain.ts";
import { image, wishOf } from "./byHand.ts";

const [ASKER, PROVER, RIVAL, KEEPER] = [1, 2, 3, 4];

/** The models with parts of them replaced. */
const changed = (models: Models, change: (model: OpenModel) => Partial<OpenModel>): Models => ({
  async open(modelId) {
    const model = await models.open(modelId);
    return { ...model, ...change(model) };
  },
});

/** The function, some milliseconds later. */
const delayed =
  <A extends unknown[], T>(ms: number, run: (...given: A) => Promise<T>) =>
  (...given: A): Promise<T> =>
    sleep(ms).then(() => run(...given));

describe("request prover", () => {
  let site: Site;
  before(async () => {
    site = await startSite(8);
  });
  after(() => site.close());

  const limits: RequestLimits = { minFee: 10n ** 12n, maxCover: parseEther("1") };
  const content = () => withShownInputs(site.content, () => site.follower.state.requests);
  const proverOf = (n: number, options: Partial<RequestLimits & { models: Models }> = {}) =>
    createRequestProver({ ...site, content: content(), sender: site.senderOf(n), ...limits, ...options });
  let wishes = 0;
  const askFor = (change: Partial<Wish> = {}): Promise<Asked> => {
    wishes += 1;
    return ask(site.client, site.senderOf(ASKER), { ...wishOf(site, wishes), ...change });
  };
  const shown = (requestId: Hex): Promise<AskedRequest> =>
    site.until(() => site.follower.state.requests.byId.get(requestId));
  const during = async <T>(participants: Parameters<typeof runJobs>[1], wait: () => Promise<T>): Promise<T> => {
    const stop = new AbortController();
    const running = runJobs(site.follower, participants, { signal: stop.signal, report: site.report });
    try {
      return await Promise.race([wait(), running.then(() => Promise.reject(new Error("The work ended.")))]);
    } finally {
      stop.abort();
      await running;
    }
  };
  const cancel = ({ request }: Asked) => site.senderOf(ASKER).send(cancelCall(site.client, request));

  const accepts = (prover: Participant): string[] =>
    prover.due(site.follower.state).flatMap(({ key }) => (key.startsWith("accept") ? [key] : []));

  const refused: [what: string, wish: Partial<Wish>][] = [
    ["whose fee is too small", { fee: limits.minFee - 1n }],
    [
      "whose callback's gas costs more than is left of its fee",
      { fee: limits.minFee, callback: { address: accountOf(6).address, gas: 8_000_000 } },
    ],
    ["with more cover than it may lock", { cover: limits.maxCover + 1n }],
    ["that names other provers", { provers: [accountOf(RIVAL).address] }],
  ];
  for (const [what, wish] of refused)
    it(`accepts no request ${what}`, async () => {
      const asked = await askFor(wish);
      await shown(asked.requestId);
      expect(accepts(proverOf(PROVER))).to.deep.equal([]);
      await cancel(asked);
    });

  it("accepts no request of its own account, and none once it is leaving", async () => {
    const asked = await askFor();
    await shown(asked.requestId);
    expect(accepts(proverOf(PROVER))).to.have.lengthOf(1);
    expect(accepts(proverOf(ASKER))).to.deep.equal([]);
    const tools = { ...site, content: content(), sender: site.senderOf(PROVER), ...limits };
    expect(accepts(createRequestProver({ ...tools, leaving: AbortSignal.abort() }))).to.deep.equal([]);
    await cancel(asked);
  });

  it("says once why it doesn't accept a request that it can't answer", async () => {
    const verified = { methods: [quorum.id], finality: "verified", cover: undefined } as const;
    const short = await askFor({ ...verified, answerWindow: 60, within: 300 });
    await site.content.put(site.digits.layout, "keccak-256");
    const odd = await askFor({ input: { inputHash: keccak256(site.digits.layout) } });
    const declines = () => site.reports.filter((each) => each.includes("isn't accepted"));
    await during([proverOf(PROVER)], async () => {
      await site.until(() => declines().length === 2);
      for (let blocks = 0; blocks < 5; blocks++) await site.follower.heads.next();
    });
    expect(declines()).to.have.lengthOf(2);
    expect(declines()[0]).to.contain(
      `${short.requestId} isn't accepted. No accepted method answers within its window.`,
    );
    expect(declines()[1]).to.contain(odd.requestId);
    for (const asked of [short, odd]) await cancel(asked);
  });

  it("answers others' requests beside one whose input nobody has", async () => {
    const stuck = await askFor({ input: { inputHash: keccak256("0x1234") } });
    const asked = await askFor();
    await during([proverOf(PROVER)], () => waitForAnswer(site.client, asked.requestId, { pollMs: 50 }));
    expect(site.follower.state.requests.byId.get(stuck.requestId)?.state).to.equal(RequestState.open);
    await cancel(stuck);
  });

  const declined: [what: string, because: string, wish: () => Partial<Wish>, options: () => object][] = [
    [
      "that leaves too little time for its transactions",
      "No accepted method answers within its window.",
      () => ({ answerWindow: 60, within: 600 }),
      () => ({}),
    ],
    [
      "whose run takes too long for its window",
      "s to be answered, more than its window.",
      () => ({ answerWindow: 80, within: 600 }),
      () => ({ models: changed(site.models, ({ session }) => ({ session: { run: delayed(6_000, session.run) } })) }),
    ],
    [
      "whose output is too large for a transaction",
      "bytes, too many for a transaction.",
      () => ({ methods: [quorum.id], finality: "verified", cover: undefined }),
      () => ({
        models: changed(site.models, ({ layout }) => ({
          layout: { ...layout, output: { name: "scores", dtype: 3, dims: [1, 130_000] } },
          session: { run: async () => new Uint8Array(130_000) },
        })),
      }),
    ],
    [
      "whose fee leaves too little once the gas of its bytes is paid",
      "wei; that leaves too little.",
      () => ({ fee: limits.minFee + 1n }),
      () => ({}),
    ],
  ];
  for (const [what, because, wish, options] of declined)
    it(`accepts no request ${what}`, async () => {
      const asked = await askFor(wish());
      await during([proverOf(PROVER, options())], () =>
        site.until(() => site.reports.find((each) => each.includes(`${asked.requestId} isn't accepted`))),
      );
      expect(site.reports.find((each) => each.includes(`${asked.requestId} isn't accepted`))).to.contain(because);
      expect(site.follower.state.requests.byId.get(asked.requestId)?.state).to.equal(RequestState.open);
      await cancel(asked);
    });

  it("accepts no request whose cover and bond its account can't pay", async () => {
    const poor = 9;
    const asked = await askFor({ cover: parseEther("0.5") });
    const name = `fund ${poor}`;
    await site.senderOf(0).send({ name, to: accountOf(poor).address, data: "0x", value: parseEther("0.3") });
    await during([proverOf(poor)], () =>
      site.until(() => site.reports.some((each) => each.includes(`"answer ${asked.requestId}"`))),
    );
    expect(site.follower.state.requests.byId.get(asked.requestId)?.state).to.equal(RequestState.open);
    await cancel(asked);
  });

  it("attests nothing once too little time is left to answer", async () => {
    const asked = await askFor({ answerWindow: 25, within: 600 });
    const sender = site.senderOf(PROVER);
    await sender.send(acceptCall(site.client, asked.request, await readDeposit(site.client, asked.request)));
    await during([proverOf(PROVER)], () =>
      site.until(() => site.reports.some((each) => each.includes("too little time"))),
    );
    const context = requestContext(asked.requestId);
    const made = [...site.follower.state.attestations.byId.values()].filter(
      ({ message }) => message.context === context,
    );
    expect(made).to.deep.equal([]);
    await site.until(() => site.follower.state.head.timestamp >= BigInt(asked.request.deadline) - 570n);
    await cancel(asked);
  });

  it("attests anew where an attestation from before it accepted is no answer", async () => {
    const { client, journal, models, deployment } = site;
    const asked = await askFor();
    const sender = site.senderOf(PROVER);
    const prover = sender.account.address;
    const answering = participantMethods.fraudProof.createAnswering(client);
    const { attestation, answer, call, bond } = await answering.prepare({
      ...{ prover, model: await models.open(asked.request.modelId), input: image(wishes) },
      ...{ context: requestContext(asked.requestId), salt: asked.requestId },
    });
    const registry = client.contracts.attestationRegistry.address;
    const uid = attestationUid(deployment.chainId, registry, attestation);
    journal.keepAttestation({ chainId: deployment.chainId, registry, uid, attestation, answer });
    await ensureDeposit(client, sender, bond.holder, bond.amount);
    await sender.send(call);
    await site.until(() => site.follower.state.attestations.byId.get(uid));

    const found = await during([proverOf(PROVER)], () => waitForAnswer(client, asked.requestId, { pollMs: 50 }));
    expect(found.uid).not.to.equal(uid);
  });

  it("attests again for each acceptance: an answer that ended Void is none of the next", async () => {
    const asked = await askFor();
    const { requests, head } = site.follower.state;
    const known = await shown(asked.requestId);
    const until = Number(head.timestamp) + 600;
    const accepted = { prover: accountOf(PROVER).address, until };
    const keysAfter = (steps: number) => {
      const step = { ...(known.steps[0] as RequestStep), step: "accepted", ...accepted } as RequestStep;
      const state = { ...known, state: RequestState.accepted, accepted, steps: Array(steps).fill(step) };
      const byId = new Map([[asked.requestId, state]]);
      const jobs = proverOf(PROVER).due({ ...site.follower.state, requests: { ...requests, byId } });
      return jobs.flatMap(({ key }) => (key.startsWith("attest") ? [key] : []));
    };
    expect(keysAfter(2)).to.have.lengthOf(1).and.not.deep.equal(keysAfter(6));
    await cancel(asked);
  });

  it("knows what Quorum's panel is paid for an answer", async () => {
    const { cost } = await participantMethods.quorum.createAnswering(site.client).prepare({
      ...{ prover: accountOf(PROVER).address, model: await site.models.open(site.digits.model.modelId) },
      ...{ input: image(1), context: requestContext(ZERO_HASH), salt: ZERO_HASH },
    });
    expect(cost).to.equal(10n);
  });

  it("answers with cover, and withdraws what it earned, the same amount again too", async () => {
    const { address } = site.senderOf(PROVER).account;
    await during([proverOf(PROVER)], async () => {
      for (let round = 0; round < 3; round++) {
        const asked = await askFor();
        const answer = await waitForAnswer(site.client, asked.requestId, { pollMs: 50 });
        expect(answer).to.include({ finality: "covered", prover: address, cover: asked.request.cover });
        while ((await readCredit(site.client, "InferenceRequests", ETH, address)) > 0n)
          await site.follower.heads.next();
      }
    });
    expect(site.reports.some((each) => each.endsWith("ETH are withdrawn from InferenceRequests."))).to.equal(true);
  });

  it("lets a keeper settle, and gets its cover back when its answer is verified", async () => {
    const asked = await askFor();
    const work = [
      proverOf(PROVER),
      createKeeper(site.client, site.senderOf(KEEPER)),
      createRequestKeeper(site.client, site.senderOf(KEEPER)),
    ];
    await during(work, async () => {
      const { uid } = await waitForAnswer(site.client, asked.requestId, { pollMs: 50, finality: "verified" });
      await site.until(() => site.follower.state.requests.byId.get(asked.requestId)?.state === RequestState.verified);
      await site.until(() => [...site.follower.state.requests.covers.values()].every((each) => each.uid !== uid));
      await site.until(() => site.reports.some((each) => each.endsWith("ETH are withdrawn from Cover.")));
    });
  });

  it("answers as one of two, and leaves the other's requests alone", async () => {
    const both = await Promise.all([askFor(), askFor()]);
    const answers = await during([proverOf(PROVER), proverOf(RIVAL)], () =>
      Promise.all(both.map(({ requestId }) => waitForAnswer(site.client, requestId, { pollMs: 50 }))),
    );
    for (const { prover } of answers) expect([PROVER, RIVAL].map((n) => accountOf(n).address)).to.include(prover);
  });

  for (const stage of ["accepted", "attested", "covered"] as const)
    it(`goes on where it stopped when its request was ${stage}`, async () => {
      const asked = await askFor();
      const { account } = site.senderOf(RIVAL);
      const ownAttestations = () =>
        [...site.follower.state.attestations.byId.values()].filter(
          ({ message }) => message.prover === account.address && message.context.slice(4) === asked.requestId.slice(4),
        );
      const reached = () => {
        const { requests } = site.follower.state;
        if (stage === "accepted") return requests.byId.get(asked.requestId)?.state === RequestState.accepted;
        if (stage === "attested") return ownAttestations().length === 1;
        return ownAttestations().some(({ id }) => [...requests.covers.values()].some(({ uid }) => uid === id));
      };
      await during([proverOf(RIVAL)], () => site.until(reached));
      const restarted = proverOf(RIVAL);
      const answer = await during([restarted], () => waitForAnswer(site.client, asked.requestId, { pollMs: 50 }));
      expect(ownAttestations().map(({ id }) => id)).to.deep.equal([answer.uid]);
      // What a stopped process sent last may be mined after the next one has looked.
      expect(answer.cover >= asked.request.cover).to.equal(true);
    });

  it("counts the cover that it promised and locked", async () => {
    const asked = await askFor({ cover: parseEther("0.6") });
    const second = await askFor({ cover: parseEther("0.5") });
    await during([proverOf(5)], () => waitForAnswer(site.client, asked.requestId, { pollMs: 50 }));
    await site.follower.heads.next();
    expect(
      proverOf(5)
        .due(site.follower.state)
        .filter(({ key }) => key.startsWith("accept")),
    ).to.deep.equal([]);
    await cancel(second);
  });

  it("says what it owes while a request is accepted and not answered", async () => {
    const asked = await askFor();
    const sender = site.senderOf(PROVER);
    await sender.send(acceptCall(site.client, asked.request, await readDeposit(site.client, asked.request)));
    await site.until(() => site.follower.state.requests.byId.get(asked.requestId)?.accepted);
    const prover = proverOf(PROVER);
    expect(prover.atStake?.(site.follower.state)).to.match(/^1 requests are accepted and not answered/);
    await during([prover], () => waitForAnswer(site.client, asked.requestId, { pollMs: 50 }));
    await site.until(() => prover.atStake?.(site.follower.state) === undefined);
  });

  it("answers under Quorum: commits, reveals after the panel's votes, and is paid when it is verified", async () => {
    const { client, follower } = site;
    const verifiers = [4, 5, 6, 7].map((n) =>
      createVerifier({ ...site, content: content(), sender: site.senderOf(n) }),
    );
    const sender = site.senderOf(PROVER);
    const work = [
      ...verifiers,
      createKeeper(client, site.senderOf(0)),
      createRequestKeeper(client, site.senderOf(0)),
      createProver({ ...site, sender, maxUnits: 0 }),
      proverOf(PROVER),
    ];
    await during(work, async () => {
      while ((await client.rpc.readContract({ ...contractOf(client, quorum), functionName: "memberCount" })) < 4n)
        await follower.heads.next();
      const asked = await askFor({ methods: [quorum.id], finality: "verified", cover: undefined });
      const answer = await waitForAnswer(client, asked.requestId, { pollMs: 50 });
      expect(answer).to.include({ method: quorum.id, status: Status.verified, prover: sender.account.address });
      await site.until(() => follower.state.requests.byId.get(asked.requestId)?.state === RequestState.verified);
    });
  });
});
