import { expect } from "chai";
import { type PublicClient, padHex } from "viem";
import { withReserve } from "../../../sdk/gas.ts";
import { feeOf } from "../../../web/take-part/fee.ts";

const account = padHex("0x0b", { size: 20 });
const call = (value: bigint) => ({ name: "deposit", to: account, data: "0x", value }) as const;
const PRICE = 7n;
const GAS = 50_000n;

/** A chain on which the account has this much; it estimates nothing that the account can't pay. */
const chainWith = (balance: bigint) =>
  ({
    getBalance: async () => balance,
    getGasPrice: async () => PRICE,
    estimateGas: async ({ value }: { value: bigint }) => {
      if (value > balance) throw new Error("insufficient funds");
      return GAS;
    },
  }) as unknown as PublicClient;

describe("what sending a call takes", () => {
  const fee = withReserve(GAS) * PRICE;

  it("is the fee for the gas that is asked for, and nothing is lacking where there is enough", async () => {
    expect(await feeOf(chainWith(fee + 10n), account, call(10n))).to.deep.equal({ fee, lacking: 0n });
  });

  it("says how much is lacking for value and fee", async () => {
    expect(await feeOf(chainWith(fee + 9n), account, call(10n))).to.deep.equal({ fee, lacking: 1n });
  });

  it("knows no fee where not even the value is there", async () => {
    expect(await feeOf(chainWith(4n), account, call(10n))).to.deep.equal({ fee: undefined, lacking: 6n });
  });
});
