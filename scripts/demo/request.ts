import { formatEther, parseEther } from "viem";
import type { CommittedModel } from "../../models/read.ts";
import type { ChainFollower } from "../../participant/follow.ts";
import type { Sender } from "../../participant/sender.ts";
import { askAndWait } from "../../sdk/requests/wait.ts";
import { short } from "./progress.ts";

const [FEE, COVER] = [parseEther("0.01"), parseEther("0.05")];

/** Somebody asks what a model says of one of its inputs, and gets a covered answer. */
export async function askOnce(
  { client }: ChainFollower,
  sender: Sender,
  { name, model, inputs, card }: CommittedModel,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<void> {
  const input = inputs.slice(0, inputs.length / card.inputCount);
  const wish = { modelId: model.modelId, input, finality: "covered", fee: FEE, cover: COVER } as const;
  const { requestId, prover, uid } = await askAndWait(client, sender, wish, {
    signal,
    onAsked: ({ requestId }) =>
      print(`Somebody asks model "${name}" for ${formatEther(FEE)} ETH: request ${short(requestId)}.`),
  });
  print(
    `${short(prover)} answered ${short(requestId)} by ${short(uid)}, and covers the answer with ${formatEther(COVER)} ETH.`,
  );
}
