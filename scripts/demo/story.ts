import { parseEther } from "viem";
import type { CommittedModel } from "../../models/read.ts";
import type { ChainFollower } from "../../participant/follow.ts";
import type { Sender } from "../../participant/sender.ts";
import { decodeLayout } from "../../sdk/layouts.ts";
import { quorum } from "../../sdk/methods/quorum.ts";
import { askAndWait } from "../../sdk/requests/wait.ts";
import { shownText, textInput } from "../../sdk/text.ts";
import { short } from "./progress.ts";

const FEE = parseEther("0.01");
const BEGINNING = "Once, a shy hare called Ada lived near the sea.";

/** Somebody has a language model go on with a story, and waits until a panel has written it again. */
export async function askForStory(
  { client }: ChainFollower,
  sender: Sender,
  { name, model }: CommittedModel,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<void> {
  const input = textInput(decodeLayout(model.layout).input, BEGINNING);
  const wish = { modelId: model.modelId, input, finality: "verified", fee: FEE, methods: [quorum.id] } as const;
  const { data, prover } = await askAndWait(client, sender, wish, {
    signal,
    onAsked: ({ requestId }) => print(`Somebody has "${name}" go on with “${BEGINNING}”: request ${short(requestId)}.`),
  });
  print(`${short(prover)} wrote “${shownText(data)}”, and a panel wrote it again.`);
}
