import { expect } from "chai";
import { FatalError } from "../../../../indexer/ingest/errors.ts";
import { append, open, storyOf } from "../../opened.ts";
import { choices } from "../../running.ts";

describe("the checksum of a block", () => {
  const { first, blocks } = storyOf(choices(12, 4));

  function opened() {
    const chain = open();
    chain.writer.start(first);
    append(chain.writer, blocks, 6);
    return chain;
  }

  /** Changes from which no other row follows, and some from which rows do. */
  const changes = [
    "UPDATE blocks SET hash = '0x' || substr(hash, 4) || 'f' WHERE number = (SELECT max(number) FROM blocks)",
    "UPDATE blocks SET parent_hash = 'x' WHERE number = (SELECT min(number) FROM blocks)",
    "UPDATE blocks SET timestamp = timestamp + 256 WHERE number = (SELECT min(block_number) FROM events)",
    "UPDATE events SET transaction_hash = replace(transaction_hash, 'a', 'b')",
    "UPDATE events SET address = replace(address, '1', '2')",
    "UPDATE events SET data = CAST(data || x'00' AS BLOB) WHERE rowid_of_last",
    "UPDATE events SET topics = CAST(substr(topics, 1, length(topics) - 1) || x'77' AS BLOB) WHERE rowid_of_last",
    "UPDATE events SET log_index = log_index + 1000 WHERE rowid_of_last",
    "DELETE FROM events WHERE rowid_of_last",
  ].map((sql) =>
    sql.replace(
      "rowid_of_last",
      "(block_number, log_index) = (SELECT block_number, max(log_index) FROM events GROUP BY block_number ORDER BY 1 LIMIT 1)",
    ),
  );
  for (const sql of changes)
    it(`finds ${sql.slice(0, 60)}… when all is folded anew`, () => {
      const { db, writer } = opened();
      db.exec(sql);
      expect(() => writer.rebuild()).to.throw(
        FatalError,
        /is damaged: block \d+ and its logs aren't as they were written/,
      );
    });

  it("is right after blocks are undone and others came", () => {
    const { writer } = opened();
    const logs = writer.rebuild();
    writer.rollback(8);
    append(writer, blocks.slice(blocks.findIndex(({ number }) => number > 8)), 6);
    expect(writer.rebuild()).to.equal(logs);
  });
});
