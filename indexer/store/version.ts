/** Of the tables that follow from the logs (rows.sql): those of another version are folded anew. */
export const VERSION = 13;

/**
 * Of the tables in logs.sql. The oldest files whose logs can be read have schema version 4; they and some later ones don't
 * say that their logs have version 1, in which blocks have no checksums. Before version 6 subjects were stored whole.
 */
export const LOGS_VERSION = 6;

/** Contracts that not every deployment has, by the version of the logs before which theirs weren't read. */
const READ_SINCE = { Standings: 3, Rewards: 3, Badges: 3, Cover: 4, InferenceRequests: 4, Profiles: 5 };

/** The contracts that not every deployment has, and whether their logs were read by a writer of this version of the logs. */
export const optionalContracts = (version: number): [name: string, wasRead: boolean][] =>
  Object.entries(READ_SINCE).map(([name, since]) => [name, version >= since]);
