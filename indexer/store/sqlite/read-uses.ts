import type { Address, Hex } from "viem";
import { nameColumn } from "../event-columns.ts";
import type { Db } from "./database.ts";

/** Units that were verified and refuted, those for seasons apart from answers to requests. */
interface Units {
  seasonVerified: number;
  seasonRefuted: number;
  requestVerified: number;
  requestRefuted: number;
}

/** What an account did with a model, or with what else is counted (uses.sql), and what it calls itself. */
export interface Use extends Units {
  account: Address;
  name: string | null;
}

/** What all accounts did with a model, or with all models of a publisher, and how many of them have a verified unit. */
export interface Total extends Units {
  subject: Hex;
  publisher: Address;
  /** What the publisher calls itself. */
  name: string | null;
  seasonProvers: number;
  requestProvers: number;
}

/** For what units are counted. */
type Purpose = "seasons" | "requests";

/** An account's place among those with units of a subject that were verified in seasons. */
export type UsePosition = Pick<Use, "seasonVerified" | "account">;

/** A task of a season as what is used. */
export const taskSubject = (seasonId: number, taskId: number): string => `${seasonId}/${taskId}`;

/** All tasks that a season has with a model, as what is used. */
export const modelSubject = (seasonId: number, modelId: Hex): string => `${seasonId}/${modelId}`;

/** Reads what models were used for. */
export interface UseReader {
  /** Models with the most verified units for a purpose first. */
  models(purpose: Purpose, limit: number): Total[];
  /** Publishers, their models taken together, likewise. */
  publishers(purpose: Purpose, limit: number): Total[];
  /** Accounts with a unit of a subject that was verified in a season. */
  provers(subject: string): number;
  /** The accounts with the most units of a subject verified in seasons, the most first, behind a position. */
  accountsOf(subject: string, after: UsePosition | undefined, limit: number): Use[];
  /** How many accounts of {@link accountsOf} stand at a position or ahead of it; counts to `most`. */
  placesUpTo(subject: string, position: UsePosition, most: number): number;
  /** How many accounts have more units of a subject verified in seasons; counts to `most`. */
  ahead(subject: string, verified: number, most: number): number;
}

const UNITS = `season_verified AS seasonVerified, season_refuted AS seasonRefuted,
  request_verified AS requestVerified, request_refuted AS requestRefuted`;

export function createUseReader(db: Db): UseReader {
  const totals = (purpose: "season" | "request", kind: "model" | "publisher") => {
    const [publisher, join] =
      kind === "model"
        ? (["models.publisher", "JOIN models ON models.model_id = totals.subject"] as const)
        : (["totals.subject", ""] as const);
    return db.prepare<[number], Total>(
      `SELECT subject, ${publisher} AS publisher, ${nameColumn(publisher)} AS name, ${UNITS},
         season_provers AS seasonProvers, request_provers AS requestProvers
       FROM totals ${join} WHERE kind = '${kind}' AND ${purpose}_verified > 0
       ORDER BY kind, ${purpose}_verified DESC, subject DESC LIMIT ?`,
    );
  };
  const models = { seasons: totals("season", "model"), requests: totals("request", "model") };
  const publishers = { seasons: totals("season", "publisher"), requests: totals("request", "publisher") };
  const provers = db.prepare<[string], number>("SELECT season_provers FROM totals WHERE subject = ?").pluck();
  const accounts = db.prepare<[string, number, string, number], Use>(
    `SELECT account, ${nameColumn("uses.account")} AS name, ${UNITS} FROM uses
     WHERE subject = ? AND season_verified > 0 AND (season_verified, account) < (?, ?)
     ORDER BY season_verified DESC, account DESC LIMIT ?`,
  );
  const counted = <Parameters extends unknown[]>(where: string) =>
    db
      .prepare<[string, ...Parameters, number], number>(
        `SELECT count(*) FROM (SELECT 1 FROM uses WHERE subject = ? AND ${where} LIMIT ?)`,
      )
      .pluck();
  const upTo = counted<[number, string]>("(season_verified, account) >= (?, ?)");
  const ahead = counted<[number]>("season_verified > ?");
  return {
    models: (purpose, limit) => models[purpose].all(limit),
    publishers: (purpose, limit) => publishers[purpose].all(limit),
    provers: (subject) => provers.get(subject) ?? 0,
    accountsOf: (subject, after, limit) =>
      accounts.all(subject, after?.seasonVerified ?? Number.MAX_SAFE_INTEGER, after?.account ?? "", limit),
    placesUpTo: (subject, { seasonVerified, account }, most) =>
      upTo.get(subject, seasonVerified, account, most) as number,
    ahead: (subject, verified, most) => ahead.get(subject, verified, most) as number,
  };
}
