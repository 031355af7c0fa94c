import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { bytesToHex, type Hex, hexToBytes } from "viem";
import { z } from "zod";
import type { EnclaveModel } from "../inference/methods/enclave/evidence.ts";
import { InvalidRunError } from "../inference/tensors.ts";
import type { DocumentAnswer, RunAnswer } from "../participant/methods/enclave/remote.ts";
import type { Signer } from "./signer.ts";

export interface EnclaveServerOptions {
  /** The models that it runs. */
  models: readonly EnclaveModel[];
  signer: Signer;
  /** The attestation document that names the signer's public key. */
  document: Uint8Array;
  host: string;
  /** 0 takes a free one. */
  port: number;
}

/** A running server of an enclave. */
export interface EnclaveServer {
  /** As in `http://127.0.0.1:4100`. */
  url: string;
  close(): Promise<void>;
}

/** Bytes of a request, in which the input is hexadecimal. */
const MOST_BYTES = 2 ** 24;
/** A client must send its request within this time. */
const PATIENCE_MS = 15_000;

const hex = (bytes?: number) =>
  z
    .string()
    .regex(bytes === undefined ? /^0x(?:[0-9a-f]{2})*$/ : new RegExp(`^0x[0-9a-f]{${2 * bytes}}$`, "i"))
    .transform((text) => text as Hex);

const runRequest = z.strictObject({
  ...{ chainId: z.int().min(1), attestationRegistry: hex(20), enclave: hex(20), method: z.int().min(1).max(255) },
  ...{ prover: hex(20), modelId: hex(32), input: hex(), context: hex(32), salt: hex(32) },
});

/** An answer other than 200. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Serves `GET /document`, the attestation document and the public key in it, and `POST /runs`, which runs a model on an input
 * and signs the attestation. Whoever reaches it may ask: it signs only what it ran, for whoever is named as prover.
 */
export async function serveEnclave({
  models,
  signer,
  document,
  host,
  port,
}: EnclaveServerOptions): Promise<EnclaveServer> {
  const byId = new Map(models.map((model) => [model.modelId, model]));
  const found: DocumentAnswer = { document: bytesToHex(document), publicKey: signer.publicKey };

  const run = async (body: unknown): Promise<RunAnswer> => {
    const parsed = runRequest.safeParse(body);
    if (!parsed.success) throw new Refusal(400, `The request is malformed: ${z.prettifyError(parsed.error)}`);
    const { modelId, input, chainId, attestationRegistry, enclave, ...asked } = parsed.data;
    const model = byId.get(modelId);
    if (model === undefined) throw new Refusal(404, `Model ${modelId} isn't in this enclave.`);
    try {
      const request = { ...asked, input: hexToBytes(input) };
      const signed = await signer.sign(model, request, { chainId, attestationRegistry, enclave });
      const { uid, output, answer, signature } = signed;
      return { uid, output: bytesToHex(output), outputHash: answer.outputHash, signature };
    } catch (error) {
      if (error instanceof InvalidRunError || error instanceof RangeError) throw new Refusal(422, error.message);
      throw error;
    }
  };

  const answer = async (request: IncomingMessage): Promise<object> => {
    const { method, url } = request;
    if (method === "GET" && url === "/document") return found;
    if (method === "POST" && url === "/runs") return run(await readJson(request));
    throw new Refusal(404, "There are GET /document and POST /runs here.");
  };

  const server = createServer({ requestTimeout: PATIENCE_MS, headersTimeout: PATIENCE_MS }, (request, response) => {
    answer(request).then(
      (body) => send(response, 200, body),
      (error: Error) => send(response, error instanceof Refusal ? error.status : 500, { error: error.message }),
    );
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  const { address, family, port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Refusal(413, `A request has at most ${MOST_BYTES} bytes.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new Refusal(400, "The request isn't JSON.");
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(`${JSON.stringify(body)}\n`);
}
