import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { startIndexer } from "../../indexer/main.ts";
import { type Role, work } from "../../participant/work.ts";
import { fetchApi } from "../../sdk/api.ts";
import { connect, readSeason } from "../../sdk/client.ts";
import type { StandingsPage } from "../../sdk/wire.ts";
import { type Answer, keyOf, runCommand } from "../cli/site.ts";
import { torchPath } from "../inference/import/foreign.ts";
import { accountOf, type Site, startSite } from "../participant/chain.ts";
import { setClock } from "../participant/earned.ts";

const page = await readFile(new URL("../../docs/run-a-season.md", import.meta.url), "utf8");
const commands = [...page.matchAll(/^ {4}npm run -s proofboard -- (.+)$/gm)].map(([, words]) =>
  (words as string).split(" "),
);
const [, example] = /```json\n([\s\S]+?)```/.exec(page) as unknown as [string, string];

const PROVER = 1;
const VERIFIERS = [2, 3, 4];

describe("docs/run-a-season.md", () => {
  it("takes at most four commands", () => {
    expect(commands.map(([group, verb]) => `${group} ${verb}`)).to.deep.equal([
      "model import",
      "season check",
      "season open",
      "season status",
    ]);
  });

  const exports: [string, string, string, string][] = [
    ["a float network of dense layers", "mlp.onnx", "tabular.npy", "FraudProof"],
    ["a convolutional network", "cnn.onnx", "images.npy", "Quorum"],
  ];
  for (const [what, model, samples, method] of exports)
    it(`leads from ${what} to a verified, ranked unit under ${method}`, async () => {
      const site = await startSite(6);
      const folder = await mkdtemp(join(tmpdir(), "organiser-"));
      try {
        await copyFile(torchPath(model), join(folder, "model.onnx"));
        await copyFile(torchPath(samples), join(folder, "samples.npy"));
        await writeFile(join(folder, "season.json"), example.replace("FraudProof", method));
        const answers = await follow(site, folder);
        const { seasonId } = JSON.parse((answers.at(-1) as Answer).stdout);
        await earn(site, BigInt(seasonId), join(folder, "content"));
      } finally {
        await site.close();
        await rm(folder, { recursive: true });
      }
    });
});

/** Runs the page's commands in a folder, each to a good end. */
async function follow(site: Site, folder: string): Promise<Answer[]> {
  const deployment = join(folder, "deployment.json");
  await writeFile(deployment, JSON.stringify(site.deployment));
  const environment = {
    ...{ PROOFBOARD_RPC: site.rpcUrl, PROOFBOARD_API: "http://127.0.0.1:1", PROOFBOARD_DEPLOYMENT: deployment },
    ...{ PROOFBOARD_CONTENT: join(folder, "content"), PROOFBOARD_PRIVATE_KEY: keyOf(0) },
  };
  const answers: Answer[] = [];
  for (const words of commands) {
    const answer = await runCommand([...words, "--json"], environment, folder);
    expect(answer.code, `${words.join(" ")}: ${answer.stderr} ${answer.stdout}`).to.equal(0);
    answers.push(answer);
  }
  return answers;
}

/** Lets an account earn a unit, verified by others who fetch what the organiser's indexer serves. */
async function earn(site: Site, seasonId: bigint, content: string): Promise<void> {
  const { deployment, rpcUrl, directory } = site;
  const indexer = await startIndexer({
    ...{ rpcs: [rpcUrl], publicRpc: rpcUrl, deployment, db: join(directory, "indexer.sqlite"), port: 0 },
    ...{ content, pollInterval: 100, logLevel: "silent" },
  });
  const stop = new AbortController();
  const workAs = (n: number, roles: readonly Role[]) =>
    work({
      ...{
        client: connect(deployment, rpcUrl),
        account: accountOf(n),
        roles,
        seasonId,
        maxUnits: 1,
        sources: [indexer.url],
      },
      ...{ journalFile: join(directory, `${n}.sqlite`), contentDirectory: join(directory, `content-${n}`) },
      ...{ signal: stop.signal, report: site.report },
    });
  try {
    const { startsAt } = await readSeason(site.client, seasonId);
    const working = VERIFIERS.map((n) => workAs(n, ["verifier"]));
    await setClock(site, startsAt);
    working.push(workAs(PROVER, ["prover", "keeper"]));
    const entered = site.until(() =>
      [...site.follower.state.attestations.byId.values()].some(({ inLedger }) => inLedger),
    );
    await Promise.race([entered, Promise.all(working).then(() => Promise.reject(new Error(site.reports.join("\n"))))]);
    const path = `/v1/seasons/${seasonId}/standings`;
    for (;;) {
      const { items } = await fetchApi<StandingsPage>(indexer.url, path).catch(() => ({ items: [] }));
      const first = items.find(({ account }) => account.toLowerCase() === accountOf(PROVER).address.toLowerCase());
      if (first !== undefined) {
        expect([first.rank, Number(first.points)]).to.deep.equal([1, 10]);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    stop.abort();
    await Promise.all(working);
  } finally {
    stop.abort();
    await indexer.close();
  }
}
