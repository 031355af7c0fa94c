import { type Address, bytesToHex, type Hex, isHex, type LocalAccount, recoverTypedDataAddress } from "viem";
import { type AdmissibleKey, admissibleKey, bindsKey } from "../../../inference/methods/enclave/keys.ts";
import { AWS_ROOT, type NitroDocument, verifyNitro } from "../../../inference/methods/enclave/nitro.ts";
import { documentBytes } from "../../../inference/methods/enclave/text.ts";
import { callOf } from "../../../sdk/calls.ts";
import { type Client, contractOf } from "../../../sdk/client.ts";
import { type Admission, admissionMessage } from "../../../sdk/enclaves.ts";
import { enclave } from "../../../sdk/methods/enclave.ts";
import type { Command } from "../../command.ts";
import { utc } from "../../format.ts";
import { readOne } from "../../modelFiles.ts";
import { withSender } from "../../sending.ts";
import { openConnection, openSettingsAccount } from "../../settings.ts";
import { parseCount, parseHash, UsageError } from "../../usage.ts";

const DAY = 86_400;
const DAYS = "30";
const MOST_DAYS = 90n;

export const admit: Command = {
  positionals: ["FILE"],
  summary: "as registrar, admit the key that an enclave's document names",
  details: `Verifies the document as \`enclave inspect\` does, refuses one of an enclave in debug mode or without a key that the contract takes, and signs the admission with the key's account, which must be a registrar. With as many signatures as must agree, its own and those of --approval, it sends them; otherwise it prints its own, which the others pass on with --until. Build the image again and compare the measurement before you sign. Needs a key.
JSON: key, measurement, expiresAt, registrar, signature, admitted, transactionHash (or null).`,
  options: {
    days: { value: "N", help: `days for which the key signs; defaults to ${DAYS}, at most ${MOST_DAYS}` },
    until: { value: "TIME", help: "instead of --days: unix seconds, as in another registrar's signature" },
    approval: { value: "SIGNATURE", help: "another registrar's signature of the same; may be given more than once" },
    key: { value: "FILE", help: "a gateway's RSA key, in DER or PEM, whose hash nitriding put into the document" },
    root: { value: "HASH", help: "SHA-256 of the root certificate that is trusted, instead of AWS's" },
  },
  repeatable: ["approval"],
  async run({ positionals: [path = ""], options, further, settings, progress }) {
    const root = options.root === undefined ? AWS_ROOT : parseHash("--root", options.root);
    const document = documentBytes(await readOne(path, path));
    const found = await verifyNitro(document, root);
    if (found.isDebug) throw new Error("The document is of an enclave in debug mode: it names no image.");
    const named = await keyIn(found, options.key);
    const given = [options.approval ?? [], further.approval ?? []].flat().map(parseSignature);
    const { client } = await openConnection(settings);
    const contract = contractOf(client, enclave);
    const { timestamp } = await client.rpc.getBlock();
    const admission: Admission = {
      ...{ publicKey: named.publicKey, measurement: found.measurement, document: bytesToHex(document) },
      expiresAt: expiryOf(options, Number(timestamp)),
    };
    const account = await openSettingsAccount(settings);
    const [registrars, threshold] = await client.rpc.readContract({ ...contract, functionName: "registrars" });
    if (!registrars.includes(account.address))
      throw new Error(`${account.address} is no registrar; those are ${registrars.join(", ")}.`);
    const own = await sign(client, account, admission);
    const approvals = await approvalsOf(client, admission, [own, ...given], registrars);
    const { key, publicKey } = named;
    const { measurement, expiresAt } = admission;
    const json = { key, measurement, expiresAt, registrar: account.address, signature: own };
    const lines = [
      `Key          ${key}`,
      `Measurement  ${measurement}`,
      `Until        ${expiresAt}, ${utc(expiresAt)}`,
    ];
    if (approvals.length < threshold)
      return {
        good: true,
        text: [...lines, `Signature    ${own}`, `${threshold} registrars must agree; nothing was sent.`].join("\n"),
        json: { ...json, admitted: false, transactionHash: null },
      };
    const args = [publicKey, measurement, expiresAt, admission.document, approvals] as const;
    const call = callOf({ ...contract, functionName: "admit", args });
    const { transactionHash } = await withSender(client, account, progress, (sender) => sender.send(call));
    return {
      good: true,
      text: [...lines, `Transaction  ${transactionHash}`].join("\n"),
      json: { ...json, admitted: true, transactionHash },
    };
  },
};

/** The key that the document names, or the one of a file that it binds by its hash. */
async function keyIn(document: NitroDocument, file: string | undefined): Promise<AdmissibleKey> {
  const named = await admissibleKey(file === undefined ? document.publicKey : derOf(await readOne(file, file)));
  if (named === undefined)
    throw new Error(
      `The ${file === undefined ? "document names" : "file has"} no key that the contract takes: secp256k1 (65 bytes) or RSA-2048 (DER).`,
    );
  if (!(await bindsKey(document, named.publicKey))) throw new Error("The document binds another key than the file's.");
  return named;
}

const PEM = /^-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/;

/** A key's DER, from PEM too. */
function derOf(bytes: Uint8Array): Uint8Array {
  const [, base64] = PEM.exec(new TextDecoder().decode(bytes)) ?? [];
  return base64 === undefined ? bytes : new Uint8Array(Buffer.from(base64, "base64"));
}

function expiryOf(options: Readonly<Record<string, string>>, now: number): number {
  if (options.until !== undefined) {
    if (options.days !== undefined) throw new UsageError("--days and --until say the same; give one of them.");
    return Number(parseCount("--until", options.until, 1n));
  }
  const days = parseCount("--days", options.days ?? DAYS, 1n);
  if (days > MOST_DAYS) throw new UsageError(`--days is "${days}"; it must be at most ${MOST_DAYS}.`);
  return now + Number(days) * DAY;
}

function parseSignature(text: string): Hex {
  if (!isHex(text) || text.length !== 132)
    throw new UsageError(`--approval is "${text}"; it must be 0x and 130 hex digits.`);
  return text;
}

const messageOf = (client: Client, admission: Admission) =>
  admissionMessage(client.deployment.chainId, contractOf(client, enclave).address, admission);

const sign = (client: Client, account: LocalAccount, admission: Admission): Promise<Hex> =>
  account.signTypedData(messageOf(client, admission));

/** Signatures with their registrars, each once, in ascending order. */
async function approvalsOf(
  client: Client,
  admission: Admission,
  signatures: readonly Hex[],
  registrars: readonly Address[],
): Promise<{ registrar: Address; signature: Hex }[]> {
  const approvals = new Map<Address, Hex>();
  for (const signature of signatures) {
    const registrar = await recoverTypedDataAddress({ ...messageOf(client, admission), signature });
    if (!registrars.includes(registrar))
      throw new Error(
        `The signature ${signature.slice(0, 12)}… is ${registrar}'s for this admission, who is no registrar.`,
      );
    approvals.set(registrar, signature);
  }
  return [...approvals]
    .map(([registrar, signature]) => ({ registrar, signature }))
    .sort((a, b) => (BigInt(a.registrar) < BigInt(b.registrar) ? -1 : 1));
}
