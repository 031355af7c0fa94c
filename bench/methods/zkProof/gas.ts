import type { Hex } from "viem";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { attestArguments, circuit, provenRun, publishStripes, stripes, zkSeason } from "../../../test/contracts/zk.ts";
import type { ZkProof } from "../../../types/ethers-contracts/index.ts";
import { gasOf, type Site } from "../../site.ts";
import type { Gas } from "../method.ts";

/**
 * Gas of a model's key, once, and of a run that is recorded, proven and verified in one transaction: a free one, and a season's
 * unit, whose season and task the campaign is asked for.
 */
export async function measure(site: Site, contract: ZkProof): Promise<Gas> {
  const { registry, prover, other } = site;
  const modelId = await publishStripes(site);
  const admitted = await contract.connect(other).admit(modelId, stripes.layout, circuit.key);
  const season = await zkSeason(site, site.networkHelpers, modelId);
  const attest = async (context: Hex): Promise<number> => {
    const proven = await provenRun({ registry, modelId }, prover, season.inputOf(prover, 0), context);
    return gasOf(await registry.connect(prover).attest(...attestArguments(proven)));
  };
  return {
    "zk-admit-16-16-4": await gasOf(admitted),
    "zk-16-16-4": await attest(FREE_CONTEXT),
    "zk-unit-16-16-4": await attest(season.contextOf(0)),
  };
}
