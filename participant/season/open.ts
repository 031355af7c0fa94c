import { callOf } from "../../sdk/calls.ts";
import { type Client, contractOf, readSeason } from "../../sdk/client.ts";
import { readTerms, rewardsContract } from "../../sdk/seasonEnd.ts";
import { metadataBytes } from "../../sdk/seasonMetadata.ts";
import type { Content } from "../content.ts";
import { publishModel } from "../publish.ts";
import type { Sender } from "../sender.ts";
import type { SeasonFile } from "./file.ts";
import { heldOf } from "./find.ts";
import { admissionFor, draftOf, type Plan, readTimes } from "./plan.ts";
import { type SentSeason, sendSeason } from "./send.ts";
import type { FoundTask } from "./tasks.ts";

/**
 * Opens a planned season, going on where its plan says that it stands: puts the metadata and its models' files into
 * `content`, publishes the models and has their methods admit them, drafts the season, adds its tasks, escrows its rewards and opens it. Durations count from
 * when it is drafted.
 */
export async function openPlanned(
  client: Client,
  sender: Sender,
  content: Content,
  file: SeasonFile,
  tasks: readonly FoundTask[],
  { draft, found }: Plan,
): Promise<SentSeason> {
  await content.put(metadataBytes(file.metadata), "sha2-256");
  const published = new Set<string>();
  const receipts: SentSeason["receipts"] = [];
  for (const { model, files, isPublished, line } of tasks) {
    if (model === undefined || files === undefined || published.has(model.modelId)) continue;
    published.add(model.modelId);
    if (!isPublished) {
      const receipt = await publishModel(client, sender, content, model, files.artifact, files.card);
      receipts.push({ name: "publish", receipt });
    } else if ("directory" in line.model) await content.put(files.artifact, "sha2-256");
  }
  for (const task of tasks) {
    const call = await admissionFor(client, task);
    if (call) receipts.push({ name: "admit", receipt: await sender.send(call) });
  }
  const begun = found?.state === "drafted" ? found : undefined;
  const times = await readTimes(client, new Set(draft.tasks.map(({ method }) => method)));
  const sent = await sendSeason(client, sender, begun ? draft : draftOf(file, draft.tasks, times), begun);
  return { ...sent, receipts: [...receipts, ...sent.receipts] };
}

/** What cancelling a draft did. */
export interface Cancelled {
  /** False if it was cancelled before. */
  isNew: boolean;
  /** What returned to the organiser, in the token's smallest unit. */
  returned: bigint;
}

/** Cancels a draft of the sender's and lets its rewards return. Throws a sentence for a season that is open. */
export async function cancelSeason(client: Client, { send }: Sender, seasonId: bigint): Promise<Cancelled> {
  const { cancelled, seedBlock } = await readSeason(client, seasonId);
  if (seedBlock !== 0) throw new Error(`Season ${seasonId} is open: only a draft can be cancelled.`);
  if (!cancelled) await send(callOf({ ...client.contracts.campaign, functionName: "cancel", args: [seasonId] }));
  const returned = await heldOf(client, seasonId);
  const terms = returned === 0n ? undefined : await readTerms(client, seasonId);
  if (terms !== undefined) {
    const rewards = contractOf(client, rewardsContract);
    await send(callOf({ ...rewards, functionName: "returnRewards", args: [seasonId, terms] }));
  }
  return { isNew: !cancelled, returned };
}
