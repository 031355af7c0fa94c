import { expect } from "chai";
import { concat, type Hex, hexToBytes, keccak256 } from "viem";
import type { Subject } from "../../../../inference/methods/method.ts";
import { zkProof } from "../../../../inference/methods/zkProof/checks.ts";
import { checkModel, type PublishedModel } from "../../../../inference/model.ts";
import { hashTensor } from "../../../../inference/tensors.ts";
import { createChecks } from "../../../../inference/verify/checks.ts";
import { readModel } from "../../../../models/read.ts";
import type { SingleState } from "../../../../sdk/attestations.ts";
import type { Client } from "../../../../sdk/client.ts";
import { ZERO_HASH } from "../../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../../sdk/contexts.ts";
import { zkProof as protocol } from "../../../../sdk/methods/zkProof.ts";
import { Status } from "../../../../sdk/protocol.ts";
import vectors from "../../../vectors/zk.json" with { type: "json" };

const stripes = await readModel("stripes");
const { layout, layers } = checkModel(stripes.model, stripes.artifact);
const address = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

type Case = (typeof vectors.cases)[number];
const [first, second] = vectors.cases as [Case, Case];

/** An attestation of a vector's run. */
function attestationOf({ input, output, uid, proof }: Case, evidence?: Hex): SingleState {
  const inputHash = hashTensor({ spec: layout.input, data: hexToBytes(input as Hex) });
  const outputHash = hashTensor({ spec: layout.output, data: hexToBytes(output as Hex) });
  const bytes = hexToBytes(evidence ?? concat([input as Hex, output as Hex, proof as Hex]));
  return {
    ...{ kind: "single", id: uid as Hex, blockNumber: 1n, transactionHash: ZERO_HASH, status: Status.verified },
    message: {
      ...{ prover: address, method: protocol.id, modelId: stripes.model.modelId, inputHash },
      ...{ context: FREE_CONTEXT, answer: ZERO_HASH },
    },
    answer: { outputHash, traceHash: ZERO_HASH, salt: ZERO_HASH },
    ...{ settledBy: address, inLedger: false, detail: { proven: { isTest: true, evidence: bytes } } },
  };
}

/** What the checks find of an attestation, where the contract has this key. */
async function found(attestation: SingleState, key = vectors.key) {
  const client = {
    deployment: { contracts: { [protocol.name]: { address, transactionHash: ZERO_HASH } } },
    rpc: { readContract: async () => key },
  } as unknown as Client;
  const model = { publication: stripes.model, layout, layers } as unknown as Subject["model"];
  const { checks, check } = createChecks();
  const looked = { model, index: undefined, input: undefined, assignment: undefined };
  await zkProof.evidence?.check({ client, content: [] as never, attestation, ...looked }, check);
  return checks.map(({ name, result, detail }) => [name, result, detail] as const);
}

describe("ZkProof's checks", () => {
  it("hold of a proof that holds, and name a TEST key", async () => {
    const [key, proof] = await found(attestationOf(first));
    expect(key?.slice(0, 2)).to.deep.equal(["key", "held"]);
    expect(key?.[2]).to.contain("It is a TEST key: whoever made it can forge proofs.");
    expect(proof?.slice(0, 2)).to.deep.equal(["zk", "held"]);
  });

  it("fail every vector that doesn't hold", async () => {
    for (const each of vectors.cases.filter(({ holds }) => !holds))
      expect((await found(attestationOf(each))).at(-1)).to.deep.equal(["zk", "failed", "The proof doesn't hold."]);
  });

  it("fail another key than the model's, and check no proof under it", async () => {
    const other = `${vectors.key.slice(0, -1)}${vectors.key.endsWith("0") ? "1" : "0"}`;
    const checks = await found(attestationOf(first), other);
    expect(checks.map(([name, result]) => [name, result])).to.deep.equal([["key", "failed"]]);
    expect(checks[0]?.[2]).to.equal(
      `The contract's key has the hash ${keccak256(other as Hex)}; the model names ${keccak256(vectors.key as Hex)}.`,
    );
    expect((await found(attestationOf(first), "0x"))[0]?.[1]).to.equal("failed");
  });

  it("fail a proof about another input or output than was attested", async () => {
    const shown = (input: string, output: string) => concat([input as Hex, output as Hex, first.proof as Hex]);
    expect((await found(attestationOf(first, shown(second.input, first.output)))).at(-1)?.[2]).to.equal(
      "The proof is about another input.",
    );
    const other = `0x${first.output.slice(4)}00`;
    expect((await found(attestationOf(first, shown(first.input, other)))).at(-1)?.[2]).to.equal(
      "The proof is about another output.",
    );
  });

  it("fail evidence of another length, and none", async () => {
    expect((await found(attestationOf(first, "0x00"))).at(-1)?.[2]).to.equal(
      "The evidence is 1 bytes; the layout asks for 276.",
    );
    const untold = { ...attestationOf(first), detail: protocol.begin() };
    expect((await found(untold)).at(-1)?.[2]).to.equal("The contract told of no proof.");
  });

  it("say which models the contract can't take", () => {
    const checked = { layout, layers };
    const without: PublishedModel = { ...stripes.model, verifyingKeyHash: ZERO_HASH };
    expect(zkProof.refuses?.(checked, stripes.model)).to.equal(undefined);
    expect(zkProof.refuses?.(checked, without)).to.match(/^It has no circuit/);
  });
});
