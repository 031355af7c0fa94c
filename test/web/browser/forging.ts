import { setTimeout } from "node:timers/promises";
import { createTestClient, createWalletClient, type Hex, http, keccak256, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { buildAttestation } from "../../../inference/methods/quorum.ts";
import type { CheckedModel } from "../../../inference/model.ts";
import { encodeTensor, hashTensor } from "../../../inference/tensors.ts";
import { openContent } from "../../../participant/content.ts";
import { detailOf, readAttestation } from "../../../sdk/attestations.ts";
import { connect, contractOf } from "../../../sdk/client.ts";
import { attestationUid, ZERO_HASH } from "../../../sdk/commitments.ts";
import { parseDeployment } from "../../../sdk/deployment.ts";
import { isRevealing, quorum } from "../../../sdk/methods/quorum.ts";
import type { AttestationAnswer } from "../../../sdk/wire.ts";
import type { Site } from "./site.ts";

/**
 * Has a new account attest under Quorum, for nothing, that a model gives `output`, and open its answer as soon as the panel
 * has voted. Input and output are put where the demo's server has its content. Answers with the uid, once the server knows
 * what was answered.
 */
export async function attestWrongly(
  { url, rpcUrl, content: directory }: Site,
  { modelId, layout }: CheckedModel & { modelId: Hex },
  input: Uint8Array,
  output: Uint8Array,
): Promise<Hex> {
  const client = connect(parseDeployment(await (await fetch(`${url}/v1/deployment`)).json()), rpcUrl);
  const { attestationRegistry: registry, bonds } = client.contracts;
  const account = privateKeyToAccount(generatePrivateKey());
  const wallet = createWalletClient({ account, transport: http(rpcUrl) });
  const { setBalance } = createTestClient({ mode: "hardhat", transport: http(rpcUrl) });
  await setBalance({ address: account.address, value: parseEther("10") });
  const mined = async (hash: Hex) => {
    const { status } = await client.rpc.waitForTransactionReceipt({ hash, pollingInterval: 200 });
    if (status !== "success") throw new Error(`Transaction ${hash} was refused.`);
  };

  const content = openContent(directory);
  const tensors = [
    { spec: layout.input, data: input },
    { spec: layout.output, data: output },
  ] as const;
  for (const tensor of tensors) await content.put(encodeTensor(tensor), "keccak-256");
  const [inputHash, outputHash] = [hashTensor(tensors[0]), hashTensor(tensors[1])];
  const run = { prover: account.address, method: quorum.id, modelId, inputHash, context: ZERO_HASH };
  const { attestation, answer } = buildAttestation({ ...run, outputHash, salt: keccak256(output) });
  const uid = attestationUid(client.deployment.chainId, registry.address, attestation);

  const contract = contractOf(client, quorum);
  const value = await client.rpc.readContract({ ...contract, functionName: "depositPerAttestation" });
  const deposit = { ...bonds, functionName: "deposit", args: [contract.address, account.address], value } as const;
  await mined(await wallet.writeContract({ ...deposit, chain: null }));
  const said = [quorum.id, modelId, inputHash, ZERO_HASH] as const;
  const commit = { ...registry, functionName: "commit", args: [...said, attestation.answer] } as const;
  await mined(await wallet.writeContract({ ...commit, chain: null }));
  const mayReveal = async (): Promise<boolean> => {
    const state = await readAttestation(client, uid);
    const detail = state && detailOf(quorum, state);
    return detail !== undefined && isRevealing(detail, (await client.rpc.getBlock()).timestamp);
  };
  while (!(await mayReveal())) await setTimeout(500);
  await mined(
    await wallet.writeContract({ ...registry, functionName: "reveal", args: [...said, answer], chain: null }),
  );
  const isKnown = async () => {
    const { item } = (await (await fetch(`${url}/v1/attestations/${uid}`)).json()) as AttestationAnswer;
    return item.outputHash === outputHash;
  };
  while (!(await isKnown())) await setTimeout(200);
  return uid;
}
