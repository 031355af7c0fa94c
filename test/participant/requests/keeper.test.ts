import { expect } from "chai";
import { type Participant, runJobs } from "../../../participant/jobs.ts";
import { createKeeper } from "../../../participant/keeper.ts";
import { createRequestKeeper } from "../../../participant/requests/keeper.ts";
import { type Asked, ask, type Wish } from "../../../sdk/requests/ask.ts";
import { acceptCall, readCredit, readDeposit } from "../../../sdk/requests/contracts.ts";
import { ETH, RequestState } from "../../../sdk/requests/request.ts";
import { accountOf, type Site, startSite } from "../chain.ts";
import { answerByHand, refuteByHand, wishOf } from "./byHand.ts";

const [ASKER, PROVER, KEEPER, OTHER, BENEFICIARY] = [1, 2, 3, 4, 0];

describe("request keeper", () => {
  let site: Site;
  before(async () => {
    site = await startSite(5);
  });
  after(() => site.close());

  let wishes = 0;
  const askFor = (change: Partial<Wish> = {}): Promise<Asked> => {
    wishes += 1;
    return ask(site.client, site.senderOf(ASKER), { ...wishOf(site, wishes), ...change });
  };
  const keeperOf = (n: number): Participant => createRequestKeeper(site.client, site.senderOf(n));
  const stateOf = ({ requestId }: Asked) => site.follower.state.requests.byId.get(requestId);
  const keepUntil = async (found: () => unknown, ...keepers: Participant[]) => {
    const stop = new AbortController();
    const running = runJobs(site.follower, keepers, { signal: stop.signal, report: site.report });
    await site.until(found);
    stop.abort();
    await running;
  };

  it("does nothing while an attestation is pending, or a prover has time", async () => {
    const [answered, accepted] = [await askFor(), await askFor()];
    await answerByHand(site, PROVER, answered);
    await site
      .senderOf(PROVER)
      .send(acceptCall(site.client, accepted.request, await readDeposit(site.client, accepted.request)));
    await site.until(() => stateOf(accepted)?.accepted);
    expect(keeperOf(KEEPER).due(site.follower.state)).to.deep.equal([]);
  });

  it("settles no stranger's request whose callback it would pay for, but its cover and its own account's", async () => {
    const callback = { address: accountOf(OTHER).address, gas: 100_000 };
    const asked = await askFor({ callback, beneficiary: accountOf(BENEFICIARY).address });
    await refuteByHand(site, OTHER, await answerByHand(site, PROVER, asked, true));
    const uid = stateOf(asked)?.answer?.uid;
    await site.until(() => site.follower.state.attestations.byId.get(uid ?? "0x")?.status === 3);
    const keys = (n: number) =>
      keeperOf(n)
        .due(site.follower.state)
        .map(({ key }) => key.split(" ", 2).join(" "));
    expect(keys(KEEPER)).to.deep.equal(["settle cover"]);
    // Whoever asks can name anybody.
    expect(keys(BENEFICIARY)).to.deep.equal(["settle cover"]);
    expect(keys(ASKER)).to.deep.equal([`settle ${asked.requestId}`]);
    await keepUntil(() => stateOf(asked)?.state === RequestState.fallen, keeperOf(ASKER));
    expect(await readCredit(site.client, "Cover", ETH, asked.request.beneficiary)).to.equal(asked.request.cover);
  });

  it("opens a request again whose prover let its time pass; two keepers get in nobody's way", async () => {
    const asked = await askFor({ answerWindow: 20, within: 900 });
    await site
      .senderOf(PROVER)
      .send(acceptCall(site.client, asked.request, await readDeposit(site.client, asked.request)));
    await keepUntil(
      () => stateOf(asked)?.state === RequestState.open && stateOf(asked)?.out.size === 1,
      keeperOf(KEEPER),
      keeperOf(OTHER),
    );
    expect(stateOf(asked)?.steps.at(-1)).to.include({ step: "reopened", why: "lapsed" });
  });

  it("settles requests and cover whose attestations end, right or wrong", async () => {
    const [right, wrong] = [await askFor(), await askFor()];
    await answerByHand(site, PROVER, right);
    await refuteByHand(site, OTHER, await answerByHand(site, PROVER, wrong, true));
    await keepUntil(
      () =>
        stateOf(right)?.state === RequestState.verified &&
        stateOf(wrong)?.state === RequestState.fallen &&
        site.follower.state.requests.covers.size === 0,
      ...[createKeeper(site.client, site.senderOf(KEEPER)), keeperOf(KEEPER)],
    );
    expect(site.reports.filter((each) => each.startsWith("request keeper"))).to.deep.equal([]);
  });
});
