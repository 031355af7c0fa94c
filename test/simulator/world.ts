import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Address,
  encodeFunctionData,
  getAddress,
  type Hex,
  numberToHex,
  parseAbi,
  parseEventLogs,
  type RpcLog,
  toHex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { deploy } from "../../scripts/deploy.ts";
import { modelRegistryAbi } from "../../sdk/abi.ts";
import type { Deployment } from "../../sdk/deployment.ts";
import { encodeLayout, encodeRows } from "../../sdk/layouts.ts";
import { integerLayout, publication, rowsOf } from "../contracts/fixtures.ts";
import { inputs } from "../contracts/seasons.ts";
import { actSeveral, CLOSING_MARGIN, LONGEST, openSeason } from "./acts.ts";
import { type Anvil, startAnvil } from "./anvil.ts";
import { endSeason } from "./ends.ts";
import { createRandom, type Random } from "./random.ts";
import { type Act, type Memory, nothing, type Scene } from "./scene.ts";

/** Blocks this far below the highest head so far are final: no reorganisation reaches them. */
export const FINALITY = 64;

/** A real chain with the real contracts and a campaign on it, its methods mocked so that all is settled at will. */
export interface World {
  url: string;
  deployment: Deployment;
  accounts: readonly Address[];
  head(): number;
  seasons(): readonly bigint[];
  /** How deep a reorganisation may be now. */
  deepest(): number;
  /** Back to how it was when it was built, and some blocks on; what happens next follows from the seed alone. */
  reset(seed: number): Promise<void>;
  /** Mines blocks, most with events. */
  grow(blocks: number): Promise<void>;
  /** Replaces the last blocks by others, of other events: as many, or fewer, or more. */
  reorganise(depth: number, blocks: number): Promise<void>;
  stop(): Promise<void>;
}

const GENESIS = 1_750_000_000;
const BLOCK_SECONDS = 3;
const BASE_BLOCKS = 200;
/** Seconds of a season that no story comes to the end of. */
const LASTING = 2_000;
/** Seconds of a season that closes soon after these blocks, where reorganisations begin. */
const ENDING = 620;
const GAS = numberToHex(4_000_000);
/** anvil's own first account. */
const ORGANISER = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

const methodAbi = parseAbi(["function setChecksInput(bool)", "function setLongest(uint64)"]);

/**
 * Starts anvil and builds the part of the chain that all seeds share. Seasons are ended where `ends` is true: one closes
 * soon then.
 */
export async function createWorld(ends = true): Promise<World> {
  const anvil = await startAnvil(GENESIS);
  try {
    return await build(anvil, ends);
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}

async function build(anvil: Anvil, ends: boolean): Promise<World> {
  const { url, request, stop } = anvil;
  const send = ({ from, to, data }: Act) => request("eth_sendTransaction", { from, to, data, gas: GAS });
  const scene = await publish(anvil);
  await request("evm_setAutomine", false);
  await request("anvil_setBlockTimestampInterval", BLOCK_SECONDS);

  const memories = new Map<number, Memory>();
  let random: Random = createRandom(0);
  let head = Number(await request("eth_blockNumber"));
  let highest = head;
  let memory = nothing;

  async function mine(acts: readonly Act[]): Promise<void> {
    for (const each of acts) await send(each);
    await request("evm_mine");
    memories.set(++head, memory);
    highest = Math.max(highest, head);
  }

  async function nextMoment() {
    const { timestamp } = await request<{ timestamp: Hex }>("eth_getBlockByNumber", "latest", false);
    return { number: head + 1, time: Number(timestamp) + BLOCK_SECONDS };
  }

  async function grow(blocks: number): Promise<void> {
    for (let i = 0; i < blocks; i++) {
      const count = random.chance(0.35) ? 0 : random.between(1, 6);
      const moment = await nextMoment();
      const { acts, after } = actSeveral(scene, memory, { random, moment, count });
      memory = after;
      const [season] = ends && memory.seasons.length > 0 ? [random.pick(memory.seasons)] : [];
      const ending = season === undefined ? [] : await endSeason(scene, season, { request, random, moment });
      await mine([...acts, ...ending]);
    }
  }

  for (const seconds of [LASTING, ends ? ENDING : LASTING]) {
    const { acts, after } = openSeason(scene, memory, { random, moment: await nextMoment(), seconds });
    memory = after;
    await mine(acts);
  }
  await grow(BASE_BLOCKS);
  const base = { head, memory };

  return {
    ...{ url, stop, grow, deployment: scene.deployment, accounts: scene.accounts },
    head: () => head,
    seasons: () => [...memory.seasons, ...memory.unseeded.map(({ seasonId }) => seasonId)],
    deepest: () => FINALITY - (highest - head),
    async reset(seed) {
      random = createRandom(seed);
      if (head > base.head) await request("anvil_rollback", head - base.head);
      ({ head, memory } = base);
      highest = head;
      // No reorganisation reaches below the base: anvil could not go back to it.
      await grow(FINALITY + random.between(0, 30));
    },
    async reorganise(depth, blocks) {
      await request("anvil_rollback", depth);
      head -= depth;
      memory = memories.get(head) as Memory;
      await grow(blocks);
    },
  };
}

/** Deploys the contracts, puts mocks in the place of the methods, and publishes a model. */
async function publish({ url, request }: Anvil): Promise<Scene> {
  const send = (act: Partial<Act>): Promise<Receipt> => sendMined(request, act);
  const account = privateKeyToAccount(ORGANISER);
  const parameters = {
    closingMargin: BigInt(CLOSING_MARGIN),
    quorum: {
      ...{ firstPanel: 1, firstThreshold: 1, decidingPanel: 2, decidingThreshold: 2, load: 4 },
      ...{ drawDelay: 1, drawWindow: 60, commitWindow: 60, revealWindow: 60, appealWindow: 60 },
      ...{ verifierBond: 1000n, voteLoss: 100n, absenceLoss: 50n, stake: 40n, seatFee: 10n },
    },
    fraudProof: { window: 60, bondPerAttestation: 200n, bondPerUnit: 10n },
  };
  const deployment = await deploy({ rpcUrl: url, account, parameters, report: () => {}, pollMs: 20 });
  const { ModelRegistry, Quorum, FraudProof } = deployment.contracts;
  const file = new URL("../../artifacts/contracts/mocks/TellingMethod.sol/TellingMethod.json", import.meta.url);
  const { deployedBytecode } = JSON.parse(await readFile(file, "utf8")) as { deployedBytecode: Hex };
  const from = account.address;
  for (const method of [Quorum, FraudProof]) {
    const to = method?.address as Address;
    await request("anvil_setCode", to, deployedBytecode);
    const abi = methodAbi;
    await send({ from, to, data: encodeFunctionData({ abi, functionName: "setChecksInput", args: [true] }) });
    await send({ from, to, data: encodeFunctionData({ abi, functionName: "setLongest", args: [BigInt(LONGEST)] }) });
  }

  const token = await deployToken(send, { from, rewards: deployment.contracts.Rewards?.address as Address });
  const layout = toHex(encodeLayout(integerLayout));
  const rows = toHex(encodeRows(rowsOf(integerLayout.widths)));
  const data = encodeFunctionData({
    ...{ abi: modelRegistryAbi, functionName: "publish" },
    args: [publication, layout, rows, "ipfs://model"],
  });
  const { logs } = await send({ from, to: ModelRegistry.address, data });
  const [published] = parseEventLogs({ abi: modelRegistryAbi, eventName: "ModelPublished", logs });
  if (!published) throw new Error("The model was not published.");
  const accounts = await request<Address[]>("eth_accounts");
  return {
    deployment,
    token,
    modelId: published.args.modelId,
    layout,
    inputs,
    accounts: accounts.map((account) => getAddress(account)),
  };
}

const tokenAbi = parseAbi(["function mint(address, uint256)", "function approve(address, uint256)"]);

/** A token of which `from` has plenty, and Rewards may take it. */
async function deployToken(
  send: (act: Partial<Act>) => Promise<Receipt>,
  { from, rewards }: { from: Address; rewards: Address },
): Promise<Address> {
  const file = new URL("../../artifacts/contracts/mocks/MockToken.sol/MockToken.json", import.meta.url);
  const { bytecode } = JSON.parse(await readFile(file, "utf8")) as { bytecode: Hex };
  const { contractAddress } = await send({ from, data: bytecode });
  const to = getAddress(contractAddress as Address);
  const abi = tokenAbi;
  await send({ from, to, data: encodeFunctionData({ abi, functionName: "mint", args: [from, 10n ** 9n] }) });
  await send({ from, to, data: encodeFunctionData({ abi, functionName: "approve", args: [rewards, 10n ** 9n] }) });
  return to;
}

interface Receipt {
  contractAddress: Address | null;
  logs: RpcLog[];
}

/** Sends a transaction and waits for its block: while anvil mines by itself, it does so a moment later. */
async function sendMined(request: Anvil["request"], act: Partial<Act>): Promise<Receipt> {
  const hash = await request<Hex>("eth_sendTransaction", { ...act, gas: GAS });
  for (;;) {
    const receipt = await request<Receipt | null>("eth_getTransactionReceipt", hash);
    if (receipt) return receipt;
    await sleep(5);
  }
}
