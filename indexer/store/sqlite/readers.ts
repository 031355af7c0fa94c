import type { AddedMethod } from "../../decode/events.ts";
import type { Db } from "./database.ts";
import { type AccountReader, createAccountReader } from "./read-accounts.ts";
import { type ActivityReader, createActivityReader } from "./read-activity.ts";
import { type AttestationReader, createAttestationReader } from "./read-attestations.ts";
import { createEnclaveReader, type EnclaveReader } from "./read-enclaves.ts";
import { createEndReader, type EndReader } from "./read-ends.ts";
import { createFeedReader, type FeedReader } from "./read-feed.ts";
import { createLedgerReader, type LedgerReader } from "./read-ledger.ts";
import { createLogReader, type LogReader } from "./read-logs.ts";
import { createModelReader, type ModelReader } from "./read-models.ts";
import { createNetworkReader, type NetworkReader } from "./read-network.ts";
import { createProfileReader, type ProfileReader } from "./read-profiles.ts";
import { createRequestReader, type RequestReader } from "./read-requests.ts";
import { createSeasonReader, type SeasonReader } from "./read-seasons.ts";
import { createServedReader, type ServedReader } from "./read-served.ts";
import { createUseReader, type UseReader } from "./read-uses.ts";
import { createMethods } from "./store.ts";

/** Everything that is read of the rows, a reader for each subject. */
export interface Readers {
  accounts: AccountReader;
  activity: ActivityReader;
  attestations: AttestationReader;
  enclaves: EnclaveReader;
  ends: EndReader;
  feed: FeedReader;
  ledger: LedgerReader;
  logs: LogReader;
  /** The registry's list of verification methods, in order. */
  methods(): AddedMethod[];
  models: ModelReader;
  network: NetworkReader;
  profiles: ProfileReader;
  requests: RequestReader;
  seasons: SeasonReader;
  served: ServedReader;
  uses: UseReader;
}

export const createReaders = (db: Db): Readers => ({
  accounts: createAccountReader(db),
  activity: createActivityReader(db),
  attestations: createAttestationReader(db),
  enclaves: createEnclaveReader(db),
  ends: createEndReader(db),
  feed: createFeedReader(db),
  ledger: createLedgerReader(db),
  logs: createLogReader(db),
  methods: createMethods(db),
  models: createModelReader(db),
  network: createNetworkReader(db),
  profiles: createProfileReader(db),
  requests: createRequestReader(db),
  seasons: createSeasonReader(db),
  served: createServedReader(db),
  uses: createUseReader(db),
});
