import type { Address, Hex } from "viem";
import type { Request } from "../../sdk/requests/request.ts";
import { keccak, keccakHex } from "../ingest/keccak.ts";
import { refuse, type WordReader, wordReader } from "./abi-words.ts";

const MOST_PROVERS = 32;

const types = {
  ...{ requester: "address", modelId: "bytes32", inputHash: "bytes32", methods: "uint256", finality: "uint8" },
  ...{ token: "address", fee: "uint128", cover: "uint128", beneficiary: "address", deadline: "uint40" },
  ...{ answerWindow: "uint32", callback: "address", callbackGas: "uint32", nonce: "uint256" },
} as const satisfies Record<Exclude<keyof Request, "provers">, string>;

const readerOf = (type: string) => wordReader(type) as WordReader;
const fields = Object.entries(types).map(([name, type]) => ({ name, read: readerOf(type) }));
const [readAddress, readSize] = [readerOf("address"), readerOf("uint32")];

/** Words before the provers: where the tuple is, its fields, where the provers are, and their number. */
const HEAD = 1 + fields.length + 2;

/** Reads the request that `Requested` carries. Throws `Refusal` for bytes that the contract can't have encoded. */
export function decodeRequest(encoded: Hex): Request {
  const hex = encoded.slice(2);
  const bytes = Buffer.from(hex, "hex");
  const size = (index: number) => readSize(bytes, 32 * index, hex) as number;

  if (bytes.length < 32 * HEAD || size(0) !== 32 || size(HEAD - 2) !== 32 * (fields.length + 1)) refuse();
  const count = size(HEAD - 1);
  if (count > MOST_PROVERS || bytes.length !== 32 * (HEAD + count)) refuse();
  const values = fields.map(({ name, read }, i) => [name, read(bytes, 32 * (1 + i), hex)]);
  const request: Request = {
    ...Object.fromEntries(values),
    provers: Array.from({ length: count }, (_, i) => readAddress(bytes, 32 * (HEAD + i), hex)),
  };
  return request.finality > 1 ? refuse() : request;
}

/**
 * A request's name: keccak256(abi.encode("REQUEST_V1", chain, contract, keccak256(encoded))), where `contract` is
 * InferenceRequests.
 */
export function requestIdOf(chainId: number, contract: Address, encoded: Hex): Hex {
  const words = Buffer.alloc(4 * 32);
  words.write("REQUEST_V1");
  words.writeBigUInt64BE(BigInt(chainId), 32 + 24);
  words.write(contract.slice(2), 64 + 12, "hex");
  words.set(keccak(Buffer.from(encoded.slice(2), "hex")), 96);
  return keccakHex(words);
}
