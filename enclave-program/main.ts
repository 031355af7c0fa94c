import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { type Hex, hexToBytes } from "viem";
import type { EnclaveModel } from "../inference/methods/enclave/evidence.ts";
import { verifyNitro } from "../inference/methods/enclave/nitro.ts";
import { documentBytes } from "../inference/methods/enclave/text.ts";
import { nameModel } from "../inference/model.ts";
import { type ModelOpener, openHere } from "../inference/opener.ts";
import { loadPinnedRuntime } from "../participant/runtime.ts";
import { sentenceOf } from "../sdk/errors.ts";
import { type EnclaveServer, serveEnclave } from "./server.ts";
import { createSigner } from "./signer.ts";
import { simulateDocument } from "./simulated.ts";

const USAGE = `Usage: node enclave-program/main.ts --model DIR [--model DIR …] (--document COMMAND | --simulated) [--host H] [--port P]

Runs models and signs the attestations of their runs with a key that is made at the start and never leaves the process.
COMMAND is asked once for the attestation document, with the public key in hex behind it; it writes the document itself, or
base64 or hex of it. --simulated makes a document that proves nothing, for trials outside an enclave. DIR holds model.onnx,
layout.bin and, for an integer model, rows.bin. Listens at 127.0.0.1, port 4100. docs/methods/enclave.md says how an image is
built of it.`;

export interface EnclaveOptions {
  /** Directories of models. */
  models: readonly string[];
  /** Gets the attestation document for a public key. */
  document(publicKey: Uint8Array): Promise<Uint8Array>;
  host: string;
  port: number;
}

/** A running enclave's program. */
export interface RunningEnclave extends EnclaveServer {
  /** Names of its models, which hold its own measurement. */
  modelIds: Hex[];
  measurement: Hex;
}

/** Makes the key, gets its document, opens the models under the document's measurement and serves. */
export async function startEnclave({ models, document, host, port }: EnclaveOptions): Promise<RunningEnclave> {
  const signer = createSigner();
  const bytes = await document(hexToBytes(signer.publicKey));
  // Whoever admits the key judges the root; here only the measurement is needed, which no image can hold of itself.
  const { measurement } = await verifyNitro(bytes, undefined);
  const opener = openHere(await loadPinnedRuntime());
  const opened = await Promise.all(models.map((directory) => openModel(opener, directory, measurement)));
  const server = await serveEnclave({ models: opened, signer, document: bytes, host, port });
  return { ...server, measurement, modelIds: opened.map(({ modelId }) => modelId) };
}

async function openModel(opener: ModelOpener, directory: string, measurement: Hex): Promise<EnclaveModel> {
  const read = async (name: string) => new Uint8Array(await readFile(join(directory, name)));
  const [artifact, layout] = [await read("model.onnx"), await read("layout.bin")];
  const rows = await read("rows.bin").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return new Uint8Array(0);
    throw error;
  });
  const publication = nameModel(artifact, layout, rows, { measurement });
  return { modelId: publication.modelId, ...(await opener.open(publication, artifact)) };
}

const run = promisify(execFile);

/** Asks a command for the document. */
const commanded = (command: string) => async (publicKey: Uint8Array) => {
  const { stdout } = await run(command, [Buffer.from(publicKey).toString("hex")], { encoding: "buffer" });
  return documentBytes(stdout);
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      model: { type: "string", multiple: true },
      document: { type: "string" },
      simulated: { type: "boolean", default: false },
      host: { type: "string", default: "127.0.0.1" },
      port: { type: "string", default: "4100" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return console.log(USAGE);
  if (values.model === undefined || values.simulated === (values.document !== undefined))
    throw new Error(`It needs --model, and one of --document and --simulated.\n\n${USAGE}`);
  const enclave = await startEnclave({
    ...{ models: values.model, host: values.host, port: Number(values.port) },
    document: values.document === undefined ? simulateDocument : commanded(values.document),
  });
  if (values.simulated) console.log("SIMULATED: this is no enclave, and its document proves nothing.");
  console.log(`Measurement ${enclave.measurement}`);
  for (const modelId of enclave.modelIds) console.log(`Model       ${modelId}`);
  console.log(`Listens at  ${enclave.url}`);
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => enclave.close().then(() => process.exit(0)));
}

if (import.meta.main)
  main().catch((error: unknown) => {
    console.error(sentenceOf(error));
    process.exitCode = 1;
  });
