import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { lieAfter } from "../../scripts/demo/accounts.ts";
import { freePort } from "../fixtures/freePort.ts";

const demo = join(import.meta.dirname, "../../scripts/demo.ts");

async function run(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [demo, ...args], { env: { ...process.env, ...environment } });
  child.stdout.resume();
  const errors = text(child.stderr);
  const [code] = await once(child, "close");
  return { code, errors: await errors };
}

/** Asks a chain for its head again and again over kept connections, as browsers do, until they break; returns after the first answer. */
async function startAsking(url: string): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      const asked = request(url, { method: "POST", agent, headers: { "content-type": "application/json" } }, (answer) =>
        answer.resume().once("end", resolve).once("error", reject),
      );
      asked.once("error", reject).end('{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}');
    });
  const goOn = (): Promise<void> => ask().then(goOn);
  await ask();
  for (let i = 0; i < 8; i++) goOn().catch(() => {});
}

describe("demo", () => {
  it("refuses a port that is none, with exit code 1 and a sentence", async () => {
    const { code, errors } = await run([], { PORT: "eighty" });
    expect(code).to.equal(1);
    expect(errors).to.equal('PORT is "eighty"; it must be a port from 1 to 65535.\n');
  });

  it("refuses an option it doesn't know, and says which there are", async () => {
    const { code, errors } = await run(["--twice"]);
    expect(code).to.equal(1);
    expect(errors).to.contain("Unknown option '--twice'").and.to.contain("Usage: npm start [-- --once]");
  });

  it("refuses one port for both the chain and the API", async () => {
    const port = String(await freePort());
    const { code, errors } = await run([], { PORT: port, RPC_PORT: port });
    expect(errors).to.equal(`Port ${port}, which PORT names, is taken.\n`);
    expect(code).to.equal(1);
  });

  it("ends everything it started on a signal, though somebody goes on asking its chain", async () => {
    const env = { ...process.env, PORT: String(await freePort()), RPC_PORT: String(await freePort()) };
    const child = spawn(process.execPath, [demo], { env });
    const errors = text(child.stderr);
    const urls: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /(runs at|serves) (http:\/\/\S+)\.$/.exec(line)?.[2];
      if (url !== undefined) urls.push(url);
      if (!line.startsWith("Season 1 is open")) continue;
      await startAsking(urls[0] as string);
      child.kill("SIGTERM");
    }
    if (child.exitCode === null) await once(child, "exit");
    expect(child.exitCode, await errors).to.equal(0);
    expect(urls).to.have.lengthOf(2);
    for (const url of urls) {
      const reached = await fetch(url).then(
        () => true,
        () => false,
      );
      expect(reached, url).to.equal(false);
    }
  });

  it("has a cheat that is honest for a while", async () => {
    const session = { run: async () => new Uint8Array([7, 8]) };
    const models = lieAfter(2, { open: async () => ({ session }) as never });
    const outputs: number[][] = [];
    for (let i = 0; i < 4; i++) outputs.push([...(await (await models.open("0x")).session.run(new Uint8Array(0)))]);
    expect(outputs).to.deep.equal([
      [7, 8],
      [7, 8],
      [6, 8],
      [6, 8],
    ]);
  });
});
