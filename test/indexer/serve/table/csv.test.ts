import { expect } from "chai";
import fc from "fast-check";
import { csvText } from "../../../../indexer/serve/table/csv.ts";

/** A field as RFC 4180 reads it. */
const read = (field: string): string => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);

const signs = fc.constantFrom(..."=+-@＝＋－＠'\",;\t\r ab1".split(""));
const texts = fc.oneof(fc.string(), fc.string({ unit: signs, maxLength: 12 }));

describe("a stranger's text in a CSV table", () => {
  it("is nothing where there is none, and itself where it is plain", () => {
    expect(csvText(null)).to.equal("");
    for (const plain of ["ada", "Ada Lovelace", "ада", "a=b", "x-1 @home"]) expect(csvText(plain)).to.equal(plain);
  });

  it("is quoted where it would end a field", () => {
    expect(csvText('Ada, "the first"')).to.equal('"Ada, ""the first"""');
    expect(csvText(" ada")).to.equal('" ada"');
  });

  it("is no formula", () => {
    for (const formula of ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "\t=1", " =1"])
      expect(csvText(formula), formula).to.match(/^"\s*'/);
    expect(csvText('x;=HYPERLINK("evil")')).to.equal(`"x;'=HYPERLINK(""evil"")"`);
  });

  it("has the same signs as before, but for apostrophes", () => {
    const bare = (text: string) => text.replaceAll("'", "");
    fc.assert(
      fc.property(texts, (text) => {
        expect(bare(read(csvText(text)))).to.equal(bare(text));
      }),
    );
  });

  it("is one field, and begins no cell with a formula whichever sign separates cells", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const field = csvText(text);
        if (field.startsWith('"')) expect(field.slice(1, -1).replaceAll('""', "")).to.not.include('"');
        else expect(field).to.not.match(/[,"\r\n;\t]/);
        for (const cell of `1,${field}`.split(/[,;\t]/)) expect(cell).to.not.match(/^[\s"]*[=+\-@＝＋－＠]/);
      }),
    );
  });
});
