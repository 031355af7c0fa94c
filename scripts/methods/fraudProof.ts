import { parseEther } from "viem";
import type { MethodDeployment } from "./method.ts";

export interface FraudProofParameters {
  /** Seconds. */
  window: number;
  /** Wei for an attestation or a batch; in addition, wei for each of its units. */
  bondPerAttestation: bigint;
  bondPerUnit: bigint;
}

export const fraudProofDeployment: MethodDeployment<FraudProofParameters> = {
  // A day lets a challenger recover from an outage. Half of the bond per attestation pays for 2,500,000 gas at 20 gwei; the
  // dearest refutation, of a model at all limits at once, costs 2,120,000.
  production: { window: 86_400, bondPerAttestation: parseEther("0.1"), bondPerUnit: parseEther("0.001") },
  constructorArguments: ({ campaign, bonds }, { window, bondPerAttestation, bondPerUnit }) => [
    campaign,
    bonds,
    window,
    bondPerAttestation,
    bondPerUnit,
  ],
};
