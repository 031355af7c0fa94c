import { type Hex, hexToBytes } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { answerHash, attestationUid, ZERO_HASH } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { admissionMessage, receiptEvidence, receiptMessage, runMessage } from "../../../sdk/enclaves.ts";
import { encodeLayout } from "../../../sdk/layouts.ts";
import { enclave } from "../../../sdk/methods/enclave.ts";
import { addressOf, floatLayout, hash, publication } from "../../../test/contracts/fixtures.ts";
import { rsaPublicKey, signPss } from "../../../test/vectors/rsa.ts";
import type { Enclave } from "../../../types/ethers-contracts/index.ts";
import { gasOf, type Site } from "../../site.ts";
import type { Gas } from "../method.ts";

const DAY = 86_400;

/** A run that an enclave signed, and a receipt of OpenGradient's network: each by an account and a key that did so before. */
export async function measure(site: Site, contract: Enclave): Promise<Gas> {
  const { registry, models, prover, admin, ethers, networkHelpers } = site;
  const { chainId } = await ethers.provider.getNetwork();
  const at = addressOf(contract);
  const measurement = hash("measurement");
  const signer = privateKeyToAccount(hash("TEST key of an enclave"));
  const now = await networkHelpers.time.latest();

  for (const publicKey of [signer.publicKey, rsaPublicKey]) {
    const admission = { publicKey, measurement, expiresAt: now + DAY, document: "0x" as Hex };
    const { domain, types, message } = admissionMessage(Number(chainId), at, admission);
    const signature = await admin.signTypedData(domain, { Admission: [...types.Admission] }, message);
    await contract.admit(publicKey, measurement, now + DAY, "0x", [{ registrar: admin, signature }]);
  }

  const publish = async (artifactHash: Hex): Promise<Hex> => {
    const parts = [{ ...publication, artifactHash, measurement }, encodeLayout(floatLayout), "0x", ""] as const;
    const modelId = (await models.publish.staticCall(...parts)) as Hex;
    await models.publish(...parts);
    return modelId;
  };
  const [own, gateway] = [await publish(publication.artifactHash), await publish(ZERO_HASH)];

  const sign = async (name: string): Promise<number> => {
    const answer = { outputHash: hash(`output ${name}`), traceHash: ZERO_HASH, salt: ZERO_HASH };
    const run = { prover: addressOf(prover), method: enclave.id, modelId: own, inputHash: hash(name) };
    const attestation = { ...run, context: FREE_CONTEXT, answer: answerHash(run.prover, answer) };
    const uid = attestationUid(Number(chainId), addressOf(registry), attestation);
    const evidence = await signer.signTypedData(runMessage(Number(chainId), at, uid));
    const { method, modelId, inputHash, context } = attestation;
    return gasOf(await registry.connect(prover).attest(method, modelId, inputHash, context, answer, evidence));
  };

  const show = async (name: string): Promise<number> => {
    const receipt = { inputHash: hash(name), outputHash: hash(`output ${name}`), timestamp: BigInt(now) };
    const signature = signPss(hexToBytes(receiptMessage(receipt)), { salt: hexToBytes(hash(name)) });
    const answer = { outputHash: receipt.outputHash, traceHash: ZERO_HASH, salt: hash("salt") };
    const evidence = receiptEvidence(publication.runtimeId, receipt.timestamp, rsaPublicKey, signature);
    const args = [enclave.id, gateway, receipt.inputHash, FREE_CONTEXT, answer, evidence] as const;
    return gasOf(await registry.connect(prover).attest(...args));
  };

  return { "enclave-signature": await sign("run"), "opengradient-receipt": await show("receipt") };
}
