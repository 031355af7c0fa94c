import { expect } from "chai";
import { badgeText } from "../../../web/final/badge.ts";

const uriOf = (json: unknown) => `data:application/json;base64,${Buffer.from(JSON.stringify(json)).toString("base64")}`;

describe("what a badge says", () => {
  it("is refused where it's no short JSON in a data URI", () => {
    for (const uri of ["", "https://example.org/1", "data:text/html;base64,PGI+", uriOf("x".repeat(5_000))])
      expect(() => badgeText(uri), uri.slice(0, 30)).to.throw("is no short data URI of JSON");
    for (const body of ["%%%", "bm90IGpzb24=", Buffer.from([0x22, 0xff, 0x22]).toString("base64")])
      expect(() => badgeText(`data:application/json;base64,${body}`), body).to.throw("isn't JSON in base64");
  });

  it("leaves out what is no text, and cuts what is long", () => {
    expect(badgeText(uriOf(null))).to.deep.equal([]);
    expect(
      badgeText(uriOf({ name: {}, description: [], image: "https://example.org", attributes: "x" })),
    ).to.deep.equal([]);
    expect(badgeText(uriOf({ attributes: [null, 7, { trait_type: "A" }, { value: "b" }] }))).to.deep.equal([]);
    const [name] = badgeText(uriOf({ name: "n".repeat(1_000) }));
    expect(name?.text).to.equal(`${"n".repeat(200)}…`);
    expect(badgeText(uriOf({ attributes: Array(40).fill({ trait_type: "A", value: 1 }) }))).to.have.lengthOf(16);
  });

  it("is what the contract builds: season, rank and points", () => {
    const attributes = [
      { trait_type: "Season", value: 1 },
      { trait_type: "Rank", value: 2 },
      { trait_type: "Points", value: 30 },
    ];
    const description = "Every point is a verified AI inference.";
    expect(
      badgeText(uriOf({ name: "Proofboard season 1, rank 2", description, attributes })).map(
        ({ name, text }) => `${name}: ${text}`,
      ),
    ).to.deep.equal([
      ...["Name: Proofboard season 1, rank 2", `Description: ${description}`],
      ...["Season: 1", "Rank: 2", "Points: 30"],
    ]);
  });
});
