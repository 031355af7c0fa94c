import type { Address } from "viem";
import { z } from "zod";
import { bondedMethods } from "../../sdk/methods/index.ts";
import type { MoneyAnswer, RequestMoney } from "../../sdk/wire.ts";
import { type Balance, withdrawable } from "../fold/payments.ts";
import { RpcError } from "../ingest/errors.ts";
import { readMoney } from "../ingest/money.ts";
import { account, noQuery } from "./parameters.ts";
import { ProblemError } from "./problems.ts";
import { unlessZero } from "./requests.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, campaignOf, type State } from "./state.ts";

/** The node answers whoever follows the chain, too. */
const MOST_ASKED = 8;

/** Seasons whose debts are asked for: the newest in which something of the account was refuted. */
const MOST_DEBTS = 8;

const MOST_SEASONS = 100;

/** Tokens of which it is told what requests and cover paid. */
const MOST_TOKENS = 50;

/** What is known of an account without asking a node. */
interface Known {
  seasons: readonly bigint[];
  requests: readonly RequestMoney[];
}

/** `/accounts/:account/money`. */
export function moneyRoute(app: App, state: State): void {
  let asking = 0;
  /** Answers of one block, by account. */
  const kept = { blockHash: "", answers: new Map<Address, Promise<MoneyAnswer>>() };

  /** Begins to ask a node, unless that was begun for the same account and block. */
  function answerOf(account: Address, at: MoneyAnswer["asOf"], known: Known): Promise<MoneyAnswer> {
    if (kept.blockHash !== at.blockHash) Object.assign(kept, { blockHash: at.blockHash, answers: new Map() });
    const { answers } = kept;
    const begun = answers.get(account);
    if (begun !== undefined) return begun;
    if (asking === MOST_ASKED)
      throw new ProblemError(503, `${MOST_ASKED} answers ask a node already: try again later.`);
    asking++;
    const asked = ask(state, account, at, known).finally(() => asking--);
    answers.set(account, asked);
    asked.catch(() => answers.delete(account));
    return asked;
  }

  app.get(
    "/accounts/:account/money",
    {
      config: { cost: 20, elsewhere: true },
      schema: {
        operationId: "getMoney",
        summary:
          "Where an account's money is: balance, bonds, what it can claim, what requests paid it, and what it owes in points",
        description: `Asks a node at the block of asOf, in two requests; at most ${MOST_ASKED} at once. Debts are those of the newest ${MOST_DEBTS} seasons in which something of the account was refuted. Penalties are steps of the attestations that they are for.`,
        params: z.object({ account }),
        querystring: noQuery,
        response: { 200: schemas.moneyAnswer, 503: schemas.problem },
      },
    },
    async ({ params: { account } }) => {
      const { at, seasons, requests } = await state.read(async (snapshot) => {
        const entries = await snapshot.accounts.entries(account, MOST_SEASONS);
        const refuted = entries.filter((entry) => entry.refuted > 0).slice(0, MOST_DEBTS);
        const balances = await snapshot.requests.balances(account, MOST_TOKENS);
        return {
          at: asOf(snapshot),
          seasons: refuted.map(({ seasonId }) => BigInt(seasonId)),
          requests: balances.map((balance) => earnedOf(state, balance)),
        };
      });
      return answerOf(account, at, { seasons, requests });
    },
  );
}

function earnedOf({ deployment }: Pick<State, "deployment">, balance: Balance): RequestMoney {
  const { contract: name, token, fees, deposits, covers, returned } = balance;
  const contract = deployment.contracts[name]?.address as Address;
  const left = String(withdrawable(balance));
  return { contract, name, token: unlessZero(token), fees, deposits, covers, returned, withdrawable: left };
}

async function ask(
  { rpc, deployment }: State,
  account: Address,
  at: MoneyAnswer["asOf"],
  { seasons, requests }: Known,
): Promise<MoneyAnswer> {
  const holders = bondedMethods().flatMap(({ name }) => {
    const found = deployment.contracts[name];
    return found ? [{ name, holder: found.address }] : [];
  });
  const asked = {
    ...{ account, bonds: deployment.contracts.Bonds.address, campaign: campaignOf({ deployment }), seasons },
    holders: holders.map(({ holder }) => holder),
  };
  const { balance, claimable, bonds, owed } = await readMoney(rpc, asked, at.blockHash).catch((error: unknown) => {
    throw error instanceof RpcError
      ? new ProblemError(503, `No node says where the money is at block ${at.blockNumber}.`)
      : error;
  });
  return {
    ...{ asOf: at, account, balance: String(balance), claimable: String(claimable) },
    bonds: bonds.map(({ free, locked, unbonding, withdrawableAt }, i) => ({
      ...(holders[i] as (typeof holders)[number]),
      ...{ free: String(free), locked: String(locked), unbonding: String(unbonding) },
      withdrawableAt: unbonding > 0n ? Number(withdrawableAt) : null,
    })),
    requests: [...requests],
    debts: seasons
      .map((seasonId, i) => ({ seasonId: String(seasonId), owed: String(owed[i]) }))
      .filter((debt) => debt.owed !== "0"),
  };
}
