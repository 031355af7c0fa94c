import type { Address, Hex } from "viem";
import type { Db } from "./database.ts";

/** Units that were verified and refuted, those for seasons apart from answers to requests. */
interface Units {
  seasonVerified: number;
  seasonRefuted: number;
  requestVerified: number;
  requestRefuted: number;
}

/** What an account did with a model, or with what else is counted: uses.sql. */
export interface Use extends Units {
  account: Address;
}

/** What all accounts did with a model, or with all models of a publisher, and how many of them have a verified unit. */
export interface Total extends Units {
  subject: Hex;
  seasonProvers: number;
  requestProvers: number;
}

/** For what units are counted. */
type Purpose = "seasons" | "requests";

/** Reads what models were used for. */
export interface UseReader {
  /** Models with the most verified units for a purpose first. */
  models(purpose: Purpose, limit: number): (Total & { publisher: Address })[];
  /** Publishers, their models taken together, likewise. */
  publishers(purpose: Purpose, limit: number): Total[];
  /** The accounts with the most verified units of a model in seasons, the most first. */
  accountsOf(modelId: Hex, limit: number): Use[];
}

const UNITS = `season_verified AS seasonVerified, season_refuted AS seasonRefuted,
  request_verified AS requestVerified, request_refuted AS requestRefuted`;

export function createUseReader(db: Db): UseReader {
  const totals = (purpose: "season" | "request", kind: "model" | "publisher") => {
    const [publisher, join] =
      kind === "model" ? [", publisher", "JOIN models ON models.model_id = totals.subject"] : ["", ""];
    return db.prepare<[number], Total & { publisher: Address }>(
      `SELECT subject, ${UNITS}, season_provers AS seasonProvers, request_provers AS requestProvers${publisher}
       FROM totals ${join} WHERE kind = '${kind}' AND ${purpose}_verified > 0
       ORDER BY kind, ${purpose}_verified DESC, subject DESC LIMIT ?`,
    );
  };
  const models = { seasons: totals("season", "model"), requests: totals("request", "model") };
  const publishers = { seasons: totals("season", "publisher"), requests: totals("request", "publisher") };
  const accounts = db.prepare<[Hex, number], Use>(
    `SELECT account, ${UNITS} FROM uses WHERE subject = ? ORDER BY season_verified DESC, account DESC LIMIT ?`,
  );
  return {
    models: (purpose, limit) => models[purpose].all(limit),
    publishers: (purpose, limit) => publishers[purpose].all(limit),
    accountsOf: (modelId, limit) => accounts.all(modelId, limit),
  };
}
