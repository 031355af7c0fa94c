import { expect } from "chai";
import { createRandom } from "../random.ts";
import { createAgenda } from "./agenda.ts";

describe("agenda", () => {
  it("gives what is due, earliest first, and at the same time in the order of asking", () => {
    const random = createRandom(7);
    const asked = Array.from({ length: 500 }, (_, n) => ({ time: random.between(1, 50), n }));
    const agenda = createAgenda<{ time: number; n: number }>();
    for (const act of asked) agenda.add(act.time, act);

    const taken = [...agenda.take(20), ...agenda.take(20), ...agenda.take(50)];

    expect(taken).to.deep.equal([...asked].sort((a, b) => a.time - b.time || a.n - b.n));
    expect(agenda.next()).to.equal(undefined);
  });

  it("leaves what isn't due", () => {
    const agenda = createAgenda<string>();
    agenda.add(10, "later");
    expect(agenda.take(9)).to.deep.equal([]);
    expect(agenda.next()).to.equal(10);
  });
});
