import { expect } from "chai";
import { showTensor, tensorJson } from "../../cli/tensors.ts";
import { INT8 } from "../../sdk/layouts.ts";

const tensorOf = (name: string, data: Uint8Array, dtype = INT8) => ({
  spec: { name, dtype, dims: [data.length] },
  data,
});

const hostile = new TextEncoder().encode("\0\0Once\u001b[2J\r\nYour key: \u202e\0");

describe("tensors for a person", () => {
  it("show the text that a tensor holds, on one line and without what a terminal would obey", () => {
    expect(showTensor(tensorOf("story.text", hostile), 13)).to.equal('"Once\\x1b[2J\\r\\nYour key: \\u{202e}"');
    expect(tensorJson(tensorOf("story.text", hostile))).to.include({ text: "Once\\x1b[2J\\r\\nYour key: \\u{202e}" });
  });

  it("show the numbers of one that holds no text, whatever its bytes are", () => {
    const bytes = Uint8Array.of(72, 105, 255);
    expect(showTensor(tensorOf("context", bytes), 13)).to.equal("72 105 -1");
    expect(tensorJson(tensorOf("context", bytes))).to.deep.include({ elements: [72, 105, -1], text: null });
    expect(showTensor(tensorOf("text", bytes, 5), 13)).to.equal("0x4869ff");
  });
});
