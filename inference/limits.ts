/** What ModelRegistry takes in one publication; docs/protocol.md has the table of limits. */
export const publicationLimits = {
  /** Bytes of layout, rows and uri together. */
  bytes: 120_000,
  /** Bytes of rows that leave room for any layout of an integer model and a uri. */
  integerRows: 120_000 - 8192 - 512,
} as const;

/** What Campaign takes as a season's task. */
export const taskLimits = {
  /** Bytes of layout and base inputs together. */
  bytes: 120_000,
  inputs: 30_000,
} as const;
