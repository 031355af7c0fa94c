import { expect } from "chai";
import { bytesToHex, custom } from "viem";
import {
  checkDeployment,
  connect,
  readModel,
  readModels,
  readSeason,
  readTasks,
  UntoldModelError,
} from "../../sdk/client.ts";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import { accountOf, type Site, startSite } from "../participant/chain.ts";
import { refusal } from "../participant/refusal.ts";

describe("client", () => {
  let site: Site;
  before(async () => {
    site = await startSite(1);
  });
  after(() => site.close());

  it("refuses a season that doesn't exist", async () => {
    expect(await refusal(readSeason(site.client, 1n))).to.equal("There is no season 1; none was drafted yet.");
    await site.openSeason(100, 5);
    expect(await refusal(readSeason(site.client, 9n))).to.equal("There is no season 9; the last one is 1.");
    expect(await refusal(readSeason(site.client, 0n))).to.equal("There is no season 0; the last one is 1.");
  });

  it("refuses a model that nobody published", async () => {
    expect(await refusal(readModel(site.client, ZERO_HASH))).to.equal(`No model ${ZERO_HASH} has been published.`);
  });

  const text = (ascii: string) => Buffer.from(ascii).toString("hex");
  const rowsOf = () => bytesToHex(site.digits.model.rows).slice(2);
  const word = (value: number) => value.toString(16).padStart(64, "0");
  const forgeries: [string, () => [from: string, to: string]][] = [
    ["a name that is no text", () => [text("image"), "ff".repeat(5)]],
    ["a layout that can't be read", () => [text("LAYOUT_V1"), "00".repeat(9)]],
    ["another weight", () => [rowsOf(), `${rowsOf().slice(0, -2)}7f`]],
    ["fewer rows", () => [word(rowsOf().length / 2), word(5)]],
    ["no rows", () => [word(rowsOf().length / 2), word(0)]],
  ];
  for (const [what, change] of forgeries)
    it(`refuses an RPC that tells of ${what} in a model`, async () => {
      const lying = connect(
        site.deployment,
        custom({
          async request(body) {
            const result: unknown = await site.client.rpc.request(body);
            if (body.method !== "eth_getLogs") return result;
            return (result as { data: string }[]).map((log) => ({ ...log, data: log.data.replace(...change()) }));
          },
        }),
      );
      const { modelId } = site.digits.model;
      for (const read of [readModel(lying, modelId), readModels(lying)]) {
        const error = await read.then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        expect(error).to.be.instanceOf(UntoldModelError);
        expect((error as Error).message).to.equal(`The RPC tells other parts of model ${modelId} than were published.`);
      }
    });

  it("refuses an RPC of another chain", async () => {
    const other = connect(site.deployment, custom({ request: async () => "0x1" }));
    expect(await refusal(checkDeployment(other))).to.equal("The RPC serves chain 1; the deployment is on chain 31337.");
  });

  it("refuses a deployment that isn't there", async () => {
    const { contracts } = site.deployment;
    const Bonds = { ...contracts.Bonds, address: accountOf(5).address };
    const other = connect({ ...site.deployment, contracts: { ...contracts, Bonds } }, site.rpcUrl);
    expect(await refusal(checkDeployment(other))).to.equal(
      `There is no contract at ${Bonds.address}, where the deployment says that Bonds stands.`,
    );
  });

  it("reads models with their layout and rows", async () => {
    const { model } = site.digits;
    const [found, ...others] = await readModels(site.client);
    expect(others).to.deep.equal([]);
    expect(found).to.deep.include(model);
    expect(await readModel(site.client, model.modelId)).to.deep.equal(found);
  });

  it("reads a season's rules and its tasks with their base inputs", async () => {
    const season = await readSeason(site.client, 1n);
    expect([season.taskCount, season.verifierCap]).to.deep.equal([1, 1000n]);
    const [task, ...others] = await readTasks(site.client, 1n);
    expect(others).to.deep.equal([]);
    const { taskId, modelId, points, unitsPerAccount, noise, inputCount } = task ?? {};
    expect({ taskId, modelId, points, unitsPerAccount, noise, inputCount }).to.deep.equal({
      ...{ taskId: 1n, modelId: site.digits.model.modelId, points: 10n },
      ...{ unitsPerAccount: 5, noise: 8, inputCount: 16 },
    });
    expect(task?.inputs).to.deep.equal(site.digits.inputs.slice(0, 16 * 64));
    expect(await readTasks(site.client, 2n)).to.deep.equal([]);
  });

  it("finds the contracts where the deployment says they are, asking for each one's code once and few at a time", async () => {
    let [now, most] = [0, 0];
    const asked: string[] = [];
    const counted = custom({
      async request(body) {
        if (body.method !== "eth_getCode") return site.client.rpc.request(body);
        asked.push(body.params[0]);
        most = Math.max(most, ++now);
        const code: unknown = await site.client.rpc.request(body);
        now -= 1;
        return code;
      },
    });
    await checkDeployment(connect(site.deployment, counted));
    expect(asked).to.deep.equal(Object.values(site.deployment.contracts).map(({ address }) => address));
    expect(most).to.be.within(2, 4);
  });
});
