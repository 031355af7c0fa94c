import type { Address, Hex } from "viem";
import type { Total, Use } from "../../fold/uses.ts";
import { layoutOf } from "../tables.ts";
import type { Db } from "./database.ts";

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

export function createUseReader(db: Db): UseReader {
  const columnsOf = (table: "uses" | "totals") =>
    layoutOf(table).fields.map(({ name, column }) => `${table}.${column} AS ${name}`);
  const totals = (purpose: "season" | "request", isModel: 0 | 1) => {
    const [publisher, join] = isModel
      ? [", models.publisher", "JOIN models ON models.model_id = totals.subject"]
      : ["", ""];
    return db.prepare<[number], Total & { publisher: Address }>(
      `SELECT ${columnsOf("totals")}${publisher} FROM totals ${join}
       WHERE is_model = ${isModel} AND ${purpose}_verified > 0
       ORDER BY is_model, ${purpose}_verified DESC, subject DESC LIMIT ?`,
    );
  };
  const models = { seasons: totals("season", 1), requests: totals("request", 1) };
  const publishers = { seasons: totals("season", 0), requests: totals("request", 0) };
  const accounts = db.prepare<[Hex, number], Use>(
    `SELECT ${columnsOf("uses")} FROM uses WHERE subject = ? ORDER BY season_verified DESC, account DESC LIMIT ?`,
  );
  return {
    models: (purpose, limit) => models[purpose].all(limit),
    publishers: (purpose, limit) => publishers[purpose].all(limit),
    accountsOf: (modelId, limit) => accounts.all(modelId, limit),
  };
}
