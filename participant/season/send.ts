import { bytesToHex, erc20Abi, type Hex, parseEventLogs, type TransactionReceipt } from "viem";
import type { PublishedModel } from "../../inference/model.ts";
import { campaignAbi } from "../../sdk/abi.ts";
import { type Call, callOf } from "../../sdk/calls.ts";
import { type Client, contractOf } from "../../sdk/client.ts";
import { rewardsContract, type Terms } from "../../sdk/seasonEnd.ts";
import type { Sender } from "../sender.ts";
import type { Dates } from "./file.ts";

/** A task to draft. */
export interface TaskDraft {
  model: Pick<PublishedModel, "modelId" | "layout">;
  method: number;
  points: bigint;
  unitsPerAccount: number;
  noise: number;
  /** Raw bytes of all base inputs, one after another. */
  inputs: Uint8Array;
}

/** A season to draft. */
export interface SeasonDraft extends Dates {
  /** Points an account can earn as verifier. */
  verifierCap: bigint;
  uri: string;
  tasks: readonly TaskDraft[];
  /** What the sender promises, and has the tokens for; defaults to nothing. */
  rewards?: Terms | undefined;
}

/** How far a draft has come. */
export interface Begun {
  seasonId: bigint;
  /** Its tasks, which are the season's first ones. */
  tasks: number;
  escrowed: boolean;
}

/** A season that was opened, and what was sent for it. */
export interface SentSeason {
  seasonId: bigint;
  receipts: { name: string; receipt: TransactionReceipt }[];
}

/** Drafts a season, adds its tasks, escrows its rewards and opens it; does only what is left to do of one that was `begun`. */
export async function sendSeason(
  client: Client,
  { send }: Sender,
  draft: SeasonDraft,
  begun?: Begun,
): Promise<SentSeason> {
  const { tasks, rewards } = draft;
  const receipts: SentSeason["receipts"] = [];
  const sendCall = async (call: Call): Promise<TransactionReceipt> => {
    const receipt = await send(call);
    receipts.push({ name: call.name, receipt });
    return receipt;
  };
  const escrows = rewards !== undefined && !begun?.escrowed;
  const [drafted] = await Promise.all([
    begun === undefined && sendCall(draftCall(client, draft)),
    escrows && sendCall(approvalCall(client, rewards)),
  ]);
  const seasonId = begun?.seasonId ?? draftedIn(drafted as TransactionReceipt);
  // A sender's transactions are mined in the order of these calls, which numbers the tasks.
  await Promise.all([
    ...tasks.slice(begun?.tasks ?? 0).map((task) => sendCall(taskCall(client, seasonId, task))),
    escrows && sendCall(escrowCall(client, seasonId, rewards)),
  ]);
  await sendCall(openCall(client, seasonId, draft));
  return { seasonId, receipts };
}

export const draftCall = (
  { contracts: { campaign } }: Client,
  { startsAt, endsAt, closesAt, verifierCap }: SeasonDraft,
): Call => callOf({ ...campaign, functionName: "draft", args: [startsAt, endsAt, closesAt, verifierCap] });

export function taskCall(
  { contracts: { campaign } }: Client,
  seasonId: bigint,
  { model, inputs, method, points, unitsPerAccount, noise }: TaskDraft,
): Call {
  const rules = { modelId: model.modelId as Hex, method, points, unitsPerAccount, noise };
  const args = [seasonId, rules, bytesToHex(model.layout), bytesToHex(inputs)] as const;
  return callOf({ ...campaign, functionName: "addTask", args });
}

/** Lets Rewards take what the terms promise. */
export function approvalCall(client: Client, { token, pool, posterBudget }: Terms): Call {
  const { address } = contractOf(client, rewardsContract);
  return callOf({ address: token, abi: erc20Abi, functionName: "approve", args: [address, pool + posterBudget] });
}

export const escrowCall = (client: Client, seasonId: bigint, rewards: Terms): Call =>
  callOf({ ...contractOf(client, rewardsContract), functionName: "escrow", args: [seasonId, rewards] });

export const openCall = ({ contracts: { campaign } }: Client, seasonId: bigint, { uri }: SeasonDraft): Call =>
  callOf({ ...campaign, functionName: "open", args: [seasonId, uri] });

function draftedIn({ logs }: TransactionReceipt): bigint {
  const [drafted] = parseEventLogs({ abi: campaignAbi, eventName: "SeasonDrafted", logs });
  if (drafted === undefined) throw new Error("The campaign drafted no season.");
  return drafted.args.seasonId;
}
