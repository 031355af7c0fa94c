import type { Address } from "viem";
import type { Client } from "../../sdk/client.ts";
import { type Holding, readFlows, readMoney } from "../../sdk/money.ts";
import type { Command } from "../command.ts";
import { grouped, table, utc, wrap } from "../format.ts";
import { offeredMethods } from "../methods/index.ts";
import { eth } from "../money.ts";
import { openConnection, readOwnAddress } from "../settings.ts";
import { parseAddress, UsageError } from "../usage.ts";

export const account: Command = {
  positionals: ["[ADDRESS]"],
  summary: "an account's money and duties, from the chain",
  details: `Shows where the money of ADDRESS is, by default of the key's account: its balance, its bonds with each method (free, locked at stake, on their way out and from when on they can be withdrawn), what it can claim, what went in and out, penalties, debts in points, and seats that it has still to serve.
JSON: account, blockNumber, timestamp, balance, bonds (holder, name, free, locked, unbonding, withdrawableAt), claimable, debts (seasonId, owed in points), flows (deposited, withdrawn, paid, burned, received, claimed) and what each method says of it; amounts in wei, times in unix seconds.`,
  options: {},
  async run({ positionals: [text], settings, progress }) {
    const who = text === undefined ? await readOwnAddress(settings) : parseAddress("ADDRESS", text);
    if (who === undefined) throw new UsageError('"account" needs ADDRESS, or a key.');
    const { client } = await openConnection(settings);
    const { holders, ...flows } = await readFlows(client, who, await client.rpc.getBlockNumber(), {
      onProgress: (done, total) => progress.show("blocks", done, total),
    });
    const money = await readMoney(client, who, holders);
    const duties = await readDuties(client, who);
    return {
      good: true,
      text: [
        `Account    ${who}`,
        `As of      block ${grouped(money.blockNumber)}, ${utc(money.timestamp)}`,
        `Balance    ${eth(money.balance)}`,
        `Claimable  ${eth(money.claimable)}${money.claimable > 0n ? ", by `bonds claim`" : ""}`,
        `In         ${eth(flows.deposited)} deposited, ${eth(flows.received)} received from bonds`,
        wrap(
          `Out        ${eth(flows.withdrawn)} withdrawn, ${eth(flows.claimed)} claimed, ${eth(flows.paid)} paid to others, ${eth(flows.burned)} burned`,
          11,
        ),
        `Debts      ${money.debts.map(({ seasonId, owed }) => `${grouped(owed)} points in season ${seasonId}`).join(", ") || "none"}`,
        ...duties.flatMap(({ lines }) => lines),
        "",
        bondsTable(money.bonds, money.timestamp),
      ].join("\n"),
      json: { ...money, flows, ...Object.fromEntries(duties.map(({ key, json }) => [key, json])) },
    };
  },
};

async function readDuties(client: Client, who: Address) {
  const read = offeredMethods().map(([, { duties }]) => duties?.(client, who));
  return (await Promise.all(read)).flatMap((found) => found ?? []);
}

function bondsTable(bonds: readonly Holding[], now: number): string {
  const right = true;
  return table<Holding>(
    [
      { title: "bonds with", cell: ({ name, holder }) => name ?? holder },
      { title: "free", right, cell: ({ free }) => eth(free) },
      { title: "locked", right, cell: ({ locked }) => eth(locked) },
      { title: "on its way out", right, cell: ({ unbonding }) => eth(unbonding) },
      {
        title: "withdrawable",
        cell: ({ withdrawableAt }) =>
          withdrawableAt === undefined ? "" : withdrawableAt <= now ? "now" : `from ${utc(withdrawableAt)}`,
      },
    ],
    bonds,
  );
}
