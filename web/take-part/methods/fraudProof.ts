import { fraudProof as method } from "../../../sdk/methods/fraudProof.ts";
import type { TakePart } from "./method.ts";

const RECORDED = "Recorded. It is verified when its window is over, unless somebody shows a wrong row.";

export const fraudProof: TakePart = {
  how: "You attest many units at once, in the open: every activation of your runs goes on chain, with a bond. If nobody shows a wrong row within the window, they earn the points; one wrong row refutes them all.",
  form: "batch",
  maxTries: 1,
  async stakeOf({ rpc }, address, count) {
    const bond = { address, abi: method.abi, functionName: "bondFor", args: [count] } as const;
    return { locked: await rpc.readContract(bond), fees: 0n };
  },
  standOf: () => RECORDED,
  settled: {
    verified: "nobody showed a wrong row within the window",
    refuted: "somebody showed a wrong row, and the contract recomputed it",
  },
  recorded: RECORDED,
};
