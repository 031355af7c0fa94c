import { expect } from "chai";
import { type Address, concat, type Hex, hashTypedData, keccak256, slice } from "viem";
import { publicKeyToAddress } from "viem/utils";
import {
  admissionMessage,
  keyName,
  measurementOf,
  receiptEvidence,
  receiptMessage,
  receiptName,
  registrarsMessage,
  runDigest,
} from "../../sdk/enclaves.ts";
import vectors from "../vectors/enclave.json" with { type: "json" };

const { chainId } = vectors;
const contract = vectors.contract as Address;

describe("enclaves", () => {
  it("names keys by their address or their hash", () => {
    const [point, rsa] = vectors.keys as { publicKey: Hex; key: Hex }[];
    expect(keyName(point?.publicKey as Hex)).to.equal(point?.key);
    expect(`0x${point?.key.slice(26)}`).to.equal(publicKeyToAddress(point?.publicKey as Hex).toLowerCase());
    expect(keyName(rsa?.publicKey as Hex))
      .to.equal(keccak256(rsa?.publicKey as Hex))
      .and.to.equal(rsa?.key);
  });

  it("refuses a key of another length", () => {
    for (const key of ["0x", "0x04", concat(["0x04", vectors.measurement as Hex])] as Hex[])
      expect(() => keyName(key)).to.throw(RangeError, "is neither a secp256k1 point of 65 nor an RSA-2048 key of 288");
  });

  it("digests what is signed as the vectors do", () => {
    for (const { uid, digest } of vectors.runs) expect(runDigest(chainId, contract, uid as Hex)).to.equal(digest);
    for (const { digest, ...admission } of vectors.admissions)
      expect(hashTypedData(admissionMessage(chainId, contract, admission as never))).to.equal(digest);
    for (const { digest, nonce, ...replacement } of vectors.replacements)
      expect(
        hashTypedData(
          registrarsMessage(chainId, contract, {
            ...(replacement as never as { registrars: Address[]; threshold: number }),
            nonce: BigInt(nonce),
          }),
        ),
      ).to.equal(digest);
    expect(measurementOf(vectors.pcrs as [Hex, Hex, Hex])).to.equal(vectors.measurement);
  });

  it("makes receipts of their parts", () => {
    const rsa = vectors.keys[1] as { publicKey: Hex; key: Hex };
    for (const { timestamp, message, receipt, evidence, signature, runtimeId, ...hashes } of vectors.receipts) {
      const named = { ...(hashes as { inputHash: Hex; outputHash: Hex }), timestamp: BigInt(timestamp) };
      expect(receiptMessage(named)).to.equal(message);
      expect(receiptName(rsa.key, named)).to.equal(receipt);
      expect(receiptEvidence(runtimeId as Hex, named.timestamp, rsa.publicKey, signature as Hex)).to.equal(evidence);
    }
    const [first] = vectors.receipts;
    const spoiled = slice(first?.signature as Hex, 1);
    expect(() => receiptEvidence(first?.runtimeId as Hex, 0n, rsa.publicKey, spoiled)).to.throw(
      RangeError,
      "A receipt has a key of 288 bytes and a signature of 256, not 288 and 255.",
    );
  });
});
