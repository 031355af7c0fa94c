import { jobContext, methodMask } from "../sdk/adapters.ts";
import { answerHash, ZERO_HASH } from "../sdk/commitments.ts";
import { addressOf, hash } from "../test/contracts/fixtures.ts";
import type { Gas } from "./methods/method.ts";
import { gasOf, type Site } from "./site.ts";

const BUDGET = 1_000n;

/**
 * Completing a job of ERC-8183: by an account that is its evaluator, and what it costs more where `ERC8183Evaluator` is: alone, and
 * as the job's hook as well. The provider has the token already, as after its first job.
 */
export async function measureJobs(site: Site): Promise<Gas> {
  const { ethers, registry, networkHelpers, prover: provider, other: client } = site;
  const method = await ethers.deployContract("MockMethod");
  await registry.addMethod(method);
  const methodId = Number(await registry.methodCount());
  const token = await ethers.deployContract("PlainToken", [client, 10n * BUDGET]);
  const escrow = await ethers.deployContract("MockEscrow", [token, false]);
  const evaluator = await ethers.deployContract("ERC8183Evaluator", [registry]);
  await token.connect(client).approve(escrow, 10n * BUDGET);
  await token.connect(client).transfer(provider, 1);
  const { modelId } = site.digits;
  const terms = { modelId, inputHash: hash("a job's input"), methods: methodMask([methodId]) };
  const { chainId } = await ethers.provider.getNetwork();
  const expiredAt = (await networkHelpers.time.latest()) + 1_000_000;

  const createJob = async (by: string, hook: string) => {
    const fields = [provider, by, expiredAt, "classify a digit", hook] as const;
    const jobId = await escrow.connect(client).createJob.staticCall(...fields);
    await escrow.connect(client).createJob(...fields);
    await escrow.connect(provider).setBudget(jobId, BUDGET, "0x");
    return jobId;
  };
  const fund = (jobId: bigint) => escrow.connect(client).fund(jobId, BUDGET, "0x");

  /** A job whose provider delivered a Verified attestation, decided. */
  const decided = async (hook: string) => {
    const ours = addressOf(evaluator);
    const jobId = await createJob(ours, hook);
    await evaluator.connect(client).register(escrow, jobId, terms);
    await fund(jobId);
    if (hook !== ours) await evaluator.noteFunded(escrow, jobId);
    const job = { evaluator: ours, escrow: addressOf(escrow), jobId };
    const context = jobContext(Number(chainId), job, terms);
    const answer = { outputHash: hash("output"), traceHash: ZERO_HASH, salt: hash("salt") };
    const { inputHash } = terms;
    const fields = [methodId, modelId, inputHash, context, answer, "0x"] as const;
    const uid = await registry.connect(provider).attest.staticCall(...fields);
    await registry.connect(provider).attest(...fields);
    await escrow.connect(provider).submit(jobId, uid, "0x");
    if (hook !== ours) await evaluator.connect(provider).deliver(escrow, jobId, uid);
    const settle = registry.interface.encodeFunctionData("settle", [uid, 2, provider.address]);
    await method.execute(registry, settle);
    const attestation = {
      ...{ prover: provider.address, method: methodId, modelId, inputHash, context },
      answer: answerHash(addressOf(provider), answer),
    };
    return gasOf(await evaluator.decide(escrow, jobId, attestation));
  };

  const plain = await createJob(client.address, ethers.ZeroAddress);
  await fund(plain);
  await escrow.connect(provider).submit(plain, hash("work"), "0x");
  const byAccount = await gasOf(await escrow.connect(client).complete(plain, hash("good"), "0x"));
  return {
    "8183-complete-by-account": byAccount,
    "8183-complete": (await decided(ethers.ZeroAddress)) - byAccount,
    "8183-complete-hooked": (await decided(addressOf(evaluator))) - byAccount,
  };
}
