import { getAddress, slice } from "viem";
import { agentRequestHash, jobContext, methodMask } from "../../sdk/adapters.ts";
import { hash } from "./bytes.ts";

const account = (text: string) => getAddress(slice(hash(text), 12));
const MOST = 2n ** 256n - 1n;

/** Contexts of jobs and hashes of agents' requests, each beside one that differs in a single field. */
export function adapters(chainId: number) {
  const job = { evaluator: account("evaluator"), escrow: account("escrow"), jobId: 7n };
  const terms = { modelId: hash("model"), inputHash: hash("input"), methods: methodMask([2]) };
  const jobs = [
    [job, terms],
    [{ ...job, evaluator: account("another evaluator") }, terms],
    [{ ...job, escrow: account("another escrow") }, terms],
    [{ ...job, jobId: MOST }, terms],
    [job, { ...terms, modelId: hash("another model") }],
    [job, { ...terms, inputHash: hash("another input") }],
    [job, { ...terms, methods: methodMask([1, 2, 255]) }],
  ] as const;

  const registries = { validator: account("validator"), validations: account("validations") };
  const request = { agentId: 0n, uid: hash("uid"), nonce: 0n };
  const requests = [
    [registries, request],
    [{ ...registries, validator: account("another validator") }, request],
    [{ ...registries, validations: account("other validations") }, request],
    [registries, { ...request, agentId: MOST }],
    [registries, { ...request, uid: hash("another uid") }],
    [registries, { ...request, nonce: MOST }],
  ] as const;

  return {
    chainId,
    jobs: jobs.map(([job, terms]) => ({
      ...{ ...job, jobId: `${job.jobId}` },
      terms: { ...terms, methods: `${terms.methods}` },
      context: jobContext(chainId, job, terms),
    })),
    requests: requests.map(([registries, request]) => ({
      ...{ ...registries, ...request, agentId: `${request.agentId}`, nonce: `${request.nonce}` },
      requestHash: agentRequestHash(chainId, registries, request),
    })),
  };
}
