import { type Hex, toHex } from "viem";
import { buildAttestation } from "../../inference/methods/quorum.ts";
import { encodeTensor, hashTensor } from "../../inference/tensors.ts";
import { callOf, type Sender } from "../../participant/sender.ts";
import { type AttestationView, isRevealing } from "../../participant/view.ts";
import { attestationUid } from "../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../sdk/contexts.ts";
import { decodeLayout } from "../../sdk/layouts.ts";
import { QUORUM } from "../../sdk/methods.ts";
import type { Site } from "./chain.ts";

/** What a hand-made attestation says; what isn't given is right. */
export interface Claim {
  context?: Hex;
  inputHash?: Hex;
  outputHash?: Hex;
}

/** A digits image with every pixel `value`, as a tensor: its bytes, its name, and what the model makes of it. */
export async function imageOf({ digits, models }: Site, value: number) {
  const { input, output } = decodeLayout(digits.layout);
  const data = new Uint8Array(64).fill(value);
  const { session } = await models.open(digits.model.modelId);
  return {
    bytes: encodeTensor({ spec: input, data }),
    inputHash: hashTensor({ spec: input, data }),
    outputHash: hashTensor({ spec: output, data: await session.run(data) }),
  };
}

let salts = 0;

/** Commits an attestation by hand and reveals it in time; returns its final view. */
export async function claimByHand(site: Site, sender: Sender, claim: Claim): Promise<AttestationView> {
  const { client, deployment, board, digits } = site;
  const { attestationRegistry, bonds, quorum } = client.contracts;
  const { context = FREE_CONTEXT, inputHash = FREE_CONTEXT, outputHash = toHex(1, { size: 32 }) } = claim;
  const prover = sender.account.address;
  const { modelId } = digits.model;
  const salt = toHex(++salts, { size: 32 });
  const { attestation, answer } = buildAttestation({
    ...{ prover, method: QUORUM, modelId, inputHash, context, outputHash, salt },
  });
  const uid = attestationUid(deployment.chainId, attestationRegistry.address, attestation);
  await sender.send(callOf({ ...bonds, functionName: "deposit", args: [quorum.address, prover], value: 1_000n }));
  await sender.send(
    callOf({
      ...attestationRegistry,
      functionName: "commit",
      args: [QUORUM, modelId, inputHash, context, attestation.answer],
    }),
  );
  const find = () => board.view.attestations.get(uid);
  await site.until(() => {
    const found = find();
    return found && (found.status !== 1 || isRevealing(found, board.view.head.timestamp));
  });
  if (find()?.status === 1)
    await sender.send(
      callOf({ ...attestationRegistry, functionName: "reveal", args: [QUORUM, modelId, inputHash, context, answer] }),
    );
  return site.until(() => {
    const found = find();
    return found && found.status > 1 ? found : undefined;
  });
}
