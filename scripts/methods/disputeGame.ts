import { parseEther, parseGwei } from "viem";
import type { MethodDeployment } from "./method.ts";

export interface DisputeGameParameters {
  /** Seconds to challenge. */
  window: number;
  /** Seconds that each side has for all its moves in a challenge. */
  clock: number;
  /** Wei for a gas, by which bonds are sized. */
  gasPrice: bigint;
  /** Wei that each unit locks in addition. */
  bondPerUnit: bigint;
}

export const disputeGameDeployment: MethodDeployment<DisputeGameParameters> = {
  // docs/methods/dispute-game.md says why.
  production: { window: 86_400, clock: 86_400, gasPrice: parseGwei("20"), bondPerUnit: parseEther("0.001") },
  constructorArguments: ({ campaign, bonds }, { window, clock, gasPrice, bondPerUnit }) => [
    ...[campaign, bonds, window, clock, gasPrice, bondPerUnit],
  ],
};
