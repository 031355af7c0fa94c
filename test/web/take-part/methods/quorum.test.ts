import { expect } from "chai";
import type { Address, Hex } from "viem";
import type { Step } from "../../../../sdk/wire.ts";
import type { TakePart } from "../../../../web/take-part/methods/method.ts";
import { quorum } from "../../../../web/take-part/methods/quorum.ts";

const account = (digit: number): Address => `0x${String(digit).repeat(40)}`;
const hash = (digit: number): Hex => `0x${String(digit).repeat(64)}`;
const at = { blockNumber: 1, timestamp: 1, transactionHash: hash(0), logIndex: 0 };
const steps = (...bare: object[]): Step[] => bare.map((step) => ({ ...step, at }) as Step);

describe("when a visitor's answer is opened under Quorum", () => {
  const takePart = quorum as Extract<TakePart, { form: "hidden" }>;
  const isTime = (now: number, ...bare: object[]) => takePart.isRevealTime(steps(...bare), now);
  const drawn = (round: number) => ({
    step: "panelDrawn",
    round,
    members: [account(1)],
    commitUntil: 10,
    revealUntil: 20,
  });

  it("is not before a panel is drawn, nor while missed first seats wait to be filled again", () => {
    expect(isTime(15)).to.equal(false);
    expect(isTime(15, drawn(1))).to.equal(false);
  });

  it("is from the moment that all have committed, and until the end", () => {
    const opened = { step: "revealOpened", round: 1, revealUntil: 18 };
    for (const [now, expected] of [
      [3, true],
      [17, true],
      [18, false],
    ] as const)
      expect(isTime(now, drawn(1), opened), `${now}`).to.equal(expected);
  });

  it("is when the members of filled seats, or of the deciding panel, had their time", () => {
    const refilled = { step: "panelRefilled", members: [account(2)], commitUntil: 30, revealUntil: 40 };
    for (const [now, expected] of [
      [29, false],
      [30, true],
      [39, true],
      [40, false],
    ] as const)
      expect(isTime(now, drawn(1), refilled), `${now}`).to.equal(expected);
    for (const [now, expected] of [
      [9, false],
      [10, true],
      [20, false],
    ] as const)
      expect(isTime(now, drawn(1), { step: "drawScheduled", round: 2 }, drawn(2)), `${now}`).to.equal(expected);
  });
});

describe("what an attestation under Quorum locks", () => {
  it("is the stake and the fees of the first panel, which are spent", async () => {
    const rpc = { readContract: async () => ({ stake: 100n, firstPanel: 5, seatFee: 7n }) };
    expect(await quorum.stakeOf({ rpc } as never, account(1), 1)).to.deep.equal({ locked: 135n, fees: 35n });
  });
});
