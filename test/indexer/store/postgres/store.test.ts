import { expect } from "chai";
import { StorageError } from "../../../../indexer/store/store.ts";
import { chainTold } from "../../serve/served.ts";
import { openPostgres } from "./opened.ts";
import { requirePostgres, startServer, type TestServer } from "./server.ts";

describe("the writing side of PostgreSQL", function () {
  this.timeout(60_000);
  let server: TestServer;
  before(async function () {
    await requirePostgres(this);
    server = await startServer();
  });
  after(() => server?.stop());

  it("refuses to go on where another server took its place that lacks what was written last, and reads it anew", async () => {
    const [, first, second, third] = chainTold([[30, 30, 0, 32]]);
    if (!first || !second || !third) throw new Error("The chain has blocks.");
    const { writer, client, close } = await openPostgres(server.url());
    const append = async (block: typeof first) => writer.append({ headers: [block], logs: [], finalized: 0 });
    const sql = (text: string) => client.use((db) => db.run(text));
    try {
      await writer.start(first);
      // What a replica that lags by one block has.
      const copied = "revision, (SELECT block_number FROM progress) AS block";
      await sql(`CREATE TEMP TABLE lagging AS SELECT ${copied} FROM writer`);
      await append(second);
      await sql(
        "DELETE FROM blocks WHERE number > (SELECT block FROM lagging); UPDATE progress SET block_number = block FROM lagging",
      );
      await sql("UPDATE writer SET revision = lagging.revision FROM lagging");
      const refused = await append(third).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(refused).to.be.instanceOf(StorageError);
      expect((refused as Error).message).to.contain("another server took its place");
      await append(second);
      await append(third);
      expect(await client.use((db) => db.rows("SELECT count(*) FROM blocks"))).to.deep.equal([[3n]]);
    } finally {
      await close();
    }
  });
});
