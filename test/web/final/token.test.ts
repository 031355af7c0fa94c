import { expect } from "chai";
import fc from "fast-check";
import { encodeFunctionResult, erc20Abi, type Hex, toFunctionSelector } from "viem";
import { amountText, readToken, symbolIn } from "../../../web/final/token.ts";
import { rewards } from "./seasons.ts";

const { token } = rewards;

const selectors = { symbol: toFunctionSelector("symbol()"), decimals: toFunctionSelector("decimals()") };

/** A token that answers so; an error where it doesn't answer. */
const answering =
  (answers: { symbol?: Hex; decimals?: Hex }) =>
  async (data: Hex): Promise<Hex> => {
    const answer =
      data === selectors.symbol ? answers.symbol : data === selectors.decimals ? answers.decimals : undefined;
    if (answer === undefined) throw new Error("It reverted.");
    return answer;
  };

const symbol = (result: string) => encodeFunctionResult({ abi: erc20Abi, functionName: "symbol", result });
const decimals = (result: number) => encodeFunctionResult({ abi: erc20Abi, functionName: "decimals", result });

describe("a token's own name", () => {
  it("is none where it has blanks, or signs that nobody sees", () => {
    for (const text of ["", " ", "A B", "US\u202eDC", "A\u200bB", "A\u0000", "e\u0301", "\ud800"])
      expect(symbolIn(text), JSON.stringify(text)).to.equal(undefined);
  });

  it("is kept as it is, markup too, and cut where it's long", () => {
    for (const text of ["USDC", "USD₮0", "<b>x</b>", "é"]) expect(symbolIn(text)).to.equal(text);
    expect(symbolIn("x".repeat(1_000_000))).to.equal(`${"x".repeat(12)}…`);
    expect(symbolIn("🥇".repeat(5))).to.equal("🥇".repeat(5));
  });

  it("is read from the chain, as far as the token answers with sense", async () => {
    const none = { symbol: undefined, decimals: undefined };
    expect(await readToken(answering({}))).to.deep.equal(none);
    expect(await readToken(answering({ symbol: symbol("TOK"), decimals: decimals(255) }))).to.deep.equal({
      ...{ symbol: "TOK", decimals: undefined },
    });
    expect(await readToken(answering({ decimals: decimals(6) }))).to.deep.equal({ symbol: undefined, decimals: 6 });
    for (const nonsense of [
      "0x",
      "0x01",
      `0x${"ff".repeat(32)}`,
      `0x${"ff".repeat(64)}`,
      `0x${"00".repeat(96)}`,
    ] as const)
      expect(await readToken(answering({ symbol: nonsense, decimals: nonsense })), nonsense).to.deep.equal(none);
  });

  it("is read whatever its symbol is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 60 }), async (text) => {
        const read = await readToken(answering({ symbol: symbol(text), decimals: decimals(18) }));
        expect(read).to.deep.equal({ symbol: symbolIn(text), decimals: 18 });
      }),
    );
  });
});

describe("an amount of a token", () => {
  it("is in the smallest unit while its decimals aren't known", () => {
    for (const known of [undefined, { symbol: "TOK", decimals: undefined }])
      expect(amountText("1234500", token, known)).to.equal("1,234,500 smallest units of the token 0x0000…0070");
  });

  it("is exact, whatever its size", () => {
    const of = (amount: string, decimals: number) => amountText(amount, token, { symbol: "TOK", decimals });
    expect(of("1234500", 3)).to.equal("1,234.5 TOK");
    expect(of("0", 18)).to.equal("0 TOK");
    expect(of("1", 18)).to.equal("0.000000000000000001 TOK");
    expect(of(String(2n ** 128n - 1n), 0)).to.equal("340,282,366,920,938,463,463,374,607,431,768,211,455 TOK");
    expect(amountText("15", token, { symbol: undefined, decimals: 1 })).to.equal("1.5 of the token 0x0000…0070");
  });
});
