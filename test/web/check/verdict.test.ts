import { expect } from "chai";
import { type Check, type CheckKind, shared } from "../../../inference/verify/checks.ts";
import { verdictOf, verdictSentence } from "../../../web/check/verdict.ts";

// Those that every attestation has, and two that a method of its own adds.
const kinds = {
  ...shared,
  trace: { name: "trace", title: "Activations", about: "record" },
  rows: { name: "rows", title: "Every row", about: "answer" },
} as const satisfies Record<string, CheckKind>;

const verdict = (...results: [keyof typeof kinds, Check["result"]][]) =>
  verdictOf(results.map(([name, result]) => ({ ...kinds[name], result, detail: `${name} ${result}.` })));

describe("the verdict of a check", () => {
  it("refuses to judge where nothing was compared", () => {
    expect(verdict(["uid", "held"], ["record", "held"])).to.deep.equal({
      kind: "unknown",
      why: "Nothing was compared.",
    });
  });

  it("refuses to judge by a file that is not the model's, whatever else was found", () => {
    for (const ground of ["uid", "tree", "proof", "trace", "model"] as const)
      expect(verdict([ground, "failed"], ["rows", "failed"], ["output", "held"])).to.deep.equal({
        kind: "unknown",
        why: `${ground} failed.`,
      });
  });

  it("refuses to judge a hidden answer and an input that is unavailable", () => {
    expect(verdict(["run", "held"], ["output", "unknown"])).to.deep.equal({ kind: "unknown", why: "output unknown." });
    expect(verdict(["model", "held"], ["input", "unknown"])).to.deep.equal({ kind: "unknown", why: "input unknown." });
  });

  it("says that the model doesn't give the answer, and by what", () => {
    for (const name of ["input", "run", "rows", "output"] as const)
      expect(verdict(["uid", "held"], ["model", "held"], [name, "failed"])).to.deep.equal({
        kind: "differs",
        why: `${name} failed.`,
      });
  });

  it("says so by the first finding, also where the output happens to be right", () => {
    expect(verdict(["rows", "failed"], ["output", "held"])).to.deep.equal({ kind: "differs", why: "rows failed." });
  });

  it("says that the model gives the answer, also where the registry refuted it", () => {
    expect(verdict(["uid", "held"], ["record", "failed"], ["output", "held"])).to.deep.equal({ kind: "same", why: "" });
    expect(verdict(["tree", "held"], ["rows", "held"])).to.deep.equal({ kind: "same", why: "" });
    expect(verdict(["output", "held"], ["method", "unknown"])).to.deep.equal({ kind: "same", why: "" });
  });

  it("has other words for each of the three", () => {
    expect(verdictSentence({ kind: "same", why: "" })).to.equal("The model gives exactly this answer.");
    expect(verdictSentence({ kind: "differs", why: "It is 4." })).to.equal("It does not. It is 4.");
    expect(verdictSentence({ kind: "unknown", why: "No file." })).to.equal("Can't be checked: No file.");
  });
});
