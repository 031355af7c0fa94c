import { attestRun, refutableProtocol, runOf } from "../test/contracts/AgentVault/refutable.ts";
import { coverIt, execute, newestProposal, tradeMove } from "../test/contracts/AgentVault/vaults.ts";
import type { Gas } from "./methods/method.ts";
import { gasOf, type Site } from "./site.ts";

/**
 * A vault's first move, which opens every slot that a move can open: on `risk8`'s answer under FraudProof while it is pending, with
 * cover in tokens, by a policy of four routes.
 */
export async function measureVault({ ethers, networkHelpers }: Site): Promise<Gas> {
  const p = await refutableProtocol(ethers, networkHelpers);
  const { route, target, value, data } = tradeMove(p);
  const sent = await p.vault.propose(p.policy, route, target, value, data);
  const proposed = await newestProposal(p);
  const answered = await attestRun(p, proposed, runOf(p, proposed));
  await coverIt(p, answered, 50n);
  const executed = await execute(p, proposed, answered);
  return { "vault-propose": await gasOf(sent), "vault-execute": await gasOf(executed) };
}
