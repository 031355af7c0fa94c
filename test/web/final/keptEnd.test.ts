import { expect } from "chai";
import fc from "fast-check";
import { encodeFunctionData, encodeFunctionResult, getAddress, type Hex } from "viem";
import { standingsAbi } from "../../../sdk/abi.ts";
import { readEnd } from "../../../web/final/keptEnd.ts";

const endOf = { abi: standingsAbi, functionName: "endOf" } as const;

describe("a season's end, read from the contract", () => {
  it("is asked for and read as an ABI coder does", () =>
    fc.assert(
      fc.asyncProperty(
        ...[
          fc.bigInt({ min: 0n, max: 2n ** 24n - 1n }),
          fc.nat(2 ** 32 - 1),
          fc.bigInt({ min: 0n, max: 2n ** 160n - 1n }),
        ],
        ...[fc.nat(2 ** 40 - 1), fc.boolean(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(2 ** 24 - 1)],
        async (seasonId, participants, account, finalisedAt, frozen, totalPoints, epoch) => {
          const poster = getAddress(`0x${account.toString(16).padStart(40, "0")}`);
          const asked: Hex[] = [];
          const result = { participants, poster, finalisedAt, frozen, totalPoints, epoch };
          const end = await readEnd(async (data) => {
            asked.push(data);
            return encodeFunctionResult({ ...endOf, result });
          }, seasonId);
          expect(asked).to.deep.equal([encodeFunctionData({ ...endOf, args: [seasonId] })]);
          expect({ ...end, poster: getAddress(end.poster) }).to.deep.equal({ participants, poster, finalisedAt });
        },
      ),
    ));

  it("is refused where the answer is none", async () => {
    for (const answer of ["0x", `0x${"00".repeat(31)}`, `0x${"00".repeat(224)}`] as const) {
      const error = await readEnd(async () => answer, 1n).catch((thrown: Error) => thrown);
      expect((error as Error).message).to.equal("The contract's answer is no season's end.");
    }
  });
});
