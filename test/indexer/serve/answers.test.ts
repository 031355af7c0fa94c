import { expect } from "chai";
import { ProblemError } from "../../../indexer/serve/problems.ts";
import type { Standing } from "../../../sdk/wire.ts";
import { choices } from "../running.ts";
import { chainOfCrowd } from "./crowd.ts";
import { chainTold, openServed, type Served } from "./served.ts";

describe("answers of the chain", () => {
  const story = choices(40, 3);
  let served: Served;
  let url: string;
  beforeEach(async () => {
    served = openServed(chainTold(story.slice(0, 30)));
    url = await served.listen();
  });
  afterEach(() => served.close());

  const STANDINGS = "/v1/seasons/1/standings";
  const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
    fetch(`${url}${path}`, { method, headers });

  for (const [name, path, status] of [
    ["a season that isn't there", "/v1/seasons/9", 404],
    ["a table that isn't there", "/v1/seasons/9/standings.csv", 404],
    ["an unknown parameter", "/v1/seasons?x=1", 400],
    ["a malformed limit", `${STANDINGS}?limit=0`, 400],
    ["a route that isn't there", "/v1/nothing", 404],
  ] as const)
    it(`refuses ${name}, whatever the client says to have`, async () => {
      const etag = (await get(STANDINGS)).headers.get("etag") as string;
      for (const known of [etag, "*"]) {
        const answer = await get(path, { "if-none-match": known });
        expect([answer.status, answer.headers.get("etag")]).to.deep.equal([status, null]);
      }
    });

  for (const limit of ["1e1", "+1", " 1", "1.0", "0x1", "01", "", "1_0", "99999999999999999999"])
    it(`refuses the limit ${JSON.stringify(limit)}, which is no number in plain digits`, async () => {
      const answer = await get(`${STANDINGS}?limit=${encodeURIComponent(limit)}`);
      expect(answer.status).to.equal(400);
      expect(await answer.json()).to.include({ parameter: "limit" });
    });

  it("are the same to the header, whatever the client says to have and however often they are asked for", async () => {
    const { items } = (await (await get(STANDINGS)).json()) as { items: Standing[] };
    const account = items[1]?.account;
    for (const path of [`${STANDINGS}?limit=2`, `${STANDINGS}/${account}`, `${STANDINGS}/${account}?around=2`]) {
      const answers: unknown[] = [];
      for (const known of ['"other"', undefined, undefined, '"other"', undefined]) {
        const answer = await get(path, known === undefined ? {} : { "if-none-match": known });
        const headers = [...answer.headers].filter(([name]) => name !== "date");
        answers.push({ status: answer.status, headers, text: await answer.text() });
      }
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size, JSON.stringify(answers, null, 1)).to.equal(
        1,
      );
    }
  });

  it("refuse an account whose capital letters are wrong, also one that is known, and take it in small letters", async () => {
    const { items } = (await (await get(STANDINGS)).json()) as { items: Standing[] };
    let wrongOnes = 0;
    for (const { account, ...standing } of [...items, ...items]) {
      const wrong = account
        .slice(2)
        .replace(/[a-f]/i, (letter) => (/[a-f]/.test(letter) ? letter.toUpperCase() : letter.toLowerCase()));
      const refused = await get(`${STANDINGS}/0x${wrong}`);
      if (/[a-f]/.test(wrong) && /[A-F]/.test(wrong)) {
        expect(refused.status, wrong).to.equal(400);
        expect(await refused.json()).to.include({ parameter: "account" });
        wrongOnes++;
      }
      const { item } = (await (await get(`${STANDINGS}/${account.toLowerCase()}`)).json()) as { item: Standing };
      expect(item).to.deep.equal({ account, ...standing });
    }
    expect(wrongOnes).to.be.above(0);
  });

  it("are open to pages of any origin, and so are problems; preflight requests are answered", async () => {
    for (const path of [STANDINGS, "/v1/seasons/9", "/healthz", "/nowhere"]) {
      const { headers } = await get(path, { origin: "https://elsewhere.example" });
      expect(headers.get("access-control-allow-origin"), path).to.equal("*");
      expect(headers.get("access-control-expose-headers"), path).to.equal("etag, as-of, retry-after");
      expect(headers.get("x-content-type-options"), path).to.equal("nosniff");
    }
    const asked = { origin: "https://elsewhere.example", "access-control-request-method": "GET" };
    const { status, headers } = await get(
      STANDINGS,
      { ...asked, "access-control-request-headers": "if-none-match" },
      "OPTIONS",
    );
    expect(status).to.equal(204);
    expect(headers.get("access-control-allow-origin")).to.equal("*");
    expect(headers.get("access-control-allow-methods")).to.equal("GET, HEAD");
    expect(headers.get("access-control-allow-headers")).to.equal("if-none-match");
    expect((await get(STANDINGS, {}, "OPTIONS")).status).to.equal(204);
  });

  for (const route of [STANDINGS, "/v1/attestations", `${STANDINGS}.csv`, `${STANDINGS}/:account`])
    it(`says at ${route} that nothing changed until a block comes`, async () => {
      const { items } = (await (await get(STANDINGS)).json()) as { items: Standing[] };
      const path = route.replace(":account", items[0]?.account as string);
      const first = await get(path);
      const etag = first.headers.get("etag") as string;
      expect(etag).to.match(/^W\/"[0-9a-f]{64}"$/);
      const again = await get(path, { "if-none-match": `"other", ${etag}` });
      expect([again.status, await again.text(), again.headers.get("etag")]).to.deep.equal([304, "", etag]);
      served.become(chainTold(story));
      const later = await get(path, { "if-none-match": etag });
      expect(later.status).to.equal(200);
      expect(later.headers.get("etag")).to.not.equal(etag);
    });

  it("are built once a block where many ask the same, and compressed as each client takes them", async () => {
    served.become(chainOfCrowd(100));
    const { ranking } = served;
    const { of } = ranking;
    let read = 0;
    ranking.of = (season) => {
      read++;
      return of(season);
    };
    const encodings = ["identity", "br", "gzip"];
    const texts: string[] = [];
    for (const encoding of [...encodings, ...encodings]) {
      const answer = await get(STANDINGS, { "accept-encoding": encoding });
      expect(answer.headers.get("content-encoding")).to.equal(encoding === "identity" ? null : encoding);
      expect(answer.headers.get("content-type")).to.equal("application/json; charset=utf-8");
      texts.push(await answer.text());
    }
    expect(read).to.equal(encodings.length);
    expect(new Set(texts).size).to.equal(1);
    served.become(chainOfCrowd(99));
    const { total } = (await (await get(STANDINGS)).json()) as { total: number };
    expect([total, read]).to.deep.equal([99, encodings.length + 1]);
  });

  it("are made once for all who ask at the same time, and so is a refusal for now", async () => {
    const { attestations } = served.readers;
    const { list } = attestations;
    let listed = 0;
    attestations.list = (...args) => {
      listed++;
      return list(...args);
    };
    const all = async () =>
      Promise.all(
        Array.from({ length: 10 }, async () => {
          const answer = await get("/v1/attestations?status=void", { "accept-encoding": "identity" });
          return [answer.status, answer.headers.get("content-type"), await answer.text()];
        }),
      );
    const answers = await all();
    expect([answers[0]?.[0], new Set(answers.map(String)).size]).to.deep.equal([200, 1]);
    expect(listed).to.be.at.most(2);
    served.become(chainTold(story));
    attestations.list = () => {
      throw new ProblemError(503, "Not now.");
    };
    const refused = await all();
    expect(refused[0]?.slice(0, 2)).to.deep.equal([503, "application/problem+json"]);
    expect(new Set(refused.map(String)).size).to.equal(1);
  });

  it("come to HEAD without their bodies", async () => {
    for (const path of [STANDINGS, `${STANDINGS}.csv`, "/healthz", "/metrics"]) {
      const [head, whole] = [await get(path, {}, "HEAD"), await get(path)];
      expect([head.status, await head.text()], path).to.deep.equal([200, ""]);
      for (const name of ["content-type", "etag"]) expect(head.headers.get(name)).to.equal(whole.headers.get(name));
    }
    expect((await get("/v1/seasons/9", {}, "HEAD")).status).to.equal(404);
  });
});
