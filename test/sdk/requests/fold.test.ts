import { expect } from "chai";
import { type Address, bytesToHex, type Hex, type Log } from "viem";
import { coverAbi, inferenceRequestsAbi } from "../../../sdk/abi.ts";
import { Status } from "../../../sdk/protocol.ts";
import {
  type AskedRequest,
  coverKey,
  creditKey,
  foldRequests,
  noRequests,
  type Requests,
} from "../../../sdk/requests/fold.ts";
import {
  ETH,
  encodeRequest,
  Finality,
  type Request,
  RequestState,
  requestId as requestIdOf,
} from "../../../sdk/requests/request.ts";
import { type Emitted, emit } from "../../fixtures/logs.ts";

const CHAIN_ID = 31337;
const REQUESTS: Address = "0x2222222222222222222222222222222222222222";
const COVER: Address = "0x3333333333333333333333333333333333333333";
const REQUESTER: Address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const PROVER: Address = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const OTHER: Address = "0xCf7Ed3AccA5a467e9e704C703E8D87F634fB0Fc9";
const word = (byte: string): Hex => `0x${byte.repeat(32)}`;
const uid = word("aa");

const request: Request = {
  ...{ requester: REQUESTER, modelId: word("11"), inputHash: word("22"), methods: 4n, finality: Finality.covered },
  ...{ token: ETH, fee: 1n, cover: 2n, beneficiary: REQUESTER, deadline: 9_000, answerWindow: 600 },
  ...{ callback: ETH, callbackGas: 0, nonce: 0n, provers: [] },
};
const requestId = requestIdOf(CHAIN_ID, REQUESTS, request);

const asked = (id = requestId) =>
  emit(REQUESTS, inferenceRequestsAbi, "Requested", {
    ...{ requestId: id, requester: REQUESTER, modelId: request.modelId, request: encodeRequest(request) },
    input: "0x0102",
  });
const accepted = () =>
  emit(REQUESTS, inferenceRequestsAbi, "RequestAccepted", { requestId, prover: PROVER, until: 700 });
const lapsed = () => emit(REQUESTS, inferenceRequestsAbi, "AcceptanceLapsed", { requestId, prover: PROVER });
const answered = () =>
  emit(REQUESTS, inferenceRequestsAbi, "RequestAnswered", { requestId, uid, prover: PROVER, output: "0x03" });
const delivered = (finality: number) =>
  emit(REQUESTS, inferenceRequestsAbi, "AnswerDelivered", { requestId, uid, prover: PROVER, finality, fee: 1n });
const settled = (status: number, state: number) =>
  emit(REQUESTS, inferenceRequestsAbi, "AnswerSettled", { requestId, uid, status, state });
const calledBack = (succeeded: boolean) =>
  emit(REQUESTS, inferenceRequestsAbi, "CalledBack", { requestId, callback: OTHER, succeeded });
const cancelled = () => emit(REQUESTS, inferenceRequestsAbi, "RequestCancelled", { requestId });
const credited = (contract: Address, amount: bigint) =>
  emit(contract, coverAbi, "Credited", { account: PROVER, token: ETH, amount });
const withdrawn = (contract: Address, amount: bigint) =>
  emit(contract, coverAbi, "Withdrawn", { account: PROVER, token: ETH, to: OTHER, amount });
const locked = (amount: bigint) =>
  emit(COVER, coverAbi, "CoverLocked", { uid, beneficiary: REQUESTER, token: ETH, prover: PROVER, amount });
const coverSettled = () =>
  emit(COVER, coverAbi, "CoverSettled", { uid, beneficiary: REQUESTER, token: ETH, to: REQUESTER, amount: 2n });

function fold(events: Emitted[], into: Requests = noRequests()): Requests {
  const logs = events.map((event, i) => ({
    ...event,
    blockNumber: BigInt(i),
    transactionHash: word("ff"),
    logIndex: 0,
  }));
  const contracts = { chainId: CHAIN_ID, inferenceRequests: REQUESTS, cover: COVER };
  foldRequests(into, contracts, logs as unknown as Log<bigint, number, false>[]);
  return into;
}

const after = (events: Emitted[]): AskedRequest => fold([asked(), ...events]).byId.get(requestId) as AskedRequest;
const stepsAfter = (events: Emitted[]) => after(events).steps.map(({ step }) => step);

describe("requests folded from logs", () => {
  it("pass over a request that its bytes don't name, and what happens to it", () => {
    expect(fold([asked(uid)]).byId.size).to.equal(0);
    expect(fold([accepted(), answered(), cancelled()]).byId.size).to.equal(0);
  });

  it("pass over other contracts' logs, and those of contracts that a deployment lacks", () => {
    expect(fold([{ ...asked(), address: OTHER }]).byId.size).to.equal(0);
    const into = noRequests();
    const contracts = { chainId: CHAIN_ID, inferenceRequests: undefined, cover: undefined };
    foldRequests(into, contracts, [asked(), locked(1n)] as unknown as Log<bigint, number, false>[]);
    expect([into.byId.size, into.covers.size]).to.deep.equal([0, 0]);
  });

  it("know what is asked, and what shows its input", () => {
    const found = after([]);
    expect(found.request).to.deep.equal(request);
    expect(bytesToHex(found.input)).to.equal("0x0102");
    expect(found).to.include({ requestId, state: RequestState.open, blockNumber: 0n, answer: undefined });
  });

  it("are open again, and without their prover, when its time is over", () => {
    const found = after([accepted(), lapsed()]);
    expect(found).to.include({ state: RequestState.open, accepted: undefined });
    expect([...found.out]).to.deep.equal([PROVER]);
    expect(found.steps.at(-1)).to.include({ step: "reopened", why: "lapsed", prover: PROVER, blockNumber: 2n });
  });

  it("are open again when an answer is refuted or void; only a refuted one's prover is out", () => {
    for (const [status, why, out] of [
      [Status.refuted, "refuted", [PROVER]],
      [Status.void, "void", []],
    ] as const) {
      const found = after([accepted(), answered(), settled(status, RequestState.open)]);
      expect(found).to.include({ state: RequestState.open, accepted: undefined, answer: undefined });
      expect(found.steps.at(-1)).to.include({ step: "reopened", why });
      expect([...found.out]).to.deep.equal(out);
    }
  });

  it("go from asked to covered, and from there to verified or fallen", () => {
    const covered = [accepted(), answered(), delivered(Finality.covered), calledBack(false)];
    const found = after(covered);
    expect(found).to.include({ state: RequestState.covered });
    expect(found.accepted).to.deep.equal({ prover: PROVER, until: 700 });
    expect(found.answer).to.deep.equal({ uid, prover: PROVER, output: Uint8Array.of(3) });
    expect(stepsAfter(covered)).to.deep.equal(["asked", "accepted", "answered", "covered", "calledBack"]);
    const verified = [...covered, settled(Status.verified, RequestState.verified)];
    expect(after(verified).state).to.equal(RequestState.verified);
    expect(stepsAfter(verified).at(-1)).to.equal("verified");
    const fallen = [...covered, settled(Status.refuted, RequestState.fallen), calledBack(true)];
    expect(after(fallen).state).to.equal(RequestState.fallen);
    expect(stepsAfter(fallen).slice(-2)).to.deep.equal(["fallen", "calledBack"]);
  });

  it("are verified once, whether their answer was settled before or after it was given", () => {
    const late = [answered(), settled(Status.verified, RequestState.verified), delivered(Finality.verified)];
    expect(stepsAfter(late)).to.deep.equal(["asked", "answered", "verified"]);
    expect(stepsAfter([answered(), delivered(Finality.verified)])).to.deep.equal(["asked", "answered", "verified"]);
  });

  it("end when they are cancelled", () => {
    expect(after([cancelled()]).state).to.equal(RequestState.cancelled);
    expect(stepsAfter([cancelled()])).to.deep.equal(["asked", "cancelled"]);
  });

  it("know the cover that is locked, until it is settled", () => {
    const key = coverKey({ uid, beneficiary: REQUESTER, token: ETH });
    expect(fold([locked(1n), locked(2n)]).covers.get(key)).to.include({ amount: 3n, prover: PROVER });
    expect(fold([locked(1n), coverSettled()]).covers.size).to.equal(0);
  });

  it("know what each contract holds for an account", () => {
    const { credits } = fold([
      credited(REQUESTS, 5n),
      credited(COVER, 3n),
      credited(COVER, 4n),
      withdrawn(REQUESTS, 5n),
    ]);
    expect(credits.get(creditKey(COVER, ETH, PROVER))).to.equal(7n);
    expect(credits.has(creditKey(REQUESTS, ETH, PROVER))).to.equal(false);
  });
});
