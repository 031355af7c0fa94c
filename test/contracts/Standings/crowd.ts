import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import { encodeAbiParameters, getAddress, type Hex, keccak256, numberToHex, pad, slice, toHex } from "viem";
import { rankAll } from "../../../sdk/ledger.ts";

/** Where Campaign's storage holds the ledgers. */
const LEDGERS = 4n;

/** Drawn accounts in final order; every third has the points of the one before it, the last has none. */
export const crowdOf = (count: number) =>
  rankAll(
    Array.from({ length: count }, (_, i) => ({
      account: getAddress(slice(keccak256(toHex(`account ${i}`)), 12)),
      points: BigInt(count - 1 - i + (i % 3 === 1 && i !== count - 1 ? 1 : 0)),
      lastSeq: BigInt(i + 1),
    })),
  );

type Crowd = ReturnType<typeof crowdOf>;

/** Writes a crowd's entries into a season's ledger, which awards would take days to do. */
export async function enterCrowd(
  { setStorageAt }: NetworkHelpers,
  campaign: { getAddress(): Promise<string> },
  seasonId: bigint,
  crowd: Crowd,
): Promise<void> {
  const address = await campaign.getAddress();
  const write = (slot: bigint, value: bigint) => setStorageAt(address, numberToHex(slot), value);
  const slotOf = (key: Hex, of: bigint) =>
    BigInt(keccak256(encodeAbiParameters([{ type: "bytes32" }, { type: "uint256" }], [pad(key), of])));
  const ledger = slotOf(numberToHex(seasonId), LEDGERS);
  const total = crowd.reduce((sum, { points }) => sum + points, 0n);
  const seq = BigInt(crowd.length);
  await write(ledger, (total << 96n) | (seq << 64n) | seq);
  for (const { account, points, lastSeq } of crowd)
    await write(slotOf(account, ledger + 2n), (lastSeq << 64n) | points);
}
