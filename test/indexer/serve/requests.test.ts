import { expect } from "chai";
import { type Hex, keccak256 } from "viem";
import { requestIdOf } from "../../../indexer/decode/request.ts";
import type {
  Cover,
  InferenceRequest,
  InferenceRequestSummary,
  InferenceRequestsPage,
  MoneyAnswer,
  RequestState,
} from "../../../sdk/wire.ts";
import { onEachStore } from "../store/stores.ts";
import { accountOf, deployment, MODEL } from "../story.ts";
import { openSite, type Site, UNKNOWN } from "./site.ts";

onEachStore("the API's requests", (store) => {
  let site: Site;
  let summaries: InferenceRequestSummary[];
  let all: InferenceRequest[];
  before(async () => {
    site = await openSite(store());
    summaries = await pagesOf("/v1/requests?");
    all = [];
    for (const { requestId } of summaries) all.push((await site.get(`/v1/requests/${requestId}`)).body.item);
  });
  after(() => site.close());

  async function pagesOf(path: string): Promise<InferenceRequestSummary[]> {
    const found: InferenceRequestSummary[] = [];
    for (let next: string | null = ""; next !== null; ) {
      const page = (await site.get(`${path}${next && `&cursor=${next}`}`)).body as InferenceRequestsPage;
      found.push(...page.items);
      next = page.next;
    }
    return found;
  }

  const inState = (...states: RequestState[]) => {
    const found = all.filter(({ state }) => states.includes(state));
    expect(found, states.join()).to.not.deep.equal([]);
    return found;
  };
  const paidFor = ({ payments }: InferenceRequest, reason: string) =>
    payments.filter((payment) => payment.reason === reason).map(({ account, amount }) => [account, amount]);

  it("are listed newest first, page by page", () => {
    expect(summaries.length).to.be.above(50);
    const places = summaries.map(({ requested }) => requested.blockNumber * 1_000 + requested.logIndex);
    expect(places).to.deep.equal(places.toSorted((a, b) => b - a));
    expect(new Set(places)).to.have.lengthOf(places.length);
  });

  it("are filtered by state, model, requester, prover and beneficiary, alone and together", async () => {
    const { state, requester, prover, beneficiary } = inState("covered", "fallen", "verified").find(
      (one) => one.beneficiary !== null,
    ) as InferenceRequest;
    for (const filter of [{ state }, { requester }, { prover }, { beneficiary }, { state, requester, prover }]) {
      const query = new URLSearchParams(filter as Record<string, string>);
      const expected = summaries.filter((one) =>
        Object.entries(filter).every(([name, value]) => one[name as keyof typeof filter] === value),
      );
      expect(expected).to.not.deep.equal([]);
      expect(await pagesOf(`/v1/requests?${query}`)).to.deep.equal(expected);
    }
    expect(await pagesOf(`/v1/requests?model=${MODEL}`)).to.deep.equal(summaries);
    expect(await pagesOf(`/v1/requests?model=${UNKNOWN}`)).to.deep.equal([]);
  });

  it("say all that was asked, and have the names of their bytes", () => {
    const contract = deployment.contracts.InferenceRequests?.address as Hex;
    for (const [i, item] of all.entries()) {
      expect(item).to.deep.include(summaries[i]);
      expect(item.requestId).to.equal(requestIdOf(31337, contract, item.encoded));
      expect(item.methods.map(({ name }) => name)).to.deep.equal([item.cover === "0" ? "Quorum" : "FraudProof"]);
      expect(item.finality).to.equal(item.cover === "0" ? "verified" : "covered");
      expect(item.beneficiary === null).to.equal(item.cover === "0");
      if (item.input) expect(keccak256(item.input)).to.equal(item.inputHash);
      expect(item.inputBytes > 0).to.equal(item.input !== null);
    }
    for (const has of [(one: InferenceRequest) => one.token, (one: InferenceRequest) => one.callback])
      expect(new Set(all.map((one) => has(one) === null))).to.deep.equal(new Set([true, false]));
  });

  it("have every answer with its output, cover and attestation", async () => {
    for (const { answers, uid, requestId, ...item } of inState("covered", "fallen", "verified")) {
      const last = answers.at(-1);
      expect([last?.uid, last?.prover]).to.deep.equal([uid, item.prover]);
      for (const answer of answers) {
        expect(keccak256(answer.output as Hex)).to.equal(answer.outputHash);
        const { body } = await site.get(`/v1/attestations/${answer.uid}`);
        expect(body.item).to.include({ prover: answer.prover, status: answer.status });
        expect(body.request).to.deep.equal(summaries.find((one) => one.requestId === requestId));
        const covers: Cover[] = body.covers;
        expect(covers).to.deep.equal(answer.cover === null ? [] : [answer.cover]);
        if (item.cover !== "0") expect(BigInt(answer.cover?.amount ?? 0) >= BigInt(item.cover)).to.equal(true);
        const steps = body.item.steps.filter(({ step }: { step: string }) => step.startsWith("cover"));
        expect(steps).to.have.lengthOf(covers.length * (answer.cover?.settled ? 3 : 2));
      }
    }
    const { items } = (await site.get("/v1/attestations?status=pending")).body;
    const free = items.find(({ context }: { context: string }) => !context.startsWith("0x02"));
    expect((await site.get(`/v1/attestations/${free.uid}`)).body).to.deep.include({ request: null, covers: [] });
  });

  it("say what was paid and to whom", () => {
    const fee = (item: InferenceRequest, account: string | null) => (item.fee === "0" ? [] : [[account, item.fee]]);
    for (const item of inState("open", "accepted", "answered"))
      for (const reason of ["fee", "refund", "coverPaid"]) expect(paidFor(item, reason)).to.deep.equal([]);
    for (const item of inState("covered", "fallen", "verified"))
      expect(paidFor(item, "fee")).to.deep.equal(fee(item, item.prover));
    for (const item of inState("cancelled")) expect(paidFor(item, "refund")).to.deep.equal(fee(item, item.requester));
    for (const item of inState("fallen")) {
      const cover = item.answers.at(-1)?.cover;
      expect(cover?.settled?.to).to.equal(item.beneficiary);
      expect(paidFor(item, "coverPaid")).to.deep.equal([[item.beneficiary, cover?.amount]]);
    }
    const lapsed = all.filter(({ steps }) => steps.some(({ step }) => step === "lapsed"));
    expect(lapsed).to.not.deep.equal([]);
    for (const item of lapsed) expect(paidFor(item, "depositForfeited")[0]?.[0]).to.equal(item.requester);
  });

  it("name a prover that covers itself", () => {
    for (const { coversItself, prover, beneficiary, requester } of all)
      expect(coversItself).to.equal(
        prover !== null && beneficiary !== null && [beneficiary, requester].includes(prover),
      );
    expect(new Set(all.map(({ coversItself }) => coversItself))).to.deep.equal(new Set([true, false]));
    const covers = all.flatMap(({ answers }) => answers.flatMap(({ cover }) => cover ?? []));
    for (const cover of covers) expect(cover.coversItself).to.equal(cover.prover === cover.beneficiary);
  });

  it("have their steps in the chain's order", () => {
    for (const { steps, requested } of all) {
      expect(steps[0]).to.deep.include({ step: "requested", at: requested });
      const places = steps.map(({ at }) => at.blockNumber * 1_000 + at.logIndex);
      expect(places).to.deep.equal(places.toSorted((a, b) => a - b));
    }
    for (const { steps } of inState("fallen")) {
      const told = steps.map(({ step }) => step).filter((step) => step !== "lapsed" && step !== "calledBack");
      expect(told.slice(-4)).to.deep.equal(["accepted", "answered", "delivered", "settled"]);
    }
  });

  it("are part of what an account was paid", async () => {
    let total = 0;
    for (let n = 0; n < 6; n++) {
      const account = accountOf(n);
      const { requests } = (await site.get(`/v1/accounts/${account}/money`)).body as MoneyAnswer;
      const mine = all.flatMap(({ payments }) => payments.filter((payment) => payment.account === account));
      const sum = (token: string | null, ...reasons: string[]) =>
        mine
          .filter((payment) => payment.token === token && reasons.includes(payment.reason))
          .reduce((so, { amount }) => so + BigInt(amount), 0n);
      for (const { name, token, fees, deposits, covers, returned, withdrawable, contract } of requests) {
        expect(contract).to.equal(deployment.contracts[name]?.address);
        const isCover = name === "Cover";
        const expected = isCover
          ? [0n, 0n, sum(token, "coverPaid"), sum(token, "coverReturned")]
          : [sum(token, "fee"), sum(token, "depositForfeited"), 0n, sum(token, "refund", "depositReturned")];
        expect([fees, deposits, covers, returned].map(BigInt)).to.deep.equal(expected);
        const paid = expected.reduce((so, amount) => so + amount, 0n);
        expect(["0", String(paid)].includes(withdrawable) || BigInt(withdrawable) < paid).to.equal(true);
        total++;
      }
    }
    expect(total).to.be.above(6);
  });
});
