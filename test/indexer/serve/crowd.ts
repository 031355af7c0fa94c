import { type Hex, keccak256, padHex, stringToHex, toEventSelector, toHex } from "viem";
import { attestationRegistryAbi, campaignAbi } from "../../../sdk/abi.ts";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import { type Block, chainOf } from "../node.ts";
import { chaptersOf, deployment, emit, MODEL } from "../story.ts";

const word = (value: bigint): string => value.toString(16).padStart(64, "0");

/** The address of a member of a crowd. */
const memberOf = (n: number): Hex => padHex(toHex(0x1000_0000 + n), { size: 20 });

/** A chain whose last block gives as many accounts points in season 1, the more the later. */
export function chainOfCrowd(accounts: number): Block[] {
  const subject = keccak256(stringToHex("attestation"));
  const attested = emit(deployment.contracts.AttestationRegistry.address, attestationRegistryAbi, "Attested", {
    ...{ uid: subject, prover: memberOf(0), modelId: MODEL, inputHash: ZERO_HASH, outputHash: ZERO_HASH },
    ...{ traceHash: ZERO_HASH, context: ZERO_HASH, salt: ZERO_HASH, method: 0 },
  });
  const signature = toEventSelector(
    campaignAbi.find((item) => item.type === "event" && item.name === "PointsAwarded") as never,
  );
  const address = deployment.contracts.Campaign.address.toLowerCase() as Hex;
  const awards = Array.from({ length: accounts }, (_, n) => ({
    address,
    topics: [signature, `0x${word(1n)}`, padHex(memberOf(n)), subject] as Hex[],
    data: `0x${word(1n)}${word(BigInt(n + 1))}${word(BigInt(n + 1))}` as Hex,
  }));
  return chainOf([...chaptersOf([]), { logs: [attested, ...awards], ledgers: new Map() }]);
}
