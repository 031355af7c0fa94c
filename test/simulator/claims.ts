import { type Address, encodeFunctionData, parseAbi } from "viem";
import { attestationRegistryAbi, campaignAbi } from "../../sdk/abi.ts";
import type { Batch } from "../../sdk/commitments.ts";
import type { Random } from "./random.ts";
import {
  type Act,
  type Claimed,
  type Memory,
  methodOf,
  registryOf,
  type Scene,
  type Stage,
  type Step,
  toMethod,
} from "./scene.ts";
import { tellVote, tellWrongRow } from "./telling.ts";

const mock = parseAbi(["function execute(address target, bytes data) payable"]);
const NO_INPUT = { header: "0x", base: "0x", proof: [] } as const;
const STATUS = { verified: 2, refuted: 3, void: 4 } as const;

/** The next step of a claim: revealed, voted on, settled, paid or burned; often settled and paid at once. */
export function goOn(scene: Scene, memory: Memory, claimed: Claimed, random: Random): Step {
  const from = random.pick(scene.accounts);
  const change = (acts: Act[], changed: Partial<Claimed>): Step => ({
    acts,
    after: { ...memory, claims: memory.claims.map((each) => (each === claimed ? { ...claimed, ...changed } : each)) },
  });
  const move = (acts: Act[], stage: Stage) => change(acts, { stage });
  if (claimed.stage === "verified" || claimed.stage === "refuted")
    return move([payment(scene, claimed, claimed.stage, from)], "over");
  if (claimed.stage === "hidden" && claimed.single && random.chance(0.7)) {
    const { attestation, opened } = claimed.single;
    const { modelId, inputHash, context } = attestation;
    const data = encodeFunctionData({
      ...{ abi: attestationRegistryAbi, functionName: "reveal" },
      args: [attestation.method, modelId, inputHash, context, opened],
    });
    return move([{ from: claimed.prover, to: registryOf(scene), data }], "open");
  }
  if (claimed.method === 1 && !claimed.voters.includes(from) && random.chance(0.5)) {
    const vote = random.chance(0.6) && claimed.single ? claimed.single.opened.outputHash : claimed.id;
    const act = toMethod(scene, 1, from, (quorum) => tellVote(quorum, claimed.id, from, vote));
    return change([act], { voters: [...claimed.voters, from] });
  }
  const draw = random.next();
  const status = draw < 0.7 ? "verified" : draw < 0.92 ? "refuted" : "void";
  const settled = [settlement(scene, claimed, STATUS[status], from)];
  if (status === "refuted" && claimed.method === 2 && random.chance(0.8))
    settled.unshift(
      toMethod(scene, 2, from, (fraudProof) => tellWrongRow(fraudProof, claimed.id, from, random.between(0, 2))),
    );
  if (status === "void") return move(settled, "over");
  return random.chance(0.5) ? move([...settled, payment(scene, claimed, status, from)], "over") : move(settled, status);
}

function settlement(scene: Scene, { id, method }: Claimed, status: number, from: Address): Act {
  const args = [id, status, from] as const;
  const settle = encodeFunctionData({ abi: attestationRegistryAbi, functionName: "settle", args });
  const data = encodeFunctionData({ abi: mock, functionName: "execute", args: [registryOf(scene), settle] });
  return { from, to: methodOf(scene, method), data };
}

function payment(scene: Scene, claimed: Claimed, status: "verified" | "refuted", from: Address): Act {
  const abi = campaignAbi;
  const pay = status === "verified";
  const { prover, single, batch } = claimed;
  const data = single
    ? pay
      ? encodeFunctionData({ abi, functionName: "award", args: [prover, single.attestation, NO_INPUT] })
      : encodeFunctionData({ abi, functionName: "burn", args: [single.attestation] })
    : pay
      ? encodeFunctionData({ abi, functionName: "awardBatch", args: [prover, batch as Batch] })
      : encodeFunctionData({ abi, functionName: "burnBatch", args: [batch as Batch] });
  return { from, to: scene.deployment.contracts.Campaign.address, data };
}
