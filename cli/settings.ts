import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Address, getAddress, type LocalAccount } from "viem";
import { privateKeyToAddress } from "viem/accounts";
import { type Content, openContent } from "../participant/content.ts";
import { openAccount } from "../participant/keystore.ts";
import { readPassword } from "../participant/password.ts";
import { fetchApi } from "../sdk/api.ts";
import { type Client, checkDeployment, connect } from "../sdk/client.ts";
import { type Deployment, parseDeployment } from "../sdk/deployment.ts";
import type { DeploymentAnswer } from "../sdk/wire.ts";
import { parsePlainUrl, parseUrl } from "./usage.ts";

/** Where things are: from options, otherwise from the environment, otherwise the demo's. */
export interface Settings {
  api: string;
  /** False if the API is the demo's by default. */
  apiNamed: boolean;
  /** If undefined, the API's RPC is used. */
  rpc: string | undefined;
  deployment: string | undefined;
  content: string;
  journal: string;
  keystore: string | undefined;
  privateKey: string | undefined;
}

const DEMO_API = "http://127.0.0.1:4000";
const DEMO_RPC = "http://127.0.0.1:8545";
const DEMO_DEPLOYMENT = fileURLToPath(new URL("../deployments/31337.json", import.meta.url));

/** Decides each setting; throws a usage error for a malformed URL. */
export function readSettings(
  options: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>>,
): Settings {
  const of = (name: string) => options[name] ?? (environment[`PROOFBOARD_${name.toUpperCase()}`] || undefined);
  const [api, rpc] = [of("api"), of("rpc")];
  return {
    api: api === undefined ? DEMO_API : parsePlainUrl("The API", api),
    apiNamed: api !== undefined,
    rpc: rpc === undefined ? undefined : parseUrl("The RPC", rpc),
    deployment: of("deployment"),
    content: of("content") ?? ".proofboard/content",
    journal: of("journal") ?? ".proofboard/journal.sqlite",
    keystore: of("keystore"),
    privateKey: environment.PROOFBOARD_PRIVATE_KEY || undefined,
  };
}

/** A client that is known to reach its deployment, and who named the RPC. */
export interface Connection {
  client: Client;
  rpcUrl: string;
  /** True if the API named the RPC: then the chain is seen through the API's choice. */
  rpcFromApi: boolean;
}

/**
 * Connects to the deployment that a file describes, or else the API. Throws a sentence when neither can be had or the
 * RPC doesn't serve it.
 */
export async function openConnection({ api, apiNamed, deployment, rpc }: Settings): Promise<Connection> {
  const file = deployment ?? (!apiNamed && existsSync(DEMO_DEPLOYMENT) ? DEMO_DEPLOYMENT : undefined);
  const asked = file !== undefined && rpc !== undefined ? undefined : await askApi(api, file === undefined);
  const found = file === undefined ? parseDeployment(asked) : await readDeployment(file);
  const rpcUrl = rpc ?? asked?.rpcUrl ?? DEMO_RPC;
  const client = connect(found, rpcUrl);
  await checkDeployment(client);
  return { client, rpcUrl, rpcFromApi: rpc === undefined && typeof asked?.rpcUrl === "string" };
}

async function askApi(api: string, needed: boolean): Promise<DeploymentAnswer | undefined> {
  try {
    return await fetchApi<DeploymentAnswer>(api, "/v1/deployment");
  } catch (error) {
    if (!needed) return undefined;
    throw new Error(`No deployment is known: name a file by --deployment, or an API. ${(error as Error).message}`);
  }
}

async function readDeployment(file: string): Promise<Deployment> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new Error(`The deployment ${file} can't be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`The deployment ${file} is not JSON.`);
  }
  return parseDeployment(value);
}

/** The content directory, with the API as the source of what isn't there. */
export const openSettingsContent = ({ content, api }: Settings): Content => openContent(content, [api]);

/** The account that acts; asks for the keystore's password. */
export const openSettingsAccount = ({ privateKey, keystore }: Settings): Promise<LocalAccount> =>
  openAccount({ privateKey, keystore, password: () => readPassword(`Password of ${keystore}: `) });

/** The address of the key in use, without its password; undefined where there is none. */
export async function readOwnAddress({ keystore, privateKey }: Settings): Promise<Address | undefined> {
  try {
    if (privateKey !== undefined) return privateKeyToAddress(privateKey as `0x${string}`);
    if (keystore === undefined) return undefined;
    const { address } = JSON.parse(await readFile(keystore, "utf8")) as { address?: string };
    return address === undefined ? undefined : getAddress(`0x${address}`);
  } catch {
    return undefined;
  }
}
