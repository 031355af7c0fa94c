import { type Hex, toHex } from "viem";
import { buildAttestation } from "../../../../inference/methods/quorum.ts";
import { encodeTensor, hashTensor } from "../../../../inference/tensors.ts";
import type { Sender } from "../../../../participant/sender.ts";
import { detailOf, type SingleState } from "../../../../sdk/attestations.ts";
import { callOf } from "../../../../sdk/calls.ts";
import { contractOf } from "../../../../sdk/client.ts";
import { attestationUid } from "../../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../../sdk/contexts.ts";
import { decodeLayout } from "../../../../sdk/layouts.ts";
import { isRevealing, quorum } from "../../../../sdk/methods/quorum.ts";
import { Status } from "../../../../sdk/protocol.ts";
import type { Site } from "../../chain.ts";

/** What a hand-made attestation says; what isn't given is right. */
export interface ByHand {
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

/** Commits an attestation by hand and reveals it in time; returns it when it is settled. */
export async function attestByHand(site: Site, sender: Sender, chosen: ByHand): Promise<SingleState> {
  const { client, deployment, follower, digits } = site;
  const { attestationRegistry, bonds } = client.contracts;
  const { address: holder } = contractOf(client, quorum);
  const { context = FREE_CONTEXT, inputHash = FREE_CONTEXT, outputHash = toHex(1, { size: 32 }) } = chosen;
  const prover = sender.account.address;
  const { modelId } = digits.model;
  const salt = toHex(++salts, { size: 32 });
  const { attestation, answer } = buildAttestation({
    ...{ prover, method: quorum.id, modelId, inputHash, context, outputHash, salt },
  });
  const uid = attestationUid(deployment.chainId, attestationRegistry.address, attestation);
  await sender.send(callOf({ ...bonds, functionName: "deposit", args: [holder, prover], value: 1_000n }));
  await sender.send(
    callOf({
      ...attestationRegistry,
      functionName: "commit",
      args: [quorum.id, modelId, inputHash, context, attestation.answer],
    }),
  );
  const find = () => {
    const found = follower.state.attestations.byId.get(uid);
    return found?.kind === "single" ? found : undefined;
  };
  const isPending = () => find()?.status === Status.pending;
  await site.until(() => {
    const found = find();
    const detail = found && detailOf(quorum, found);
    return detail && (!isPending() || isRevealing(detail, follower.state.head.timestamp));
  });
  if (isPending())
    await sender.send(
      callOf({
        ...attestationRegistry,
        functionName: "reveal",
        args: [quorum.id, modelId, inputHash, context, answer],
      }),
    );
  return site.until(() => !isPending() && find());
}
