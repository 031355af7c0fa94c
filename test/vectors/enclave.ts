import { type Address, type Hex, hashTypedData, hexToBytes, keccak256, slice, toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
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
import { bytes, hash } from "./bytes.ts";
import { rsaPublicKey, signPss } from "./rsa.ts";

/** What enclaves, registrars and gateways sign, and how it is named. */
export function enclave(chainId: number) {
  const contract = slice(hash("enclave"), 12) as Address;
  const account = privateKeyToAccount(keccak256(toHex("TEST key of an enclave")));
  const publicKey = account.publicKey;
  const pcrs = [0, 1, 2].map((i) => toHex(bytes(`PCR${i}`, 48))) as [Hex, Hex, Hex];
  const document = toHex(bytes("document", 100));
  const measurement = measurementOf(pcrs);
  const admission = { publicKey, measurement, expiresAt: 1_800_000_000, document };
  const replacement = { registrars: [account.address], threshold: 1, nonce: 0n };
  const receipts = [0n, 1_800_000_000n, 2n ** 256n - 1n].map((timestamp, i) => {
    const receipt = { inputHash: hash(`input ${i}`), outputHash: hash(`output ${i}`), timestamp };
    const message = receiptMessage(receipt);
    const signature = signPss(hexToBytes(message), { salt: bytes(`salt ${i}`, 32) });
    return {
      ...{ ...receipt, timestamp: `${timestamp}`, message, signature },
      ...{ receipt: receiptName(keyName(rsaPublicKey), receipt), runtimeId: hash("gateway") },
      evidence: receiptEvidence(hash("gateway"), timestamp, rsaPublicKey, signature),
    };
  });
  return {
    ...{ chainId, contract, pcrs, measurement },
    keys: [publicKey, rsaPublicKey].map((each) => ({ publicKey: each, key: keyName(each) })),
    runs: [hash("uid"), hash("another uid")].map((uid) => ({
      uid,
      digest: runDigest(chainId, contract, uid),
    })),
    admissions: [{ ...admission, digest: hashTypedData(admissionMessage(chainId, contract, admission)) }],
    replacements: [
      {
        ...{ ...replacement, nonce: `${replacement.nonce}` },
        digest: hashTypedData(registrarsMessage(chainId, contract, replacement)),
      },
    ],
    receipts,
  };
}
