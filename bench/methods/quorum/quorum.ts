import type { Address } from "viem";
import { quorumDeployment } from "../../../scripts/methods/quorum.ts";
import { quorum as method } from "../../../sdk/methods/quorum.ts";
import { PENALTY_FACTOR, Reason, Status, verifierShare } from "../../../sdk/protocol.ts";
import { deployFraudProof } from "../../../test/contracts/fixtures.ts";
import { POINTS, settle, single } from "../../sync/attestations.ts";
import type { LedgerScript } from "../../sync/ledger-script.ts";
import type { BenchMethod, NewAttestation, Steps } from "../method.ts";
import { measure } from "./gas.ts";

/** Verifiers that share a unit's points. */
const SHARING = 3;

/** Production's, with windows of a minute. */
const parameters = {
  ...quorumDeployment.production,
  ...{ drawDelay: 1, drawWindow: 60, commitWindow: 60, revealWindow: 60, appealWindow: 60 },
};

export const quorum: BenchMethod = {
  async deploy(site) {
    const { ethers, campaign, bonds } = site;
    const beacon = await ethers.deployContract("RandaoBeacon");
    const fraudProof = await deployFraudProof(ethers, site);
    const contract = await ethers.deployContract("Quorum", [campaign, bonds, beacon, fraudProof, parameters]);
    return { contract, measure: () => measure(site, contract) };
  },
  kinds: [
    { weight: 63, units: 1, write: (script, attestation) => verified(script, attestation, undefined) },
    { weight: 7, units: 1, write: (script, attestation, someone) => verified(script, attestation, someone()) },
    { weight: 5, units: 1, write: refuted },
  ],
};

/** A unit that a panel finds right; a member of it may get points. */
function verified(script: LedgerScript, attestation: NewAttestation, member: Address | undefined): Steps {
  const { uid, committed, attested } = single(script, { ...attestation, method: method.id });
  return [
    () => script.record(committed),
    () => script.add(attested),
    settle(script, uid, method.name, Status.verified),
    () => script.award(attestation.prover, uid, Reason.prover, POINTS),
    ...(member === undefined ? [] : [() => script.award(member, uid, Reason.verifier, verifierShare(POINTS, SHARING))]),
  ];
}

/** A unit that a panel finds wrong. */
function refuted(script: LedgerScript, attestation: NewAttestation): Steps {
  const { uid, committed, attested } = single(script, { ...attestation, method: method.id });
  return [
    () => script.record(committed),
    () => script.add(attested),
    settle(script, uid, method.name, Status.refuted),
    () => script.burn(attestation.prover, uid, PENALTY_FACTOR * POINTS),
  ];
}
