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
  parseEther,
  toFunctionSelector,
} from "viem";
import { followHeads, type Report } from "../participant/heads.ts";
import { openAccount } from "../participant/keystore.ts";
import { askPassword } from "../participant/password.ts";
import { callOf, createSender } from "../participant/sender.ts";
import { attestationRegistryAbi, campaignAbi } from "../sdk/abi.ts";
import type { ContractName, DeployedContract, DeployedContracts, Deployment } from "../sdk/deployment.ts";
import { sentenceOf } from "../sdk/errors.ts";

/** What the constructors take. Windows in seconds, money in wei; `IQuorum` says what each is. */
export interface Parameters {
  /** Time for awards and burns after a season's last possible settlement. */
  closingMargin: bigint;
  quorum: {
    firstPanel: number;
    firstThreshold: number;
    secondPanel: number;
    secondThreshold: number;
    drawDelay: number;
    drawWindow: number;
    commitWindow: number;
    revealWindow: number;
    verifierBond: bigint;
    seatPenalty: bigint;
    seatFee: bigint;
  };
  /** FraudProof's window in seconds and its bond for each unit in wei. */
  fraudProof: { window: number; bondPerUnit: bigint };
}

/** For a public network: an attestation is settled within a day even if two panels are needed and somebody sleeps. */
export const productionParameters: Parameters = {
  closingMargin: 86_400n,
  quorum: {
    firstPanel: 5,
    firstThreshold: 4,
    secondPanel: 11,
    secondThreshold: 6,
    drawDelay: 2,
    drawWindow: 3_600,
    commitWindow: 14_400,
    revealWindow: 14_400,
    verifierBond: parseEther("0.5"),
    seatPenalty: parseEther("0.05"),
    seatFee: parseEther("0.0005"),
  },
  // A day for a challenger to come back from an outage, in which any refutation costs less gas than half a unit's bond.
  fraudProof: { window: 86_400, bondPerUnit: parseEther("0.001") },
};

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
}

/** Deploys every contract, makes Quorum method 1 and FraudProof method 2, and gives `account` the organiser's role. */
export async function deploy({
  rpcUrl,
  account,
  parameters = productionParameters,
  report,
}: DeployOptions): Promise<Deployment> {
  const rpc = createPublicClient({ transport: http(rpcUrl) });
  const ending = new AbortController();
  try {
    const chainId = await rpc.getChainId();
    const heads = await followHeads(rpc, { signal: ending.signal, report });
    const sender = createSender(rpc, chainId, heads, account);
    const contracts: Partial<Record<ContractName, DeployedContract>> = {};
    let startBlock = 0;

    const create = async (name: ContractName, args: readonly unknown[]): Promise<Address> => {
      const { abi, bytecode } = await readArtifact(name);
      const data = encodeDeployData({ abi, bytecode, args });
      const receipt = await sender.send({ name: `deploy ${name}`, to: undefined, data, value: 0n });
      const address = getAddress(receipt.contractAddress as Address);
      if (startBlock === 0) startBlock = Number(receipt.blockNumber);
      contracts[name] = { address, transactionHash: receipt.transactionHash };
      report(`${name} stands at ${address}.`);
      return address;
    };

    const manager = await create("AccessManager", [account.address]);
    const models = await create("ModelRegistry", []);
    const registry = await create("AttestationRegistry", [models, manager]);
    const bonds = await create("Bonds", []);
    const campaign = await create("Campaign", [registry, parameters.closingMargin, manager]);
    const quorum = await create("Quorum", [campaign, bonds, parameters.quorum]);
    const { window, bondPerUnit } = parameters.fraudProof;
    const fraudProof = await create("FraudProof", [campaign, bonds, window, bondPerUnit]);

    const selectors = (["draft", "open"] as const).map((name) =>
      toFunctionSelector(getAbiItem({ abi: campaignAbi, name })),
    );
    const access = { address: manager, abi: accessManagerAbi } as const;
    const addMethod = (method: Address) =>
      sender.send(
        callOf({ address: registry, abi: attestationRegistryAbi, functionName: "addMethod", args: [method] }),
      );
    await Promise.all([
      // A sender's transactions are mined in the order of these calls, which numbers the methods.
      addMethod(quorum),
      addMethod(fraudProof),
      sender.send(callOf({ ...access, functionName: "labelRole", args: [ORGANISER, "ORGANISER"] })),
      sender.send(callOf({ ...access, functionName: "setTargetFunctionRole", args: [campaign, selectors, ORGANISER] })),
      sender.send(callOf({ ...access, functionName: "grantRole", args: [ORGANISER, account.address, 0] })),
    ]);
    report(`Quorum is method 1, FraudProof method 2; ${account.address} administers, and may draft and open seasons.`);
    return { chainId, startBlock, contracts: contracts as DeployedContracts };
  } finally {
    ending.abort();
  }
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

async function readArtifact(name: ContractName): Promise<{ abi: Abi; bytecode: Hex }> {
  const folders: Record<ContractName, string> = {
    AccessManager: "@openzeppelin/contracts/access/manager",
    ModelRegistry: "contracts",
    AttestationRegistry: "contracts",
    Bonds: "contracts",
    Campaign: "contracts",
    Quorum: "contracts/methods",
    FraudProof: "contracts/methods",
  };
  const file = join(import.meta.dirname, "../artifacts", folders[name], `${name}.sol`, `${name}.json`);
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
    password: () => process.env.PROOFBOARD_PASSWORD ?? askPassword(`Password of ${values.keystore}: `),
  });
  const deployment = await deploy({ rpcUrl: values.rpc, account, report: console.log });
  console.log(`Written to ${await writeDeployment(deployment)}.`);
}

if (import.meta.main)
  main().catch((error: unknown) => {
    console.error(sentenceOf(error));
    process.exitCode = 1;
  });
