import { expect } from "chai";
import type { Address, Hex } from "viem";
import { type AttestedBatch, batchFaults } from "../../sdk/batches.ts";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import vectors from "../vectors/batches.json" with { type: "json" };

const { chainId } = vectors;
const registry = vectors.registry as Address;
const attested = vectors.batches.map(({ batch, traces, id }) => ({ ...batch, traces, id }) as AttestedBatch);
const [, three] = attested as [AttestedBatch, AttestedBatch];
const faults = (change: Partial<AttestedBatch>) => batchFaults(chainId, registry, { ...three, ...change });

describe("a recorded batch", () => {
  const fields: Partial<AttestedBatch>[] = [
    { prover: registry },
    { method: 1 },
    { modelId: ZERO_HASH },
    { context: ZERO_HASH },
  ];
  for (const change of fields)
    it(`is refused with another ${Object.keys(change)}: its id is of all fields`, () => {
      expect(faults(change)).to.have.lengthOf(1);
      expect(faults(change)[0]).to.match(/^names 0x[0-9a-f]{64}; its fields have the digest 0x/);
    });

  it("is refused with another id, on another chain or of another registry", () => {
    expect(faults({ id: ZERO_HASH })[0]).to.equal(`names ${ZERO_HASH}; its fields have the digest ${three.id}`);
    expect(batchFaults(1, registry, three)).to.have.lengthOf(1);
    expect(batchFaults(chainId, three.prover, three)).to.have.lengthOf(1);
  });

  it("is refused with traces that have another root", () => {
    const length = three.traces.length;
    const last = three.traces.slice(-1) === "0" ? "1" : "0";
    expect(faults({ traces: `${three.traces.slice(0, length - 1)}${last}` as Hex })[0]).to.include(
      `names the root ${three.root}; its traces have the root 0x`,
    );
    expect(faults({ root: ZERO_HASH })).to.have.lengthOf(2);
  });

  it("is refused with traces that don't divide into its units, or with none", () => {
    expect(faults({ traces: three.traces.slice(0, -2) as Hex })[0]).to.equal(
      "carries 125 bytes, which are not the traces of 3 units",
    );
    expect(faults({ traces: "0x" })[0]).to.equal("carries 0 bytes, which are not the traces of 3 units");
    expect(faults({ count: 0 })[1]).to.equal("carries 126 bytes, which are not the traces of 0 units");
  });

  it("has the id of its fields and the root of its traces", () => {
    for (const batch of attested) expect(batchFaults(chainId, registry, batch)).to.deep.equal([]);
  });
});
