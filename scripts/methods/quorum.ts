import { parseEther } from "viem";
import type { MethodDeployment } from "./method.ts";

/** What `IQuorum` explains. Windows in seconds, money in wei. */
export interface QuorumParameters {
  firstPanel: number;
  firstThreshold: number;
  decidingPanel: number;
  decidingThreshold: number;
  load: number;
  drawDelay: number;
  drawWindow: number;
  commitWindow: number;
  revealWindow: number;
  appealWindow: number;
  verifierBond: bigint;
  voteLoss: bigint;
  absenceLoss: bigint;
  stake: bigint;
  seatFee: bigint;
}

export const quorumDeployment: MethodDeployment<QuorumParameters> = {
  // docs/methods/quorum.md says why.
  production: {
    firstPanel: 5,
    firstThreshold: 4,
    decidingPanel: 79,
    decidingThreshold: 43,
    load: 4,
    drawDelay: 96,
    drawWindow: 14_400,
    commitWindow: 14_400,
    revealWindow: 14_400,
    appealWindow: 14_400,
    verifierBond: parseEther("0.5"),
    voteLoss: parseEther("0.05"),
    absenceLoss: parseEther("0.02"),
    stake: parseEther("0.042"),
    seatFee: parseEther("0.0005"),
  },
  after: ["fraudProof"],
  constructorArguments: ({ campaign, bonds, beacon, methods }, parameters) => [
    ...[campaign, bonds, beacon, methods.fraudProof, parameters],
  ],
};
