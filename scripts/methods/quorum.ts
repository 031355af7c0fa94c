import { parseEther } from "viem";
import type { MethodDeployment } from "./method.ts";

/** What `IQuorum` explains. Windows in seconds, money in wei. */
export interface QuorumParameters {
  firstPanel: number;
  firstThreshold: number;
  secondPanel: number;
  secondThreshold: number;
  drawDelay: number;
  drawWindow: number;
  commitWindow: number;
  revealWindow: number;
  verifierBond: bigint;
  seatPenalty: bigint;
  seatFee: bigint;
}

export const quorumDeployment: MethodDeployment<QuorumParameters> = {
  // An attestation is settled within a day even if two panels are needed and a member is late.
  production: {
    firstPanel: 5,
    firstThreshold: 4,
    secondPanel: 11,
    secondThreshold: 6,
    drawDelay: 2,
    drawWindow: 3_600,
    commitWindow: 14_400,
    revealWindow: 14_400,
    verifierBond: parseEther("0.5"),
    seatPenalty: parseEther("0.05"),
    seatFee: parseEther("0.0005"),
  },
  constructorArguments: ({ campaign, bonds }, parameters) => [campaign, bonds, parameters],
};
