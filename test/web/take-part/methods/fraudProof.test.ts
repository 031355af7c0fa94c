import { expect } from "chai";
import type { Address } from "viem";
import { fraudProof } from "../../../../web/take-part/methods/fraudProof.ts";

const challenger: Address = `0x${"1".repeat(40)}`;

describe("taking part under FraudProof", () => {
  it("locks the bond of all units of a batch, and spends nothing of it", async () => {
    const rpc = { readContract: async ({ args: [count] }: { args: [number] }) => 100n + 3n * BigInt(count) };
    const stake = await fraudProof.stakeOf({ rpc } as never, challenger, 16);
    expect(stake).to.deep.equal({ locked: 148n, fees: 0n });
  });
});
