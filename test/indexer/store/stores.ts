import { postgresObstacle } from "../../../bench/sync/postgres.ts";
import { startServer, type TestServer } from "./postgres/server.ts";

const obstacle = await postgresObstacle();

/**
 * Defines a suite for each store. `store` gives the URL of a PostgreSQL database of the suite's own, within hooks and tests;
 * undefined where rows are in a file.
 */
export function onEachStore(title: string, define: (store: () => string | undefined) => void): void {
  describe(title, () => define(() => undefined));
  if (obstacle !== undefined) console.log(`      Not tested on PostgreSQL: ${title}. ${obstacle}`);
  (obstacle === undefined ? describe : describe.skip)(`${title}, on PostgreSQL`, () => {
    let server: TestServer;
    before(async () => {
      server = await startServer();
    });
    define(() => server.url());
    after(() => server.stop());
  });
}
