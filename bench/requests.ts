import { bytesToHex, concat, type Hex, keccak256, zeroAddress } from "viem";
import { forward } from "../inference/integer.ts";
import { buildTraced, traceOf } from "../inference/methods/fraudProof/evidence.ts";
import { decodeLayout, tensorHeader } from "../sdk/layouts.ts";
import { fraudProof } from "../sdk/methods/fraudProof.ts";
import { addressOf, ETHER, hash } from "../test/contracts/fixtures.ts";
import type { Gas } from "./methods/method.ts";
import { gasOf, type Site } from "./site.ts";

const { id: METHOD } = fraudProof;
/** Wei. */
const FEE = ETHER / 1_000n;
const COVER = ETHER / 100n;
const FLOOR = ETHER / 200n;
const DAY = 86_400;

/**
 * A covered answer, from the question to its delivery: 64 bytes of input, under FraudProof, without a callback, by a prover
 * that the contracts owe nothing yet.
 */
export async function measureRequests(site: Site): Promise<Gas> {
  const { ethers, registry, bonds, prover, other, digits, networkHelpers } = site;
  const cover = await ethers.deployContract("Cover", [registry]);
  const requests = await ethers.deployContract("InferenceRequests", [cover, FLOOR]);
  await bonds.deposit(await registry.methodAt(METHOD), prover, { value: ETHER });

  const { layout, layers, inputs, width, modelId } = digits;
  const { input, output } = decodeLayout(layout);
  const x = new Int8Array(inputs.slice(0, width).buffer);
  const inputBytes = concat([bytesToHex(tensorHeader(input)), bytesToHex(new Uint8Array(x.buffer))]);
  const asked = {
    ...{ requester: other.address, modelId, inputHash: keccak256(inputBytes), methods: 1n << BigInt(METHOD) },
    ...{ finality: 0, token: zeroAddress, fee: FEE, cover: COVER, beneficiary: other.address },
    ...{ deadline: (await networkHelpers.time.latest()) + DAY, answerWindow: DAY / 2 },
    ...{ callback: zeroAddress, callbackGas: 0, nonce: 1, provers: [] },
  };
  const request = await gasOf(await requests.connect(other).request(asked, inputBytes, { value: FEE }));
  const accept = await gasOf(await requests.connect(prover).accept(asked, { value: FLOOR }));

  const context: Hex = `0x02${(await requests.requestIdOf(asked)).slice(4)}`;
  const trace = traceOf(forward(layers, x));
  const run = { prover: addressOf(prover), method: METHOD, modelId, context, salt: hash("salt"), trace };
  const { attestation, answer: opened, evidence } = buildTraced(layout, run);
  const uid = await registry.uidOf(attestation);
  const outputBytes = concat([bytesToHex(tensorHeader(output)), bytesToHex(trace.slice(-10))]);
  const attest = await gasOf(
    await registry.connect(prover).attest(METHOD, modelId, attestation.inputHash, context, opened, evidence),
  );
  const lock = await gasOf(await cover.connect(prover).lock(uid, other, zeroAddress, COVER, { value: COVER }));
  const answer = await gasOf(await requests.connect(prover).answer(asked, attestation, opened, outputBytes));
  return { request, accept, "answer-attest": attest, "cover-lock": lock, answer };
}
