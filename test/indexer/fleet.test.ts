import { expect } from "chai";
import { type Member, startServer, startWriter } from "../../indexer/fleet.ts";
import { type Block, chainOf, type FakeNode, startNode } from "./node.ts";
import { choices, scratch, start, until } from "./running.ts";
import { requirePostgres, startServer as startPostgres, type TestServer } from "./store/postgres/server.ts";
import { accountOf, chaptersOf, deployment, MODEL } from "./story.ts";

const story = choices(60, 7);
const whole = chainOf(chaptersOf(story));
/** All that happens in a season, and in one that ended. */
const long = chainOf(chaptersOf(choices(320, 11)));
const head = (blocks: readonly Block[]): number => (blocks.at(-1) as Block).number;

describe("a fleet on PostgreSQL", function () {
  this.timeout(120_000);
  let postgres: TestServer;
  let node: FakeNode;
  let members: Member[] = [];
  let schemas = 0;
  let store: string;
  before(async function () {
    await requirePostgres(this);
    postgres = await startPostgres();
  });
  beforeEach(async () => {
    node = await startNode(whole);
    store = postgres.url(`fleet_${++schemas}`);
  });
  afterEach(async () => {
    for (const member of members) await member.close();
    members = [];
    await node?.close();
  });
  after(() => postgres?.stop());

  const common = () => ({ deployment, store, port: 0, logLevel: "silent", limits: { metricsEvery: 0 } });
  async function writer(options = {}): Promise<Member> {
    const member = await startWriter({
      ...{ ...common(), rpcs: [node.url], pollInterval: 10, rpcTimeout: 2_000, finality: 8, trustNode: true },
      ...{ lease: 1_000, ...options },
    });
    members.push(member);
    return member;
  }
  async function server(options = {}): Promise<Member> {
    const member = await startServer({ ...common(), rpcs: [], ...options });
    members.push(member);
    return member;
  }
  const at = async ({ url }: Pick<Member, "url">): Promise<string | undefined> =>
    (await (await fetch(`${url}/v1/seasons`)).json()).asOf?.blockHash;
  const untilAt = (member: Pick<Member, "url">, blocks: readonly Block[]) =>
    until("the member is at the chain's head", async () => (await at(member)) === blocks.at(-1)?.hash, 30_000);

  it("serves the same answers from each member as an indexer with a file", async () => {
    const files = scratch();
    node.blocks = long;
    const alone = await start({ rpcs: [node.url], db: files.path("db") });
    await untilAt(alone, long);
    const first = await writer();
    const second = await server({ rpcs: [node.url] });
    for (const member of [first, second]) await untilAt(member, long);
    const from = async (path: string) => (await (await fetch(`${alone.url}/v1${path}`)).json()).items;
    const [{ account }] = await from("/seasons/1/standings");
    const [{ account: ranked }] = await from("/seasons/2/standings");
    const [{ account: named }] = await from("/seasons/1/search?name=a");
    const [{ uid }] = await from("/attestations");
    const [{ modelId }] = await from("/models");
    const [{ requestId }] = await from("/requests");
    const lists = [
      ...["/seasons", "/seasons/1/standings", "/seasons/1/standings?limit=2", "/seasons/1/standings?place=3&limit=3"],
      ...["/seasons/1/tasks/1/standings?limit=1", `/seasons/1/models/${MODEL}/standings?limit=2`, "/news", "/models"],
      ...["/attestations", "/attestations?status=verified", `/attestations?prover=${account}`, "/requests"],
      ...["/requests?state=open", `/accounts/${account}/receipts`, `/accounts/${account}/receipts?season=1`],
      ...[6, 7, 9].flatMap((n) => ["seats", "catches"].map((list) => `/accounts/${accountOf(n)}/${list}`)),
    ];
    const others = [
      ...["/seasons/1", "/seasons/9", "/seasons/1/network", "/seasons/1/standings.csv", "/seasons/1/catchers"],
      ...[`/seasons/1/standings/${account}?around=3`, `/seasons/1/standings/${account.toLowerCase()}`],
      ...["/seasons/1/search?prefix=0x0", "/seasons/1/search?name=a", `/seasons/1/profiles?account=${account}`],
      ...[`/seasons/1/claim/${account}`, `/seasons/2/claim/${ranked}`, `/accounts/${account}`, "/activity"],
      ...[`/accounts/${account}/money`, `/attestations/${uid}`, `/models/${modelId}`, `/requests/${requestId}`],
      ...["/boards/models", "/boards/models?by=requests", "/boards/publishers", "/boards/publishers?by=requests"],
      ...[`/models/${modelId}/standings`, "/enclaves", `/profiles/${named}`, `/profiles?account=${named}`],
      ...["/deployment", `/accounts/${account}/seats?cursor=x`],
    ];
    let pages = 0;
    for (const path of [...lists, ...others])
      for (let next: string | undefined = ""; next !== undefined; pages++) {
        const asked: string = `/v1${path}${next && `${path.includes("?") ? "&" : "?"}cursor=${next}`}`;
        const [expected, ...answers] = await Promise.all(
          [alone, first, second].map(async ({ url }) => {
            const answer = await fetch(url + asked);
            return { status: answer.status, etag: answer.headers.get("etag"), text: await answer.text() };
          }),
        );
        for (const answer of answers) expect(answer, asked).to.deep.equal(expected);
        next = /"next":"([\w-]+)"/.exec(expected?.text ?? "")?.[1];
      }
    expect(pages).to.be.above(lists.length + others.length);
    await alone.close();
    files.remove();
  });

  it("follows the chain over reorganisations, and wakes the stream of every server", async () => {
    await writer();
    const one = await server();
    await untilAt(one, whole);
    const abort = new AbortController();
    const stream = await fetch(`${one.url}/v1/stream`, { signal: abort.signal });
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    let told = "";
    const reading = (async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        told += Buffer.from(value).toString();
      }
    })().catch(() => {});
    const other = chainOf(chaptersOf([...story.slice(0, -3), ...choices(6, 3)]));
    node.blocks = other;
    await untilAt(one, other);
    await until(
      "the stream tells of the fork and the new head",
      () => /event: reorg\n/.test(told) && told.includes(other.at(-1)?.hash as string),
    );
    abort.abort();
    await reading;
  });

  it("is written by one member at a time; another takes over when it ends, and nothing is lost or twice", async () => {
    node.blocks = whole.slice(0, 30);
    const first = await writer();
    await untilAt(first, node.blocks);
    const second = await writer();
    expect(await roleOf(second)).to.equal("standby");
    await until("the standby is ready", async () => (await fetch(`${second.url}/readyz`)).ok);
    await first.close();
    members = [second];
    node.blocks = whole;
    await untilAt(second, whole);
    expect(await roleOf(second)).to.equal("writer");
  });

  it("answers nothing older than the block that a request names", async () => {
    node.blocks = whole.slice(0, 40);
    await writer();
    const one = await server();
    await untilAt(one, node.blocks);
    const early = fetch(`${one.url}/v1/seasons`, { headers: { "min-block": String(head(whole)) } });
    node.blocks = whole;
    expect((await (await early).json()).asOf.blockNumber).to.equal(head(whole));
    const later = await fetch(`${one.url}/v1/seasons`, { headers: { "min-block": "1000000" } });
    expect([later.status, later.headers.get("retry-after")]).to.deep.equal([503, "5"]);
    const wrong = await fetch(`${one.url}/v1/seasons`, { headers: { "min-block": "x" } });
    expect(wrong.status).to.equal(400);
  });

  it("goes on after the database was away, and says so meanwhile", async () => {
    node.blocks = whole.slice(0, 30);
    const first = await writer();
    await untilAt(first, node.blocks);
    await postgres.crash();
    expect((await fetch(`${first.url}/readyz`)).status).to.equal(503);
    node.blocks = whole;
    await postgres.start();
    await untilAt(first, whole);
  });
});

const roleOf = async ({ url }: Member): Promise<string | undefined> =>
  /^proofboard_role\{role="(\w+)"\} 1$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1];
