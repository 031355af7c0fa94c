import type { HDAccount } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { claimTraced, runTraced } from "../../inference/methods/disputeGame/playable.ts";
import type { RunOf } from "../../inference/methods/disputeGame/rerun.ts";
import type { Models } from "../../inference/models.ts";
import { unsigned } from "../../inference/operators/operator.ts";

/** The demo's accounts, from Hardhat's default mnemonic, whose keys are public. */
export interface DemoAccounts {
  /** Deploys, publishes, opens seasons. */
  organiser: HDAccount;
  keeper: HDAccount;
  provers: HDAccount[];
  /** One of the provers. */
  cheat: HDAccount;
  verifiers: HDAccount[];
  /** Attests hundreds of units in one batch. */
  batcher: HDAccount;
  /** Earns points with an honest batch, then slips a wrong answer into another. */
  forger: HDAccount;
  /** Re-runs every batch, and what first panels decide. */
  challenger: HDAccount;
  /** Kept for people who try the commands. */
  guest: HDAccount;
  /** Answers what anybody asks. */
  responder: HDAccount;
  /** Proposes what a vault does. */
  agent: HDAccount;
  /** Who the agent trades with. */
  market: HDAccount;
  /** Answers about the agent's trades. */
  agentProver: HDAccount;
  /** Answers about them wrongly. */
  agentForger: HDAccount;
  /** Tells stories with one byte changed. */
  storyForger: HDAccount;
}

const PROVERS = 8;
const VERIFIERS = 9;

/** How many accounts the demo's chain must fund. */
export const ACCOUNT_COUNT = PROVERS + VERIFIERS + 12;

export function demoAccounts(): DemoAccounts {
  const account = (addressIndex: number) =>
    mnemonicToAccount("test test test test test test test test test test test junk", { addressIndex });
  const provers = Array.from({ length: PROVERS }, (_, i) => account(1 + i));
  return {
    organiser: account(0),
    provers,
    cheat: provers[PROVERS - 1] as HDAccount,
    verifiers: Array.from({ length: VERIFIERS }, (_, i) => account(1 + PROVERS + i)),
    keeper: account(1 + PROVERS + VERIFIERS),
    guest: account(2 + PROVERS + VERIFIERS),
    batcher: account(3 + PROVERS + VERIFIERS),
    forger: account(4 + PROVERS + VERIFIERS),
    challenger: account(5 + PROVERS + VERIFIERS),
    responder: account(6 + PROVERS + VERIFIERS),
    agent: account(7 + PROVERS + VERIFIERS),
    market: account(8 + PROVERS + VERIFIERS),
    agentProver: account(9 + PROVERS + VERIFIERS),
    agentForger: account(10 + PROVERS + VERIFIERS),
    storyForger: account(11 + PROVERS + VERIFIERS),
  };
}

/** An output with its first byte changed. */
const forged = (output: Uint8Array): Uint8Array => output.with(0, (output[0] as number) ^ 1);

/** How a graph model is run by one whose answers are forged: what it traces ends in what it answered. */
export const lying: RunOf = (model, input) =>
  claimTraced(model, input, forged(unsigned(runTraced(model, input).outputs.at(-1) as Int8Array)));

/** Models whose runs are honest for a while, then have the first byte of their output changed. */
export function lieAfter(honestRuns: number, models: Models): Models {
  let runs = 0;
  return {
    async open(modelId) {
      const model = await models.open(modelId);
      return {
        ...model,
        session: {
          async run(input) {
            const output = await model.session.run(input);
            runs += 1;
            return runs > honestRuns ? forged(output) : output;
          },
        },
      };
    },
  };
}
