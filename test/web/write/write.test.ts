import { expect } from "chai";
import { openRenderer, type Renderer } from "../rendered.ts";

describe("the form to write with a model", () => {
  let renderer: Renderer;
  before(async () => {
    renderer = await openRenderer();
    // Where the page was loaded from.
    Object.assign(globalThis, {
      location: { origin: "http://127.0.0.1:4000" },
      document: { querySelector: () => null },
    });
  });
  after(async () => {
    for (const name of ["location", "document"]) Reflect.deleteProperty(globalThis, name);
    await renderer.close();
  });

  it("says how long a beginning may be, and has nothing written", async () => {
    const html = await renderer.html("write/write.tsx", "default", {
      modelId: `0x${"11".repeat(32)}`,
      input: { name: "prompt.text", dtype: 3, dims: [64, 1] },
      reachable: { rpcUrl: "http://127.0.0.1:8545" },
    });
    expect(html).to.include("a beginning of at most 64 bytes.");
    expect(html).to.match(/<label>Beginning<textarea rows="2" required=""><\/textarea><\/label>/);
    expect(html).to.match(/<button type="submit" class="primary">Go on<\/button>/);
    expect(html).to.include('<div role="status"></div>');
  });
});
