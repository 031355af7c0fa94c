import { expect } from "chai";
import { textInput } from "../../../sdk/text.ts";
import { openRenderer, type Renderer } from "../rendered.ts";

describe("a model's text", () => {
  let renderer: Renderer;
  before(async () => {
    renderer = await openRenderer();
  });
  after(() => renderer.close());

  const spec = { name: "prompt.text", dtype: 3, dims: [64, 1] };
  const shown = (data: Uint8Array, name = spec.name) =>
    renderer.html("components/modelText.tsx", "ModelText", { tensor: { spec: { ...spec, name }, data } });

  it("is quoted, without the NULs around it, and reads in its own direction", async () => {
    expect(await shown(textInput(spec, "Once, a hare"))).to.equal('<q class="model-text" dir="auto">Once, a hare</q>');
  });

  it("is no markup, and nothing in it hides", async () => {
    expect(await shown(textInput(spec, "<img src=x onerror=alert(1)>\u202e\n"))).to.equal(
      '<q class="model-text" dir="auto">&lt;img src=x onerror=alert(1)&gt;\\u{202e}\\n</q>',
    );
    expect(await shown(Uint8Array.of(0x61, 0xff, 0, 0x62))).to.equal(
      '<q class="model-text" dir="auto">a\\xff\\x00b</q>',
    );
  });

  it("is said to be empty where it is", async () => {
    expect(await shown(new Uint8Array(64))).to.equal("<span>an empty text</span>");
  });

  it("is nothing of a tensor that holds no text", async () => {
    expect(await shown(textInput(spec, "Once"), "scores")).to.equal("");
  });
});
