import type { Address, Hex } from "viem";
import { Status } from "../../sdk/protocol.ts";
import type { Kind, Rows } from "./identity-map.ts";
import type { Attestation } from "./recorded.ts";

/** Units that were verified and refuted, those for seasons apart from answers to requests. */
interface Units {
  seasonVerified: number;
  seasonRefuted: number;
  requestVerified: number;
  requestRefuted: number;
}

/** What is used: a model, by its id, or all models of a publisher, by its address. */
interface Subject {
  subject: Hex;
}

interface OfAccount extends Subject {
  account: Address;
}

/** What an account did with a subject. */
export interface Use extends OfAccount, Units {}

/** What all accounts did with a subject, and how many of them have a verified unit. */
export interface Total extends Subject, Units {
  isModel: number;
  seasonProvers: number;
  requestProvers: number;
}

export const uses: Kind<OfAccount, Use> = {
  group: ({ subject }) => subject,
  name: ({ account }) => account,
};

export const totals: Kind<Subject, Total> = {
  group: () => undefined,
  name: ({ subject }) => subject,
};

const none: Units = { seasonVerified: 0, seasonRefuted: 0, requestVerified: 0, requestRefuted: 0 };

/** Counts an attestation's units with its model and its publisher; nothing unless it is verified or refuted. */
export function countUse(
  rows: Rows,
  { modelId, prover, count }: Attestation,
  status: number,
  purpose: "season" | "request",
): void {
  if (status !== Status.verified && status !== Status.refuted) return;
  const field = `${purpose}${status === Status.verified ? "Verified" : "Refuted"}` as const;
  const publisher = rows.models.get({ modelId })?.publisher;
  for (const [subject, isModel] of [[modelId, 1] as const, ...(publisher ? [[publisher, 0] as const] : [])]) {
    const own = rows.uses.get({ subject, account: prover }) ?? { subject, account: prover, ...none };
    const total = rows.totals.get({ subject }) ?? { subject, isModel, ...none, seasonProvers: 0, requestProvers: 0 };
    const isFirst = status === Status.verified && own[field] === 0;
    rows.uses.set({ ...own, [field]: own[field] + count });
    rows.totals.set({
      ...{ ...total, [field]: total[field] + count },
      [`${purpose}Provers`]: total[`${purpose}Provers`] + (isFirst ? 1 : 0),
    });
  }
}
