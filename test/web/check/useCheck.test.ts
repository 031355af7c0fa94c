import { expect } from "chai";
import { shared } from "../../../inference/verify/checks.ts";
import type { Found } from "../../../web/check/messages.ts";
import { advance, type Progress } from "../../../web/check/useCheck.ts";

const check = { ...shared.uid, result: "held", detail: "It holds." } as const;

describe("the progress of a check", () => {
  const begun = advance({ phase: "idle" }, { kind: "doing", what: "Reading" });
  const checked = advance(begun, { kind: "check", check });

  it("keeps what is being done beside the checks that are made", () => {
    expect(begun).to.deep.equal({ phase: "running", doing: "Reading", checks: [], written: [] });
    expect(checked).to.deep.equal({ phase: "running", doing: "Reading", checks: [check], written: [] });
    expect(advance(checked, { kind: "doing", what: "Running" })).to.deep.equal({
      ...{ phase: "running", doing: "Running", checks: [check], written: [] },
    });
  });

  it("keeps what a model writes while it runs", () => {
    const first = advance(checked, { kind: "wrote", byte: 79 });
    expect(advance(first, { kind: "wrote", byte: 110 })).to.deep.equal({
      ...{ phase: "running", doing: "Reading", checks: [check], written: [79, 110] },
    });
  });

  it("keeps the checks when it ends, well or not", () => {
    const found = { verdict: { kind: "same", why: "" } } as Found;
    const ends: [Parameters<typeof advance>[1], Progress][] = [
      [
        { kind: "found", found },
        { phase: "done", found, checks: [check] },
      ],
      [
        { kind: "failed", message: "No RPC." },
        { phase: "failed", message: "No RPC.", checks: [check] },
      ],
    ];
    for (const [message, expected] of ends) expect(advance(checked, message)).to.deep.equal(expected);
  });
});
