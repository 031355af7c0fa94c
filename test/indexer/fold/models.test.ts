import { expect } from "chai";
import fc from "fast-check";
import { type Hex, keccak256, toHex } from "viem";
import { parameterCounts } from "../../../indexer/fold/models.ts";
import { IntegrityError } from "../../../indexer/fold/step.ts";
import { modelRegistryAbi } from "../../../sdk/abi.ts";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import { graphRoot } from "../../../sdk/graphs.ts";
import { encodeLayout } from "../../../sdk/layouts.ts";
import { accountOf, deployment, type Emitted, emit, GRAPH } from "../story.ts";
import { openTold } from "./ending.ts";

const TIME = 1_000;
const modelId = keccak256("0x01");
const registry = [deployment.contracts.ModelRegistry.address, modelRegistryAbi] as const;

const tensor = (name: string, dims: number[]) => ({ name, dtype: 3, dims });

const published = emit(...registry, "ModelPublished", {
  ...{ modelId, publisher: accountOf(0), artifactHash: keccak256("0x02"), runtimeId: keccak256("0x03") },
  ...{ weightsRoot: graphRoot(GRAPH), verifyingKeyHash: ZERO_HASH, measurement: ZERO_HASH },
  layout: toHex(encodeLayout({ widths: [], graph: GRAPH, input: tensor("x", [4]), output: tensor("y", [4, 2]) })),
  ...{ rows: "0x", uri: "" },
});

/** Rows of two bytes each, of the one operator that has any. */
const rows = (first: number, bytes: number, operator = 1n): Emitted =>
  emit(...registry, "RowsPublished", { modelId, operator, first: BigInt(first), rows: toHex(new Uint8Array(bytes)) });

describe("the fold of models", () => {
  const countsIn = ({ readers }: ReturnType<typeof openTold>, id: Hex = modelId) =>
    parameterCounts(readers.models.model(id) as NonNullable<ReturnType<typeof readers.models.model>>);

  it("refuses rows of an operator that has none, behind the last one, and of no whole number", () => {
    const told = openTold();
    told.tell(TIME, published);
    expect(() => told.tell(TIME, rows(0, 2, 0n))).to.throw(IntegrityError, "has no parameter rows of an operator 0.");
    for (const [first, bytes] of [
      [256, 2],
      [192, 130],
      [0, 3],
    ] as const)
      expect(() => told.tell(TIME, rows(first, bytes))).to.throw(IntegrityError, `Rows from ${first} on don't fit`);
    expect(countsIn(told)).to.deep.equal({ count: 256, onChain: 0 });
  });

  it("counts each row that is on chain once, in whatever order and however often it came there", () => {
    const chunk = fc
      .nat(8)
      .chain((level) => fc.record({ size: fc.constant(2 ** level), at: fc.nat(2 ** (8 - level) - 1) }));
    fc.assert(
      fc.property(fc.array(chunk, { minLength: 1, maxLength: 20 }), (chunks) => {
        const told = openTold();
        told.tell(TIME, published);
        const on = new Set<number>();
        for (const { size, at } of chunks) {
          told.tell(TIME, rows(size * at, 2 * size));
          for (let row = size * at; row < size * (at + 1); row++) on.add(row);
          expect(countsIn(told)).to.deep.equal({ count: 256, onChain: on.size });
        }
      }),
      { numRuns: 30 },
    );
  });

  it("forgets them with their block", () => {
    const told = openTold();
    told.tell(TIME, published);
    const { cursor } = told.writer.progress() ?? {};
    told.tell(TIME, rows(0, 64), rows(64, 128));
    expect(countsIn(told)).to.deep.equal({ count: 256, onChain: 96 });
    told.writer.rollback(cursor?.number as number);
    expect(countsIn(told)).to.deep.equal({ count: 256, onChain: 0 });
  });
});
