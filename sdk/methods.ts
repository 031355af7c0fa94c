/** Quorum's number in the registry's list of methods: a drawn panel re-runs the model. */
export const QUORUM = 1;

/** FraudProof's number: activations on chain, a bond and a window. */
export const FRAUD_PROOF = 2;
