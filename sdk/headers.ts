import { keccak256 } from "ox/Hash";
import { fromNumber as numberToHex } from "ox/Hex";
import { fromHex as toRlp } from "ox/Rlp";
import type { Hex } from "viem";

/** The fields of a header in the order of its encoding, and what each is; forks since London added those of the last lines. */
const FIELDS = {
  ...{ parentHash: "bytes", sha3Uncles: "bytes", miner: "bytes", stateRoot: "bytes", transactionsRoot: "bytes" },
  ...{ receiptsRoot: "bytes", logsBloom: "bytes", difficulty: "number", number: "number", gasLimit: "number" },
  ...{ gasUsed: "number", timestamp: "number", extraData: "bytes", mixHash: "bytes", nonce: "bytes" },
  ...{ baseFeePerGas: "number", withdrawalsRoot: "bytes", blobGasUsed: "number", excessBlobGas: "number" },
  ...{ parentBeaconBlockRoot: "bytes", requestsHash: "bytes" },
  ...{ blockAccessListHash: "bytes", slotNumber: "number" },
} as const;

type HeaderField = keyof typeof FIELDS;

/** The fields of a header in the order of its encoding: numbers lose their leading zeros there. */
export const headerFields = Object.entries(FIELDS) as [HeaderField, (typeof FIELDS)[HeaderField]][];

/** A block as `eth_getBlockByNumber` gives it: viem's own `getBlock` drops fields that it doesn't know. */
export type RpcHeader = { readonly [field in HeaderField | "hash"]?: Hex | null | undefined };

/** A node told a block whose fields, as encoded here, don't have the block's hash: one is altered, left out or unknown. */
export class HeaderMismatchError extends Error {
  override name = "HeaderMismatchError";
  readonly number: Hex | null | undefined;
  readonly computed: Hex;
  readonly told: Hex | null | undefined;

  constructor({ number, hash }: RpcHeader, computed: Hex) {
    const name = number ? `block ${BigInt(number)}` : "a block without a number";
    super(`The header of ${name} hashes to ${computed}, not to ${hash ?? "a hash that is told"}.`);
    this.number = number;
    this.computed = computed;
    this.told = hash;
  }
}

/**
 * A block's header in RLP, which shows the block's randomness to `RandaoBeacon`. Takes the block as the node's JSON has
 * it, in hex; a field that the block doesn't have is left out. Throws a `HeaderMismatchError` unless the encoding has the
 * block's hash, so what it returns is right if the hash is.
 */
export function encodeHeader(block: RpcHeader): Hex {
  const header = toRlp(
    headerFields.flatMap(([field, kind]) => {
      const value = block[field];
      if (value === undefined || value === null) return [];
      return [kind === "number" ? encodeNumber(value) : value];
    }),
  );
  const computed = keccak256(header);
  if (computed !== block.hash) throw new HeaderMismatchError(block, computed);
  return header;
}

// In RLP a number has no leading zeros, and zero has no bytes.
const encodeNumber = (value: Hex): Hex => (BigInt(value) === 0n ? "0x" : numberToHex(BigInt(value)));
