import { expect } from "chai";
import Fastify from "fastify";
import { answerProblems, ProblemError } from "../../../indexer/serve/problems.ts";
import { StorageError } from "../../../indexer/store/store.ts";

describe("problems", () => {
  /** What a route that throws answers, and what it leaves in the log. */
  async function answerTo(error: Error) {
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    const app = Fastify({ logger: { level: "warn", stream } });
    answerProblems(app);
    app.get("/", () => {
      throw error;
    });
    const { statusCode, headers, body } = await app.inject("/");
    expect(headers["content-type"]).to.equal("application/problem+json");
    return { statusCode, detail: JSON.parse(body).detail, log: lines.join("") };
  }

  it("keeps to itself what went wrong inside, but logs it", async () => {
    const { statusCode, detail, log } = await answerTo(new Error("disk on fire"));
    expect([statusCode, detail]).to.deep.equal([500, "The indexer failed to answer; its log says why."]);
    expect(log).to.contain("disk on fire");
  });

  it("says what is known without filling the log, as when somebody polls an indexer that is syncing", async () => {
    for (const error of [new ProblemError(503, "Syncing."), new StorageError("Syncing.")]) {
      const { statusCode, detail, log } = await answerTo(error);
      expect([statusCode, detail, log]).to.deep.equal([503, "Syncing.", ""]);
    }
  });
});
