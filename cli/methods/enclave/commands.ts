import { size } from "viem";
import { callOf } from "../../../sdk/calls.ts";
import { type Client, contractOf } from "../../../sdk/client.ts";
import { keyName } from "../../../sdk/enclaves.ts";
import { enclave } from "../../../sdk/methods/enclave.ts";
import { readRanges } from "../../../sdk/ranges.ts";
import type { Command } from "../../command.ts";
import { utc } from "../../format.ts";
import { withSender } from "../../sending.ts";
import { openConnection, openSettingsAccount } from "../../settings.ts";
import { parseHash } from "../../usage.ts";
import { admit } from "./admit.ts";
import { inspect } from "./inspect.ts";

const revoke: Command = {
  positionals: ["KEY"],
  summary: "as registrar, revoke an enclave's key from now on",
  details: `KEY is its name, as \`enclave keys\` shows it. What it signed before stays verified; it can't be admitted again. One registrar is enough. Needs a key.
JSON: key, registrar, transactionHash.`,
  options: {},
  async run({ positionals: [text = ""], settings, progress }) {
    const key = parseHash("KEY", text);
    const { client } = await openConnection(settings);
    const call = callOf({ ...contractOf(client, enclave), functionName: "revoke", args: [key] });
    const account = await openSettingsAccount(settings);
    const { transactionHash } = await withSender(client, account, progress, (sender) => sender.send(call));
    return {
      good: true,
      text: `Key          ${key}\nDone         revoked, from now on\nTransaction  ${transactionHash}`,
      json: { key, registrar: account.address, transactionHash },
    };
  },
};

const keys: Command = {
  positionals: [],
  summary: "the keys of enclaves, and the registrars who vouch for them",
  details: `Reads the contract's events and asks it how each key stands now.
JSON: registrars, threshold, keys (each with key, kind, measurement, until (unix seconds), revoked, valid).`,
  options: {},
  async run({ settings }) {
    const { client } = await openConnection(settings);
    const contract = contractOf(client, enclave);
    const [registrars, threshold] = await client.rpc.readContract({ ...contract, functionName: "registrars" });
    const { timestamp } = await client.rpc.getBlock();
    const found = await Promise.all((await readKeys(client)).map((each) => stateOf(client, each, timestamp)));
    return {
      good: true,
      text: [
        `Registrars  ${registrars.join(", ")}; ${threshold} must agree`,
        ...found.flatMap(({ key, kind, measurement, until, revoked, valid }) => [
          "",
          `Key         ${key}, ${kind}`,
          `  image     ${measurement}`,
          `  signs     ${valid ? `until ${utc(until)}` : `no more: ${revoked ? "revoked" : `expired ${utc(until)}`}`}`,
        ]),
      ].join("\n"),
      json: { registrars, threshold, keys: found },
    };
  },
};

/** Public keys that were ever admitted. */
async function readKeys(client: Client) {
  const contract = contractOf(client, enclave);
  const newest = await client.rpc.getBlockNumber({ cacheTime: 0 });
  const found = await readRanges(BigInt(client.deployment.startBlock), newest, (fromBlock, toBlock) =>
    client.rpc.getContractEvents({ ...contract, eventName: "KeyAdmitted", strict: true, fromBlock, toBlock }),
  );
  return [...new Set(found.map(({ args: { publicKey } }) => publicKey))];
}

async function stateOf(client: Client, publicKey: `0x${string}`, now: bigint) {
  const key = keyName(publicKey);
  const args = [key] as const;
  const found = await client.rpc.readContract({ ...contractOf(client, enclave), functionName: "keyOf", args });
  const { measurement, until, revoked } = found;
  const kind = size(publicKey) === 65 ? "secp256k1" : "RSA-2048";
  return { key, kind, measurement, until, revoked, valid: now < BigInt(until) };
}

/** Commands that only Enclave has. */
export const enclaveCommands = {
  "enclave inspect": inspect,
  "enclave keys": keys,
  "enclave admit": admit,
  "enclave revoke": revoke,
} satisfies Record<string, Command>;
