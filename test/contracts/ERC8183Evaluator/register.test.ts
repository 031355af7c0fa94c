import { expect } from "chai";
import { network } from "hardhat";
import { jobContext, methodMask } from "../../../sdk/adapters.ts";
import { addressOf, hash } from "../fixtures.ts";
import { BUDGET, JobStatus, market, openJob, termedJob } from "./jobs.ts";

const { ethers, networkHelpers } = await network.create();

describe("ERC8183Evaluator.register", () => {
  const open = async () => openJob(await market(ethers), networkHelpers);
  const termed = async () => termedJob(await market(ethers), networkHelpers);

  it("refuses everyone but the job's client: the provider, and who is faster", async () => {
    const { evaluator, escrow, jobId, terms, provider, stranger, client } = await networkHelpers.loadFixture(open);
    for (const caller of [provider, stranger])
      await expect(evaluator.connect(caller).register(escrow, jobId, terms))
        .to.be.revertedWithCustomError(evaluator, "NotTheJobsClient")
        .withArgs(caller, client);
  });

  it("refuses a job of another evaluator", async () => {
    const p = await openJob(await market(ethers), networkHelpers, {
      evaluator: (await ethers.getSigners())[0]?.address,
    });

    await expect(p.evaluator.connect(p.client).register(p.escrow, p.jobId, p.terms))
      .to.be.revertedWithCustomError(p.evaluator, "NotTheJobsEvaluator")
      .withArgs(p.admin);
  });

  it("refuses a job that was funded without terms", async () => {
    const { evaluator, escrow, client, jobId, terms } = await networkHelpers.loadFixture(open);
    await escrow.connect(client).fund(jobId, BUDGET, "0x");

    await expect(evaluator.connect(client).register(escrow, jobId, terms))
      .to.be.revertedWithCustomError(evaluator, "WrongJobStatus")
      .withArgs(jobId, JobStatus.Funded);
  });

  it("refuses to change terms, or to register them again", async () => {
    const { evaluator, escrow, client, jobId, terms } = await networkHelpers.loadFixture(termed);
    for (const again of [terms, { ...terms, inputHash: hash("another input") }])
      await expect(evaluator.connect(client).register(escrow, jobId, again))
        .to.be.revertedWithCustomError(evaluator, "TermsAlreadyRegistered")
        .withArgs(jobId);
  });

  it("refuses a model that nobody published", async () => {
    const p = await networkHelpers.loadFixture(open);
    const terms = { ...p.terms, modelId: hash("unpublished") };

    await expect(p.evaluator.connect(p.client).register(p.escrow, p.jobId, terms))
      .to.be.revertedWithCustomError(p.models, "UnknownModel")
      .withArgs(hash("unpublished"));
  });

  it("refuses no method, method 0, and methods that aren't on the list", async () => {
    const p = await networkHelpers.loadFixture(open);
    for (const methods of [0n, 1n, 0b101n, methodMask([3]), methodMask([2, 255])])
      await expect(p.evaluator.connect(p.client).register(p.escrow, p.jobId, { ...p.terms, methods }))
        .to.be.revertedWithCustomError(p.evaluator, "InvalidMethods")
        .withArgs(methods);
  });

  it("refuses an escrow whose jobs have other fields", async () => {
    const p = await networkHelpers.loadFixture(open);
    const lying = await ethers.deployContract("Replayer");
    const query = p.escrow.interface.encodeFunctionData("getJob", [0]);
    const fields = ["address", "uint8", "address", "uint48", "address", "uint48", "uint256", "address", "string"];
    const values = [p.client, 0, p.provider, 1, p.evaluator, 0, BUDGET, p.evaluator, ""].map((value) =>
      typeof value === "object" ? addressOf(value) : value,
    );
    const job = ethers.AbiCoder.defaultAbiCoder().encode([`tuple(${fields.join(",")})`], [values]);
    await lying.prime(query, job);

    await expect(p.evaluator.connect(p.client).register(lying, 0, p.terms)).to.revert(ethers);
  });

  it("fixes the terms, and says the context to attest with", async () => {
    const { evaluator, escrow, client, jobId, terms } = await networkHelpers.loadFixture(open);
    const every = { ...terms, methods: methodMask([1, 2]) };
    const ids = { evaluator: addressOf(evaluator), escrow: addressOf(escrow), jobId };
    const context = jobContext(31337, ids, every);

    await expect(evaluator.connect(client).register(escrow, jobId, every))
      .to.emit(evaluator, "TermsRegistered")
      .withArgs(escrow, jobId, context, Object.values(every));
    expect(await evaluator.contextOf(escrow, jobId, every)).to.equal(context);
    expect(await evaluator.caseOf(escrow, jobId)).to.deep.equal([Object.values(every), ethers.ZeroHash, 0n]);
    expect(await evaluator.caseOf(escrow, jobId + 1n)).to.deep.equal([
      [ethers.ZeroHash, ethers.ZeroHash, 0n],
      ethers.ZeroHash,
      0n,
    ]);
  });

  it("takes each of 255 methods", async () => {
    const { registry, models, evaluator, client, terms, ...p } = await networkHelpers.loadFixture(open);
    const full = await ethers.deployContract("Replayer");
    const word = (value: string | bigint | number) => ethers.toBeHex(value, 32);
    await full.prime(registry.interface.encodeFunctionData("methodCount"), word(255));
    await full.prime(registry.interface.encodeFunctionData("models"), word(await models.getAddress()));
    const another = await ethers.deployContract("ERC8183Evaluator", [full]);
    const fields = [p.provider, another, p.expiredAt, "", ethers.ZeroAddress] as const;
    await p.escrow.connect(client).createJob(...fields);
    const jobId = p.jobId + 1n;
    const methods = 2n ** 256n - 1n;

    await expect(another.connect(client).register(p.escrow, jobId, { ...terms, methods }))
      .to.be.revertedWithCustomError(evaluator, "InvalidMethods")
      .withArgs(methods);
    await another.connect(client).register(p.escrow, jobId, { ...terms, methods: methods - 1n });
  });
});
