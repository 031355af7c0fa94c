import type { HardhatEthers, HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import type { Hex } from "viem";
import { type JobTerms, jobContext, methodMask } from "../../../sdk/adapters.ts";
import type { Attestation } from "../../../sdk/commitments.ts";
import { addressOf, attestationOf, hash, opened, protocol } from "../fixtures.ts";
import { MOCK } from "../seasons.ts";

/** States of a job, by the draft. */
export const JobStatus = { Open: 0, Funded: 1, Submitted: 2, Completed: 3, Rejected: 4, Expired: 5 } as const;

export const BUDGET = 500n;
const DAY = 86_400;

/** Hardhat's. */
const CHAIN_ID = 31_337;

/**
 * The protocol, an evaluator, and an escrow of a token that `client` has; `provider` works. Escrows that tell hooks the caller
 * first, as the draft's reference does, are made with `callerFirst`.
 */
export async function market(ethers: HardhatEthers, callerFirst = false) {
  const p = await protocol(ethers);
  const [client, stranger] = p.accounts as [HardhatEthersSigner, HardhatEthersSigner];
  const token = await ethers.deployContract("MockToken");
  const escrow = await ethers.deployContract("MockEscrow", [token, callerFirst]);
  const evaluator = await ethers.deployContract("ERC8183Evaluator", [p.registry]);
  await token.mint(client, 10n * BUDGET);
  await token.connect(client).approve(escrow, 10n * BUDGET);
  const terms: JobTerms = { modelId: p.integerModel, inputHash: hash("input"), methods: methodMask([MOCK]) };
  return { ...p, client, stranger, provider: p.prover, token, escrow, evaluator, terms };
}

export type Market = Awaited<ReturnType<typeof market>>;

const NOBODY = `0x${"00".repeat(20)}`;

/** An Open job of the client's with a budget, whose evaluator is ours. `hooked`: its hook is too. */
export async function openJob(
  p: Market,
  helpers: NetworkHelpers,
  { hooked = false, hook = NOBODY, evaluator = "" } = {},
) {
  const expiredAt = (await helpers.time.latest()) + DAY;
  const ours = addressOf(p.evaluator);
  const fields = [p.provider, evaluator || ours, expiredAt, "risk of trade 17", hooked ? ours : hook] as const;
  const jobId = await p.escrow.connect(p.client).createJob.staticCall(...fields);
  await p.escrow.connect(p.client).createJob(...fields);
  await p.escrow.connect(p.provider).setBudget(jobId, BUDGET, "0x");
  return { ...p, jobId, expiredAt, hooked };
}

/** The same with terms. */
export async function termedJob(...args: Parameters<typeof openJob>) {
  const p = await openJob(...args);
  await p.evaluator.connect(p.client).register(p.escrow, p.jobId, p.terms);
  return p;
}

/** The same, Funded, and the evaluator knows it. */
export async function fundedJob(...args: Parameters<typeof openJob>) {
  const p = await termedJob(...args);
  await p.escrow.connect(p.client).fund(p.jobId, BUDGET, "0x");
  if (!p.hooked) await p.evaluator.noteFunded(p.escrow, p.jobId);
  return p;
}

type FundedJob = Awaited<ReturnType<typeof fundedJob>>;

/** The provider's attestation that decides the job; give what differs. */
export function attestationFor(p: FundedJob, fields: Partial<Attestation> = {}): Attestation {
  const job = { evaluator: addressOf(p.evaluator), escrow: addressOf(p.escrow), jobId: p.jobId };
  const context = jobContext(CHAIN_ID, job, p.terms);
  const { modelId, inputHash } = p.terms;
  return attestationOf(p.provider, { method: MOCK, modelId, inputHash, context, ...fields });
}

/** Its prover attests it. */
export async function attest(p: FundedJob, by: HardhatEthersSigner, attestation: Attestation): Promise<Hex> {
  const { method, modelId, inputHash, context } = attestation;
  await p.registry.connect(by).attest(method, modelId, inputHash, context, opened, "0x");
  return (await p.registry.uidOf(attestation)) as Hex;
}

/** The job, its work submitted and delivered: Pending. */
export async function deliveredJob(...args: Parameters<typeof openJob>) {
  const p = await fundedJob(...args);
  const attestation = attestationFor(p);
  const uid = await attest(p, p.provider, attestation);
  await p.escrow.connect(p.provider).submit(p.jobId, uid, "0x");
  if (!p.hooked) await p.evaluator.connect(p.provider).deliver(p.escrow, p.jobId, uid);
  return { ...p, attestation, uid };
}
