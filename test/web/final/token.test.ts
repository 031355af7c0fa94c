import { expect } from "chai";
import type { Client } from "../../../sdk/client.ts";
import { amountText, readToken, symbolIn } from "../../../web/final/token.ts";
import { rewards } from "./seasons.ts";

const { token } = rewards;

/** A chain on which a token answers so; an error where it doesn't answer. */
const answering = (answers: Record<string, unknown>): Client => {
  const readContract = ({ functionName }: { functionName: string }) =>
    functionName in answers ? Promise.resolve(answers[functionName]) : Promise.reject(new Error("It reverted."));
  return { rpc: { readContract } } as unknown as Client;
};

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
    expect(await readToken(answering({}), token)).to.deep.equal({ symbol: undefined, decimals: undefined });
    expect(await readToken(answering({ symbol: "TOK", decimals: 255 }), token)).to.deep.equal({
      ...{ symbol: "TOK", decimals: undefined },
    });
    expect(await readToken(answering({ decimals: 6 }), token)).to.deep.equal({ symbol: undefined, decimals: 6 });
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
