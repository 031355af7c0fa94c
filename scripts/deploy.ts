import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import {
  type Abi,
  type Address,
  createPublicClient,
  encodeDeployData,
  getAbiItem,
  getAddress,
  type Hex,
  http,
  type LocalAccount,
  parseAbi,
  parseEventLogs,
  type TransactionReceipt,
  toFunctionSelector,
} from "viem";
import { followHeads, type Report } from "../participant/heads.ts";
import { openAccount } from "../participant/keystore.ts";
import { readPassword } from "../participant/password.ts";
import { createSender } from "../participant/sender.ts";
import { attestationRegistryAbi, campaignAbi } from "../sdk/abi.ts";
import { callOf } from "../sdk/calls.ts";
import type { DeployedContract, DeployedContracts, Deployment } from "../sdk/deployment.ts";
import { sentenceOf } from "../sdk/errors.ts";
import { knownMethods } from "../sdk/methods/index.ts";
import { type MethodParameters, methodDeployments } from "./methods/index.ts";
import type { AnyMethodDeployment, MethodCore } from "./methods/method.ts";

/** What the constructors take; what isn't given is for a public network. */
export interface Parameters extends Partial<MethodParameters> {
  /** Seconds for awards and burns after a season's last possible settlement. */
  closingMargin?: bigint;
  /** The least that a prover deposits to accept a request, in wei. */
  depositFloor?: bigint;
}

/** For a public network. */
const CLOSING_MARGIN = 86_400n;
const DEPOSIT_FLOOR = 5_000_000_000_000_000n;

/** The AccessManager's role that drafts and opens seasons. */
const ORGANISER = 1n;

const accessManagerAbi = parseAbi([
  "function setTargetFunctionRole(address target, bytes4[] selectors, uint64 roleId) external",
  "function grantRole(uint64 roleId, address account, uint32 executionDelay) external",
  "function labelRole(uint64 roleId, string label) external",
]);

export interface DeployOptions {
  rpcUrl: string;
  /** Deploys, becomes the AccessManager's administrator and is granted the organiser's role. */
  account: LocalAccount;
  parameters?: Parameters;
  report: Report;
  /** Milliseconds between two looks for a new block; defaults to 400. */
  pollMs?: number;
}

/**
 * Deploys every contract, appends the known methods to the registry's list in the order of their numbers, and gives
 * `account` the organiser's role. Throws a sentence when the registry gives a method another number than its own.
 */
export async function deploy({
  rpcUrl,
  account,
  parameters = {},
  report,
  pollMs = 400,
}: DeployOptions): Promise<Deployment> {
  const rpc = createPublicClient({ transport: http(rpcUrl) });
  const ending = new AbortController();
  try {
    const chainId = await rpc.getChainId();
    const heads = await followHeads(rpc, { signal: ending.signal, report, pollMs });
    const sender = createSender(rpc, chainId, heads, account);
    const contracts: Record<string, DeployedContract> = {};
    let startBlock = 0;

    const create = async (name: string, folder: string, args: readonly unknown[]): Promise<Address> => {
      const { abi, bytecode } = await readArtifact(name, folder);
      const data = encodeDeployData({ abi, bytecode, args });
      const receipt = await sender.send({ name: `deploy ${name}`, to: undefined, data, value: 0n });
      const address = getAddress(receipt.contractAddress as Address);
      if (startBlock === 0) startBlock = Number(receipt.blockNumber);
      contracts[name] = { address, transactionHash: receipt.transactionHash };
      report(`${name} stands at ${address}.`);
      return address;
    };

    const { closingMargin = CLOSING_MARGIN, depositFloor = DEPOSIT_FLOOR, ...ofMethods } = parameters;
    const manager = await create("AccessManager", "@openzeppelin/contracts/access/manager", [account.address]);
    const models = await create("ModelRegistry", "contracts", []);
    const registry = await create("AttestationRegistry", "contracts", [models, manager]);
    const bonds = await create("Bonds", "contracts", []);
    const campaign = await create("Campaign", "contracts", [registry, closingMargin, manager]);
    const standings = await create("Standings", "contracts", [campaign]);
    for (const name of ["Rewards", "Badges"]) await create(name, "contracts", [standings]);
    const cover = await create("Cover", "contracts", [registry]);
    await create("InferenceRequests", "contracts", [cover, depositFloor]);
    await create("Profiles", "contracts", []);
    for (const name of ["ERC8183Evaluator", "ERC8004Validator"]) await create(name, "contracts/adapters", [registry]);
    const beacon = await create("RandaoBeacon", "contracts", []);
    const methods = knownMethods().sort(([, a], [, b]) => a.id - b.id);
    const addresses: Record<string, Address> = {};
    const createMethod = async (key: string, name: string): Promise<void> => {
      const { production, after = [], constructorArguments } = deploymentOf(key, name);
      for (const [earlier, method] of methods)
        if (after.includes(earlier) && !(earlier in addresses)) await createMethod(earlier, method.name);
      const given: Readonly<Record<string, unknown>> = ofMethods;
      const core: MethodCore = { campaign, bonds, beacon, deployer: account.address, methods: addresses };
      addresses[key] = await create(
        name,
        "contracts/methods",
        constructorArguments(core, (given[key] ?? production) as never),
      );
    };
    for (const [key, { name }] of methods) if (!(key in addresses)) await createMethod(key, name);

    const selectors = (["draft", "open"] as const).map((name) =>
      toFunctionSelector(getAbiItem({ abi: campaignAbi, name })),
    );
    const access = { address: manager, abi: accessManagerAbi } as const;
    const list = { address: registry, abi: attestationRegistryAbi } as const;
    const additions = methods.map(([key]) =>
      sender.send(callOf({ ...list, functionName: "addMethod", args: [addresses[key] as Address] })),
    );
    await Promise.all([
      // A sender's transactions are mined in the order of these calls, which numbers the methods.
      ...additions,
      sender.send(callOf({ ...access, functionName: "labelRole", args: [ORGANISER, "ORGANISER"] })),
      sender.send(callOf({ ...access, functionName: "setTargetFunctionRole", args: [campaign, selectors, ORGANISER] })),
      sender.send(callOf({ ...access, functionName: "grantRole", args: [ORGANISER, account.address, 0] })),
    ]);
    for (const [i, [, { id, name }]] of methods.entries()) checkNumber(name, id, await additions[i]);
    const numbered = methods.map(([, { id, name }]) => `${name} is method ${id}`).join(", ");
    report(`${numbered}; ${account.address} administers, and may draft and open seasons.`);
    return { chainId, startBlock, contracts: contracts as DeployedContracts };
  } finally {
    ending.abort();
  }
}

function deploymentOf(key: string, name: string): AnyMethodDeployment {
  const deployments: Readonly<Record<string, AnyMethodDeployment>> = methodDeployments;
  const found = deployments[key];
  if (found === undefined) throw new Error(`Nobody registered how ${name} is deployed.`);
  return found;
}

function checkNumber(name: string, expected: number, receipt: TransactionReceipt | undefined): void {
  const [added] = parseEventLogs({
    ...{ abi: attestationRegistryAbi, eventName: "MethodAdded" as const, logs: receipt?.logs ?? [] },
  });
  if (added?.args.id !== expected)
    throw new Error(`The registry made ${name} method ${added?.args.id}; its number is ${expected}.`);
}

/** Writes `<directory>/<chainId>.json` and returns its path. */
export async function writeDeployment(
  deployment: Deployment,
  directory = join(import.meta.dirname, "../deployments"),
): Promise<string> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, `${deployment.chainId}.json`);
  await writeFile(file, `${JSON.stringify(deployment, null, 2)}\n`);
  return file;
}

/** @param folder Of the source file, as the compiler names it. */
async function readArtifact(name: string, folder: string): Promise<{ abi: Abi; bytecode: Hex }> {
  const file = join(import.meta.dirname, "../artifacts", folder, `${name}.sol`, `${name}.json`);
  const text = await readFile(file, "utf8").catch(() => {
    throw new Error(`${name} is not compiled: run "npm run build" first.`);
  });
  return JSON.parse(text) as { abi: Abi; bytecode: Hex };
}

const USAGE = `Usage: npm run deploy -- --rpc URL --keystore FILE

Deploys Proofboard and writes deployments/<chainId>.json. The key comes from the keystore, opened with the password in
PROOFBOARD_PASSWORD or typed at the terminal, or from PROOFBOARD_PRIVATE_KEY.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rpc: { type: "string" }, keystore: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) return console.log(USAGE);
  if (values.rpc === undefined) throw new Error(`There is no --rpc URL to deploy to.\n\n${USAGE}`);
  const account = await openAccount({
    privateKey: process.env.PROOFBOARD_PRIVATE_KEY,
    keystore: values.keystore,
    password: () => readPassword(`Password of ${values.keystore}: `),
  });
  const deployment = await deploy({ rpcUrl: values.rpc, account, report: console.log });
  console.log(`Written to ${await writeDeployment(deployment)}.`);
}

if (import.meta.main)
  main().catch((error: unknown) => {
    console.error(sentenceOf(error));
    process.exitCode = 1;
  });
