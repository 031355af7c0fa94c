import { z } from "zod";
import type * as wire from "../../sdk/wire.ts";
import { count, decimal, hex } from "../methods/fields.ts";
import {
  accountProfile,
  asOf,
  attestationComponents,
  chunkProof,
  cover,
  enclaveKey,
  finalStanding,
  location,
  model,
  name,
  named,
  news,
  request,
  requestSummary,
  season,
  standing,
  summary,
} from "./components.ts";
import { attestationStatuses } from "./labels.ts";

// The answers of `sdk/wire.ts` as schemas, from which the OpenAPI document is generated.

export { problem } from "./components.ts";

const next = z.string().nullable();

export const seasons: z.ZodType<wire.Seasons> = z.strictObject({ asOf, items: z.array(season) });
export const seasonAnswer: z.ZodType<wire.SeasonAnswer> = z.strictObject({ asOf, item: season });
export const standingsPage: z.ZodType<wire.StandingsPage> = z.strictObject({
  asOf,
  items: z.array(standing),
  next,
  total: count,
});
export const standingAnswer: z.ZodType<wire.StandingAnswer> = z.strictObject({
  asOf,
  item: standing,
  neighbours: z.array(standing),
});
export const unitStandingsPage: z.ZodType<wire.UnitStandingsPage> = z.strictObject({
  asOf,
  items: z.array(
    z.strictObject({
      ...{ rank: z.int().min(1), place: z.int().min(1), account: hex, name },
      ...{ verified: count, refuted: count },
    }),
  ),
  next,
  total: count,
});
export const claimAnswer: z.ZodType<wire.ClaimAnswer> = z.strictObject({
  asOf,
  standing: finalStanding,
  proof: chunkProof,
  chunk: z.strictObject({ first: z.int().min(1), root: hex }),
  reward: z
    .strictObject({
      amount: decimal,
      state: z.enum(["claimable", "claimed", "over", "nothing"]),
      claimed: location.nullable(),
      next: finalStanding.nullable(),
      nextProof: chunkProof.nullable(),
    })
    .nullable(),
  badge: z.strictObject({ tokenId: decimal, minted: location.nullable() }),
});
export const searchAnswer: z.ZodType<wire.SearchAnswer> = z.strictObject({ asOf, items: z.array(standing) });
export const profilesAnswer: z.ZodType<wire.ProfilesAnswer> = z.strictObject({
  asOf,
  epochs: z.array(z.strictObject({ epoch: z.int().min(1), endsAt: count, seq: decimal })),
  items: z.array(
    z.strictObject({
      account: hex,
      reasons: z.array(z.strictObject({ reason: named, points: decimal })),
      history: z.array(z.strictObject({ rank: z.int().min(1), points: decimal }).nullable()),
    }),
  ),
});
export const availabilityAnswer: z.ZodType<wire.AvailabilityAnswer> = z.strictObject({
  modelId: hex,
  onChain: z.boolean(),
  sources: z.array(
    z.strictObject({
      source: z.string(),
      servedSince: count.nullable(),
      checkedAt: count.nullable(),
      failure: z.strictObject({ at: count, reason: z.string() }).nullable(),
    }),
  ),
});
export const networkAnswer: z.ZodType<wire.NetworkAnswer> = z.strictObject({
  ...{ asOf, isWhole: z.boolean(), burned: decimal },
  methods: z.array(
    z.strictObject({
      method: named,
      statuses: z.array(z.strictObject({ status: z.enum(attestationStatuses), attestations: count, units: count })),
      toVerified: z.strictObject({ median: count, p90: count }).nullable(),
      missedSeats: z.strictObject({ attestations: count, seats: count, lost: decimal }).nullable(),
      gas: z
        .strictObject({
          ...{ attestations: count, units: count, perUnit: count },
          steps: z.array(z.strictObject({ step: z.string(), transactions: count, perUnit: count })),
        })
        .nullable(),
    }),
  ),
  tenths: z.array(
    z.strictObject({
      ...{ startsAt: count, endsAt: count, attestations: count, provers: count, verifiers: count },
      isWhole: z.boolean(),
    }),
  ),
  content: z.array(availabilityAnswer),
});
export const newsPage: z.ZodType<wire.NewsPage> = z.strictObject({ asOf, items: z.array(news), next });
export const activityAnswer: z.ZodType<wire.ActivityAnswer> = z.strictObject({
  asOf,
  items: z.array(z.strictObject({ minute: count, method: named, count })),
});
export const accountAnswer: z.ZodType<wire.AccountAnswer> = z.strictObject({
  asOf,
  account: hex,
  name,
  seasons: z.array(
    z.strictObject({
      seasonId: decimal,
      rank: z.int().min(1).nullable(),
      points: decimal.nullable(),
      verified: count,
      pending: count,
      refuted: count,
      caught: count,
    }),
  ),
});
export const enclavesAnswer: z.ZodType<wire.EnclavesAnswer> = z.strictObject({
  asOf,
  registrars: z.strictObject({ accounts: z.array(hex), threshold: z.int().min(1) }).nullable(),
  items: z.array(enclaveKey),
});
export const accountProfilesAnswer: z.ZodType<wire.AccountProfilesAnswer> = z.strictObject({
  asOf,
  items: z.array(accountProfile),
});
export const accountProfileAnswer: z.ZodType<wire.AccountProfileAnswer> = z.strictObject({
  asOf,
  item: accountProfile.nullable(),
  alike: z.array(hex),
});
export const attestationsPage: z.ZodType<wire.AttestationsPage> = z.strictObject({
  asOf,
  items: z.array(summary),
  next,
});
export const requestsPage: z.ZodType<wire.InferenceRequestsPage> = z.strictObject({
  asOf,
  items: z.array(requestSummary),
  next,
});
export const requestAnswer: z.ZodType<wire.InferenceRequestAnswer> = z.strictObject({ asOf, item: request });
export const modelsPage: z.ZodType<wire.ModelsPage> = z.strictObject({ asOf, items: z.array(model), next });
export const modelAnswer: z.ZodType<wire.ModelAnswer> = z.strictObject({ asOf, item: model });
const used = { verified: count, refuted: count };
const usedFor = z.strictObject({ ...used, provers: count });
const purposes = { seasons: usedFor, requests: usedFor };
export const modelBoard: z.ZodType<wire.ModelBoard> = z.strictObject({
  ...{ asOf, items: z.array(z.strictObject({ modelId: hex, publisher: hex, name, ...purposes })) },
});
export const publisherBoard: z.ZodType<wire.PublisherBoard> = z.strictObject({
  ...{ asOf, items: z.array(z.strictObject({ publisher: hex, name, ...purposes })) },
});
export const modelStandings: z.ZodType<wire.ModelStandings> = z.strictObject({
  asOf,
  items: z.array(z.strictObject({ account: hex, name, seasons: z.strictObject(used), requests: z.strictObject(used) })),
});
export const catchers: z.ZodType<wire.CatchersAnswer> = z.strictObject({
  ...{ asOf, items: z.array(z.strictObject({ account: hex, name, caught: count })) },
});
export const seatsPage: z.ZodType<wire.SeatsPage> = z.strictObject({
  asOf,
  items: z.array(
    z.strictObject({
      ...{ attestation: summary, round: z.int().min(1), vote: z.enum(["none", "committed", "revealed"]) },
      ...{ lost: decimal, drawn: location },
    }),
  ),
  next,
});
export const moneyAnswer: z.ZodType<wire.MoneyAnswer> = z.strictObject({
  asOf,
  account: hex,
  ...{ balance: decimal, claimable: decimal },
  bonds: z.array(
    z.strictObject({
      ...{ holder: hex, name: z.string(), free: decimal, locked: decimal, unbonding: decimal },
      withdrawableAt: count.nullable(),
    }),
  ),
  requests: z.array(
    z.strictObject({
      ...{ contract: hex, name: z.string(), token: hex.nullable(), fees: decimal, deposits: decimal },
      ...{ covers: decimal, returned: decimal, withdrawable: decimal },
    }),
  ),
  debts: z.array(z.strictObject({ seasonId: decimal, owed: decimal })),
});
export const audit: z.ZodType<wire.Audit> = z.strictObject({
  asOf,
  seq: decimal,
  chainSeq: decimal,
  chainLedgerHash: hex,
  localLedgerHash: hex,
  match: z.boolean(),
});
export const deploymentAnswer: z.ZodType<wire.DeploymentAnswer> = z.strictObject({
  chainId: count,
  startBlock: count,
  contracts: z.record(z.string(), z.strictObject({ address: hex, transactionHash: hex })),
  rpcUrl: z.string().nullable(),
  explorer: z.string().nullable(),
});
export const health: z.ZodType<wire.Health> = z.strictObject({ status: z.literal("ok") });
export const readiness: z.ZodType<wire.Readiness> = z.strictObject({
  status: z.literal("ready"),
  blockNumber: count,
  headBlock: count,
});

/** The answers that hold steps, of every method that is registered by now: made once a server. */
export function attestationAnswers(): {
  attestationAnswer: z.ZodType<wire.AttestationAnswer>;
  receiptsPage: z.ZodType<wire.ReceiptsPage>;
} {
  const { attestation, receipt } = attestationComponents();
  return {
    attestationAnswer: z.strictObject({
      ...{ asOf, item: attestation, request: requestSummary.nullable(), covers: z.array(cover) },
    }),
    receiptsPage: z.strictObject({ asOf, items: z.array(receipt), next }),
  };
}

export type AttestationAnswers = ReturnType<typeof attestationAnswers>;
