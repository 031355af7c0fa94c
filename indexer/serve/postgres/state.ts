import type { Deployment } from "../../../sdk/deployment.ts";
import type { Decoder } from "../../decode/events.ts";
import type { Rpc } from "../../ingest/rpc.ts";
import { StorageError } from "../../store/store.ts";
import { complete, type EarlySnapshot, type Files, type State, snapshotOf } from "../state.ts";
import type { Moment, Moments } from "./moments.ts";
import type { Watch } from "./watch.ts";

/** What a server of a database in PostgreSQL reads from. */
export interface PostgresSources {
  moments: Moments;
  watch: Watch;
  decoder: Decoder;
  deployment: Deployment;
  rpc: Rpc;
  files: Files;
}

/** The chain as servers of one database read it: each answer in a transaction of its own, so that it is of one block. */
export function createPostgresState({ moments, watch, decoder, deployment, rpc, files }: PostgresSources): State {
  let followed = 0;
  let present: EarlySnapshot | undefined;
  watch.announcements.subscribe(() => {
    present = undefined;
  });

  async function snapshotIn({ readers, standings, history, head }: Moment): Promise<EarlySnapshot> {
    // The contracts of methods, by which stored logs are decoded; they only become more but for reorganisations.
    if (head.methods !== followed) {
      decoder.follow(await readers.methods());
      followed = head.methods;
    }
    const snapshot = snapshotOf(
      { readers, decoder, deployment, history, ranking: { of: standings } },
      head.progress,
      head.isBuilt,
    );
    if (head.revision === watch.revision()) present ??= snapshot;
    return snapshot;
  }

  function read<Result>(make: (snapshot: EarlySnapshot) => Promise<Result>): Promise<Result> {
    const before = watch.revision();
    return moments.read(async (moment) => {
      // Requests are let in by what was seen of the database: they must first be told that this is gone.
      if (moment.head.revision < before) {
        void watch.look().catch(() => {});
        throw new StorageError("The database is at an earlier block than before: ask again.");
      }
      return make(await snapshotIn(moment));
    });
  }

  return {
    ...{ announcements: watch.announcements, deployment, files, rpc },
    held: () => 0,
    read: (make) => read((snapshot) => make(complete(snapshot))),
    readEarly: read,
    present: () => (present?.progress && present.isBuilt ? complete(present) : undefined),
    lateness: moments.lateness,
    reached: watch.look,
    reorganisations: watch.reorganisations,
    isOneOfSeveral: true,
  };
}
