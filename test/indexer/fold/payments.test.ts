import { expect } from "chai";
import type { Hex } from "viem";
import { withdrawable } from "../../../indexer/fold/payments.ts";
import { IntegrityError } from "../../../indexer/fold/step.ts";
import { RequestState, Status } from "../../../sdk/protocol.ts";
import type { Emitted } from "../story.ts";
import {
  beneficiary,
  covered,
  eventsOf,
  MADE,
  openAsked,
  paid,
  prover,
  requester,
  stranger,
  token,
  UNTIL,
  uid,
} from "./asking.ts";

const inToken = { ...covered, token };
const of = eventsOf(covered);
const credited = (account: Hex, amount: bigint, in_?: Hex) =>
  paid("InferenceRequests", "Credited", account, amount, in_);
const coverPaid = (account: Hex, amount: bigint) => paid("Cover", "Credited", account, amount);
const withdrawn = (account: Hex, amount: bigint, in_?: Hex) =>
  paid("InferenceRequests", "Withdrawn", account, amount, in_);
const answering = (events: typeof of) => [events.accepted(), events.attested(), events.locked(100n)];

/** What is refused in a block, once these were told. */
function refuses(
  sentence: string,
  block: Emitted[],
  { request = covered, before = [] as Emitted[], time = UNTIL } = {},
) {
  const { tell } = openAsked(request, before);
  expect(() => tell(time, ...block)).to.throw(IntegrityError, sentence);
}

const sentence = "which nothing before gives";

describe("the fold of payments", () => {
  it("refuses money that no event before gives, or not right behind it", () => {
    refuses(sentence, [credited(requester, 20n)]);
    refuses(sentence, [of.accepted(), credited(requester, 20n)], { time: MADE + 1 });
    refuses(sentence, [of.cancelled(), of.calledBack(), credited(requester, 20n)]);
    refuses(sentence, [of.cancelled(), coverPaid(requester, 20n)]);
    const { tell } = openAsked(covered, [of.cancelled()]);
    expect(() => tell(MADE + 2, credited(requester, 20n))).to.throw(IntegrityError, sentence);
  });

  it("refuses another fee or refund than the request's, to another account, in another token, or twice", () => {
    for (const wrong of [credited(requester, 21n), credited(prover, 20n), credited(requester, 20n, token)])
      refuses(sentence, [of.cancelled(), wrong]);
    refuses(sentence, [of.cancelled(), credited(requester, 20n), credited(requester, 20n)]);
    const before = [...answering(of), of.answered()];
    for (const wrong of [credited(prover, 19n), credited(requester, 20n), credited(prover, 20n, token)])
      refuses(sentence, [of.delivered(0), wrong], { before });
  });

  it("refuses a deposit below its part of the cover, to another account, or in another token", () => {
    const before = answering(of);
    const time = MADE + 1;
    for (const wrong of [credited(prover, 9n), credited(requester, 10n), credited(prover, 10n, token)])
      refuses(sentence, [of.answered(), wrong], { before, time });
    for (const wrong of [credited(requester, 9n), credited(prover, 10n)])
      refuses(sentence, [of.lapsed(), wrong], { before: [of.accepted()] });
    const other = eventsOf(inToken);
    for (const wrong of [credited(requester, 11n, token), credited(requester, 10n, stranger)])
      refuses(sentence, [other.lapsed(), credited(requester, 7n), wrong], {
        request: inToken,
        before: [other.accepted()],
      });
  });

  it("refuses cover of another amount or to another account", () => {
    const before = [...answering(of), of.final(Status.refuted)];
    for (const wrong of [coverPaid(beneficiary, 99n), coverPaid(prover, 100n), credited(beneficiary, 100n)])
      refuses(sentence, [of.coverSettled(beneficiary, 100n), wrong], { before });
  });

  it("refuses a withdrawal of more or less than an account has", () => {
    refuses("it has 0", [withdrawn(requester, 20n)]);
    refuses("it has 0", [withdrawn(requester, 0n)]);
    const before = [of.cancelled(), credited(requester, 20n)];
    for (const amount of [19n, 21n]) refuses("it has 20", [withdrawn(requester, amount)], { before });
    refuses("it has 0", [withdrawn(requester, 20n, token)], { before });
    refuses("it has 0", [withdrawn(requester, 20n), withdrawn(requester, 20n)], { before });
    refuses("it has 0", [paid("Cover", "Withdrawn", requester, 20n)], { before });
  });

  it("keeps what was paid, for what and to whom, and what is left of it", () => {
    const { tell, readers } = openAsked(inToken);
    const events = eventsOf(inToken);
    const nothing = { fees: "0", deposits: "0", covers: "0", returned: "0", withdrawn: "0" };
    const balances = (account: Hex) => readers.requests.balances(account, 9);
    tell(MADE + 1, events.accepted());
    tell(UNTIL, events.lapsed(), credited(requester, 7n), credited(requester, 10n, token));
    const again = { prover: stranger, until: UNTIL + 51 };
    tell(
      UNTIL + 1,
      events.accepted(again),
      events.attested({ prover: stranger }),
      events.locked(100n, { prover: stranger }),
    );
    const answered = [events.answered({ prover: stranger }), credited(stranger, 7n), credited(stranger, 10n, token)];
    tell(UNTIL + 2, ...answered, events.delivered(0, { prover: stranger }), credited(stranger, 20n, token));
    const fell = [events.final(Status.refuted), events.settled(Status.refuted, RequestState.fallen)];
    const covering = paid("Cover", "Credited", beneficiary, 100n, token);
    tell(UNTIL + 3, ...fell, events.coverSettled(beneficiary, 100n), covering, events.calledBack());
    tell(UNTIL + 4, withdrawn(stranger, 30n, token));

    const contract = "InferenceRequests";
    expect(balances(requester)).to.deep.equal([
      { ...nothing, contract, account: requester, token: covered.token, deposits: "7" },
      { ...nothing, contract, account: requester, token, deposits: "10" },
    ]);
    expect(balances(stranger)).to.deep.equal([
      { ...nothing, contract, account: stranger, token: covered.token, returned: "7" },
      { ...nothing, contract, account: stranger, token, returned: "10", fees: "20", withdrawn: "30" },
    ]);
    expect(balances(beneficiary)).to.deep.equal([
      { ...nothing, contract: "Cover", account: beneficiary, token, covers: "100" },
    ]);
    expect(balances(stranger).map(withdrawable)).to.deep.equal([7n, 0n]);
    const payments = readers.requests.payments(events.requestId, 99);
    expect(payments.map(({ account, amount, reason }) => [account, amount, reason])).to.deep.equal([
      [requester, "7", "depositForfeited"],
      [requester, "10", "depositForfeited"],
      [stranger, "7", "depositReturned"],
      [stranger, "10", "depositReturned"],
      [stranger, "20", "fee"],
      [beneficiary, "100", "coverPaid"],
    ]);
    expect(payments.map((payment) => payment.uid)).to.deep.equal([null, null, uid, uid, uid, uid]);
  });

  it("tells a refund from a fee, and cover that comes back from cover that is paid", () => {
    const { tell, readers } = openAsked(covered, [...answering(of), of.final(Status.verified)]);
    tell(MADE + 2, of.coverSettled(prover, 100n), coverPaid(prover, 100n));
    expect(readers.requests.balances(prover, 9)).to.have.lengthOf(1);
    expect(readers.requests.balances(prover, 9)[0]).to.include({ contract: "Cover", returned: "100", covers: "0" });
    const cancelled = openAsked(covered, [of.cancelled(), credited(requester, 20n)]);
    expect(cancelled.readers.requests.balances(requester, 9)[0]).to.include({ returned: "20", fees: "0" });
  });
});
