import { parseEther } from "viem";
import type { MethodDeployment } from "./method.ts";

export interface FraudProofParameters {
  /** Seconds. */
  window: number;
  /** Wei. */
  bondPerUnit: bigint;
}

export const fraudProofDeployment: MethodDeployment<FraudProofParameters> = {
  // A day lets a challenger recover from an outage. Any refutation costs less gas than half a unit's bond.
  production: { window: 86_400, bondPerUnit: parseEther("0.001") },
  constructorArguments: ({ campaign, bonds }, { window, bondPerUnit }) => [campaign, bonds, window, bondPerUnit],
};
