import { expect } from "chai";
import { nameIn, prefixIn, soughtIn, viewIn, withView } from "../../../web/standings/view.ts";

const A = `0x${"aA".repeat(20)}` as const;
const of = (query: string) => viewIn(new URLSearchParams(query));

describe("view of the table", () => {
  it("leaves out what makes no sense", () => {
    const nowhere = { place: 1, prefix: undefined, name: undefined, open: undefined, sort: undefined };
    for (const place of ["0", "-3", "1.5", "x", "1e99", ""]) expect(of(`place=${place}`)).to.deep.equal(nowhere);
    for (const prefix of ["", "0x", "abc", "0xg", `0x${"1".repeat(41)}`, "<b>"])
      expect(of(`prefix=${encodeURIComponent(prefix)}`)).to.deep.equal(nowhere);
    for (const sort of ["", "points", "-", "--caught", "CAUGHT"]) expect(of(`sort=${sort}`)).to.deep.equal(nowhere);
    for (const name of ["", " ", "0xab", "a".repeat(65)]) expect(of(`name=${name}`)).to.deep.equal(nowhere);
    for (const open of ["0x12", "javascript:alert(1)"]) expect(of(`open=${open}`)).to.deep.equal(nowhere);
  });

  it("has no prefix while what is typed begins no address", () => {
    for (const text of ["", " ", "0", "0x", "0xg", "hello", "1".repeat(41)]) expect(prefixIn(text)).to.equal(undefined);
    expect([" 0XaB ", "ab", "0a", A].map(prefixIn)).to.deep.equal(["0xab", "0xab", "0x0a", A.toLowerCase()]);
  });

  it("seeks a name unless what is typed begins with 0x, and also an address where it may be either", () => {
    expect([" Ada ", "0XaB", "0x", "a".repeat(65), "毛利"].map(nameIn)).to.deep.equal([
      ...["Ada", undefined, undefined, undefined, "毛利"],
    ]);
    const typed = (text: string) => soughtIn({ name: nameIn(text), prefix: prefixIn(text) });
    expect(["Ada", "Zoë", "0XaB", "0x", ""].map(typed)).to.deep.equal(["Ada", "Zoë", "0xab", undefined, undefined]);
  });

  it("is read from the page's address and written back", () => {
    for (const descending of [true, false]) {
      const view = { place: 51, prefix: "0xab", name: "ab", open: A, sort: { column: "refuted", descending } } as const;
      expect(of(`place=51&prefix=0xab&name=ab&open=${A}&sort=${descending ? "" : "-"}refuted`)).to.deep.equal(view);
      expect(viewIn(withView(new URLSearchParams("season=1"), view))).to.deep.equal(view);
    }
  });

  it("leaves out defaults, and keeps the rest", () => {
    const search = new URLSearchParams(`season=1&place=51&open=${A}`);
    expect(withView(search, { place: 1, open: undefined }).toString()).to.equal("season=1");
    expect(withView(search, { prefix: "0xab" }).get("place")).to.equal("51");
  });
});
