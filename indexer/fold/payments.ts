import type { Address, Hex } from "viem";
import { Status } from "../../sdk/protocol.ts";
import type { Request } from "../../sdk/requests/request.ts";
import type { PaymentReason } from "../../sdk/wire.ts";
import type { Event, EventNamed, LogLocation } from "../decode/events.ts";
import type { Kind, Once, Rows } from "./identity-map.ts";
import { requireAttestation } from "./recorded.ts";
import { requireRequest } from "./requests.ts";
import { type FoldSteps, IntegrityError } from "./step.ts";

/** Money that InferenceRequests or Cover wrote down to an account. */
export interface Payment extends LogLocation {
  account: Address;
  /** Zero for ETH. */
  token: Address;
  /** Decimal. */
  amount: string;
  reason: PaymentReason;
  /** The request that it is for; null for cover of an attestation that answers none. */
  requestId: Hex | null;
  /** The attestation that it is for; null where it is for none. */
  uid: Hex | null;
}

interface OfBalance {
  /** The contract's name in the deployment. */
  contract: string;
  account: Address;
  /** Zero for ETH. */
  token: Address;
}

/** What a contract paid an account in all, by what for; decimal. */
export interface Balance extends OfBalance {
  fees: string;
  /** Deposits that provers forfeited to it. */
  deposits: string;
  /** Cover of answers that weren't found right. */
  covers: string;
  /** Its own money that came back. */
  returned: string;
  withdrawn: string;
}

export const payments: Once<Payment> = { once: true };

export const balances: Kind<OfBalance, Balance> = {
  group: ({ contract }) => contract,
  name: ({ account, token }) => `${account} ${token}`,
};

type Sum = "fees" | "deposits" | "covers" | "returned";
const sumOf: Record<PaymentReason, Sum> = {
  fee: "fees",
  refund: "returned",
  depositReturned: "returned",
  depositForfeited: "deposits",
  coverPaid: "covers",
  coverReturned: "returned",
};

/** What an account may withdraw. */
export const withdrawable = ({ fees, deposits, covers, returned, withdrawn }: Balance): bigint =>
  BigInt(fees) + BigInt(deposits) + BigInt(covers) + BigInt(returned) - BigInt(withdrawn);

const ETH = `0x${"0".repeat(40)}`;

/** The deposit is at least this part of the cover. */
const DEPOSIT_DIVISOR = 10n;

/** What an event has a contract write down: to whom, why, and which amounts of a token are right. */
interface Due extends Pick<Payment, "account" | "reason" | "requestId" | "uid"> {
  isRight(token: Address, amount: bigint): boolean;
  /** Payments that it has at most. */
  most: number;
}

const exactly =
  (token: Address, due: bigint): Due["isRight"] =>
  (given, amount) =>
    given === token && amount === due;

/** Of a deposit the events don't tell the floor: that in ETH may be any, not less than its share where ETH covers. */
const asDeposit =
  ({ token, cover }: Request): Due["isRight"] =>
  (given, amount) => {
    const share = cover / DEPOSIT_DIVISOR;
    return given === ETH ? token !== ETH || amount >= share : given === token && amount === share;
  };

/** What is due because of an event; undefined for one that pays nothing. */
function dueOf(rows: Rows, cause: Event | undefined): Due | undefined {
  switch (cause?.eventName) {
    case "AnswerDelivered": {
      const { requestId, uid, prover } = cause.args;
      const { request } = requireRequest(rows, requestId, cause.eventName);
      return { account: prover, reason: "fee", requestId, uid, isRight: exactly(request.token, request.fee), most: 1 };
    }
    case "RequestCancelled": {
      const { requestId } = cause.args;
      const { request } = requireRequest(rows, requestId, cause.eventName);
      const { requester: account, token, fee } = request;
      return { account, reason: "refund", requestId, uid: null, isRight: exactly(token, fee), most: 1 };
    }
    case "AcceptanceLapsed": {
      const { requestId } = cause.args;
      const { request } = requireRequest(rows, requestId, cause.eventName);
      const of = { account: request.requester, requestId, uid: null };
      return { ...of, reason: "depositForfeited", isRight: asDeposit(request), most: 2 };
    }
    case "RequestAnswered": {
      const { requestId, uid, prover } = cause.args;
      const { request } = requireRequest(rows, requestId, cause.eventName);
      return { account: prover, requestId, uid, reason: "depositReturned", isRight: asDeposit(request), most: 2 };
    }
    case "CoverSettled": {
      const { uid, token, to, amount } = cause.args;
      const isVerified = requireAttestation(rows, uid, cause.eventName).status === Status.verified;
      const reason = isVerified ? "coverReturned" : "coverPaid";
      const requestId = rows.answers.get({ uid })?.requestId ?? null;
      return { account: to, reason, requestId, uid, isRight: exactly(token, amount), most: 1 };
    }
    default:
      return undefined;
  }
}

/** What an account has of a contract and token so far. */
function balanceOf(rows: Rows, { contract = "", args: { account, token } }: EventNamed<"Credited" | "Withdrawn">) {
  const key = { contract, account, token };
  const nothing = { fees: "0", deposits: "0", covers: "0", returned: "0", withdrawn: "0" };
  return rows.balances.get(key) ?? { ...key, ...nothing };
}

/** What is written down to accounts, each time right behind the event that is the reason, and what they withdraw. */
export const paymentSteps: FoldSteps = {
  Credited(event, rows, { cause }) {
    const { args, location, contract } = event;
    const { account, token, amount } = args;
    const due = cause?.contract === contract ? dueOf(rows, cause) : undefined;
    const behind = location.logIndex - (cause?.location.logIndex ?? 0);
    if (!due || due.account !== account || behind > due.most || amount === 0n || !due.isRight(token, amount))
      throw new IntegrityError(
        `${contract} wrote ${amount} of ${token} down to ${account}, which nothing before gives.`,
      );
    const { reason, requestId, uid } = due;
    rows.payments.add({ account, token, amount: String(amount), reason, requestId, uid, ...location });
    const balance = balanceOf(rows, event);
    const sum = sumOf[reason];
    rows.balances.set({ ...balance, [sum]: String(BigInt(balance[sum]) + amount) });
  },
  Withdrawn(event, rows) {
    const { account, token, amount } = event.args;
    const balance = balanceOf(rows, event);
    const left = withdrawable(balance);
    if (amount === 0n || amount !== left)
      throw new IntegrityError(`${account} withdrew ${amount} of ${token} from ${event.contract}: it has ${left}.`);
    rows.balances.set({ ...balance, withdrawn: String(BigInt(balance.withdrawn) + amount) });
  },
};
