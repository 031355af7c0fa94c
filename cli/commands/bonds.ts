import type { Address } from "viem";
import { type Call, callOf } from "../../sdk/calls.ts";
import type { Client } from "../../sdk/client.ts";
import { readHolding } from "../../sdk/money.ts";
import type { Command, Invocation } from "../command.ts";
import { utc } from "../format.ts";
import { eth, parseEth, parseHolder } from "../money.ts";
import { withSender } from "../sending.ts";
import { openConnection, openSettingsAccount } from "../settings.ts";

/** A call that moves money, the sentence that says what it did, and what the JSON says of it. */
interface Move {
  call: Call;
  done: string;
  json: Record<string, unknown>;
}

/** Sends what `plan` makes, which throws a sentence where it would be refused. */
async function move(
  { settings, progress }: Invocation,
  prepare: (client: Client) => (account: Address) => Promise<Move>,
) {
  const { client } = await openConnection(settings);
  const plan = prepare(client);
  const account = await openSettingsAccount(settings);
  const { call, done, json } = await plan(account.address);
  const { transactionHash } = await withSender(client, account, progress, (sender) => sender.send(call));
  return {
    good: true,
    text: `Account      ${account.address}\nDone         ${done}\nTransaction  ${transactionHash}`,
    json: { account: account.address, ...json, transactionHash },
  };
}

const HOLDER = "HOLDER is the contract that may lock the money: a method's name, as in Quorum, or an address.";

const deposit: Command = {
  positionals: ["HOLDER", "ETH"],
  summary: "deposit money that a method may lock",
  details: `Deposits ETH from the key's account. ${HOLDER} Needs a key.
JSON: account, holder, amount (wei), transactionHash.`,
  options: {},
  run: (invocation) => {
    const [to, text] = invocation.positionals as [string, string];
    const value = parseEth("ETH", text);
    return move(invocation, (client) => {
      const { holder, name } = parseHolder(client, to);
      return async (account) => ({
        call: callOf({ ...client.contracts.bonds, functionName: "deposit", args: [holder, account], value }),
        done: `${eth(value)} deposited with ${name ?? holder}`,
        json: { holder, amount: value },
      });
    });
  },
};

const unbond: Command = {
  positionals: ["HOLDER", "[ETH]"],
  summary: "start to withdraw money that isn't locked",
  details: `Starts to withdraw ETH, by default all that is free; it waits for the method's longest verification. Unbonding more starts the wait anew for all of it. ${HOLDER} Needs a key.
JSON: account, holder, amount (wei), transactionHash.`,
  options: {},
  run: (invocation) => {
    const [from, text] = invocation.positionals as [string, string | undefined];
    const wanted = text === undefined ? undefined : parseEth("ETH", text);
    return move(invocation, (client) => {
      const { holder, name } = parseHolder(client, from);
      return async (account) => {
        const { free, locked, unbonding } = await readHolding(client, { holder, name }, account);
        const amount = wanted ?? free;
        if (amount === 0n || amount > free)
          throw new Error(
            `${account} has ${eth(free)} free with ${name ?? holder}; ${eth(locked)} are locked, ${eth(unbonding)} on their way out.`,
          );
        return {
          call: callOf({ ...client.contracts.bonds, functionName: "unbond", args: [holder, amount] }),
          done: `${eth(amount)} on their way out of ${name ?? holder}; \`account\` says from when on they can be withdrawn`,
          json: { holder, amount },
        };
      };
    });
  },
};

const withdraw: Command = {
  positionals: ["HOLDER"],
  summary: "withdraw money that was unbonded",
  details: `Pays the key's account what has finished unbonding. ${HOLDER} Needs a key.
JSON: account, holder, amount (wei), transactionHash.`,
  options: {},
  run: (invocation) =>
    move(invocation, (client) => {
      const { holder, name } = parseHolder(client, invocation.positionals[0] as string);
      return async (account) => {
        const { unbonding: amount, withdrawableAt, free } = await readHolding(client, { holder, name }, account);
        if (withdrawableAt === undefined)
          throw new Error(
            `${account} has nothing to withdraw from ${name ?? holder}: nothing is on its way out, ${eth(free)} could be unbonded.`,
          );
        const { timestamp } = await client.rpc.getBlock({ blockTag: "latest" });
        if (timestamp < withdrawableAt)
          throw new Error(
            `${eth(amount)} are still on their way out: until ${utc(withdrawableAt)}, it is ${utc(timestamp)}.`,
          );
        return {
          call: callOf({ ...client.contracts.bonds, functionName: "withdraw", args: [holder] }),
          done: `${eth(amount)} withdrawn from ${name ?? holder}`,
          json: { holder, amount },
        };
      };
    }),
};

const claim: Command = {
  positionals: [],
  summary: "collect what others' bonds paid: fees and shares",
  details: `Pays the key's account the fees of seats that it served and its shares of what others lost. Needs a key.
JSON: account, amount (wei), transactionHash.`,
  options: {},
  run: (invocation) =>
    move(invocation, (client) => async (account) => {
      const { bonds } = client.contracts;
      const amount = await client.rpc.readContract({ ...bonds, functionName: "claimableOf", args: [account] });
      if (amount === 0n) throw new Error(`${account} has nothing to claim.`);
      return {
        call: callOf({ ...bonds, functionName: "claim" }),
        done: `${eth(amount)} claimed`,
        json: { amount },
      };
    }),
};

/** The commands that move money of bonds. */
export const bondsCommands = {
  "bonds deposit": deposit,
  "bonds unbond": unbond,
  "bonds withdraw": withdraw,
  "bonds claim": claim,
} satisfies Record<string, Command>;
