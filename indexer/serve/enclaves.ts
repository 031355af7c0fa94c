import type { EnclaveKey } from "../../sdk/wire.ts";
import type { EnclaveKey as KeyRow } from "../methods/enclave.ts";
import { type Located, locationOf } from "../store/event-columns.ts";
import { noQuery } from "./parameters.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, type State } from "./state.ts";

const MOST_KEYS = 1_000;

/** `/enclaves`. */
export function enclaveRoute(app: App, state: State): void {
  app.get(
    "/enclaves",
    {
      config: { cost: 10 },
      schema: {
        operationId: "listEnclaves",
        summary: "Keys of enclaves, and the registrars who vouch for them",
        description: `At most ${MOST_KEYS} keys, the newest admissions first.`,
        querystring: noQuery,
        response: { 200: schemas.enclavesAnswer },
      },
    },
    () =>
      state.read(async (snapshot) => {
        const registrars = await snapshot.enclaves.registrars();
        return {
          asOf: asOf(snapshot),
          registrars: registrars ? { accounts: [...registrars.accounts], threshold: registrars.threshold } : null,
          items: (await snapshot.enclaves.keys(MOST_KEYS)).map(keyOf),
        };
      }),
  );
}

const keyOf = (row: Located<KeyRow>): EnclaveKey => ({
  key: row.key,
  measurement: row.measurement,
  publicKey: row.publicKey,
  expiresAt: row.expiresAt,
  revoked: row.revokedBy === null || row.revokedAt === null ? null : { by: row.revokedBy, at: row.revokedAt },
  admitted: locationOf(row),
});
