import { quorum as method } from "../../../sdk/methods/quorum.ts";
import type { Step } from "../../../sdk/wire.ts";
import { stepsNamed } from "../../methods/method.ts";
import type { TakePart } from "./method.ts";

export const quorum: TakePart = {
  how: "You commit to the answer without showing it. A drawn panel runs the model too; if its bytes are equal to yours, and nobody appeals in time, you earn the points.",
  form: "hidden",
  maxTries: 3,
  async stakeOf({ rpc }, address) {
    const { stake, firstPanel, seatFee } = await rpc.readContract({
      ...{ address, abi: method.abi, functionName: "parameters" },
    });
    const fees = BigInt(firstPanel) * seatFee;
    return { locked: stake + fees, fees };
  },
  isRevealTime(steps, now) {
    const { panel, opened, isComplete } = roundOf(steps);
    if (panel === undefined || (opened === undefined && !isComplete)) return false;
    const from = opened ? 0 : panel.commitUntil;
    return now >= from && now < (opened ?? panel).revealUntil;
  },
  standOf({ steps, outputHash }) {
    const latest = steps.findLast(({ step }) => stands.has(step))?.step ?? "committed";
    if (outputHash !== null && latest === "revealOpened")
      return "Your answer is open. When the panel's members have opened theirs, it is settled.";
    return stands.get(latest) as string;
  },
  settled: {
    verified: "the panel's runs gave the same bytes",
    refuted: "the panel's runs gave another answer",
    void: "no panel was drawn in time, or the deciding panel reached no decision",
  },
  recorded: "Committed. The answer is opened when the panel's members have committed theirs.",
  opening: "All members have committed: your answer is being opened.",
};

/**
 * The latest round's panel, and when revealing began before its time; both undefined until they come. It is complete where
 * nobody's missed seat has to be filled again before answers are opened.
 */
function roundOf(steps: readonly Step[]) {
  const current = steps.slice(
    Math.max(
      0,
      steps.findLastIndex(({ step }) => step === "drawScheduled"),
    ),
  );
  const drawn = stepsNamed(current, "panelDrawn")[0];
  const refilled = stepsNamed(current, "panelRefilled")[0];
  return {
    panel: refilled ?? drawn,
    opened: stepsNamed(current, "revealOpened")[0],
    isComplete: refilled !== undefined || (drawn !== undefined && drawn.round > 1),
  };
}

const stands = new Map<string, string>([
  ["committed", "Committed. A panel will be drawn."],
  ["drawScheduled", "A panel is about to be drawn."],
  ["panelDrawn", "A panel is drawn: its members run the model and commit to its output."],
  ["panelRefilled", "Missed seats were filled again: the new members run the model and commit to its output."],
  ["revealOpened", "All members have committed: answers are being opened."],
  ["revealEnded", "All answers are open. If nobody appeals in time, it is settled."],
  ["appealOpened", "The decision was appealed: the deciding panel will be drawn."],
  ["runShown", "Your run is shown. If nobody refutes a row of it in time, it is Verified."],
]);
