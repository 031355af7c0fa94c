import { createHash } from "node:crypto";
import { type Hex, hexToBytes, numberToHex } from "viem";

// A TEST key of RSA-2048 that everybody knows, and a signer whose salt is chosen, so that vectors are always the same.

const MODULUS =
  "b41464fdb020d1fcbb28daf14cd322f0389caa72abbb0c87804583d748c168f104d153858f8d535b583ea86e3d026ea3" +
  "47ef940c026fc7bda8a1ff169d1bcc1dc5a22e7a1b04978783bd9f1d937f22d666eb78a9de83e8b495092e2b7e1aa45e" +
  "29c4ed8d4f25fe4a5658590a1172e0974ff919ea7c6205f2adff94dfc28ed6fa6b410aafe749570c25d69c3407df29af" +
  "f6a2b8d61df3da0673dfac3872b9e34999d551f8ff5faf76fac38cfcbe96b9e2299ec97330ec751d62e1647d7ca4fbc2" +
  "f5c0dae2489866fa6a60a195ab9ac756b012ab5f742c445002d8b078895284549d778c189a960d2bfe29fd83601e1cdf" +
  "7b52686587450e1190672cce94456d0b";
const PRIVATE_EXPONENT =
  "008bdd4b3dbe63bf5f615384b99071c1dbd21c86f0dec63e1faaaba8900d1cd5e50758e30603f8eaefdcc4cdb77c0092" +
  "433f7154b5ff2e7d1f515a80f03a16324842b7df0bf79ac4165211750403b5e5d8f5c198765732720b250b7c50a0cbbb" +
  "3367930c438a0b22f6446f5a0df7d4c19b6f01dff46a51b7f79a2d129eb85338f9a073b731118a99dc46844618506a81" +
  "3fa91b02c227744d358098e755227e3c730d90b76f2a675d05d8c545e5910fd919df887c957a67d9a37b58610b2f9bfb" +
  "e5828d640b86eabe729eb4fdbbf7158ded145b26f5534344ed0460f5db29ed74d15fc48f88879dd3f136969f56b33918" +
  "96a36b01b455b33cc25616420cad4d19";

/** u256 exponent ‖ modulus, as the contract Enclave takes it. */
export const rsaPublicKey: Hex = `0x${"010001".padStart(64, "0")}${MODULUS}`;

/** The key in the form of node:crypto. */
export const rsaJwk = {
  kty: "RSA",
  e: "AQAB",
  n: Buffer.from(MODULUS, "hex").toString("base64url"),
} as const;

/** How an encoded message may differ from the right one. */
interface Faults {
  salt: Uint8Array;
  /** Of the message, the mask and the encoded message; defaults to sha256. */
  hash?: string;
  /** Changes the encoded message, 256 bytes, before it is raised to the private exponent. */
  spoil?: (encoded: Uint8Array) => void;
  /** Changes the data block before it is masked: zeros ‖ 0x01 ‖ salt. */
  spoilBlock?: (block: Uint8Array) => void;
}

/** RSASSA-PSS-SIGN of RFC 8017, section 8.1.1, with a given salt. */
export function signPss(message: Uint8Array, { salt, hash = "sha256", spoil, spoilBlock }: Faults): Hex {
  const digest = (...parts: Uint8Array[]) => {
    const hashing = createHash(hash);
    for (const part of parts) hashing.update(part);
    return new Uint8Array(hashing.digest());
  };
  const h = digest(new Uint8Array(8), digest(message), salt);
  const block = new Uint8Array(255 - h.length);
  block.set(salt, block.length - salt.length);
  block[block.length - salt.length - 1] = 1;
  spoilBlock?.(block);
  for (let at = 0, counter = 0; at < block.length; at += h.length, counter++) {
    const mask = digest(h, hexToBytes(numberToHex(counter, { size: 4 })));
    for (let i = 0; i < h.length && at + i < block.length; i++) (block[at + i] as number) ^= mask[i] as number;
  }
  const encoded = Uint8Array.of(...block, ...h, 0xbc);
  (encoded[0] as number) &= 0x7f;
  spoil?.(encoded);
  return raise(encoded);
}

/** A number of 256 bytes to the power of the private exponent. */
function raise(encoded: Uint8Array): Hex {
  const modulus = BigInt(`0x${MODULUS}`);
  let [base, exponent, result] = [
    BigInt(`0x${Buffer.from(encoded).toString("hex")}`) % modulus,
    BigInt(`0x${PRIVATE_EXPONENT}`),
    1n,
  ];
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return numberToHex(result, { size: 256 });
}
