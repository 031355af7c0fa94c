import { type MethodName, methods } from "../../sdk/methods/index.ts";
import { nextUnit } from "../freeUnits.ts";
import { admissionCall } from "../publish.ts";
import { nextBatch } from "../unitRange.ts";
import { createGameAnswering } from "./disputeGame/answering.ts";
import { createRootBatcher } from "./disputeGame/batcher.ts";
import { createDisputeChallenger } from "./disputeGame/challenger.ts";
import { createDisputeKeeping } from "./disputeGame/keeper.ts";
import { createEnclaveProver, ENCLAVE_URL, nextEnclaveUnit } from "./enclave/prover.ts";
import { createFraudProofAnswering } from "./fraudProof/answering.ts";
import { createBatcher } from "./fraudProof/batcher.ts";
import { createChallenger } from "./fraudProof/challenger.ts";
import { createFraudProofKeeping } from "./fraudProof/keeper.ts";
import type { ParticipantMethod } from "./method.ts";
import { createQuorumAnswering } from "./quorum/answering.ts";
import { createAppellant } from "./quorum/appellant.ts";
import { createQuorumKeeping } from "./quorum/keeper.ts";
import { createProver } from "./quorum/prover.ts";
import { createVerifier } from "./quorum/verifier.ts";
import { createProofs } from "./zkProof/attest.ts";
import { createZkProver } from "./zkProof/prover.ts";

/** What participants do under each method. */
export const participantMethods = {
  quorum: {
    roles: { prover: createProver, verifier: createVerifier, appellant: createAppellant },
    createKeeping: createQuorumKeeping,
    createAnswering: createQuorumAnswering,
    doneErrors: ["NotDrawing", "NotVoting", "NothingToRefill", "CaseClosed", "NotOpen"],
    hasWork: (state, wish) =>
      nextUnit(state, { ...wish, method: methods.quorum.id, hopeless: new Set() }) !== undefined,
  },
  fraudProof: {
    roles: { prover: createBatcher, challenger: createChallenger },
    createKeeping: createFraudProofKeeping,
    createAnswering: createFraudProofAnswering,
    doneErrors: ["NotOpen"],
    hasWork: (state, wish) => nextBatch(state, { ...wish, method: methods.fraudProof.id, batchSize: 1 }) !== undefined,
  },
  zkProof: {
    roles: { prover: createZkProver },
    createKeeping: () => () => undefined,
    createAnswering: createProofs,
    doneErrors: [],
    hasWork: (state, wish) =>
      nextUnit(state, { ...wish, method: methods.zkProof.id, hopeless: new Set() }) !== undefined,
  },
  enclave: {
    roles: { prover: createEnclaveProver },
    // Nothing is ever pending.
    createKeeping: () => () => undefined,
    doneErrors: [],
    hasWork: (state, wish) =>
      wish.means?.[ENCLAVE_URL] !== undefined && nextEnclaveUnit(state, { ...wish, begun: new Set() }) !== undefined,
  },
  disputeGame: {
    roles: { prover: createRootBatcher, challenger: createDisputeChallenger },
    createKeeping: createDisputeKeeping,
    createAnswering: createGameAnswering,
    admissionCall,
    doneErrors: ["NotOpen", "NoSuchChallenge", "TimeLeft", "ChallengesOpen"],
    hasWork: (state, wish) => nextBatch(state, { ...wish, method: methods.disputeGame.id, batchSize: 1 }) !== undefined,
  },
} satisfies Record<MethodName, ParticipantMethod>;
