import { decodeFunctionData, type Hex, hexToBigInt, hexToBytes, isAddressEqual, recoverAddress } from "viem";
import { detailOf, type SingleState } from "../../../sdk/attestations.ts";
import { type Client, contractOf } from "../../../sdk/client.ts";
import { receiptMessage, runDigest } from "../../../sdk/enclaves.ts";
import { type EnclaveEvidence, enclave as protocol } from "../../../sdk/methods/enclave.ts";
import { readRanges } from "../../../sdk/ranges.ts";
import type { Checker, CheckKind } from "../../verify/checks.ts";
import type { InferenceMethod } from "../method.ts";
import { InvalidDocumentError } from "./invalid.ts";
import { bindsKey, isSignedByRsa } from "./keys.ts";
import { AWS_ROOT, type NitroDocument, verifyNitro } from "./nitro.ts";

const signatureCheck: CheckKind = { name: "signed", title: "Signature", about: "answer" };
const keyCheck: CheckKind = { name: "key", title: "Key", about: "standing" };
const documentCheck: CheckKind = { name: "nitro", title: "Enclave's document", about: "standing" };

/** The signature is in calldata, and the document of the key that made it in an event: both are verified again. */
export const enclave: InferenceMethod = {
  refuses: (_, { measurement }) =>
    BigInt(measurement) === 0n ? "Its name holds no measurement of an enclave's image." : undefined,
  evidence: {
    most: { single: 3, batch: 0, unit: 0 },
    async check({ client, attestation }, check) {
      const evidence = detailOf(protocol, attestation)?.evidence;
      if (evidence === undefined || attestation.kind === "batch") {
        check(signatureCheck, "unknown", "The chain doesn't show what an enclave signed.");
        return undefined;
      }
      const admitted = await readAdmission(client, evidence.key, attestation.blockNumber);
      await checkSignature(client, attestation, evidence, admitted?.publicKey, check);
      if (admitted === undefined) check(keyCheck, "failed", `Nobody admitted the key ${evidence.key} before.`);
      else await checkDocument(admitted, check);
      return undefined;
    },
  },
};

/** A key as registrars admitted it. */
interface Admitted {
  measurement: Hex;
  publicKey: Hex;
  document: Hex;
}

/** The last admission of a key up to a block, from the contract's events. */
async function readAdmission(client: Client, key: Hex, upTo: bigint): Promise<Admitted | undefined> {
  const contract = contractOf(client, protocol);
  const read = (fromBlock: bigint, toBlock: bigint) =>
    client.rpc.getContractEvents({
      ...contract,
      ...{ eventName: "KeyAdmitted", args: { key }, strict: true, fromBlock, toBlock },
    } as const);
  const found = await readRanges(BigInt(client.deployment.startBlock), upTo, read);
  return found.at(-1)?.args;
}

async function checkSignature(
  client: Client,
  attestation: SingleState,
  evidence: EnclaveEvidence,
  publicKey: Hex | undefined,
  check: Checker,
): Promise<void> {
  const { key } = evidence;
  if (evidence.kind === "signature") {
    const signature = await readSignature(client, attestation);
    if (signature === undefined)
      return check(
        signatureCheck,
        "held",
        `The contract verified a signature by the key ${key}, which another one passed on.`,
      );
    const { address } = contractOf(client, protocol);
    const hash = runDigest(client.deployment.chainId, address, attestation.id);
    const signer = await recoverAddress({ hash, signature }).catch(() => undefined);
    const held = signer !== undefined && hexToBigInt(signer) === hexToBigInt(key);
    const detail = `The enclave's signature of this attestation is ${held ? "" : "not "}by the key ${key}.`;
    return check(signatureCheck, held ? "held" : "failed", detail);
  }
  const { message, answer } = attestation;
  if (publicKey === undefined || answer === undefined) return;
  const { inputHash } = message;
  const receipt = { inputHash, outputHash: answer.outputHash, timestamp: evidence.timestamp };
  const held = await isSignedByRsa(publicKey, hexToBytes(evidence.signature), hexToBytes(receiptMessage(receipt)));
  const at = new Date(Number(evidence.timestamp) * 1000).toISOString();
  const detail = `The receipt of this input and output at ${at} is ${held ? "" : "not "}signed by the key ${key}.`;
  check(signatureCheck, held ? "held" : "failed", detail);
}

/** The enclave's signature, from the calldata of the transaction that recorded it; undefined where a contract made the call. */
async function readSignature({ rpc, contracts }: Client, { transactionHash }: SingleState): Promise<Hex | undefined> {
  const { address, abi } = contracts.attestationRegistry;
  const { to, input } = await rpc.getTransaction({ hash: transactionHash });
  if (to === null || !isAddressEqual(to, address)) return undefined;
  const call = decodeFunctionData({ abi, data: input });
  if (call.functionName === "attest") return call.args[5];
  return call.functionName === "attestBySig" ? call.args[2] : undefined;
}

/** Verifies the document that registrars looked at, and compares what they admitted with it. */
async function checkDocument({ measurement, publicKey, document }: Admitted, check: Checker): Promise<void> {
  const admitted = `Registrars admitted the key for the measurement ${measurement}`;
  let found: NitroDocument;
  try {
    found = await verifyNitro(hexToBytes(document), undefined);
  } catch (error) {
    if (!(error instanceof InvalidDocumentError)) throw error;
    check(keyCheck, "held", `${admitted}.`);
    check(documentCheck, "failed", `The document that they showed proves nothing. ${error.message}`);
    return;
  }
  const hasKey = await bindsKey(found, publicKey);
  const other = hasKey ? `the measurement ${found.measurement}` : "another key, or none";
  if (hasKey && found.measurement === measurement) check(keyCheck, "held", `${admitted}, and the document names both.`);
  else check(keyCheck, "unknown", `${admitted}; the document names ${other}: the registrars alone vouch for it.`);
  const made = `The document of ${found.moduleId}, made at ${new Date(found.timestamp).toISOString()},`;
  if (found.isDebug)
    check(documentCheck, "failed", `${made} is of an enclave in debug mode, which proves nothing of its program.`);
  else if (found.root === AWS_ROOT) check(documentCheck, "held", `${made} is signed by AWS's root for Nitro Enclaves.`);
  else
    check(
      documentCheck,
      "unknown",
      `${made} is whole, but its chain ends at the root ${found.root}, which is not AWS's: the registrars alone vouch for it.`,
    );
}
