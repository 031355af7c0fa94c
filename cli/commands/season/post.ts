import type { Hex } from "viem";
import { LARGEST_CHUNK, USUAL_CHUNK } from "../../../participant/poster.ts";
import type { Sender } from "../../../participant/sender.ts";
import { callOf } from "../../../sdk/calls.ts";
import { type Client, contractOf } from "../../../sdk/client.ts";
import { RevertError } from "../../../sdk/errors.ts";
import type { Standing } from "../../../sdk/ledger.ts";
import {
  type Chunk,
  nextChunk,
  posterFee,
  readDrafts,
  readLedger,
  readSeasonEnd,
  readTerms,
  rewardsContract,
  standingsContract,
} from "../../../sdk/seasonEnd.ts";
import { grouped } from "../../format.ts";
import type { Progress } from "../../progress.ts";
import { requireUnfinished, stageCommand } from "../../season/stage.ts";
import { withSender } from "../../sending.ts";
import { openSettingsAccount } from "../../settings.ts";
import { parseCount, UsageError } from "../../usage.ts";

// docs/standings.md measures them.
const GAS_PER_ACCOUNT = 4_033;
const GAS_PER_CHUNK = 100_000;

export const postCommand = stageCommand({
  summary: "post the final order of a frozen season",
  details: `Posts the final order of a frozen season in chunks, and collects what the rewards pay for that. The key's own draft goes on where it stands, and begins anew if it went wrong. Needs a key.
JSON: seasonId, poster (whose order is final), participants, posted (accounts posted now), transactionHashes, paid.`,
  options: {
    chunk: { value: "N", help: `accounts in a transaction, 1 to ${LARGEST_CHUNK}; defaults to ${USUAL_CHUNK}` },
  },
  prepare({ options, settings, progress }) {
    const size = Number(parseCount("--chunk", options.chunk ?? String(USUAL_CHUNK), 1n));
    if (size > LARGEST_CHUNK)
      throw new UsageError(`--chunk is "${size}"; it must be a whole number from 1 to ${LARGEST_CHUNK}.`);
    return async (stage) => {
      const { client, seasonId, blockNumber } = stage;
      const { frozen, participants } = requireUnfinished(stage);
      if (!frozen)
        throw new Error(`Season ${seasonId} isn't frozen yet; anyone may do that: season freeze ${seasonId}.`);
      const { standings } = await readLedger(client, seasonId, blockNumber, progress.show);
      const account = await openSettingsAccount(settings);
      const self = account.address;
      return withSender(client, account, progress, async (sender) => {
        const draft = (await readDrafts(client, seasonId, blockNumber, self)).get(self) ?? [];
        const { posted, transactionHashes } = await postAll({
          client,
          seasonId,
          standings,
          draft,
          size,
          sender,
          progress,
        });
        const { poster } = await readSeasonEnd(client, seasonId);
        const paid = poster === self ? await collect(client, seasonId, participants, sender) : 0n;
        return {
          good: true,
          text: [
            `Season        ${seasonId}, final`,
            `Accounts      ${grouped(posted)} of ${grouped(participants)} posted now`,
            `Transactions  ${transactionHashes.length}`,
            `Poster        ${poster}${poster === self ? "" : ", who finished first"}`,
            ...(paid === 0n ? [] : [`Paid          ${grouped(paid)} of the token's smallest unit`]),
          ].join("\n"),
          json: { seasonId, poster, participants, posted, transactionHashes, paid },
        };
      });
    };
  },
});

interface Posting {
  client: Client;
  seasonId: bigint;
  standings: readonly Standing[];
  /** The sender's, so far. */
  draft: readonly Chunk[];
  size: number;
  sender: Sender;
  progress: Progress;
}

/** Posts what is left of the order; ends early where somebody else finishes first. */
async function postAll({ client, seasonId, standings, draft, size, sender, progress }: Posting) {
  const contract = contractOf(client, standingsContract);
  const transactionHashes: Hex[] = [];
  let next = nextChunk(standings, draft, size);
  const begun = next === undefined ? standings.length : next.first - 1;
  const chunks = Math.ceil((standings.length - begun) / size);
  const gas = (standings.length - begun) * GAS_PER_ACCOUNT + chunks * GAS_PER_CHUNK;
  progress.say(
    `Posting places ${grouped(begun + 1)} to ${grouped(standings.length)} as ${sender.account.address}: ${grouped(chunks)} transactions, about ${grouped(gas)} gas.`,
  );
  let posted = 0;
  for (; next !== undefined; next = nextChunk(standings, [next], size)) {
    const { first, accounts } = next;
    try {
      const call = callOf({ ...contract, functionName: "post", args: [seasonId, first, accounts] });
      transactionHashes.push((await sender.send(call)).transactionHash);
    } catch (error) {
      if (error instanceof RevertError && error.errorName === "AlreadyFinal") break;
      throw error;
    }
    posted += accounts.length;
    progress.show("accounts posted", begun + posted, standings.length);
  }
  return { posted, transactionHashes };
}

/** Collects what rewards pay the poster; returns how much. */
async function collect(client: Client, seasonId: bigint, participants: number, sender: Sender): Promise<bigint> {
  const terms = await readTerms(client, seasonId);
  const fee = terms === undefined ? 0n : posterFee(terms, participants);
  if (terms === undefined || fee === 0n) return 0n;
  const rewards = contractOf(client, rewardsContract);
  await sender.send(callOf({ ...rewards, functionName: "payPoster", args: [seasonId, terms] }));
  return fee;
}
