import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { lieAfter } from "../../scripts/demo/cast.ts";

const demo = join(import.meta.dirname, "../../scripts/demo.ts");

describe("demo", () => {
  it("refuses a port that is none, with exit code 1 and a sentence", async () => {
    const child = spawn(process.execPath, [demo], { env: { ...process.env, PORT: "eighty" } });
    const errors: string[] = [];
    child.stderr.on("data", (data) => errors.push(String(data)));
    const [code] = await once(child, "exit");
    expect(code).to.equal(1);
    expect(errors.join("")).to.contain('PORT is "eighty"; it must be a port from 1 to 65535.');
  });

  it("refuses an option it doesn't know", async () => {
    const child = spawn(process.execPath, [demo, "--twice"]);
    const [code] = await once(child, "exit");
    expect(code).to.equal(1);
  });

  it("ends everything it started when it is told to", async () => {
    const child = spawn(process.execPath, [demo]);
    const urls: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /(runs at|serves) (http:\/\/\S+)\.$/.exec(line)?.[2];
      if (url !== undefined) urls.push(url);
      if (line.startsWith("Season 1 is open")) child.kill("SIGTERM");
    }
    if (child.exitCode === null) await once(child, "exit");
    expect(child.exitCode).to.equal(0);
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
