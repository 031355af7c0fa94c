import { createTestClient, type Hex, http, parseEther, toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { buildAttestation } from "../../inference/methods/quorum.ts";
import { nameModel } from "../../inference/model.ts";
import { encodeTensor, hashTensor } from "../../inference/tensors.ts";
import { openContent } from "../../participant/content.ts";
import { followChain } from "../../participant/follow.ts";
import { publishModel } from "../../participant/publish.ts";
import { createSender } from "../../participant/sender.ts";
import { detailOf } from "../../sdk/attestations.ts";
import { callOf } from "../../sdk/calls.ts";
import { connect, contractOf } from "../../sdk/client.ts";
import { attestationUid } from "../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../sdk/contexts.ts";
import type { Deployment } from "../../sdk/deployment.ts";
import type { Transaction } from "../../sdk/gas.ts";
import { encodeLayout, type Layout } from "../../sdk/layouts.ts";
import { isRevealing, quorum } from "../../sdk/methods/quorum.ts";
import { Status } from "../../sdk/protocol.ts";
import type { ForeignModel } from "./foreign.ts";

/** Where the demo is, and where the intruder offers its files, as any prover would. */
export interface Target {
  deployment: Deployment;
  rpcUrl: string;
  contentDirectory: string;
  signal: AbortSignal;
}

/** An attestation that the intruder committed to. */
export interface Intrusion {
  name: string;
  uid: Hex;
  /** The output that it claims. */
  outputHash: Hex;
  /** What a run on the input gives; undefined where there is no valid run. */
  expectedHash: Hex | undefined;
}

/**
 * Publishes models as a stranger, offers their files and inputs, and commits to one free attestation under Quorum of
 * each: to the right output where there is one, to a made-up one else. Reveals in time, resolves when all are settled.
 *
 * @param outputs What runs on the models' inputs give; undefined where there is no valid one.
 */
export async function intrude(
  outputs: ReadonlyMap<ForeignModel, Uint8Array | undefined>,
  target: Target,
): Promise<Intrusion[]> {
  const { deployment, rpcUrl, signal } = target;
  const account = privateKeyToAccount(toHex(0x1badn, { size: 32 }));
  const faucet = createTestClient({ mode: "hardhat", transport: http(rpcUrl) });
  await faucet.setBalance({ address: account.address, value: parseEther("1000") });
  const client = connect(deployment, rpcUrl);
  const follower = await followChain(client, { signal, report: () => {} });
  const sender = createSender(client.rpc, deployment.chainId, follower.heads, account);
  const content = openContent(target.contentDirectory);
  const { attestationRegistry, bonds } = client.contracts;
  const { address: holder } = contractOf(client, quorum);
  const deposit = callOf({ ...bonds, functionName: "deposit", args: [holder, account.address] });
  await sender.send({ ...deposit, value: parseEther("10") });

  await Promise.all(
    [...outputs.keys()].map(async ({ file, layout, input }) => {
      await content.put(encodeTensor({ spec: layout.input, data: input }), "keccak-256");
      await publishModel(client, sender, content, nameOf(file, layout), file);
    }),
  );
  const committed: (Intrusion & { reveal: Transaction })[] = [];
  const revealed = new Set<Hex>();
  const settled = new Promise<void>((resolve, reject) => {
    const act = () => {
      const states = committed.map(({ uid }) => follower.state.attestations.byId.get(uid));
      for (const [i, state] of states.entries()) {
        const detail = state && detailOf(quorum, state);
        const { uid, reveal } = committed[i] as (typeof committed)[number];
        if (!detail || !isRevealing(detail, follower.state.head.timestamp) || revealed.has(uid)) continue;
        revealed.add(uid);
        sender.send(reveal).catch(reject);
      }
      if (states.filter((state) => state && state.status !== Status.pending).length < outputs.size) return;
      stop();
      resolve();
    };
    const stop = follower.onState(act);
    signal.addEventListener("abort", () => reject(signal.reason));
  });

  // One in each block, as often as the demo's own provers do.
  const commitAll = async () => {
    for (const [{ name, file, layout, input }, output] of outputs) {
      const salt = toHex(committed.length + 1, { size: 32 });
      const expectedHash = output && hashTensor({ spec: layout.output, data: output });
      const { attestation, answer } = buildAttestation({
        ...{
          prover: account.address,
          method: quorum.id,
          context: FREE_CONTEXT,
          salt,
          outputHash: expectedHash ?? salt,
        },
        ...{ modelId: nameOf(file, layout).modelId, inputHash: hashTensor({ spec: layout.input, data: input }) },
      });
      const { method, modelId, inputHash, context } = attestation;
      const args = [method, modelId, inputHash, context] as const;
      const uid = attestationUid(deployment.chainId, attestationRegistry.address, attestation);
      const reveal = callOf({ ...attestationRegistry, functionName: "reveal", args: [...args, answer] });
      await sender.send(
        callOf({ ...attestationRegistry, functionName: "commit", args: [...args, attestation.answer] }),
      );
      committed.push({ name, uid, outputHash: answer.outputHash, expectedHash, reveal });
    }
  };
  await Promise.all([commitAll(), settled]);
  return committed.map(({ reveal: _, ...intrusion }) => intrusion);
}

const nameOf = (file: Uint8Array, layout: Layout) => nameModel(file, encodeLayout(layout), new Uint8Array(0));
