import { expect } from "chai";
import { parseTable } from "../../../web/audit/whole.ts";
import { account } from "./story.ts";

const HEAD = "rank,place,account,points,verified,pending,refuted,caught,lastSeq,lastChangeAt,name";

describe("whole ranking", () => {
  it("refuses other columns, and rows that are none", () => {
    expect(() => parseTable("<html>")).to.throw('The API\'s table has the columns "<html>".');
    expect(() => parseTable(`${HEAD}\n1,0x12`)).to.throw('the row "1,0x12"');
    expect(() => parseTable(`${HEAD}\n1,2,0x12,3,4,5,6,7,8,9,a,b`)).to.throw("a,b");
  });

  it("has a standing of each row, whatever its account is called", () => {
    const row = {
      ...{ rank: 7, place: 8, account: account(1), points: "240", verified: 3, pending: 2, refuted: 1, caught: 4 },
      ...{ lastSeq: "159", lastChangeAt: 1795239381 },
    };
    for (const name of ["ada", '"a, ""b"""', `"'=1"`])
      expect(parseTable(`${HEAD}\n7,8,${account(1)},240,3,2,1,4,159,1795239381,${name}\n`)).to.deep.equal([row]);
    expect(parseTable(`${HEAD}\n`)).to.deep.equal([]);
    expect(parseTable(`${HEAD}\r\n7,8,${account(1)},240,3,2,1,4,159,1795239381,\r\n`)).to.deep.equal([row]);
  });
});
