import { expect } from "chai";
import { createRedaction, type NodeAccess, nameOf } from "../../../indexer/ingest/access.ts";

const host = "https://node.example";
const key = "sk_live_0123456789abcdef";

describe("what opens a node", () => {
  const quoted: [string, NodeAccess, string][] = [
    ["a user or password", { url: `https://user123:${key}@node.example` }, `${key} user123`],
    [
      "user and password as they are sent",
      { url: "https://us%20er:p%C3%A4ss@node.example" },
      `Basic ${Buffer.from("us er:päss").toString("base64")}`,
    ],
    ["a part of the path", { url: `${host}/v3/${key}` }, `/v3/${key}`],
    ["a value of the query", { url: `${host}/?key=${key}` }, `/?key=${key}`],
    ["a key without a name", { url: `${host}/?${key}` }, `/?${key}`],
    ["a key without a name among others", { url: `${host}/?a=1&${key}&b=2` }, `${key}`],
    ["the other case of letters", { url: `${host}/${key}` }, key.toUpperCase()],
    ["what a URL encodes, as it is sent", { url: `${host}/?key=ab%2Bcd%2Fxyz` }, "ab%2Bcd%2Fxyz"],
    ["what a URL encodes, in small letters", { url: `${host}/?key=ab%2Bcd%2Fxyz` }, "ab%2bcd%2fxyz"],
    ["what a URL encodes, decoded", { url: `${host}/?key=ab%2Bcd%2Fxyz` }, "ab+cd/xyz"],
    ["what a URL encodes, encoded twice", { url: `${host}/?key=ab%2Bcd%2Fxyz` }, "ab%252Bcd%252Fxyz"],
    ["what a URL needn't encode", { url: `${host}/ab+cd.xyz` }, "ab%2Bcd%2Exyz"],
    ["a key without a name that ends as base64 does", { url: `${host}/?${key}==` }, `/?${key}==`],
    ["a space", { url: `${host}/?key=abc+d%20efg` }, "abc%20d+efg"],
    ["a space, decoded", { url: `${host}/?key=abc+d%20efg` }, "abc d efg"],
    ["a header", { url: host, headers: { "x-api-key": key } }, key],
    ["a header's part", { url: host, headers: { authorization: `Bearer ${key}` } }, key],
    ["a header's part in quotes", { url: host, headers: { authorization: `Token token="${key}"` } }, key],
    ["a header in JSON", { url: host, headers: { "x-api-key": 'ab"cd\\éfg' } }, JSON.stringify('ab"cd\\éfg')],
    [
      "a header in JSON within JSON",
      { url: host, headers: { "x-api-key": 'ab"cd\\éfg' } },
      JSON.stringify(JSON.stringify('ab"cd\\éfg')),
    ],
    ["a header in JSON of ASCII", { url: host, headers: { "x-api-key": "ab<cdéfg" } }, "ab\\u003ccd\\u00E9fg"],
  ];
  for (const [name, access, text] of quoted)
    it(`is hidden: ${name}`, () => {
      const shown = createRedaction(access)(`It says ${text}, again: ${text}.`);
      expect(shown.match(/…/g)).to.have.length.of.at.least(2);
      expect(shown.replaceAll(/It says|again|Basic|v3|key|[^a-z0-9]/gi, "")).to.equal("");
    });

  it("is told by no name of the node", () => {
    expect(nameOf({ url: `https://user:${key}@node.example:8545/${key}?${key}` })).to.equal(
      "The node at node.example:8545",
    );
  });

  it("leaves everything else as it is, also what is shorter than any key", () => {
    const text = "The method eth_x of v3 doesn't exist: 0123456789abcdef.";
    expect(createRedaction({ url: host })(text)).to.equal(text);
    expect(createRedaction({ url: `https://a:b@node.example/v3/${key}?x=eth` })(text)).to.equal(text);
  });

  it("is looked for quickly in a text that is made to be slow", () => {
    const redact = createRedaction({ url: `${host}/${key}`, headers: { "x-api-key": '\\\\ab"cd\\"' } });
    const since = performance.now();
    redact(`${"\\".repeat(10_000)}${"u005c".repeat(1_000)}`);
    expect(performance.now() - since).to.be.below(500);
  });
});
