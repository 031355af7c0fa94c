import { bytesToHex, type Hex } from "viem";
import { GraphBuilder } from "../../../inference/graphModel/build.ts";
import { batchId } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT, unitContext } from "../../../sdk/contexts.ts";
import { decodeLayout, encodeLayout } from "../../../sdk/layouts.ts";
import { disputeGame } from "../../../sdk/methods/disputeGame.ts";
import { addressOf, ETHER, hash, publication } from "../../../test/contracts/fixtures.ts";
import type { DisputeGame } from "../../../types/ethers-contracts/index.ts";
import { gasOf, type Site } from "../../site.ts";
import type { Gas } from "../method.ts";

const { id: METHOD } = disputeGame;
const SMALL = 4096;
const LARGE = 65_536;

/** The committed model as a graph: the same rows, of which a root is attested. */
function digitsGraph({ digits }: Site) {
  const { input, output } = decodeLayout(digits.layout);
  const to = new GraphBuilder({ rows: 1, width: digits.width });
  for (const [layer, rows] of digits.layers.entries()) to.linear(layer, rows);
  return to.finish(input, output).layout;
}

/** An answer by its root, and root-only batches with their awards, each by an account that did so before. */
export async function measure(site: Site, contract: DisputeGame): Promise<Gas> {
  const { models, registry, campaign, bonds, organiser, prover, networkHelpers } = site;
  await bonds.deposit(contract, prover, { value: 1000n * ETHER });
  const graph = encodeLayout(digitsGraph(site));
  const parts = [publication, graph, "0x", ""] as const;
  const modelId = (await models.publish.staticCall(...parts)) as Hex;
  await models.publish(...parts);
  await contract.admit(modelId, graph);

  const startsAt = (await networkHelpers.time.latest()) + 1000;
  const organised = campaign.connect(organiser);
  await organised.draft(startsAt, startsAt + 100_000, startsAt + 200_000, 0);
  const seasonId = await campaign.seasonCount();
  const rules = { modelId, method: METHOD, points: 10, unitsPerAccount: 2 * LARGE, noise: 8 };
  await organised.addTask(seasonId, rules, graph, bytesToHex(site.digits.inputs));
  await organised.open(seasonId, "");
  await networkHelpers.mine(3);
  await campaign.seed(seasonId);
  await networkHelpers.time.increaseTo(startsAt);

  const account = addressOf(prover);
  const own = registry.connect(prover);
  const attest = async (name: string): Promise<number> => {
    const answer = { outputHash: hash(`output ${name}`), traceHash: hash(name), salt: hash(`salt ${name}`) };
    return gasOf(await own.attest(METHOD, modelId, hash(`input ${name}`), FREE_CONTEXT, answer, "0x"));
  };
  await attest("first");

  /** A batch, attested, verified and awarded: what each costs. */
  const batch = async (first: number, count: number): Promise<[attested: number, awarded: number]> => {
    const context = unitContext({ campaign: addressOf(campaign), seasonId, taskId: 1n, unit: BigInt(first) });
    const message = { prover: account, method: METHOD, modelId, context, count, root: hash(`root ${first}`) };
    const attested = await gasOf(await own.attestRoot(METHOD, modelId, context, count, message.root));
    await networkHelpers.time.increase(await contract.window());
    const { chainId } = await site.ethers.provider.getNetwork();
    await contract.settle(batchId(Number(chainId), addressOf(registry), message));
    return [attested, await gasOf(await campaign.awardBatch(prover, message))];
  };
  await batch(0, SMALL);
  const [small, awarded] = await batch(SMALL, SMALL);
  const [large] = await batch(2 * SMALL, LARGE);
  return {
    "attest-root": await attest("second"),
    "batch-root-4096-per-unit": Math.ceil(small / SMALL),
    "batch-root-4096-award-per-unit": Math.ceil((small + awarded) / SMALL),
    "batch-root-65536-per-unit": Math.ceil(large / LARGE),
  };
}
