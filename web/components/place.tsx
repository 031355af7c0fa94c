import type { EventLocation } from "../../sdk/wire.ts";
import { Num } from "./num.tsx";
import { Time } from "./time.tsx";
import { Transaction } from "./transaction.tsx";

/** Where on chain something happened: when, in which block and transaction. */
export const Place = ({ at }: { at: EventLocation }) => (
  <>
    <Time at={at.timestamp} /> · block <Num value={at.blockNumber} /> · <Transaction hash={at.transactionHash} />
  </>
);
