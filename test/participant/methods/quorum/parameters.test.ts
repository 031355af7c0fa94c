import { expect } from "chai";
import type { PublicClient } from "viem";
import { createParameters } from "../../../../participant/methods/quorum/parameters.ts";
import type { Client } from "../../../../sdk/client.ts";

describe("quorum's parameters", () => {
  it("are unknown until they have been read, and while they can't be", async () => {
    const answers = [Promise.reject(new Error("The RPC can't be reached.")), Promise.resolve({ firstThreshold: 4 })];
    const rpc = { readContract: () => answers.shift() } as unknown as PublicClient;
    const contracts = { Quorum: { address: "0x1111111111111111111111111111111111111111" } };
    const { known, job } = createParameters({ rpc, deployment: { contracts } } as unknown as Client);
    expect(known()).to.equal(undefined);
    expect(await job.run().catch((error: Error) => error.message)).to.equal("The RPC can't be reached.");
    expect(known()).to.equal(undefined);
    await job.run();
    expect(known()).to.deep.equal({ firstThreshold: 4 });
  });
});
