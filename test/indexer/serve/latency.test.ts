import { expect } from "chai";
import fc from "fast-check";
import { Histogram, Registry } from "prom-client";
import { latencyIn } from "../../../indexer/serve/latency.ts";

const seconds = fc.oneof(fc.double({ min: 0, max: 3, noNaN: true }), fc.constantFrom(0.0005, 0.001, 0.02, 0.5, 2));
const answers = fc.array(fc.tuple(fc.constantFrom("/a", "/b"), fc.constantFrom(200, 404), seconds), { minLength: 1 });

/** The lines of a metric's text, in any order, their sums rounded. */
const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.replace(/(_sum\S*) (.*)/, (_, name, sum) => `${name} ${Number(sum).toFixed(9)}`))
    .sort();

describe("the histogram of the time to answer", () => {
  it("is what prom-client makes of the same answers", async () => {
    await fc.assert(
      fc.asyncProperty(answers, async (all) => {
        const [registry, expected] = [new Registry(), new Registry()];
        const observe = latencyIn(registry);
        const histogram = new Histogram({
          name: "proofboard_request_seconds",
          help: "Time to answer a request.",
          buckets: [0.0005, 0.001, 0.005, 0.02, 0.1, 0.5, 2],
          labelNames: ["route", "status"],
          registers: [expected],
        });
        for (const [route, status, time] of all) {
          observe(route, status, time);
          histogram.observe({ route, status }, time);
        }
        expect(linesOf(await registry.metrics())).to.deep.equal(linesOf(await expected.metrics()));
      }),
    );
  });
});
