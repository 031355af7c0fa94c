import type { Address } from "viem";
import { quorum as method } from "../../sdk/methods/quorum.ts";
import { PENALTY_FACTOR, Reason, Status, verifierShare } from "../../sdk/protocol.ts";
import { quorumParameters } from "../../test/contracts/fixtures.ts";
import { POINTS, settle, single } from "../sync/attestations.ts";
import type { Teller } from "../sync/teller.ts";
import type { BenchMethod, Claim, Steps } from "./method.ts";

/** Verifiers that share a unit's points. */
const SHARING = 3;

/** Nothing of it is measured: what a panel costs goes by its size. */
export const quorum: BenchMethod = {
  deploy: async ({ ethers, campaign, bonds }) => ({
    contract: await ethers.deployContract("Quorum", [campaign, bonds, quorumParameters]),
    measure: async () => ({}),
  }),
  kinds: [
    { weight: 63, units: 1, tell: (teller, claim) => verified(teller, claim, undefined) },
    { weight: 7, units: 1, tell: (teller, claim, someone) => verified(teller, claim, someone()) },
    { weight: 5, units: 1, tell: refuted },
  ],
};

/** A unit that a panel finds right; a member of it may get points. */
function verified(teller: Teller, claim: Claim, member: Address | undefined): Steps {
  const { uid, committed, attested } = single(teller, { ...claim, method: method.id });
  return [
    () => teller.record(committed),
    () => teller.tell(attested),
    settle(teller, uid, method.name, Status.verified),
    () => teller.award(claim.prover, uid, Reason.prover, POINTS),
    ...(member === undefined ? [] : [() => teller.award(member, uid, Reason.verifier, verifierShare(POINTS, SHARING))]),
  ];
}

/** A unit that a panel finds wrong. */
function refuted(teller: Teller, claim: Claim): Steps {
  const { uid, committed, attested } = single(teller, { ...claim, method: method.id });
  return [
    () => teller.record(committed),
    () => teller.tell(attested),
    settle(teller, uid, method.name, Status.refuted),
    () => teller.burn(claim.prover, uid, PENALTY_FACTOR * POINTS),
  ];
}
