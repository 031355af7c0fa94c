import type { AskedRequest } from "../../../sdk/requests/fold.ts";
import { readRequests } from "../../../sdk/requests/read.ts";
import { RequestState, requestStateName } from "../../../sdk/requests/request.ts";
import { money, requestJson } from "../../answers.ts";
import type { Command } from "../../command.ts";
import { type Column, grouped, table, utc } from "../../format.ts";
import { readModelNames } from "../../modelNames.ts";
import { openConnection, readOwnAddress } from "../../settings.ts";
import { parseCount, UsageError } from "../../usage.ts";

export const listRequests: Command = {
  positionals: [],
  summary: "requests for inferences, newest first",
  details: `Reads them from the chain. --open shows those that wait for a prover, --mine those that the key's account asked or accepted.
JSON: total, requests, each with requestId, state, request, accepted (or null), steps, blockNumber.`,
  options: {
    open: { help: "only those that wait for a prover" },
    mine: { help: "only those that the key's account asked or accepted" },
    limit: { value: "N", help: "most rows; defaults to 20" },
  },
  async run({ options, switches, settings }) {
    const limit = Number(parseCount("--limit", options.limit ?? "20", 1n));
    const own = await readOwnAddress(settings);
    if (switches.has("mine") && own === undefined) throw new UsageError('"--mine" needs a key.');
    const { client } = await openConnection(settings);
    const names = await readModelNames();
    const isMine = ({ request, accepted }: AskedRequest) => [request.requester, accepted?.prover].includes(own);
    const found = (await readRequests(client))
      .reverse()
      .filter(
        (asked) =>
          (!switches.has("open") || asked.state === RequestState.open) && (!switches.has("mine") || isMine(asked)),
      );
    const rows = found.slice(0, limit);
    const columns: Column<AskedRequest>[] = [
      { title: "request", cell: ({ requestId }) => requestId },
      { title: "state", cell: ({ state }) => requestStateName(state) },
      { title: "model", cell: ({ request }) => names.get(request.modelId) ?? request.modelId.slice(0, 10) },
      { title: "fee", right: true, cell: ({ request }) => money(request.fee, request.token) },
      { title: "cover", right: true, cell: ({ request }) => money(request.cover, request.token) },
      { title: "deadline", cell: ({ request }) => utc(request.deadline) },
    ];
    return {
      good: true,
      text:
        rows.length === 0
          ? "There is no such request."
          : `${grouped(rows.length)} of ${grouped(found.length)} requests\n\n${table(columns, rows)}`,
      json: { total: found.length, requests: rows.map(requestJson) },
    };
  },
};
