import { enclaves, registrars } from "../methods/enclave.ts";
import { disputes } from "../methods/fraudProof.ts";
import { votes } from "../methods/quorum.ts";
import { activity } from "./activity.ts";
import { badges } from "./badges.ts";
import { covers } from "./covers.ts";
import { chunks, drafts, ends } from "./ends.ts";
import { entries } from "./entries.ts";
import type { Kind, Once } from "./identity-map.ts";
import { ledger } from "./ledger.ts";
import { methods } from "./methods.ts";
import { models } from "./models.ts";
import { balances, payments } from "./payments.ts";
import { profiles } from "./profiles.ts";
import { attestations } from "./recorded.ts";
import { answers, requests } from "./requests.ts";
import { claims, rewards } from "./rewards.ts";
import { seasons, tasks } from "./seasons.ts";
import { catches, seats } from "./served.ts";

/** Every table that is folded; the store's schema has one of each name. */
export const kinds = {
  ...{ models, methods, seasons, tasks, attestations, activity, votes, disputes, ledger, entries },
  ...{ ends, drafts, chunks, rewards, claims, badges },
  ...{ requests, answers, covers, payments, balances },
  ...{ catches, seats, profiles, enclaves, registrars },
};

export type TableName = keyof typeof kinds;

/** A table's row. */
export type RowOf<T extends TableName> =
  (typeof kinds)[T] extends Once<infer Row> ? Row : (typeof kinds)[T] extends Kind<infer _Key, infer Row> ? Row : never;

/** What a table's row is found by; a table whose rows are only added is never searched. */
export type KeyOf<T extends TableName> = (typeof kinds)[T] extends Kind<infer Key, infer _Row> ? Key : RowOf<T>;
