import { expect } from "chai";
import type { Ran } from "../../../web/runs/messages.ts";
import { advance, type Progress } from "../../../web/write/progress.ts";

describe("the progress of a text that a model writes", () => {
  const begun: Progress = { phase: "running", prompt: "On", written: [] };
  const written = advance(advance(begun, { kind: "wrote", byte: 99 }), { kind: "wrote", byte: 101 });
  const ran = { output: { data: Uint8Array.of(99, 101) } } as Ran;

  it("keeps what is written in order", () => {
    expect(written).to.deep.equal({ phase: "running", prompt: "On", written: [99, 101] });
  });

  it("ends with all that was written, after what it goes on with, or with the reason why not", () => {
    expect(advance(written, { kind: "ran", ran })).to.deep.equal({
      ...{ phase: "done", prompt: "On", text: Uint8Array.of(99, 101) },
    });
    expect(advance(written, { kind: "failed", message: "No RPC." })).to.deep.equal({
      ...{ phase: "failed", message: "No RPC." },
    });
  });

  it("stays as it is once it has ended", () => {
    const failed: Progress = { phase: "failed", message: "Too long." };
    expect(advance(failed, { kind: "wrote", byte: 99 })).to.equal(failed);
  });
});
