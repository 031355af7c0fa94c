import { prepareSchema } from "../../indexer/open-postgres.ts";
import { openClient } from "../../indexer/store/postgres/client.ts";
import { placeOf, rowsOf } from "../../indexer/store/postgres/place.ts";
import { complete } from "../../indexer/store/postgres/schema.ts";
import { fill } from "../rank/postgres.ts";
import { deployment } from "../sync/deployment.ts";
import { type Postgres, startPostgres } from "../sync/postgres.ts";

/** Starts a server whose database holds a season of so many accounts, ready to be served. */
export async function startSeason(accounts: number): Promise<Postgres> {
  const postgres = await startPostgres();
  try {
    const place = placeOf(postgres.url);
    const client = openClient(place, 3_600_000);
    await prepareSchema(client, place, deployment);
    await client.use(async (db) => {
      await db.run(`SET search_path = ${rowsOf(place)}`);
      await fill(db, accounts);
      await db.run("SELECT build_ranking()");
      await db.run("INSERT INTO progress SELECT 1, max(number), max(number), max(number) FROM blocks");
      await complete(db);
      for (const table of ["entries", "ledger", "places", "marks", "blocks"]) await db.run(`VACUUM (ANALYZE) ${table}`);
    });
    await client.close();
    return postgres;
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}
