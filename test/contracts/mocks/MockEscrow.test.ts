import { expect } from "chai";
import { network } from "hardhat";
import { BUDGET, JobStatus, market } from "../ERC8183Evaluator/jobs.ts";
import { addressOf, hash } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

type State = keyof typeof JobStatus;
type Who = "client" | "provider" | "evaluator" | "stranger";

/** Who may make each step in which state, by the draft's table. */
const table: Record<string, Partial<Record<State, Who[]>>> = {
  setProvider: { Open: ["client"] },
  setBudget: { Open: ["client", "provider"] },
  fund: { Open: ["client"] },
  submit: { Funded: ["provider"] },
  complete: { Submitted: ["evaluator"] },
  reject: { Open: ["client"], Funded: ["evaluator"], Submitted: ["evaluator"] },
  claimRefund: {
    Funded: ["client", "provider", "evaluator", "stranger"],
    Submitted: ["client", "provider", "evaluator", "stranger"],
  },
};

describe("MockEscrow", () => {
  const zero = ethers.ZeroAddress;

  async function fixture() {
    const p = await market(ethers);
    return { ...p, evaluator: p.other, expiredAt: (await networkHelpers.time.latest()) + 1_000 };
  }
  type Fixture = Awaited<ReturnType<typeof fixture>>;

  /** Job 0 in a state; its provider is still to be set if `provider` is zero. */
  async function jobIn(state: State, provider?: string) {
    const p = await networkHelpers.loadFixture(fixture);
    const { escrow, client } = p;
    await escrow.connect(client).createJob(provider ?? p.provider, p.evaluator, p.expiredAt, "work", zero);
    await escrow.connect(client).setBudget(0, BUDGET, "0x");
    if (state === "Open") return p;
    if (state === "Rejected") await escrow.connect(client).reject(0, ethers.ZeroHash, "0x");
    else await escrow.connect(client).fund(0, BUDGET, "0x");
    if (state === "Submitted" || state === "Completed") await escrow.connect(p.provider).submit(0, hash("work"), "0x");
    if (state === "Completed") await escrow.connect(p.evaluator).complete(0, hash("good"), "0x");
    if (state === "Expired") {
      await networkHelpers.time.increaseTo(p.expiredAt);
      await escrow.claimRefund(0);
    }
    expect((await escrow.getJob(0)).status).to.equal(JobStatus[state]);
    return p;
  }

  const take = ({ escrow, ...p }: Fixture, step: string, who: Who) => {
    const sender = escrow.connect(p[who]);
    const steps: Record<string, () => Promise<unknown>> = {
      setProvider: () => sender.setProvider(0, p.provider, "0x"),
      setBudget: () => sender.setBudget(0, BUDGET, "0x"),
      fund: () => sender.fund(0, BUDGET, "0x"),
      submit: () => sender.submit(0, hash("work"), "0x"),
      complete: () => sender.complete(0, hash("good"), "0x"),
      reject: () => sender.reject(0, hash("bad"), "0x"),
      claimRefund: () => sender.claimRefund(0),
    };
    return (steps[step] as () => Promise<unknown>)();
  };

  for (const [step, allowed] of Object.entries(table))
    it(`lets ${step} be called in the table's states, by whom it says`, async () => {
      for (const state of Object.keys(JobStatus) as State[])
        for (const who of ["client", "provider", "evaluator", "stranger"] as const) {
          const p = await jobIn(state, step === "setProvider" && state === "Open" ? zero : undefined);
          if (step === "claimRefund" && state !== "Expired") await networkHelpers.time.increaseTo(p.expiredAt);
          const taken = take(p, step, who);
          const may = allowed[state];
          if (may === undefined)
            await expect(taken).to.be.revertedWithCustomError(p.escrow, "NotInState").withArgs(0, JobStatus[state]);
          else if (!may.includes(who))
            await expect(taken).to.be.revertedWithCustomError(p.escrow, "NotAllowed").withArgs(0, p[who]);
          else await taken;
        }
    });

  it("refuses a job without an evaluator, one that has expired, and a hook that is none", async () => {
    const { escrow, client, provider, evaluator, expiredAt, token } = await networkHelpers.loadFixture(fixture);
    const create = (by: object, at: number, hook: object | string) =>
      escrow.connect(client).createJob(provider, by as typeof evaluator, at, "", hook as typeof evaluator);
    await expect(create(ethers.ZeroAddress as unknown as object, expiredAt, zero)).to.be.revertedWithCustomError(
      escrow,
      "NoEvaluator",
    );
    await expect(create(evaluator, 1, zero))
      .to.be.revertedWithCustomError(escrow, "ExpiresInThePast")
      .withArgs(1);
    await expect(create(evaluator, expiredAt, token)).to.revert(ethers);
    await expect(
      create(evaluator, expiredAt, await ethers.deployContract("MockAgentRegistry")),
    ).to.be.revertedWithCustomError(escrow, "NotAHook");
  });

  it("refuses a second provider, none, another budget than the client knows, none, and an early refund", async () => {
    const p = await jobIn("Open");
    const { escrow } = p;
    const client = escrow.connect(p.client);
    await expect(client.setProvider(0, p.stranger, "0x"))
      .to.be.revertedWithCustomError(escrow, "ProviderIsSet")
      .withArgs(0, p.provider);
    await expect(client.fund(0, BUDGET + 1n, "0x"))
      .to.be.revertedWithCustomError(escrow, "WrongBudget")
      .withArgs(0, BUDGET);
    await client.createJob(zero, p.evaluator, p.expiredAt, "", zero);
    await expect(client.fund(1, 0, "0x"))
      .to.be.revertedWithCustomError(escrow, "WrongBudget")
      .withArgs(1, 0);
    await client.setBudget(1, BUDGET, "0x");
    for (const call of [() => client.fund(1, BUDGET, "0x"), () => client.setProvider(1, zero, "0x")])
      await expect(call()).to.be.revertedWithCustomError(escrow, "NoProvider").withArgs(1);
    await client.fund(0, BUDGET, "0x");
    await expect(escrow.claimRefund(0)).to.be.revertedWithCustomError(escrow, "NotExpired").withArgs(0, p.expiredAt);
    await expect(escrow.getJob(2)).to.be.revertedWithCustomError(escrow, "UnknownJob").withArgs(2);
  });

  it("gives the money to the provider of a completed job, to the client of any other", async () => {
    for (const [step, who, gets] of [
      ["complete", "evaluator", "provider"],
      ["reject", "evaluator", "client"],
      ["claimRefund", "stranger", "client"],
    ] as const) {
      const p = await jobIn("Submitted");
      if (step === "claimRefund") await networkHelpers.time.increaseTo(p.expiredAt);

      await expect(take(p, step, who)).to.changeTokenBalances(ethers, p.token, [p.escrow, p[gets]], [-BUDGET, BUDGET]);
      expect((await p.escrow.getJob(0)).client).to.equal(addressOf(p.client));
    }
  });
});
