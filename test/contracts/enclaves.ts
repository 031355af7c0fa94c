import type { HardhatEthers, HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import { type Hex, hexToBytes } from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { type Answer, type Attestation, answerHash, attestationUid, ZERO_HASH } from "../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../sdk/contexts.ts";
import {
  type Admission,
  admissionMessage,
  keyName,
  receiptEvidence,
  receiptMessage,
  registrarsMessage,
  runMessage,
} from "../../sdk/enclaves.ts";
import { encodeLayout, encodeRows, type Layout } from "../../sdk/layouts.ts";
import { rsaPublicKey, signPss } from "../vectors/rsa.ts";
import { addressOf, core, floatLayout, hash, integerLayout, opened, publication, rowsOf } from "./fixtures.ts";

/** Enclave's number in these tests, where it is the only method. */
export const ENCLAVE = 1;
export const DAY = 86_400;
export const MEASUREMENT = hash("measurement");
export const DOCUMENT = hash("document");

/** Keys of enclaves, made of words. */
export const enclaveKey = (name: string): PrivateKeyAccount => privateKeyToAccount(hash(`TEST key of ${name}`));
export const KEY = enclaveKey("an enclave");
export const RSA_KEY = keyName(rsaPublicKey);

/** Sorts accounts as the contract wants them. */
export const ascending = (accounts: readonly HardhatEthersSigner[]): HardhatEthersSigner[] =>
  [...accounts].sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));

/**
 * Enclave on the registry's list, with two of three registrars to agree; models with a file, with rows, without a file, and
 * without a measurement. No key is admitted yet.
 */
export async function enclaveProtocol(ethers: HardhatEthers, { time }: NetworkHelpers) {
  const contracts = await core(ethers);
  const { models, registry, campaign, accounts } = contracts;
  const registrars = ascending(accounts.slice(0, 3));
  const enclave = await ethers.deployContract("Enclave", [campaign, registrars, 2]);
  await registry.addMethod(enclave);
  const chainId = Number((await ethers.provider.getNetwork()).chainId);
  const at = addressOf(enclave);

  const publish = async (layout: Layout, given: Partial<typeof publication>): Promise<Hex> => {
    const rows = encodeRows(rowsOf(layout.widths));
    const parts = [{ ...publication, measurement: MEASUREMENT, ...given }, encodeLayout(layout), rows, ""] as const;
    const modelId = (await models.publish.staticCall(...parts)) as Hex;
    await models.publish(...parts);
    return modelId;
  };
  const ids = {
    model: await publish(floatLayout, {}),
    integer: await publish(integerLayout, {}),
    gateway: await publish(floatLayout, { artifactHash: ZERO_HASH }),
    unmeasured: await publish(floatLayout, { measurement: ZERO_HASH }),
    other: await publish(floatLayout, { measurement: hash("another measurement") }),
  };

  /** An admission that differs from the usual one, a day long. */
  const admissionOf = async (given: Partial<Admission> = {}): Promise<Admission> => ({
    ...{ publicKey: KEY.publicKey, measurement: MEASUREMENT, document: DOCUMENT },
    ...{ expiresAt: (await time.latest()) + DAY, ...given },
  });
  const approve = async (admission: Admission, by: readonly HardhatEthersSigner[] = registrars.slice(0, 2)) => {
    const { domain, types, message } = admissionMessage(chainId, at, admission);
    return Promise.all(
      by.map(async (registrar) => ({
        registrar: registrar.address,
        signature: await registrar.signTypedData(domain, { Admission: [...types.Admission] }, message),
      })),
    );
  };
  const argumentsOf = ({ publicKey, measurement, expiresAt, document }: Admission) =>
    [publicKey, measurement, expiresAt, document] as const;
  const admit = async (given: Partial<Admission> = {}) => {
    const admission = await admissionOf(given);
    return enclave.admit(...argumentsOf(admission), await approve(admission));
  };
  const replace = async (
    accounts: readonly HardhatEthersSigner[],
    threshold: number,
    nonce: bigint,
    by = registrars,
  ) => {
    const addresses = accounts.map(({ address }) => address as Hex);
    const { domain, types, message } = registrarsMessage(chainId, at, { registrars: addresses, threshold, nonce });
    const approvals = await Promise.all(
      by.slice(0, 2).map(async (registrar) => ({
        registrar: registrar.address,
        signature: await registrar.signTypedData(domain, { Registrars: [...types.Registrars] }, message),
      })),
    );
    return [addresses, threshold, approvals] as const;
  };

  /** An attestation of a run of the model by the prover; give what differs. */
  const runOf = (given: Partial<Attestation> = {}, answer: Answer = opened): Attestation => {
    const prover = given.prover ?? addressOf(contracts.prover);
    const fields = { method: ENCLAVE, modelId: ids.model, inputHash: hash("input"), context: FREE_CONTEXT };
    return { ...fields, prover, answer: answerHash(prover, answer), ...given };
  };
  const uidOf = (attestation: Attestation): Hex => attestationUid(chainId, addressOf(registry), attestation);
  const signRun = (attestation: Attestation, key = KEY): Promise<Hex> =>
    key.signTypedData(runMessage(chainId, at, uidOf(attestation)));
  /** Records an attestation with evidence, from its prover. */
  const attest = ({ method, modelId, inputHash, context }: Attestation, evidence: Hex, answer: Answer = opened) =>
    registry.connect(contracts.prover).attest(method, modelId, inputHash, context, answer, evidence);

  /** A receipt of the attestation's input and output, as evidence. */
  const receiptOf = (
    attestation: Attestation,
    timestamp: number | bigint,
    { runtimeId = publication.runtimeId, answer = opened, salt = hash("salt") } = {},
  ): Hex => {
    const receipt = { inputHash: attestation.inputHash, outputHash: answer.outputHash, timestamp: BigInt(timestamp) };
    const signature = signPss(hexToBytes(receiptMessage(receipt)), { salt: hexToBytes(salt) });
    return receiptEvidence(runtimeId, receipt.timestamp, rsaPublicKey, signature);
  };

  return {
    ...{ ...contracts, enclave, registrars, chainId, ids, publish },
    ...{ admissionOf, approve, argumentsOf, admit, replace, runOf, uidOf, signRun, attest, receiptOf },
  };
}
