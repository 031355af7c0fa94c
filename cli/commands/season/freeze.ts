import { parseEventLogs } from "viem";
import { standingsAbi } from "../../../sdk/abi.ts";
import { callOf } from "../../../sdk/calls.ts";
import { contractOf } from "../../../sdk/client.ts";
import { standingsContract } from "../../../sdk/seasonEnd.ts";
import { grouped } from "../../format.ts";
import { requireUnfinished, stageCommand } from "../../season/stage.ts";
import { withSender } from "../../sending.ts";
import { openSettingsAccount } from "../../settings.ts";

export const freezeCommand = stageCommand({
  summary: "fix the ledger of a season that closed",
  details: `Anyone may freeze a season, once. Needs a key.
JSON: seasonId, seq, ledgerHash, participants, totalPoints, transactionHash.`,
  options: {},
  prepare:
    ({ settings, progress }) =>
    async (stage) => {
      const { client, seasonId } = stage;
      if (requireUnfinished(stage).frozen) throw new Error(`Season ${seasonId} is frozen already.`);
      const standings = contractOf(client, standingsContract);
      const account = await openSettingsAccount(settings);
      const { logs, transactionHash } = await withSender(client, account, progress, (sender) =>
        sender.send(callOf({ ...standings, functionName: "freeze", args: [seasonId] })),
      );
      const [frozen] = parseEventLogs({ abi: standingsAbi, eventName: "SeasonFrozen", logs });
      if (frozen === undefined) throw new Error(`Transaction ${transactionHash} froze no season.`);
      const { seq, ledgerHash, participants, totalPoints } = frozen.args;
      return {
        good: true,
        text: [
          `Season       ${seasonId}, frozen`,
          `Accounts     ${grouped(participants)} with ${grouped(totalPoints)} points together`,
          `Ledger hash  ${ledgerHash} at seq ${grouped(seq)}`,
          `Transaction  ${transactionHash}`,
          participants === 0
            ? "Without participants its order is final."
            : `Anyone may post the final order: season post ${seasonId}.`,
        ].join("\n"),
        json: { seasonId, seq, ledgerHash, participants, totalPoints, transactionHash },
      };
    },
});
