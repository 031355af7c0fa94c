import { createServer, type Server } from "node:net";
import { expect } from "chai";
import { choosePort } from "../../scripts/demo/ports.ts";
import { refusal } from "../participant/refusal.ts";

describe("ports", () => {
  let server: Server;
  let taken: number;
  const printed: string[] = [];
  const print = (sentence: string) => void printed.push(sentence);
  before(async () => {
    server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    taken = (server.address() as { port: number }).port;
  });
  after(() => server.close());

  it("refuses what is no port", async () => {
    for (const given of ["0", "65536", "http", "-1", "80.5", " 80"])
      expect(await refusal(choosePort("PORT", given, 4000, print))).to.equal(
        `PORT is "${given}"; it must be a port from 1 to 65535.`,
      );
  });

  it("refuses a given port that is taken", async () => {
    expect(await refusal(choosePort("RPC_PORT", String(taken), 8545, print))).to.equal(
      `Port ${taken}, which RPC_PORT names, is taken.`,
    );
  });

  it("takes a free port in place of the usual one, and says so", async () => {
    const port = await choosePort("PORT", undefined, taken, print);
    expect(port).to.not.equal(taken);
    expect(printed).to.deep.equal([`Port ${taken} is taken, so ${port} is used; PORT chooses another.`]);
  });

  it("takes the port that is given, or the usual one, where it is free", async () => {
    const free = await choosePort("PORT", undefined, taken, print);
    expect(await choosePort("PORT", String(free), taken, print)).to.equal(free);
    expect(await choosePort("PORT", "", free, print)).to.equal(free);
  });
});
