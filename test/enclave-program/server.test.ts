import { join } from "node:path";
import { expect } from "chai";
import { type Address, bytesToHex, type Hex, hexToBytes, keccak256, numberToHex, recoverAddress, toHex } from "viem";
import { publicKeyToAddress } from "viem/utils";
import { type RunningEnclave, startEnclave } from "../../enclave-program/main.ts";
import { simulateDocument } from "../../enclave-program/simulated.ts";
import { forward } from "../../inference/integer.ts";
import { AWS_ROOT, verifyNitro } from "../../inference/methods/enclave/nitro.ts";
import { nameModel } from "../../inference/model.ts";
import { hashTensor, InvalidRunError } from "../../inference/tensors.ts";
import { readModel } from "../../models/read.ts";
import { type RunRequest, runInEnclave } from "../../participant/methods/enclave/remote.ts";
import { attestationUid, ZERO_HASH } from "../../sdk/commitments.ts";
import { runDigest } from "../../sdk/enclaves.ts";
import { decodeLayout, decodeRows } from "../../sdk/layouts.ts";
import { refusal } from "../participant/refusal.ts";

const hash = (text: string): Hex => keccak256(toHex(text));
const address = (n: number): Address => numberToHex(n, { size: 20 });

describe("the enclave's program, SIMULATED", () => {
  let running: RunningEnclave;
  let request: RunRequest;
  let input: Uint8Array;
  let inputHash: Hex;

  before(async () => {
    const { layout, inputs } = await readModel("digits");
    const models = [join(import.meta.dirname, "../../models/digits")];
    running = await startEnclave({ models, document: simulateDocument, host: "127.0.0.1", port: 0 });
    const spec = decodeLayout(layout).input;
    input = inputs.slice(0, 64);
    inputHash = hashTensor({ spec, data: input });
    request = {
      ...{ chainId: 31337, attestationRegistry: address(1), enclave: address(2), method: 3, prover: address(3) },
      ...{ modelId: running.modelIds[0] as Hex, input: bytesToHex(input), context: ZERO_HASH, salt: hash("salt") },
    };
  });
  after(() => running.close());

  const post = (body: unknown, path = "/runs") =>
    fetch(`${running.url}${path}`, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });

  it("names its models with the measurement of its document, which is of a root of its own", async () => {
    const { document, publicKey } = (await (await fetch(`${running.url}/document`)).json()) as Record<string, Hex>;
    const found = await verifyNitro(hexToBytes(document as Hex), undefined);
    expect(found.root).not.to.equal(AWS_ROOT);
    expect(found.moduleId).to.contain("SIMULATED");
    expect(bytesToHex(found.publicKey as Uint8Array)).to.equal(publicKey);
    const { artifact, layout, rows } = await readModel("digits");
    expect(running.modelIds).to.deep.equal([nameModel(artifact, layout, rows, found).modelId]);
  });

  it("signs the uid of what it ran, by the key in its document", async () => {
    const { publicKey } = (await (await fetch(`${running.url}/document`)).json()) as { publicKey: Hex };
    const run = await runInEnclave(running.url, request, inputHash);
    const { layout, rows } = await readModel("digits");
    const { widths, output } = decodeLayout(layout);
    const found = forward(decodeRows(widths, rows), new Int8Array(input)).at(-1) as Int8Array;
    const { attestationRegistry, enclave, chainId } = request;

    expect(run.answer.outputHash).to.equal(hashTensor({ spec: output, data: new Uint8Array(found) }));
    expect(run.uid).to.equal(attestationUid(chainId, attestationRegistry, run.attestation));
    const signer = await recoverAddress({ hash: runDigest(chainId, enclave, run.uid), signature: run.evidence });
    expect(signer).to.equal(publicKeyToAddress(publicKey)).and.to.equal(run.signer);
  });

  it("takes no hash from who asks: another input is another uid", async () => {
    expect(await refusal(runInEnclave(running.url, request, hash("another input")))).to.match(
      /^The enclave at .* signed 0x[0-9a-f]{64}; what was asked for is 0x[0-9a-f]{64}\.$/,
    );
  });

  it("refuses models that it doesn't have, inputs that don't fit, and malformed requests", async () => {
    const refused = async (change: object, status: number, why: string) => {
      const response = await post({ ...request, ...change });
      expect([response.status, ((await response.json()) as { error: string }).error.includes(why)]).to.deep.equal([
        status,
        true,
      ]);
    };
    await refused({ modelId: hash("nothing") }, 404, "isn't in this enclave");
    await refused({ input: "0x00" }, 422, "");
    await refused({ input: "0x0" }, 400, "malformed");
    await refused({ prover: "0x12" }, 400, "prover");
    await refused({ method: 0 }, 400, "method");
    await refused({ outputHash: hash("a wish") }, 400, "outputHash");
    expect((await post("{")).status).to.equal(400);
    expect((await post(request, "/elsewhere")).status).to.equal(404);
    expect((await fetch(`${running.url}/runs`)).status).to.equal(404);
    expect((await post(`"${"0".repeat(2 ** 24)}"`)).status).to.equal(413);
    const short = { ...request, input: "0x00" as Hex };
    await runInEnclave(running.url, short, inputHash).then(
      () => expect.fail("it was taken"),
      (error: unknown) => expect(error).to.be.instanceOf(InvalidRunError),
    );
  });

  it("is reported as out of reach where nobody listens", async () => {
    expect(await refusal(runInEnclave("http://127.0.0.1:1", request, inputHash))).to.match(/doesn't answer/);
  });
});
