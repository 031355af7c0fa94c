import { expect } from "chai";
import { type Abi, type Address, encodeAbiParameters, encodeEventTopics, type Hex, type Log, numberToHex } from "viem";
import { attestationRegistryAbi, bondsAbi } from "../../../sdk/abi.ts";
import { lossOf } from "../../../web/caught/bond.ts";

const account = (digit: string): Address => `0x${digit.repeat(40)}`;
const [registry, bonds, other] = [account("a"), account("b"), account("c")];
const [method, prover, challenger, member] = [account("1"), account("2"), account("3"), account("4")];

interface Event {
  address: Address;
  abi: Abi;
  eventName: string;
  args: Record<string, unknown>;
  amount?: bigint;
}

const logsOf = (...events: Event[]): Log<bigint, number, false>[] =>
  events.map(({ address, abi, eventName, args, amount }, logIndex) => {
    const topics = encodeEventTopics({ abi, eventName, args } as never) as unknown as [Hex];
    const data: Hex = amount === undefined ? "0x" : encodeAbiParameters([{ type: "uint256" }], [amount]);
    return { address, topics, data, logIndex } as unknown as Log<bigint, number, false>;
  });

const settled = (id: number): Event => ({
  ...{ address: registry, abi: attestationRegistryAbi, eventName: "StatusChanged" },
  args: { id: numberToHex(id, { size: 32 }), status: 3, by: challenger },
});
const paid = (from: Address, to: Address, amount: bigint, address = bonds): Event => ({
  ...{ address, abi: bondsAbi, eventName: "Paid", args: { holder: method, from, to }, amount },
});
const burned = (of: Address, amount: bigint): Event => ({
  ...{ address: bonds, abi: bondsAbi, eventName: "Burned", args: { holder: method, account: of }, amount },
});

describe("what a refutation took from a bond", () => {
  const loss = (events: Event[], settledAt: number) =>
    lossOf(logsOf(...events), { registry, bonds }, prover, settledAt);

  it("counts no other contract's events, and nobody else's bond", () => {
    const events = [settled(1), paid(prover, challenger, 5n, other), paid(member, challenger, 5n), burned(member, 7n)];
    expect(loss(events, 0)).to.deep.equal({ paid: [], burned: 0n });
  });

  it("counts what was paid and what was burned", () => {
    const events = [settled(1), paid(prover, challenger, 5n), burned(prover, 6n)];
    expect(loss(events, 0)).to.deep.equal({ paid: [{ to: challenger, amount: 5n }], burned: 6n });
  });

  it("distinguishes two settlements of one transaction", () => {
    const events = [settled(1), burned(prover, 1n), settled(2), paid(prover, member, 2n), burned(prover, 3n)];
    expect(loss(events, 0)).to.deep.equal({ paid: [], burned: 1n });
    expect(loss(events, 2)).to.deep.equal({ paid: [{ to: member, amount: 2n }], burned: 3n });
  });
});
