import { expect } from "chai";
import { keccak256, zeroAddress } from "viem";
import { IntegrityError } from "../../../indexer/fold/step.ts";
import { RequestState, Status } from "../../../sdk/protocol.ts";
import type { Request } from "../../../sdk/requests/request.ts";
import { type Emitted, MODEL } from "../story.ts";
import {
  covered,
  eventsOf,
  input,
  MADE,
  openAsked,
  output,
  prover,
  requester,
  stranger,
  UNTIL,
  uid,
  verified,
} from "./asking.ts";
import { openTold } from "./ending.ts";

const of = eventsOf(covered);
const ofVerified = eventsOf(verified);

/** What is refused of a request, once these were told. */
function refuses(
  sentence: string,
  event: Emitted,
  { request = covered as Request, before = [] as Emitted[], time = MADE + 1 } = {},
) {
  const { tell } = openAsked(request, before);
  expect(() => tell(time, event)).to.throw(IntegrityError, sentence);
}

const answering = [of.accepted(), of.attested(), of.locked(100n), of.answered()];
const waiting = [ofVerified.accepted(), ofVerified.attested(), ofVerified.answered()];

describe("the fold of requests", () => {
  it("refuses a request whose bytes are another's, or don't say what its event says", () => {
    const { tell } = openTold();
    const refused = (event: Emitted, sentence: string) =>
      expect(() => tell(MADE, event)).to.throw(IntegrityError, sentence);
    refused(of.requested({ requestId: MODEL }), "came with the bytes of another");
    const other = eventsOf({ ...covered, nonce: 1n });
    refused(other.requested({ requestId: of.requestId }), "came with the bytes of another");
    refused(of.requested({ requester: stranger }), "another requester or model");
    refused(of.requested({ modelId: uid }), "another requester or model");
    refused(of.requested({ input: output }), "another input");
    refused(eventsOf({ ...covered, finality: 2 }).requested(), "in bytes that no contract encodes");
    tell(MADE, of.requested(), other.requested({ input: "0x" }));
    refused(of.requested(), "was made before");
  });

  it("refuses whatever comes for a request that was never made", () => {
    const { tell } = openTold();
    const events = [of.accepted(), of.lapsed(), of.answered(), of.delivered(0), of.settled(2, 5), of.calledBack()];
    for (const event of [...events, of.cancelled()])
      expect(() => tell(MADE, event)).to.throw(IntegrityError, `for request ${of.requestId}, which was never made`);
  });

  it("refuses what the request's state doesn't allow", () => {
    for (const event of [of.lapsed(), of.answered(), of.delivered(0), of.settled(2, 5)])
      refuses("is in state 1", event);
    for (const event of [of.accepted(), of.delivered(0), of.settled(2, 5), of.cancelled()])
      refuses("is in state 2", event, { before: [of.accepted()] });
    for (const event of [of.accepted(), of.lapsed(), of.answered(), of.cancelled()])
      refuses("is in state 4", event, { before: answering });
    for (const event of [of.accepted(), of.lapsed(), of.answered(), of.delivered(0), of.settled(2, 5), of.cancelled()])
      refuses("is in state 7", event, { before: [of.cancelled()] });
  });

  it("refuses an acceptance of another time or by another prover", () => {
    for (const until of [UNTIL - 1, UNTIL + 1]) refuses("can't be answered until", of.accepted({ until }));
    const until = covered.deadline + 1;
    const late = { time: until - covered.answerWindow };
    refuses("can't be answered until", of.accepted({ until }), late);
    const request = { ...covered, provers: [requester] };
    refuses("may not answer", eventsOf(request).accepted(), { request });
  });

  it("refuses a lapse before its time or of another, and an answer after it or by another", () => {
    const before = [of.accepted(), of.attested(), of.locked(100n)];
    for (const event of [of.lapsed(), of.answered({ prover: stranger })])
      refuses(`${prover} may answer until ${UNTIL}`, event, { before, time: UNTIL - 1 });
    for (const event of [of.lapsed({ prover: stranger }), of.answered()])
      refuses(`${prover} may answer until ${UNTIL}`, event, { before, time: UNTIL });
  });

  it("refuses an attestation that doesn't answer the request", () => {
    refuses("never recorded", of.answered(), { before: [of.accepted()] });
    const wrong = [
      { prover: stranger },
      { modelId: uid },
      { inputHash: uid },
      { context: of.requestId },
      { method: 1 },
    ];
    for (const differing of wrong)
      refuses("doesn't answer", of.answered(), { before: [of.accepted(), of.attested(differing)] });
    const refuted = [of.accepted(), of.attested(), of.final(Status.refuted)];
    refuses("doesn't answer", of.answered(), { before: refuted });
    const another = [of.accepted(), of.attested({ outputHash: keccak256(input) })];
    refuses("answers with another output", of.answered(), { before: another });
  });

  it("refuses a covered answer with less cover than was asked for", () => {
    const before = [of.accepted(), of.attested()];
    refuses("only 0 are locked", of.answered(), { before });
    refuses("only 99 are locked", of.answered(), { before: [...before, of.locked(99n)] });
    refuses("only 0 are locked", of.answered(), { before: [...before, of.locked(100n, { token: stranger })] });
    refuses("only 0 are locked", of.answered(), { before: [...before, of.locked(100n, { beneficiary: stranger })] });
  });

  it("refuses a delivery of another answer, prover, fee or finality, or a second one", () => {
    for (const differing of [{ uid: MODEL }, { prover: stranger }, { fee: 21n }, { finality: 1 }])
      refuses("answered with", of.delivered(0, differing), { before: answering });
    refuses("was paid for before", of.delivered(0), { before: [...answering, of.delivered(0)] });
    refuses("is in state 3", ofVerified.delivered(1), { request: verified, before: waiting });
  });

  it("refuses a settlement of another answer, or that the attestation's status doesn't give", () => {
    refuses("don't follow", of.settled(Status.pending, RequestState.fallen), { before: answering });
    refuses("don't follow", of.settled(Status.verified, RequestState.verified), { before: answering });
    const refuted = { before: [...answering, of.final(Status.refuted)] };
    refuses("never recorded", of.settled(Status.refuted, RequestState.fallen, { uid: MODEL }), refuted);
    refuses("don't follow", of.settled(Status.verified, RequestState.verified), refuted);
    refuses("don't follow", of.settled(Status.refuted, RequestState.open), refuted);
    const open = { request: verified, before: [...waiting, ofVerified.final(Status.void)] };
    refuses("don't follow", ofVerified.settled(Status.void, RequestState.fallen), open);
  });

  it("refuses a call of another contract than the callback", () => {
    refuses(`names the callback ${stranger}`, of.calledBack({ callback: prover }), { before: answering });
  });

  it("keeps a request as it was made, and lets it be accepted again once its prover's time is over", () => {
    const { tell, request } = openAsked(covered);
    expect(request()).to.deep.include({ requester, modelId: MODEL, beneficiary: covered.beneficiary, inputBytes: 8 });
    const open = { state: RequestState.open, prover: null, until: null, uid: null };
    expect(request()).to.include({ ...open, timestamp: MADE });
    tell(MADE + 1, of.accepted());
    expect(request()).to.include({ state: RequestState.accepted, prover, until: UNTIL });
    tell(UNTIL, of.lapsed());
    expect(request()).to.include(open);
    tell(UNTIL + 1, of.accepted({ prover: stranger, until: UNTIL + 51 }));
    expect(request()).to.include({ state: RequestState.accepted, prover: stranger });
    const content = eventsOf({ ...verified, nonce: 5n });
    tell(UNTIL + 2, content.requested({ input: "0x" }));
    tell(UNTIL + 3, content.cancelled());
    const stored = openAsked(verified).request();
    expect(stored).to.include({ beneficiary: null, inputBytes: 8 });
  });

  it("keeps a covered answer that falls, and one that holds", () => {
    for (const [status, state] of [
      [Status.refuted, RequestState.fallen],
      [Status.verified, RequestState.verified],
    ] as const) {
      const { tell, request, readers } = openAsked(covered, answering);
      expect(request()).to.include({ state: RequestState.covered, prover, uid });
      tell(MADE + 2, of.delivered(0), of.calledBack());
      tell(MADE + 3, of.final(status), of.settled(status, state));
      expect(request()).to.include({ state, prover, uid });
      const [answer] = readers.requests.answers(of.requestId, 9);
      expect(answer).to.include({ uid, outputHash: keccak256(output), outputBytes: 9, delivered: 0 });
      expect(readers.requests.requestOf(uid)).to.equal(of.requestId);
    }
  });

  it("opens a request again whose answer ended void, and keeps that it was given", () => {
    const { tell, request, readers } = openAsked(verified, waiting);
    expect(request()).to.include({ state: RequestState.answered, uid });
    const { final, settled, requestId } = ofVerified;
    tell(MADE + 2, final(Status.void), settled(Status.void, RequestState.open));
    expect(request()).to.include({ state: RequestState.open, prover: null, uid: null });
    expect(readers.requests.answers(requestId, 9)).to.have.lengthOf(1);
  });

  it("needs no cover for an answer that is verified already, and takes an output that nobody revealed yet", () => {
    const { tell, request } = openAsked(covered, [of.accepted(), of.attested(), of.final(Status.verified)]);
    tell(MADE + 2, of.answered(), of.delivered(1));
    expect(request()).to.include({ state: RequestState.verified });
    expect(covered.token).to.equal(zeroAddress);
  });
});
