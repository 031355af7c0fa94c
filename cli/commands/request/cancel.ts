import { cancelCall } from "../../../sdk/requests/contracts.ts";
import { readRequest } from "../../../sdk/requests/read.ts";
import { RequestState, requestStateName } from "../../../sdk/requests/request.ts";
import { money } from "../../answers.ts";
import type { Command } from "../../command.ts";
import { utc } from "../../format.ts";
import { withSender } from "../../sending.ts";
import { openConnection, openSettingsAccount } from "../../settings.ts";
import { parseHash } from "../../usage.ts";

export const cancelRequest: Command = {
  positionals: ["REQUEST"],
  summary: "end a request that nobody has accepted",
  details: `Ends a request whose fee is then its requester's again: \`request withdraw\` pays it out. The requester may end an open one at any time, anyone from its deadline on. Needs a key.
JSON: requestId, requester, fee (wei, or a token's smallest unit), token, transactionHash.`,
  options: {},
  async run({ positionals: [text], settings, progress }) {
    const requestId = parseHash("REQUEST", text as string);
    const { client } = await openConnection(settings);
    const { request, state, accepted } = await readRequest(client, requestId);
    const { timestamp } = await client.rpc.getBlock();
    if (state === RequestState.accepted && accepted !== undefined && timestamp < accepted.until)
      throw new Error(`${requestId} can't be cancelled: ${accepted.prover} answers it until ${utc(accepted.until)}.`);
    if (state !== RequestState.open && state !== RequestState.accepted)
      throw new Error(`${requestId} can't be cancelled: it is ${requestStateName(state)}.`);
    const account = await openSettingsAccount(settings);
    const { requester, deadline, fee, token } = request;
    if (account.address !== requester && timestamp < deadline)
      throw new Error(
        `${requestId} can't be cancelled by ${account.address}: until ${utc(deadline)} only ${requester} can.`,
      );
    const { transactionHash } = await withSender(client, account, progress, (sender) =>
      sender.send(cancelCall(client, request)),
    );
    return {
      good: true,
      text: `Cancelled    ${requestId}\nFee          ${money(fee, token)}, to be withdrawn by ${requester}\nTransaction  ${transactionHash}`,
      json: { requestId, requester, fee, token, transactionHash },
    };
  },
};
