import { expect } from "chai";
import { duration, exactTime, group, plural, relativeTime, short } from "../../web/format.ts";

describe("format", () => {
  it("leaves alone what is no whole number", () => {
    expect(group("<b>")).to.equal("<b>");
    expect(group("1e9")).to.equal("1e9");
  });

  it("groups numbers of any length", () => {
    expect(group(12481)).to.equal("12,481");
    expect(group("9223372036854775807")).to.equal("9,223,372,036,854,775,807");
    expect(group(-1234n)).to.equal("−1,234");
    expect(group("0")).to.equal("0");
  });

  it("counts in words", () => {
    expect([0, 1, 2].map((count) => plural(count, "row"))).to.deep.equal(["0 rows", "1 row", "2 rows"]);
    expect(plural("1", "entry", "entries")).to.equal("1 entry");
    expect(plural(12000n, "entry", "entries")).to.equal("12,000 entries");
  });

  it("gives times from now", () => {
    const now = 1_000_000;
    expect(relativeTime(now, now)).to.equal("now");
    expect(relativeTime(now - 1, now)).to.equal("1 second ago");
    expect(relativeTime(now - 59, now)).to.equal("59 seconds ago");
    expect(relativeTime(now - 119, now)).to.equal("1 minute ago");
    expect(relativeTime(now + 7_200, now)).to.equal("in 2 hours");
    expect(relativeTime(now - 3 * 86_400, now)).to.equal("3 days ago");
    expect(exactTime(0)).to.match(/1970/);
  });

  it("gives lengths by their two largest parts", () => {
    expect(duration(-5)).to.equal("0 s");
    expect(duration(59)).to.equal("59 s");
    expect(duration(250)).to.equal("4 min 10 s");
    expect(duration(3_600)).to.equal("1 h");
    expect(duration(86_400 + 3_600 + 61)).to.equal("1 d 1 h");
    expect(duration(86_400 + 61)).to.equal("1 d");
  });

  it("shortens what is long", () => {
    expect(short("0x14dC79964da2C08b23698B3D3cc7Ca32193d9955")).to.equal("0x14dC…9955");
    expect(short("0x14dC79964")).to.equal("0x14dC79964");
  });
});
