import { readFile } from "node:fs/promises";
import {
  type Abi,
  type Address,
  bytesToHex,
  type ContractFunctionName,
  type EncodeFunctionDataParameters,
  encodeDeployData,
  encodeFunctionData,
  getAddress,
  type Hex,
  keccak256,
  numberToHex,
  parseAbi,
  stringToHex,
  toHex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { deploy } from "../../../scripts/deploy.ts";
import { attestationRegistryAbi, rewardsAbi, standingsAbi } from "../../../sdk/abi.ts";
import { type Client, connect, contractOf, readSeason, readTasks } from "../../../sdk/client.ts";
import {
  type Attestation,
  answerHash,
  attestationUid,
  type Batch,
  batchId,
  modelId as modelIdOf,
  tensorHash,
  unitSeed,
  ZERO_HASH,
} from "../../../sdk/commitments.ts";
import { unitContext } from "../../../sdk/contexts.ts";
import { encodeLayout, encodeRows, tensorHeader, weightsTree } from "../../../sdk/layouts.ts";
import type { Standing } from "../../../sdk/ledger.ts";
import { Status } from "../../../sdk/protocol.ts";
import { cutStandings } from "../../../sdk/standings.ts";
import { orderedTree } from "../../../sdk/tree.ts";
import { unitInput } from "../../../sdk/units.ts";
import { integerLayout, publication, rowsOf } from "../../contracts/fixtures.ts";
import { inputs } from "../../contracts/seasons.ts";
import { startAnvil } from "../../simulator/anvil.ts";
import { createRandom, type Random } from "../../simulator/random.ts";

/** A season on a chain of its own: the real contracts, with mocks in the place of the methods, which settle at will. */
export interface PlayedSeason {
  url: string;
  client: Client;
  seasonId: bigint;
  head(): number;
  /** Mines blocks in which accounts attest, others settle, and points are awarded and burned. */
  play(blocks: number): Promise<void>;
  /** Replaces the last blocks by as many others; anvil remembers some hundred blocks. */
  reorganise(depth: number): Promise<void>;
  /** Mines blocks until `entries` points were awarded: to each prover of a single attestation and its three verifiers. */
  fill(entries: number): Promise<void>;
  /** Mines blocks with nothing in them. */
  wait(blocks: number): Promise<void>;
  /** Goes to the end of the season, and freezes it. */
  freeze(): Promise<void>;
  /** Posts the order in chunks, as account `poster`. */
  post(order: readonly Standing[], size: number, poster?: number): Promise<void>;
  /** Accounts claim their rewards, each at the place given, the first of `next` as the next rank's; and the poster is paid. */
  claim(order: readonly Standing[], size: number, places: readonly { place: number; next: number }[]): Promise<void>;
  stop(): Promise<void>;
}

/** An attestation and how far it has come. */
interface Played {
  id: Hex;
  stage: "open" | "verified" | "refuted";
  single?: Attestation;
  batch?: Batch;
  prover: Address;
}

/** What is known after a block; never changed. */
interface Memory {
  played: readonly Played[];
  units: Readonly<Record<string, number>>;
}

interface Act {
  from: Address;
  /** Left out where a contract is created. */
  to?: Address;
  data: Hex;
}

/** Prizes of the first six places. */
const prizes = [
  { places: 1, amount: 600n },
  { places: 2, amount: 150n },
  { places: 3, amount: 7n },
];
const POOL = 921n;
const POSTER_BUDGET = 50n;
const SEASON_SECONDS = 1_000_000;
const GENESIS = 1_750_000_000;
const GAS = numberToHex(16_000_000);
/** anvil's own first account. */
const ORGANISER = privateKeyToAccount("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

const methodAbi = parseAbi([
  "function setChecksInput(bool) external",
  "function setLongest(uint64) external",
  "function setVerifiers(address[]) external",
  "function execute(address target, bytes data) external payable",
]);
const tokenAbi = parseAbi([
  "function mint(address account, uint256 amount) external",
  "function approve(address spender, uint256 amount) external returns (bool)",
]);

/**
 * Starts anvil and opens a season with a task of each method and rewards.
 *
 * @param accounts How many take part.
 */
export async function playSeason({ seed = 1, accounts = 12, byPoints = false } = {}): Promise<PlayedSeason> {
  const { url, request, stop } = await startAnvil(GENESIS);
  try {
    const random = createRandom(seed);
    const deployment = await deploy({ rpcUrl: url, account: ORGANISER, parameters, report: () => {} });
    const client = connect(deployment, url);
    const organiser = ORGANISER.address;
    const people = Array.from({ length: accounts }, (_, n) => accountOf(n));
    for (const person of people) await request("anvil_setBalance", person, numberToHex(10n ** 24n));

    const send = (act: Act): Promise<Hex> => request("eth_sendTransaction", { ...act, gas: GAS });
    /** Waits until it is mined: anvil says that it has a transaction before it mines it. */
    const sendMined = async (act: Act): Promise<{ contractAddress: Address }> => {
      const hash = await send(act);
      for (;;) {
        const receipt = await request<{ contractAddress: Address } | null>("eth_getTransactionReceipt", hash);
        if (receipt) return receipt;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const call = <const abi extends Abi, name extends ContractFunctionName<abi, "nonpayable" | "payable">>(
      from: Address,
      parameters: EncodeFunctionDataParameters<abi, name> & { address: Address },
    ): Act => ({
      from,
      to: parameters.address,
      data: encodeFunctionData(parameters as EncodeFunctionDataParameters),
    });
    const { modelRegistry, attestationRegistry, campaign } = client.contracts;
    const [quorum, fraudProof] = ["Quorum", "FraudProof"].map((name) =>
      contractOf(client, { name, abi: methodAbi }),
    ) as [ReturnType<typeof contractOf<typeof methodAbi>>, ReturnType<typeof contractOf<typeof methodAbi>>];
    const { deployedBytecode } = await artifact("MockMethod");
    for (const method of [quorum, fraudProof]) {
      await request("anvil_setCode", method.address, deployedBytecode);
      await sendMined(call(organiser, { ...method, functionName: "setChecksInput", args: [true] }));
      await sendMined(call(organiser, { ...method, functionName: "setLongest", args: [30n] }));
    }
    await sendMined(call(organiser, { ...quorum, functionName: "setVerifiers", args: [people.slice(0, 3)] }));

    const layout = toHex(encodeLayout(integerLayout));
    const rows = rowsOf(integerLayout.widths);
    const model = { ...publication, layoutHash: keccak256(layout), weightsRoot: weightsTree(rows).root };
    const modelId = modelIdOf(model);
    await sendMined(
      call(organiser, {
        ...modelRegistry,
        functionName: "publish",
        args: [publication, layout, toHex(encodeRows(rows)), "ipfs://model"],
      }),
    );

    const { bytecode } = await artifact("MockToken");
    const { contractAddress: token } = await sendMined({
      from: organiser,
      data: encodeDeployData({ abi: [], bytecode }),
    });
    const rewards = contractOf(client, { name: "Rewards", abi: rewardsAbi });
    const standings = contractOf(client, { name: "Standings", abi: standingsAbi });
    const terms = {
      ...{ token, pool: POOL, posterBudget: POSTER_BUDGET, perAccount: 7n, claimPeriod: 30 * 86_400 },
      prizes: byPoints ? [] : prizes,
    };
    const seasonId = 1n;
    const { timestamp } = await client.rpc.getBlock();
    const startsAt = Number(timestamp) + 1_000;
    const closesAt = startsAt + SEASON_SECONDS + 60;
    const task = { modelId, points: 10n, unitsPerAccount: 100_000, noise: 8 };
    const erc20 = { address: token, abi: tokenAbi } as const;
    for (const each of [
      call(organiser, { ...erc20, functionName: "mint", args: [organiser, 10_000n] }),
      call(organiser, { ...erc20, functionName: "approve", args: [rewards.address, 10_000n] }),
      call(organiser, {
        ...campaign,
        functionName: "draft",
        args: [startsAt, startsAt + SEASON_SECONDS, closesAt, 2n ** 30n],
      }),
      call(organiser, { ...rewards, functionName: "escrow", args: [seasonId, terms] }),
      ...[1, 2].map((method) =>
        call(organiser, {
          ...campaign,
          functionName: "addTask",
          args: [seasonId, { ...task, method }, layout, inputs],
        }),
      ),
      call(organiser, { ...campaign, functionName: "open", args: [seasonId, "ipfs://season"] }),
    ])
      await sendMined(each);
    await request("anvil_mine", "0x3");
    await sendMined(call(organiser, { ...campaign, functionName: "seed", args: [seasonId] }));
    await request("evm_setNextBlockTimestamp", startsAt);
    await request("evm_mine");
    await request("evm_setAutomine", false);
    await request("anvil_setBlockTimestampInterval", 3);

    const { seed: seasonSeed } = await readSeason(client, seasonId);
    const tasks = await readTasks(client, seasonId);
    const memories = new Map<number, Memory>();
    let memory: Memory = { played: [], units: {} };
    let head = Number(await request("eth_blockNumber"));
    memories.set(head, memory);

    async function mine(acts: readonly Act[]): Promise<void> {
      for (const act of acts) await send(act);
      await request("evm_mine");
      memories.set(++head, memory);
    }

    const nextUnit = (prover: Address, method: number, count: number): Hex => {
      const key = `${method} ${prover}`;
      const unit = memory.units[key] ?? 0;
      memory = { ...memory, units: { ...memory.units, [key]: unit + count } };
      return unitContext({ campaign: campaign.address, seasonId, taskId: BigInt(method), unit: BigInt(unit) });
    };
    const note = (played: Played) => {
      memory = { ...memory, played: [...memory.played.filter(({ id }) => id !== played.id), played] };
    };

    function attest(prover: Address, secret: Random): Act {
      const unit = BigInt(memory.units[`1 ${prover}`] ?? 0);
      const context = nextUnit(prover, 1, 1);
      const data = unitInput(unitSeed(seasonSeed, 1n, prover, unit), tasks[0] as (typeof tasks)[number]);
      const inputHash = tensorHash(tensorHeader(integerLayout.input), new Uint8Array(data.buffer));
      const opened = { outputHash: draw(secret), traceHash: ZERO_HASH, salt: draw(secret) };
      const answer = answerHash(prover, opened);
      const single = { prover, method: 1, modelId, inputHash, context, answer };
      const id = attestationUid(deployment.chainId, attestationRegistry.address, single);
      note({ id, stage: "open", single, prover });
      const args = [1, modelId, inputHash, context, opened, "0x"] as const;
      return call(prover, { ...attestationRegistry, functionName: "attest", args });
    }

    function attestBatch(prover: Address, count: number): Act {
      const context = nextUnit(prover, 2, count);
      const rows = Array.from({ length: count }, () => Buffer.from(draw(random).slice(2), "hex"));
      const batch = { prover, method: 2, modelId, context, count, root: orderedTree(rows).root };
      const id = batchId(deployment.chainId, attestationRegistry.address, batch);
      note({ id, stage: "open", batch, prover });
      const args = [2, modelId, context, count, layout, bytesToHex(Buffer.concat(rows))] as const;
      return call(prover, { ...attestationRegistry, functionName: "attestBatch", args });
    }

    function settle(played: Played, verdict: "verified" | "refuted"): Act {
      note({ ...played, stage: verdict });
      const args = [played.id, Status[verdict], organiser] as const;
      const data = encodeFunctionData({ abi: attestationRegistryAbi, functionName: "settle", args });
      const method = played.single ? quorum : fraudProof;
      return call(organiser, { ...method, functionName: "execute", args: [attestationRegistry.address, data] });
    }

    function pay(played: Played): Act {
      memory = { ...memory, played: memory.played.filter((each) => each !== played) };
      const { prover, single, batch, stage } = played;
      const NO_INPUT = { header: "0x", base: "0x", proof: [] } as const;
      if (stage === "verified")
        return single
          ? call(organiser, { ...campaign, functionName: "award", args: [prover, single, NO_INPUT] })
          : call(organiser, { ...campaign, functionName: "awardBatch", args: [prover, batch as Batch] });
      return single
        ? call(organiser, { ...campaign, functionName: "burn", args: [single] })
        : call(organiser, { ...campaign, functionName: "burnBatch", args: [batch as Batch] });
    }

    function act(): Act {
      const prover = random.pick(people);
      if (memory.played.length > 0 && random.chance(0.6)) {
        const played = random.pick(memory.played);
        return played.stage === "open" ? settle(played, random.chance(0.8) ? "verified" : "refuted") : pay(played);
      }
      return random.chance(0.6) ? attest(prover, random) : attestBatch(prover, random.between(1, 4));
    }

    async function play(blocks: number): Promise<void> {
      for (let i = 0; i < blocks; i++) await mine(Array.from({ length: random.between(0, 5) }, act));
    }

    /** Sends many at once: each has its nonce, as they may arrive in any order. */
    async function together(acts: readonly Act[], nonces: Map<Address, number>): Promise<void> {
      for (let at = 0; at < acts.length; at += 50) {
        const numbered: (Act & { nonce: Hex })[] = [];
        for (const each of acts.slice(at, at + 50)) {
          const nonce = nonces.get(each.from) ?? Number(await request("eth_getTransactionCount", each.from, "latest"));
          nonces.set(each.from, nonce + 1);
          numbered.push({ ...each, nonce: numberToHex(nonce) });
        }
        await Promise.all(numbered.map(send));
      }
      await request("evm_mine");
      memories.set(++head, memory);
    }

    return {
      ...{ url, client, seasonId, stop },
      head: () => head,
      play,
      async reorganise(depth) {
        await request("anvil_rollback", depth);
        head -= depth;
        memory = memories.get(head) as Memory;
        await play(depth);
      },
      async fill(entries) {
        const secret = random.fork();
        const nonces = new Map<Address, number>();
        for (let left = Math.ceil(entries / 4); left > 0; left -= 200) {
          const count = Math.min(left, 200);
          const provers = Array.from({ length: count }, () => random.pick(people));
          await together(
            provers.map((prover) => attest(prover, secret)),
            nonces,
          );
          await together(
            memory.played.map((played) => settle(played, "verified")),
            nonces,
          );
          await together(memory.played.map(pay), nonces);
        }
      },
      async wait(blocks) {
        await request("anvil_mine", numberToHex(blocks));
        head += blocks;
        memories.set(head, memory);
      },
      async freeze() {
        await request("evm_setNextBlockTimestamp", closesAt);
        await mine([call(organiser, { ...standings, functionName: "freeze", args: [seasonId] })]);
      },
      async post(order, size, poster = 0) {
        const acts = cutStandings(order, size).map(({ first, standings: some }) => {
          const args = [seasonId, first, some.map(({ account }) => account)] as const;
          return call(people[poster] as Address, { ...standings, functionName: "post", args });
        });
        await mine(acts);
      },
      async claim(order, size, places) {
        const chunks = cutStandings(order, size);
        const proved = (place: number) => {
          const chunk = chunks.find(({ first, standings: some }) => place >= first && place < first + some.length);
          const nobody = { place: 0, rank: 0, account: numberToHex(0, { size: 20 }), points: 0n, lastSeq: 0n };
          if (!chunk) return { standing: nobody, proof: { index: 0, count: 0, siblings: [] } };
          return { standing: order[place - 1] as Standing, proof: chunk.proof(place) };
        };
        const acts = places.map(({ place, next }) => {
          const [own, following] = [proved(place), proved(next)];
          const claim = { ...own, next: following.standing, nextProof: following.proof };
          const args = [seasonId, terms, claim, own.standing.account, "0x"] as const;
          return call(own.standing.account, { ...rewards, functionName: "claim", args });
        });
        await mine([...acts, call(organiser, { ...rewards, functionName: "payPoster", args: [seasonId, terms] })]);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const parameters = {
  closingMargin: 30n,
  quorum: {
    ...{ firstPanel: 1, firstThreshold: 1, decidingPanel: 2, decidingThreshold: 2, load: 4 },
    ...{ drawDelay: 1, drawWindow: 60, commitWindow: 60, revealWindow: 60, appealWindow: 60 },
    ...{ verifierBond: 1000n, voteLoss: 100n, absenceLoss: 50n, stake: 40n, seatFee: 10n },
  },
  fraudProof: { window: 60, bondPerAttestation: 200n, bondPerUnit: 10n },
};

const accountOf = (n: number): Address => getAddress(keccak256(stringToHex(`account ${n}`)).slice(0, 42));

const draw = (random: Random): Hex => keccak256(stringToHex(`${random.next()} ${random.next()}`));

async function artifact(name: string): Promise<{ bytecode: Hex; deployedBytecode: Hex }> {
  const file = new URL(`../../../artifacts/contracts/mocks/${name}.sol/${name}.json`, import.meta.url);
  return JSON.parse(await readFile(file, "utf8"));
}
