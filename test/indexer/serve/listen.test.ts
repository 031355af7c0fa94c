import { expect } from "chai";
import Fastify from "fastify";
import { listen } from "../../../indexer/serve/listen.ts";
import type { App } from "../../../indexer/serve/state.ts";

describe("listening", () => {
  const apps: App[] = [];
  const server = (): App => {
    const app = Fastify() as unknown as App;
    app.get("/healthz", () => "ok" as never);
    apps.push(app);
    return app;
  };
  after(async () => {
    for (const app of apps) await app.close();
  });
  const refusal = (where: Parameters<typeof listen>[1]): Promise<string> =>
    listen(server(), where).then(
      () => "",
      (error: Error) => error.message,
    );

  it("refuses what is no address of this machine, and a port that is taken", async () => {
    expect(await refusal({ host: "192.0.2.1", port: 0 })).to.equal("Host 192.0.2.1 is no address of this machine.");
    expect(await refusal({ host: "nowhere.invalid", port: 0 })).to.equal(
      "Host nowhere.invalid is no address of this machine.",
    );
    const port = Number(new URL(await listen(server(), { port: 0 })).port);
    expect(await refusal({ port })).to.equal(`Port ${port} is taken.`);
  });

  it("is on 127.0.0.1 unless another host is given, IPv6 in brackets, and answers its whole URL", async () => {
    for (const [host, shown] of [
      [undefined, "127.0.0.1"],
      ["0.0.0.0", "0.0.0.0"],
      ["::1", "[::1]"],
      ["::", "[::]"],
    ] as const) {
      const url = await listen(server(), { host, port: 0 });
      expect(url).to.equal(`http://${shown}:${new URL(url).port}`);
      expect(await (await fetch(`${url}/healthz`)).text()).to.equal("ok");
    }
    expect(await listen(server(), { port: 0, prefix: "/board" })).to.match(/^http:\/\/127\.0\.0\.1:\d+\/board$/);
  });
});
