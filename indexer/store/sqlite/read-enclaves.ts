import type { EnclaveKey, Registrars } from "../../methods/enclave.ts";
import { type Located, locatedRows } from "../event-columns.ts";
import type { Db } from "./database.ts";

/** Reads the keys of enclaves, and who vouches for them. */
export interface EnclaveReader {
  /** The newest admissions first. */
  keys(limit: number): Located<EnclaveKey>[];
  registrars(): Located<Registrars> | undefined;
}

export function createEnclaveReader(db: Db): EnclaveReader {
  const keys = locatedRows("enclaves");
  const registrars = locatedRows("registrars");
  const newest = db
    .prepare<[number], unknown[]>(`${keys.select} ORDER BY enclaves.block_number DESC, enclaves.log_index DESC LIMIT ?`)
    .raw()
    .safeIntegers();
  const only = db.prepare<[], unknown[]>(registrars.select).raw().safeIntegers();
  return {
    keys: (limit) => newest.all(limit).map(keys.rowOf),
    registrars() {
      const found = only.get();
      return found && registrars.rowOf(found);
    },
  };
}
