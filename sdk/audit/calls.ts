import type { Address, ContractFunctionParameters, Hex } from "viem";
import { verificationMethodAbi } from "../abi.ts";
import type { Client } from "../client.ts";
import { createPortion, type Portion } from "../ranges.ts";
import type { RegistryRecord, UnitsAttestation } from "../rules.ts";

/** Accounts of one call of `Campaign.entriesOf`: 64 KiB of calldata, some 6 million gas. */
const ACCOUNTS_AT_ONCE = 2_000;
/** Views of one call without a contract: what it sends may have 48 KiB, and what it gives back 24 KiB (EIP-3860, EIP-170). */
const VIEWS_AT_ONCE = 64;
const MOST_VIEWS = 180;

/** Views of a deployment's contracts at one block, many in a call; fewer, if the node refuses so many. */
export interface Views {
  /** What the campaign keeps of accounts, in their order. */
  entriesOf(seasonId: bigint, accounts: readonly Address[]): Promise<{ points: bigint; lastSeq: bigint }[]>;
  /** What the registry keeps of attestations, and their verifiers where somebody is paid for verifying. */
  recordsOf(attestations: readonly Recorded[]): Promise<Map<Hex, RegistryRecord>>;
  /** What accounts owe in a season, in points. */
  owedBy(seasonId: bigint, accounts: readonly Address[]): Promise<Map<Address, bigint>>;
  /** Any views, in their order; each must succeed. */
  read(calls: readonly ContractFunctionParameters[]): Promise<unknown[]>;
}

/** What of an attestation says where its record and verifiers are. */
type Recorded = Pick<UnitsAttestation, "id" | "method" | "inputHash">;

/** Reads views at this block. Throws viem's errors, also where a single view is refused. */
export function createViews(client: Client, blockNumber: bigint): Views {
  const { rpc, contracts } = client;
  const { attestationRegistry, campaign } = contracts;
  const [wide, many] = [createPortion(ACCOUNTS_AT_ONCE, ACCOUNTS_AT_ONCE), createPortion(VIEWS_AT_ONCE, MOST_VIEWS)];
  const methods = new Map<number, Address>();

  const read = (calls: readonly ContractFunctionParameters[]) =>
    inPortions(calls, many, (contracts) =>
      rpc.multicall({ contracts, deployless: true, allowFailure: false, batchSize: 0, blockNumber }),
    );

  const methodAt = async (id: number): Promise<Address> => {
    const args = [id] as const;
    const found =
      methods.get(id) ??
      (await rpc.readContract({ ...attestationRegistry, functionName: "methodAt", args, blockNumber }));
    methods.set(id, found);
    return found;
  };

  return {
    read,
    async entriesOf(seasonId, accounts) {
      const entries = await inPortions(accounts, wide, (some) =>
        rpc.readContract({ ...campaign, functionName: "entriesOf", args: [seasonId, some], blockNumber }),
      );
      return entries.map((entry) => ({ points: entry >> 64n, lastSeq: entry & (2n ** 64n - 1n) }));
    },
    async recordsOf(attestations) {
      // A batch is one attestation by many units' rows: nobody is paid for verifying it.
      const singles = attestations.filter(({ inputHash, method }) => inputHash !== null && method !== 0);
      for (const { method } of singles) await methodAt(method);
      const ids = attestations.map(({ id }) => id);
      const found = await read([
        ...ids.map((id) => ({ ...attestationRegistry, functionName: "recordOf", args: [id] })),
        ...singles.map(({ id, method }) => ({
          address: methods.get(method) as Address,
          abi: verificationMethodAbi,
          functionName: "verifiersOf",
          args: [id],
        })),
      ]);
      const records = found.slice(0, ids.length) as { attestedAt: number; status: number }[];
      const verifiers = new Map(singles.map(({ id }, i) => [id, found[ids.length + i] as readonly Address[]]));
      return new Map(
        records.map(({ attestedAt, status }, i) => {
          const id = ids[i] as Hex;
          return [id, { attestedAt, status, verifiers: verifiers.get(id) ?? [] }];
        }),
      );
    },
    async owedBy(seasonId, accounts) {
      const entries = await read(
        accounts.map((account) => ({ ...campaign, functionName: "entryOf", args: [seasonId, account] })),
      );
      return new Map(accounts.map((account, i) => [account, (entries[i] as readonly bigint[])[2] as bigint]));
    },
  };
}

async function inPortions<T, R>(
  items: readonly T[],
  portion: Portion,
  ask: (items: readonly T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const answers: R[] = [];
  while (answers.length < items.length) {
    const asked = items.slice(answers.length, answers.length + portion.size);
    try {
      for (const answer of await ask(asked)) answers.push(answer);
      portion.answered(true);
    } catch (error) {
      if (!portion.refused(error)) throw error;
    }
  }
  return answers;
}
