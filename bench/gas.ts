import { answerHash, attestationTypes, domain, ZERO_HASH } from "../sdk/commitments.ts";
import { FREE_CONTEXT } from "../sdk/contexts.ts";
import { addressOf, hash } from "../test/contracts/fixtures.ts";
import { measureJobs } from "./adapters.ts";
import { measureEas } from "./eas.ts";
import { inOrder } from "./methods/index.ts";
import type { Gas } from "./methods/method.ts";
import { measurePosting } from "./posting.ts";
import { measurePublishing } from "./publishing.ts";
import type { Measurement } from "./report.ts";
import { measureRequests } from "./requests.ts";
import { createSite, gasOf, type Site } from "./site.ts";
import { measureVault } from "./vault.ts";

/** Gas of what people do here and, beside it, on EAS: on one EVM, by Osaka's rules. */
export async function gas(): Promise<Measurement[]> {
  const site = await createSite();
  return [...(await measureOurs(site)), ...(await measureEas(site.ethers))];
}

/** Gas of what people do here: without a method and under each, for answers that were asked for, at a season's end, by a vault and for jobs. */
export async function measureOurs(site: Site): Promise<Measurement[]> {
  const ours = await attesting(site);
  for (const measure of await addMethods(site)) Object.assign(ours, await measure());
  Object.assign(ours, await measureRequests(site));
  Object.assign(ours, await measurePosting(site));
  Object.assign(ours, await measurePublishing(site));
  Object.assign(ours, await measureVault(site));
  Object.assign(ours, await measureJobs(site));
  return Object.entries(ours).map(([name, value]) => ({ name, value, unit: "gas" }));
}

/** Puts every method on the registry's list, each at the protocol's number. */
async function addMethods(site: Site): Promise<(() => Promise<Gas>)[]> {
  const measures: (() => Promise<Gas>)[] = [];
  for (const [{ id, name }, part] of inOrder()) {
    const { contract, measure } = await part.deploy(site);
    await site.registry.addMethod(contract);
    if ((await site.registry.methodCount()) !== BigInt(id))
      throw new Error(`${name} is the protocol's method ${id}; the registry gave it another number.`);
    measures.push(measure);
  }
  return measures;
}

/** An open attestation without a method, made and relayed. */
async function attesting({ registry, prover, other, digits, ethers }: Site): Promise<Gas> {
  const { modelId } = digits;
  const answer = { outputHash: hash("output"), traceHash: ZERO_HASH, salt: hash("salt") };
  const attestation = {
    ...{ prover: addressOf(prover), method: 0, modelId, inputHash: hash("input"), context: FREE_CONTEXT },
    answer: answerHash(addressOf(prover), answer),
  };
  const { chainId } = await ethers.provider.getNetwork();
  const types = { Attestation: [...attestationTypes.Attestation] };
  const signature = await prover.signTypedData(domain(Number(chainId), addressOf(registry)), types, attestation);
  const own = await registry.connect(prover).attest(0, modelId, hash("own input"), FREE_CONTEXT, answer, "0x");
  const relayed = await registry.connect(other).attestBySig(attestation, answer, "0x", signature);
  return { attest: await gasOf(own), "attest-by-signature": await gasOf(relayed) };
}
