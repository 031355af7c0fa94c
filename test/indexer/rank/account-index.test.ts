import { expect } from "chai";
import fc from "fast-check";
import type { Address } from "viem";
import { createAccountIndex } from "../../../indexer/rank/account-index.ts";
import { accountOf } from "../story.ts";

const anyOne = () => true;
const never = () => false;

describe("the index of accounts", () => {
  it("knows no account that was not added, nor one that was removed", () => {
    const index = createAccountIndex();
    expect([index.find(accountOf(1), anyOne), index.size()]).to.deep.equal([undefined, 0]);
    index.add(accountOf(1), 7);
    expect([index.find(accountOf(2), anyOne), index.find(accountOf(1), never), index.size()]).to.deep.equal([
      undefined,
      undefined,
      1,
    ]);
    index.remove(accountOf(1), anyOne);
    expect([index.find(accountOf(1), anyOne), index.size()]).to.deep.equal([undefined, 0]);
  });

  it("asks which of the numbers of one hash is right", () => {
    // To the index, an account added twice is two accounts of one hash.
    const index = createAccountIndex();
    for (const number of [3, 4, 5]) index.add(accountOf(1), number);
    const is = (number: number) => (other: number) => other === number;
    index.change(accountOf(1), is(4), 8);
    index.remove(accountOf(1), is(3));
    expect([3, 4, 5, 8].map((number) => index.find(accountOf(1), is(number)))).to.deep.equal([
      undefined,
      undefined,
      5,
      8,
    ]);
    expect(index.size()).to.equal(2);
  });

  it("is a map, whatever is added, changed and removed, to thousands of accounts and back", () => {
    const steps = fc.array(fc.record({ account: fc.nat({ max: 3_000 }), number: fc.option(fc.nat()) }), {
      maxLength: 6_000,
      size: "max",
    });
    fc.assert(
      fc.property(steps, (drawn) => {
        const index = createAccountIndex();
        const map = new Map<Address, number>();
        for (const { account: n, number } of drawn) {
          const account = accountOf(n);
          const known = map.get(account);
          const isKnown = (other: number) => other === known;
          if (number === null) {
            if (known !== undefined) index.remove(account, isKnown);
            map.delete(account);
          } else {
            if (known === undefined) index.add(account, number);
            else index.change(account, isKnown, number);
            map.set(account, number);
          }
        }
        expect(index.size()).to.equal(map.size);
        for (let n = 0; n <= 3_000; n++) {
          const known = map.get(accountOf(n));
          expect(index.find(accountOf(n), (other) => other === known)).to.equal(known);
        }
        for (const [account, number] of map) index.remove(account, (other) => other === number);
        expect(index.size()).to.equal(0);
        for (const account of map.keys()) expect(index.find(account, anyOne)).to.equal(undefined);
      }),
      { numRuns: 20 },
    );
  });
});
