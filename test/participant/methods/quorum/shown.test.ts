import { expect } from "chai";
import { bytesToHex, decodeFunctionData, type Hex, numberToHex } from "viem";
import { assignedTo } from "../../../../inference/assignment.ts";
import { forward } from "../../../../inference/integer.ts";
import { traceOf } from "../../../../inference/methods/fraudProof/evidence.ts";
import { buildAttestation } from "../../../../inference/methods/quorum.ts";
import type { PublishedModel } from "../../../../inference/model.ts";
import { hashTensor } from "../../../../inference/tensors.ts";
import { readModel } from "../../../../models/read.ts";
import type { AssignedUnit, Season } from "../../../../participant/chainState.ts";
import { findWrongShown, showRun } from "../../../../participant/methods/quorum/shown.ts";
import { publishModel } from "../../../../participant/publish.ts";
import type { SingleState } from "../../../../sdk/attestations.ts";
import type { Call } from "../../../../sdk/calls.ts";
import { contractOf, type TaskInputs } from "../../../../sdk/client.ts";
import { unitContext } from "../../../../sdk/contexts.ts";
import { decodeLayout } from "../../../../sdk/layouts.ts";
import { fraudProof, fraudProofAbi } from "../../../../sdk/methods/fraudProof.ts";
import { quorum } from "../../../../sdk/methods/quorum.ts";
import { type Site, startSite } from "../../chain.ts";
import { refusal } from "../../refusal.ts";

describe("shown runs", () => {
  const prover = "0x1111111111111111111111111111111111111111";
  const id = numberToHex(7, { size: 32 });
  let site: Site;
  let float: PublishedModel;
  let assigned: AssignedUnit;
  let activations: Int8Array[];
  before(async () => {
    site = await startSite(1);
    const risk = await readModel("risk");
    float = risk.model;
    await publishModel(site.client, site.senderOf(0), site.content, risk.model, risk.artifact);
    const inputs = site.digits.inputs.slice(0, 16 * 64);
    const task = { taskId: 1n, modelId: site.digits.model.modelId, inputs, inputCount: 16, noise: 8 } as TaskInputs;
    assigned = { season: {} as Season, seed: numberToHex(2, { size: 32 }), task, unit: 5n };
    const { layers } = await site.models.open(site.digits.model.modelId);
    activations = forward(layers, assignedTo(assigned, prover, 5n));
  });
  after(() => site.close());

  /** The unit's attestation, of an answer whose first byte was moved by `wrong`. */
  function attested(wrong = 0, modelId = site.digits.model.modelId): SingleState {
    const { input, output } = decodeLayout(site.digits.layout);
    const data = new Uint8Array(activations.at(-1) as Int8Array);
    data[0] = (data[0] as number) ^ wrong;
    const campaign = site.client.contracts.campaign.address;
    const { attestation: message, answer } = buildAttestation({
      ...{ prover, method: quorum.id, modelId, salt: numberToHex(3, { size: 32 }) },
      inputHash: hashTensor({ spec: input, data: new Uint8Array(activations[0] as Int8Array) }),
      outputHash: hashTensor({ spec: output, data }),
      context: unitContext({ campaign, seasonId: 1n, taskId: 1n, unit: 5n }),
    });
    return { id, kind: "single", message, answer } as SingleState;
  }
  const hidden = (): SingleState => ({ ...attested(), answer: undefined });
  const decoded = ({ to, data }: Call) => ({ to, ...decodeFunctionData({ abi: fraudProofAbi, data }) });

  it("aren't shown while the answer is hidden, nor refuted", async () => {
    expect(await refusal(showRun(site.client, hidden(), assigned))).to.contain(`The answer of ${id} is hidden`);
    const wrong = traceOf(activations).map((byte, i) => (i === 70 ? byte ^ 1 : byte));
    expect(await refusal(findWrongShown(site.client, hidden(), wrong))).to.contain(`The answer of ${id} is hidden`);
  });

  it("can't be shown of a model without rows, nor for another output than they give", async () => {
    expect(await showRun(site.client, attested(0, float.modelId), assigned)).to.equal("noRows");
    expect(await showRun(site.client, attested(1), assigned)).to.equal("otherOutput");
  });

  it("are shown with all activations and what proves the assigned input", async () => {
    const own = attested();
    const { to, functionName, args } = decoded((await showRun(site.client, own, assigned)) as Call);
    expect([to, functionName]).to.deep.equal([contractOf(site.client, fraudProof).address, "show"]);
    const [message, answer, layout, trace, input] = args as unknown as [object, object, Hex, Hex, { proof: Hex[] }];
    expect([message, answer]).to.deep.equal([own.message, own.answer]);
    expect([layout, trace]).to.deep.equal([bytesToHex(site.digits.layout), bytesToHex(traceOf(activations))]);
    expect(input.proof).to.have.lengthOf(4);
  });

  it("have no wrong row where each follows from the one before", async () => {
    expect(await findWrongShown(site.client, attested(), traceOf(activations))).to.equal(undefined);
  });

  it("are refuted by their first wrong row", async () => {
    const own = attested(1);
    const trace = traceOf(activations);
    const at = trace.length - (activations.at(-1) as Int8Array).length;
    trace[at] = (trace[at] as number) ^ 1;
    const found = await findWrongShown(site.client, own, trace);
    expect(found?.finding).to.deep.include({ layer: activations.length - 2, row: 0, unit: 5n });
    const { to, functionName, args } = decoded(found?.call as Call);
    expect([to, functionName]).to.deep.equal([contractOf(site.client, fraudProof).address, "refute"]);
    expect(args.slice(0, 3)).to.deep.equal([own.message, own.answer, bytesToHex(trace)]);
  });
});
