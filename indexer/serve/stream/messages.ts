import type { StreamEvents } from "../../../sdk/wire.ts";
import type { Place } from "../../decode/events.ts";
import type { FeedRow } from "../../store/sqlite/read-feed.ts";
import { receiptOf } from "../accounts.ts";
import { summaryOf } from "../attestations.ts";
import { asOf, type State } from "../state.ts";

const MOST_KEPT = 1_000;

/** What a stream sends. */
export interface Messages {
  /** The messages for an event; empty if there are none. */
  ofEvent(row: FeedRow): Promise<string>;
  ofHead(last: Place): string;
  /** Every event above the block is undone. */
  ofReorg(last: Place, blockNumber: number): string;
  /** The chain changed: from now on messages have the rows' new state. */
  forget(): void;
}

/** Builds each message once, for all clients. */
export function createMessages(state: State): Messages {
  let kept = new Map<string, string>();

  async function build({ place, about }: FeedRow): Promise<string> {
    if (about === undefined) return "";
    if ("seq" in about) {
      const entry = await state.ledger.entry(about.seasonId, about.seq);
      return entry ? message(place, "points", await receiptOf(state, entry)) : "";
    }
    const attestation = await state.attestations.attestation(about.uid);
    return attestation ? message(place, "status", summaryOf(attestation)) : "";
  }

  return {
    async ofEvent(row) {
      const id = idOf(row.place);
      // Not those of a chain that changes meanwhile.
      const own = kept;
      const known = own.get(id);
      if (known !== undefined) return known;
      if (own.size === MOST_KEPT) own.clear();
      const built = await build(row);
      own.set(id, built);
      return built;
    },
    ofHead: (last) => message(last, "head", { asOf: asOf(state) }),
    ofReorg: (last, blockNumber) => message(last, "reorg", { asOf: asOf(state), blockNumber }),
    forget() {
      kept = new Map();
    },
  };
}

const idOf = ({ blockNumber, logIndex }: Place): string => `${blockNumber}-${logIndex}`;

const message = <Name extends keyof StreamEvents>(last: Place, event: Name, data: StreamEvents[Name]): string =>
  `id: ${idOf(last)}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
