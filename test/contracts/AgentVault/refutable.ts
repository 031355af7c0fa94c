import type { HardhatEthers } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import { bytesToHex, type Hex } from "viem";
import { forward } from "../../../inference/integer.ts";
import { buildTraced, traceOf } from "../../../inference/methods/fraudProof/evidence.ts";
import { features } from "../../../models/risk/data.ts";
import { decodeLayout, decodeRows } from "../../../sdk/layouts.ts";
import { ETHER, hash } from "../fixtures.ts";
import { type Proposed, setPolicy, vaultProtocol } from "./vaults.ts";

/** FraudProof's number in these tests. */
const FRAUD = 3;

/** A route's features, each a share of its scale; 0 where none is given. */
const constantsOf = (shares: Partial<Record<(typeof features)[number], number>>): Hex =>
  bytesToHex(Uint8Array.from(features, (name) => Math.round(255 * (shares[name] ?? 0)) - 128));

/** A known contract and a deep pool: `risk8` allows any amount. */
const SAFE = constantsOf({ volatility: 0.3, liquidity: 0.9, counterpartyAge: 0.8, tokenAge: 0.8, verified: 1 });

/** A new contract that nobody verified, with leverage: `risk8` refuses any amount. */
const RISKY = constantsOf({ slippage: 0.6, leverage: 0.9, volatility: 0.8, liquidity: 0.3, approval: 0.8 });

/**
 * A vault whose covered answers are `risk8`'s under FraudProof; the prover has bonds for many. Trades (route 0) are safe, deposits
 * and transfers (1 and 3) are risky.
 */
export async function refutableProtocol(ethers: HardhatEthers, { time }: NetworkHelpers) {
  const p = await vaultProtocol(ethers);
  await p.registry.addMethod(p.fraud);
  await p.bonds.deposit(p.fraud, p.prover, { value: ETHER });
  const covered = { ...p.policy.covered, methods: 1n << BigInt(FRAUD) };
  const routes = p.policy.routes.map((route, i) => ({ ...route, features: i === 0 ? SAFE : RISKY }));
  const refutable = await setPolicy(p, { covered, routes }, (seconds) => time.increase(seconds));
  const { layout, rows } = p.scores;
  return { ...refutable, layers: decodeRows(decodeLayout(layout).widths, rows) };
}

export type Refutable = Awaited<ReturnType<typeof refutableProtocol>>;

/** What `risk8` gives for a proposal's features: all activations. */
export const runOf = ({ layers }: Refutable, { features }: Proposed): Uint8Array => traceOf(forward(layers, features));

/** The prover's attestation of a run, recorded; `trace` may lie. */
export async function attestRun(p: Refutable, { context }: Proposed, trace: Uint8Array) {
  const { prover, scores, registry } = p;
  const { attestation, answer, evidence } = buildTraced(scores.layout, {
    ...{ prover: prover.address as Hex, method: FRAUD, modelId: scores.modelId, context },
    ...{ salt: hash("salt"), trace },
  });
  const { method, modelId, inputHash } = attestation;
  await registry.connect(prover).attest(method, modelId, inputHash, context, answer, evidence);
  const output = bytesToHex(Uint8Array.from([...scores.header, ...trace.slice(-2)]));
  return { attestation, opened: answer, output, prover, uid: (await registry.uidOf(attestation)) as Hex };
}
