import { DEVELOPMENT_CHAIN, setBalance } from "../../sdk/development.ts";
import type { Command } from "../command.ts";
import { eth, parseEth } from "../money.ts";
import { openConnection, readOwnAddress } from "../settings.ts";
import { parseAddress, UsageError } from "../usage.ts";

export const faucet: Command = {
  positionals: ["[ADDRESS]"],
  summary: "money on a development chain",
  details: `Adds to the balance of ADDRESS, by default of the key's account, on a development chain (${DEVELOPMENT_CHAIN}); on any other chain money must be sent to it.
JSON: account, amount and balance (wei).`,
  options: { amount: { value: "ETH", help: "how much; defaults to 100" } },
  async run({ positionals: [text], options, settings }) {
    const amount = parseEth("--amount", options.amount ?? "100");
    const account = text === undefined ? await readOwnAddress(settings) : parseAddress("ADDRESS", text);
    if (account === undefined) throw new UsageError('"faucet" needs ADDRESS, or a key.');
    const { rpc, deployment } = (await openConnection(settings)).client;
    if (deployment.chainId !== DEVELOPMENT_CHAIN)
      throw new Error(`Chain ${deployment.chainId} is no development chain: send ${account} money instead.`);
    const balance = (await rpc.getBalance({ address: account })) + amount;
    if (!(await setBalance(rpc, account, balance)))
      throw new Error("The node makes no money: it takes neither hardhat_setBalance nor anvil_setBalance.");
    return {
      good: true,
      text: `Account  ${account}\nAdded    ${eth(amount)}\nBalance  ${eth(balance)}`,
      json: { account, amount, balance },
    };
  },
};
