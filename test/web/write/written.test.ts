import { expect } from "chai";
import { openRenderer, type Renderer } from "../rendered.ts";

describe("a text that is written again", () => {
  let renderer: Renderer;
  before(async () => {
    renderer = await openRenderer();
  });
  after(() => renderer.close());

  const bytesOf = (text: string) => new TextEncoder().encode(text);
  const difference = (here: string, claimed: string) =>
    renderer.html("write/written.tsx", "Difference", { here: bytesOf(here), claimed: bytesOf(claimed) });
  /** What is shown of both texts. */
  const both = async (here: string, claimed: string) =>
    [...(await difference(here, claimed)).matchAll(/<dd class="written">(.*?)<\/dd>/g)].map(([, text]) => text);

  it("is shown as far as it is written, and that it goes on", async () => {
    expect(await renderer.html("write/written.tsx", "Writing", { bytes: [...bytesOf("Once <b>")] })).to.equal(
      '<p class="written">Once &lt;b&gt;<span class="caret" aria-hidden="true"></span></p>',
    );
  });

  it("has nothing to mark where the prover answered the same", async () => {
    expect(await difference("Once, a hare", "Once, a hare")).to.equal("");
  });

  it("has the first byte marked that differs, in both texts, and its number", async () => {
    expect(await both("Once, a hare", "Once, a hawk")).to.deep.equal([
      "Once, a ha<mark>r</mark>e",
      "Once, a ha<mark>w</mark>k",
    ]);
    const html = await difference("Once, a hare", "Once, a hawk");
    expect(html).to.include("<p>Byte 11 is another: ");
    expect(html).to.match(/<dt>The model writes<\/dt>.*<dt>The prover answered<\/dt>/);
  });

  it("has the byte itself marked within a character of more", async () => {
    expect(await both("€", "₭")).to.deep.equal(["\\xe2\\x82<mark>\\xac</mark>", "\\xe2\\x82<mark>\\xad</mark>"]);
  });

  it("says so where one text ends, and shows a NUL that is no end", async () => {
    expect(await both("Once\0\0", "Once,\0")).to.deep.equal(["Once<mark>nothing more</mark>", "Once<mark>,</mark>"]);
    expect(await both("On e", "On\0e")).to.deep.equal(["On<mark> </mark>e", "On<mark>\\x00</mark>e"]);
  });
});
