import type { StreamEvents } from "../../../sdk/wire.ts";
import type { LogLocation } from "../../decode/events.ts";
import type { FeedRow } from "../../store/sqlite/read-feed.ts";
import { receiptOf } from "../accounts.ts";
import { summaryOf } from "../attestations.ts";
import { asOf, type State } from "../state.ts";

const MOST_KEPT = 1_000;

/** What a stream sends: each message is built once, for however many clients. */
export function createMessages(state: State) {
  let kept = new Map<string, string>();

  async function build({ location, about }: FeedRow): Promise<string> {
    if (about === undefined) return "";
    if ("seq" in about) {
      const entry = await state.ledger.entry(about.seasonId, about.seq);
      return entry ? message(location, "points", await receiptOf(state, entry)) : "";
    }
    const attestation = await state.attestations.attestation(about.uid);
    return attestation ? message(location, "status", summaryOf(attestation)) : "";
  }

  return {
    /** The message about an event; empty where there is none. */
    async ofEvent(row: FeedRow): Promise<string> {
      const id = idOf(row.location);
      // Not those of a chain that changes meanwhile.
      const own = kept;
      const known = own.get(id);
      if (known !== undefined) return known;
      if (own.size === MOST_KEPT) own.clear();
      const built = await build(row);
      own.set(id, built);
      return built;
    },
    ofHead: (last: LogLocation): string => message(last, "head", { asOf: asOf(state) }),
    /** Every event above the block is undone. */
    ofReorg: (last: LogLocation, blockNumber: number): string =>
      message(last, "reorg", { asOf: asOf(state), blockNumber }),
    /** The chain changed: messages are built of the rows as they are now. */
    forget(): void {
      kept = new Map();
    },
  };
}

const idOf = ({ blockNumber, logIndex }: LogLocation): string => `${blockNumber}-${logIndex}`;

const message = <Name extends keyof StreamEvents>(last: LogLocation, event: Name, data: StreamEvents[Name]): string =>
  `id: ${idOf(last)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
