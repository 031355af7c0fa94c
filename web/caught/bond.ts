import { type Address, type Hex, isAddressEqual, type Log, parseEventLogs } from "viem";
import { attestationRegistryAbi, bondsAbi } from "../../sdk/abi.ts";
import { connect } from "../../sdk/client.ts";
import { parseDeployment } from "../../sdk/deployment.ts";
import type { EventLocation } from "../../sdk/wire.ts";

/** What a prover's bond lost when its attestation was refuted, in wei. */
export interface BondLoss {
  paid: { to: Address; amount: bigint }[];
  burned: bigint;
}

/**
 * Reads from the chain what the transaction that settled an attestation took from its prover's bond. Throws viem's errors
 * when the RPC fails.
 *
 * @param settled The attestation's `StatusChanged` event.
 */
export async function readLoss(
  deployment: unknown,
  rpcUrl: string,
  prover: Address,
  settled: Pick<EventLocation, "transactionHash" | "logIndex">,
): Promise<BondLoss> {
  const { rpc, contracts } = connect(parseDeployment(deployment), rpcUrl);
  const { logs } = await rpc.getTransactionReceipt({ hash: settled.transactionHash as Hex });
  const { attestationRegistry, bonds } = contracts;
  return lossOf(logs, { registry: attestationRegistry.address, bonds: bonds.address }, prover, settled.logIndex);
}

/**
 * What a prover's bond lost by a settlement. A method settles first and then shares out the bond, so what belongs to one
 * settlement is between its `StatusChanged` and the next.
 *
 * @param logs Of one transaction, in order.
 * @param settledAt Log index of the settlement's `StatusChanged`.
 */
export function lossOf(
  logs: readonly Log<bigint, number, false>[],
  { registry, bonds }: { registry: Address; bonds: Address },
  prover: Address,
  settledAt: number,
): BondLoss {
  const loss: BondLoss = { paid: [], burned: 0n };
  const of = (address: Address) => logs.filter((log) => isAddressEqual(log.address, address));
  const settlements = parseEventLogs({ abi: attestationRegistryAbi, eventName: "StatusChanged", logs: of(registry) });
  const end = settlements.find(({ logIndex }) => logIndex > settledAt)?.logIndex ?? Number.POSITIVE_INFINITY;
  for (const { eventName, args, logIndex } of parseEventLogs({ abi: bondsAbi, logs: of(bonds) })) {
    if (logIndex <= settledAt || logIndex >= end) continue;
    if (eventName === "Paid" && isAddressEqual(args.from, prover)) loss.paid.push({ to: args.to, amount: args.amount });
    if (eventName === "Burned" && isAddressEqual(args.account, prover)) loss.burned += args.amount;
  }
  return loss;
}
