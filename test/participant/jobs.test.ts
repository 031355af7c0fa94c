import { expect } from "chai";
import { BaseError } from "viem";
import type { ChainState } from "../../participant/chainState.ts";
import type { ChainFollower } from "../../participant/follow.ts";
import { type Job, type Participant, runJobs } from "../../participant/jobs.ts";
import { TooPoorError, TryAgainError } from "../../participant/sender.ts";
import { UntoldModelError } from "../../sdk/client.ts";
import { refusal } from "./refusal.ts";

/** Lets all promises that can settle do so. */
const idle = () => new Promise((done) => setImmediate(done));

/** A follower whose blocks a test makes. */
function makeFollower() {
  const listeners = new Set<(state: ChainState, reorganised: boolean) => void>();
  const state = { head: { number: 0n } } as ChainState;
  const follower = {
    state,
    onState(listener: (state: ChainState, reorganised: boolean) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as ChainFollower;
  const mine = async (blocks = 1, reorganised = false) => {
    for (let i = 0; i < blocks; i++) {
      state.head.number += 1n;
      for (const listener of [...listeners]) listener(state, reorganised);
      await idle();
    }
  };
  return { follower, mine, listeners };
}

const participantOf = (run: () => Promise<void>, key = () => "job"): Participant => ({
  name: "participant 1",
  due: (): Job[] => [{ key: key(), run }],
});

describe("participants", () => {
  let ending: AbortController;
  let reports: string[];
  let options: { signal: AbortSignal; report: (sentence: string) => void };
  beforeEach(() => {
    ending = new AbortController();
    reports = [];
    options = { signal: ending.signal, report: (sentence) => void reports.push(sentence) };
  });

  it("ends with the first error that no later try can mend, naming the participant", async () => {
    const { follower, listeners } = makeFollower();
    const run = runJobs(follower, [participantOf(async () => Promise.reject(new Error("The disk is full.")))], options);
    expect(await refusal(run)).to.equal("participant 1: The disk is full.");
    expect(listeners.size).to.equal(0);
  });

  it("tries again what needs a model that the RPC doesn't know", async () => {
    const { follower, mine } = makeFollower();
    let tries = 0;
    const participant = participantOf(async () => {
      if (++tries === 1) throw new UntoldModelError("No model 0x1 has been published.");
    });
    const run = runJobs(follower, [participant], options);
    await idle();
    await mine(3);
    expect([tries, reports]).to.deep.equal([2, ["participant 1: No model 0x1 has been published."]]);
    ending.abort();
    await run;
  });

  const passing: [string, Error][] = [
    ["an RPC refuses", new BaseError("Header not found.")],
    ["the account can't pay for", new TooPoorError(`0x${"ab".repeat(20)}`, 1n, 2n, "commit")],
  ];
  for (const [what, error] of passing)
    it(`tries again what ${what}`, async () => {
      const { follower, mine } = makeFollower();
      let tries = 0;
      const run = runJobs(
        follower,
        [
          participantOf(async () => {
            if (++tries === 1) throw error;
          }),
        ],
        options,
      );
      await idle();
      await mine(2);
      ending.abort();
      await run;
      expect([tries, reports.length]).to.deep.equal([2, 1]);
    });

  it("ends with an error of looking for what is due", async () => {
    const { follower } = makeFollower();
    const broken: Participant = {
      name: "participant 2",
      due() {
        throw new Error("The journal is closed.");
      },
    };
    expect(await refusal(runJobs(follower, [broken], options))).to.equal("participant 2: The journal is closed.");
  });

  it("tries what failed for a while again, later and later, and reports it once", async () => {
    const { follower, mine } = makeFollower();
    const tries: bigint[] = [];
    const failing = participantOf(async () => {
      tries.push(follower.state.head.number);
      throw new TryAgainError("Not yet.");
    });
    const run = runJobs(follower, [failing], options);
    await idle();
    await mine(66);
    ending.abort();
    await run;
    expect(tries).to.deep.equal([0n, 1n, 3n, 7n, 15n, 31n, 47n, 63n]);
    expect(reports).to.deep.equal(["participant 1: Not yet."]);
  });

  it("does a job once, but again when its block was reorganised", async () => {
    const { follower, mine } = makeFollower();
    let times = 0;
    const run = runJobs(follower, [participantOf(async () => void times++)], options);
    await mine(5);
    expect(times).to.equal(1);
    await mine(1, true);
    expect(times).to.equal(2);
    ending.abort();
    await run;
  });

  it("doesn't start a job twice while it runs, and lets others run beside it", async () => {
    const { follower, mine } = makeFollower();
    const started: string[] = [];
    const slow = participantOf(() => {
      started.push("slow");
      return new Promise(() => {});
    });
    const quick: Participant = {
      name: "participant 2",
      due: () => [{ key: "job", run: async () => void started.push("quick") }],
    };
    const run = runJobs(follower, [slow, quick], options);
    await mine(3);
    ending.abort();
    await run;
    expect(started).to.deep.equal(["slow", "quick"]);
  });

  it("does nothing once its signal aborted", async () => {
    const { follower, mine } = makeFollower();
    ending.abort();
    let times = 0;
    await runJobs(follower, [participantOf(async () => void times++)], options);
    await mine(2);
    expect(times).to.equal(0);
  });
});
