import { expect } from "chai";
import type { Address } from "viem";
import { createNames } from "../../web/names.ts";
import { account } from "./audit/story.ts";

describe("names on the page", () => {
  /** Finds names where accounts of these numbers have one; `asked` are the accounts of each request. */
  function namesOf(named: readonly number[]) {
    const asked: (readonly Address[])[] = [];
    const nameOf = createNames(async (accounts) => {
      asked.push(accounts);
      return named.map((n) => ({ account: account(n), name: `Account ${n}` }));
    });
    return { asked, nameOf };
  }

  it("are asked together, whatever the case of the addresses", async () => {
    const { asked, nameOf } = namesOf([1, 3]);
    const accounts = [account(0), account(1), account(3).toLowerCase() as Address];
    expect(await Promise.all(accounts.map(nameOf))).to.deep.equal([null, "Account 1", "Account 3"]);
    expect(asked).to.deep.equal([accounts]);
  });

  it("are asked of a hundred accounts at once", async () => {
    const { asked, nameOf } = namesOf([]);
    await Promise.all(Array.from({ length: 201 }, (_, n) => nameOf(account(n))));
    expect(asked.map(({ length }) => length)).to.deep.equal([100, 100, 1]);
  });

  it("fail for all who asked, and are asked anew later", async () => {
    let fails = true;
    const nameOf = createNames(async () => {
      if (fails) throw new Error("No.");
      return [{ account: account(1), name: "Ada" }];
    });
    const failed = await Promise.allSettled([nameOf(account(1)), nameOf(account(2))]);
    expect(failed.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
    fails = false;
    expect(await nameOf(account(1))).to.equal("Ada");
  });
});
