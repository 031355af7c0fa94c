import {
  type Abi,
  type Address,
  createPublicClient,
  type Hex,
  hexToBytes,
  keccak256,
  type PublicClient,
  type Transport,
} from "viem";
import { attestationRegistryAbi, bondsAbi, campaignAbi, modelRegistryAbi } from "./abi.ts";
import { modelId } from "./commitments.ts";
import type { DeployedContract, Deployment } from "./deployment.ts";
import { decodeLayout, weightsRoot } from "./layouts.ts";
import { growingRanges } from "./ranges.ts";
import { patientHttp } from "./transport.ts";

/** Addresses and ABIs of a deployment's core contracts, each to be spread into a viem action. */
function contractsOf({ contracts }: Deployment) {
  const at = <const abi>({ address }: DeployedContract, abi: abi) => ({ address, abi }) as const;
  return {
    modelRegistry: at(contracts.ModelRegistry, modelRegistryAbi),
    attestationRegistry: at(contracts.AttestationRegistry, attestationRegistryAbi),
    bonds: at(contracts.Bonds, bondsAbi),
    campaign: at(contracts.Campaign, campaignAbi),
  } as const;
}

/** A deployment and an RPC to read it by. */
export interface Client {
  deployment: Deployment;
  contracts: ReturnType<typeof contractsOf>;
  rpc: PublicClient;
}

/**
 * Reads `deployment` over `rpc`: the URL of a JSON-RPC endpoint, waited for as {@link patientHttp} does, or a viem
 * transport. Nothing is sent yet.
 */
export const connect = (deployment: Deployment, rpc: string | Transport): Client => ({
  deployment,
  contracts: contractsOf(deployment),
  rpc: createPublicClient({ transport: typeof rpc === "string" ? patientHttp(rpc) : rpc }),
});

/** A method's address and ABI, to be spread into a viem action; throws a sentence where the deployment has none. */
export function contractOf<abi extends Abi>({ deployment }: Client, { name, abi }: Named<abi>) {
  const found = deployment.contracts[name];
  if (found === undefined) throw new Error(`The deployment on chain ${deployment.chainId} has no ${name} contract.`);
  return { address: found.address, abi } as const;
}

/** Whether the deployment names a method's contract. */
export const hasContract = ({ deployment }: Client, { name }: Pick<Named<Abi>, "name">): boolean =>
  deployment.contracts[name] !== undefined;

/** The parts of a method that identify its contract. */
interface Named<abi extends Abi> {
  name: string;
  abi: abi;
}

/** Contracts whose code is asked for at once: many public nodes take few requests a second. */
const LOOKS_AT_ONCE = 4;

/** Throws a sentence unless the RPC serves the deployment's chain and the contracts exist there. */
export async function checkDeployment({ deployment, rpc }: Client): Promise<void> {
  const chainId = await rpc.getChainId();
  if (chainId !== deployment.chainId)
    throw new Error(`The RPC serves chain ${chainId}; the deployment is on chain ${deployment.chainId}.`);
  const look = async ([name, { address }]: [string, DeployedContract]): Promise<void> => {
    if ((await rpc.getCode({ address })) === undefined)
      throw new Error(`There is no contract at ${address}, where the deployment says that ${name} stands.`);
  };
  const contracts = Object.entries(deployment.contracts);
  for (let i = 0; i < contracts.length; i += LOOKS_AT_ONCE)
    await Promise.all(contracts.slice(i, i + LOOKS_AT_ONCE).map(look));
}

/** A published model: what `ModelPublished` says of it. Structurally an inference `PublishedModel`. */
export interface ModelPublication {
  modelId: Hex;
  publisher: Address;
  /** sha256 of the ONNX file. */
  artifactHash: Hex;
  runtimeId: Hex;
  weightsRoot: Hex;
  verifyingKeyHash: Hex;
  measurement: Hex;
  layout: Uint8Array;
  /** All rows of all layers; empty for a float model. */
  rows: Uint8Array;
  uri: string;
  blockNumber: bigint;
  transactionHash: Hex;
}

/** The RPC doesn't tell of a model, or tells something else than was published; asked again, or another one, may tell it. */
export class UntoldModelError extends Error {
  override name = "UntoldModelError";
}

/**
 * All published models in order of publication, or the one that is named. Throws an {@link UntoldModelError} where layout
 * or rows aren't those that a model's id names: the registry makes it of them.
 */
export async function readModels(client: Client, modelId?: Hex): Promise<ModelPublication[]> {
  const logs = await readAll(client, (fromBlock, toBlock) =>
    client.rpc.getContractEvents({
      ...client.contracts.modelRegistry,
      eventName: "ModelPublished",
      strict: true,
      fromBlock,
      toBlock,
      ...(modelId && { args: { modelId } }),
    }),
  );
  return logs.map(({ args: { layout, rows, ...rest }, blockNumber, transactionHash }) => {
    const bytes = { layout: hexToBytes(layout), rows: hexToBytes(rows) };
    if (!isNamed({ ...rest, ...bytes }))
      throw new UntoldModelError(`The RPC tells other parts of model ${rest.modelId} than were published.`);
    return { ...rest, ...bytes, blockNumber, transactionHash };
  });
}

/** Whether a model's id is made of its parts. */
function isNamed({
  layout,
  rows,
  ...parts
}: Omit<ModelPublication, "uri" | "publisher" | "blockNumber" | "transactionHash">): boolean {
  if (modelId({ ...parts, layoutHash: keccak256(layout) }) !== parts.modelId) return false;
  const shape = decodeLayout(layout);
  try {
    return parts.weightsRoot === weightsRoot(shape, rows);
  } catch {
    return false; // As many bytes as no layout of these widths has.
  }
}

/** The published model; throws an {@link UntoldModelError} when the RPC tells of none by that name. */
export async function readModel(client: Client, modelId: Hex): Promise<ModelPublication> {
  const [model] = await readModels(client, modelId);
  if (model === undefined) throw new UntoldModelError(`No model ${modelId} has been published.`);
  return model;
}

/** Consecutive parameter rows of a graph model's operator, one after another, as `RowsPublished` carries them. */
export interface PublishedRows {
  operator: number;
  first: number;
  rows: Uint8Array;
}

/** What of a graph model's parameter rows is on chain, in the order in which it was put there. */
export async function readRows(client: Client, modelId: Hex): Promise<PublishedRows[]> {
  const logs = await readAll(client, (fromBlock, toBlock) =>
    client.rpc.getContractEvents({
      ...client.contracts.modelRegistry,
      eventName: "RowsPublished",
      strict: true,
      fromBlock,
      toBlock,
      args: { modelId },
    }),
  );
  return logs.map(({ args: { operator, first, rows } }) => ({
    operator: Number(operator),
    first: Number(first),
    rows: hexToBytes(rows),
  }));
}

/** A task of a season with its base inputs. */
export interface TaskInputs {
  seasonId: bigint;
  taskId: bigint;
  modelId: Hex;
  method: number;
  points: bigint;
  unitsPerAccount: number;
  noise: number;
  inputCount: number;
  inputSetRoot: Hex;
  /** Raw bytes of all base inputs, one after the other. */
  inputs: Uint8Array;
}

/** A season's tasks in order, with the base inputs that `TaskAdded` carries. */
export async function readTasks(client: Client, seasonId: bigint): Promise<TaskInputs[]> {
  const logs = await readAll(client, (fromBlock, toBlock) =>
    client.rpc.getContractEvents({
      ...client.contracts.campaign,
      eventName: "TaskAdded",
      strict: true,
      fromBlock,
      toBlock,
      args: { seasonId },
    }),
  );
  return logs.map(({ args }) => ({ ...args, inputs: hexToBytes(args.inputs) }));
}

/**
 * A season's rules and state, as `Campaign.seasonOf` gives them; throws a sentence when there is no such season.
 *
 * @param blockNumber Where they are read; defaults to the newest block.
 */
export async function readSeason(client: Client, seasonId: bigint, blockNumber?: bigint) {
  const campaign = { ...client.contracts.campaign, ...(blockNumber !== undefined && { blockNumber }) };
  const count = await client.rpc.readContract({ ...campaign, functionName: "seasonCount" });
  if (seasonId < 1n || seasonId > count)
    throw new Error(
      `There is no season ${seasonId}; ${count === 0n ? "none was drafted yet" : `the last one is ${count}`}.`,
    );
  return client.rpc.readContract({ ...campaign, functionName: "seasonOf", args: [seasonId] });
}

async function readAll<T>({ deployment, rpc }: Client, read: (from: bigint, to: bigint) => Promise<T[]>): Promise<T[]> {
  const toBlock = await rpc.getBlockNumber({ cacheTime: 0 });
  const all: T[] = [];
  for await (const { found } of growingRanges(
    BigInt(deployment.startBlock),
    toBlock,
    read,
    ({ length }) => length < 10,
  ))
    all.push(...found);
  return all;
}
