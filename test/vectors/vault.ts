import { bytesToHex, getAddress, slice } from "viem";
import { callHash, featuresOf, type Policy, policyHash, proposalContext, Reading, tradeHash } from "../../sdk/vault.ts";
import { bytes, hash, int8 } from "./bytes.ts";

const address = (name: string) => getAddress(slice(hash(name), 12));
const raw = (features: Int8Array) => bytesToHex(new Uint8Array(features.buffer));

const MOST = 2n ** 128n - 1n;

/** amount, spent, daily limit, moves, dealings. */
const moves: [bigint, bigint, bigint, bigint, bigint][] = [
  [1n, 0n, 1n, 0n, 0n],
  [1n, 0n, 510n, 0n, 1n],
  [1n, 2n, 511n, 1n, 2n],
  [70n, 30n, 100n, 7n, 3n],
  [200n, 101n, 100n, 60n, 64n],
  [0n, 0n, 0n, 59n, 63n],
  [MOST / 3n, MOST / 2n, MOST, 2n ** 32n - 1n, 2n ** 53n - 1n],
  [MOST, MOST - 1n, MOST, 30n, 2n ** 200n],
];

/** Features of moves, and what binds an answer to a proposal. */
export function vault(chainId: number) {
  const rule = { modelId: hash("int8 model"), methods: 4n, outputHeaderHash: hash("scores"), reading: Reading.scores };
  const policy: Policy = {
    agent: address("agent"),
    expiresAt: 2_000_000_000,
    lifetime: 3600,
    covered: rule,
    verified: { ...rule, modelId: hash("float model"), methods: 6n, reading: Reading.verdict },
    provers: [address("prover")],
    assets: [
      { token: address("token"), dailyLimit: MOST, coveredLimit: 5n },
      { token: `0x${"00".repeat(20)}`, dailyLimit: 10n, coveredLimit: 0n },
    ],
    routes: [
      { target: address("target"), selector: "0xa9059cbb", asset: 0, amountWord: 2, features: `0x${"7f80".repeat(8)}` },
    ],
  };
  const call = { target: address("target"), value: 7n, data: bytesToHex(bytes("data", 68)) };
  const hashes = { callHash: callHash(call), policyHash: policyHash(policy) };
  const proposal = { chainId, vault: address("vault"), nonce: 2n ** 64n - 1n, ...hashes };
  return {
    features: moves.map(([amount, spent, dailyLimit, moved, dealings], i) => {
      const constants = int8(bytes(`route ${i}`, 16));
      const features = featuresOf({ constants, amount, spent, dailyLimit, moves: moved, dealings });
      return {
        constants: raw(constants),
        ...{ amount: `${amount}`, spent: `${spent}`, dailyLimit: `${dailyLimit}` },
        ...{ moves: `${moved}`, dealings: `${dealings}` },
        features: raw(features),
        inputHash: tradeHash(features),
      };
    }),
    policy: {
      ...policy,
      covered: { ...policy.covered, methods: "4" },
      verified: { ...policy.verified, methods: "6" },
      assets: policy.assets.map(({ token, dailyLimit, coveredLimit }) => ({
        ...{ token, dailyLimit: `${dailyLimit}`, coveredLimit: `${coveredLimit}` },
      })),
    },
    call: { ...call, value: "7" },
    proposal: { ...proposal, nonce: `${proposal.nonce}`, context: proposalContext(proposal) },
  };
}
