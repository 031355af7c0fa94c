import { expect } from "chai";
import fc from "fast-check";
import type { Hex } from "viem";
import { agentRequestHash, jobContext, methodMask } from "../../sdk/adapters.ts";
import { contextKind } from "../../sdk/contexts.ts";
import vectors from "../vectors/adapters.json" with { type: "json" };

const { chainId } = vectors;
const [job, ...otherJobs] = vectors.jobs.map(({ evaluator, escrow, jobId, terms, context }) => ({
  job: { evaluator: evaluator as Hex, escrow: escrow as Hex, jobId: BigInt(jobId) },
  terms: { modelId: terms.modelId as Hex, inputHash: terms.inputHash as Hex, methods: BigInt(terms.methods) },
  context,
})) as [{ job: Parameters<typeof jobContext>[1]; terms: Parameters<typeof jobContext>[2]; context: string }];

describe("adapters", () => {
  it("refuse terms without a method, and numbers that no method has", () => {
    expect(() => methodMask([])).to.throw(RangeError, "Terms must accept at least one method.");
    for (const method of [0, -1, 256, 1.5, Number.NaN])
      expect(() => methodMask([1, method])).to.throw(
        RangeError,
        `${method} is no method's number: these go from 1 to 255.`,
      );
  });

  it("refuse an address whose capitals aren't its checksum", () => {
    const wrong = job.job.escrow.replace(/[a-f](?=[^a-f]*$)/i, (letter) =>
      letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
    ) as Hex;
    expect(() => jobContext(chainId, { ...job.job, escrow: wrong }, job.terms)).to.throw(wrong);
  });

  it("set one bit for each accepted method, however often and in whichever order", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 255 }), { minLength: 1 }), (methods) => {
        const mask = methodMask(methods);
        const set = Array.from({ length: 256 }, (_, m) => m).filter((m) => (mask >> BigInt(m)) & 1n);
        expect(new Set(set)).to.deep.equal(new Set(methods));
      }),
    );
  });

  it("give another context for another chain, contract, job, and any other term", () => {
    const contexts = [job, ...otherJobs].map(({ job, terms }) => jobContext(chainId, job, terms));
    expect(contexts).to.deep.equal(vectors.jobs.map(({ context }) => context));
    const all = [...contexts, jobContext(chainId + 1, job.job, job.terms)];
    expect(new Set(all).size).to.equal(all.length);
    for (const context of all) expect(contextKind(context)).to.equal(3);
  });

  it("give another hash for another chain, contract, agent, attestation and nonce", () => {
    const hashOf = (chainId: number, { validator, validations, agentId, uid, nonce }: (typeof vectors.requests)[0]) =>
      agentRequestHash(
        chainId,
        { validator: validator as Hex, validations: validations as Hex },
        { agentId: BigInt(agentId), uid: uid as Hex, nonce: BigInt(nonce) },
      );
    const hashes = vectors.requests.map((request) => hashOf(chainId, request));
    expect(hashes).to.deep.equal(vectors.requests.map(({ requestHash }) => requestHash));
    const all = [...hashes, hashOf(chainId + 1, vectors.requests[0] as (typeof vectors.requests)[0])];
    expect(new Set(all).size).to.equal(all.length);
  });
});
