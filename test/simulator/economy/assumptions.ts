/** What the simulator takes for granted; docs/economy.md says why. */
export const assumptions = {
  /** ETH that a unit of gas costs: 2 gwei. */
  gasPrice: 2e-9,
  /** ETH that a point is worth: a seat's points on a Verified unit then are worth about its fee. */
  pointPrice: 0.00004,
  /** Seconds that a member needs to fetch and run, one attestation after another. */
  run: 300,
  /** Share of the commit window that a member waits for content before it votes UNAVAILABLE. */
  patience: { least: 0.45, most: 0.55 },
  /** Seconds after which an input that an honest member has fetched can be fetched from it. */
  passOn: 30,
  /** Minutes until somebody acts on what it sees. */
  reaction: { least: 1, most: 10 },
  /** Seconds until a bystander draws, refills or settles what its prover leaves lying. */
  keeper: 600,
  /** Times that an honest prover tries a unit that ends Void. */
  honestTries: 3,
  /** Provers that do units, and how many of them are hostile where a strategy has provers. */
  provers: 12,
  hostileProvers: 3,
  /** Free attestations that an honest customer asks for, for each unit that is done. */
  freePerUnit: 0.1,
  /** Share of the attestations that the list may have under way that there are, and how many seconds each is. */
  load: 1 / 3,
  underWay: 5 * 3_600,
} as const;
