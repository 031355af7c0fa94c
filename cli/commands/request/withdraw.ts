import type { TransactionReceipt } from "viem";
import { type PaymentContract, readCredit, withdrawCall } from "../../../sdk/requests/contracts.ts";
import { ETH } from "../../../sdk/requests/request.ts";
import { money } from "../../answers.ts";
import type { Command } from "../../command.ts";
import { withSender } from "../../sending.ts";
import { openConnection, openSettingsAccount } from "../../settings.ts";
import { parseAddress } from "../../usage.ts";

const contracts: readonly PaymentContract[] = ["InferenceRequests", "Cover"];

export const withdrawPayments: Command = {
  positionals: [],
  summary: "collect fees, refunds, deposits and cover",
  details: `Pays the key's account what requests and cover hold for it: fees of answers, fees and deposits that came back, deposits of provers that let their time pass, and the cover of wrong answers. Needs a key.
JSON: account, token, payments, each with contract, amount (wei, or the token's smallest unit) and transactionHash.`,
  options: { token: { value: "A", help: "of this token; defaults to ETH" } },
  async run({ options, settings, progress }) {
    const token = options.token === undefined ? ETH : parseAddress("--token", options.token);
    const { client } = await openConnection(settings);
    const account = await openSettingsAccount(settings);
    const held = await Promise.all(
      contracts.map(async (contract) => ({
        contract,
        amount: await readCredit(client, contract, token, account.address),
      })),
    );
    const due = held.filter(({ amount }) => amount > 0n);
    if (due.length === 0) throw new Error(`${account.address} has nothing to withdraw.`);
    const payments = await withSender(client, account, progress, (sender) =>
      Promise.all(
        due.map(async (each) => {
          const call = withdrawCall(client, each.contract, token, account.address);
          const { transactionHash }: TransactionReceipt = await sender.send(call);
          return { ...each, transactionHash };
        }),
      ),
    );
    return {
      good: true,
      text: [
        `Account      ${account.address}`,
        ...payments.map(
          ({ contract, amount, transactionHash }) =>
            `Withdrawn    ${money(amount, token)} from ${contract}\nTransaction  ${transactionHash}`,
        ),
      ].join("\n"),
      json: { account: account.address, token, payments },
    };
  },
};
