import {
  type Abi,
  type Address,
  bytesToHex,
  type ContractFunctionName,
  decodeFunctionResult,
  type EncodeFunctionDataParameters,
  encodeFunctionData,
  type Hex,
  keccak256,
  parseAbi,
  toFunctionSelector,
} from "viem";
import { fraudProofDeployment } from "../../../scripts/methods/fraudProof.ts";
import { quorumDeployment } from "../../../scripts/methods/quorum.ts";
import { attestationRegistryAbi, bondsAbi, campaignAbi, modelRegistryAbi } from "../../../sdk/abi.ts";
import { callOf } from "../../../sdk/calls.ts";
import {
  type Attestation,
  answerHash,
  attestationUid,
  modelId as modelIdOf,
  voteHash,
  ZERO_HASH,
} from "../../../sdk/commitments.ts";
import { FREE_CONTEXT, unitContext } from "../../../sdk/contexts.ts";
import { encodeLayout } from "../../../sdk/layouts.ts";
import { quorumAbi } from "../../../sdk/methods/quorum.ts";
import { floatLayout, publication } from "../../contracts/fixtures.ts";
import { inputs } from "../../contracts/seasons.ts";
import { type Chain, SLOT } from "./chain.ts";
import { createDeployer } from "./deployer.ts";

/** What the contracts are deployed with. Windows in seconds, money in wei. */
export const parameters = quorumDeployment.production;

/** Points of a unit, for its prover. */
export const UNIT_POINTS = 100n;

/** Attestations that a list of so many verifiers may have under way; half as many where a free one is to be taken. */
export const mostPending = (listed: number): number => Math.floor((parameters.load * listed) / parameters.firstPanel);

/** Equal votes that decide a deciding panel of so many seats: one as large as can be drawn is no whole list here. */
export const decidingThreshold = (seats: number): number =>
  seats < parameters.decidingPanel ? Math.floor(seats / 2) + 1 : parameters.decidingThreshold;

const CHAIN_ID = 31_337;
const ADMIN: Address = `0x${"ad".repeat(20)}`;
const QUORUM = 1;
const SEASON = 1n;
const TASK = 1n;
const UNITS_PER_ACCOUNT = 1_000_000;
const CLOSING_MARGIN = 86_400n;
const YEAR = 31_536_000;

const accessManagerAbi = parseAbi([
  "function setTargetFunctionRole(address target, bytes4[] selectors, uint64 roleId) external",
  "function grantRole(uint64 roleId, address account, uint32 executionDelay) external",
]);

/** What is attested, by whom, and its name. */
export interface Named {
  uid: Hex;
  attestation: Attestation;
  /** Hides the answer until it is revealed. */
  salt: Hex;
}

/** The books of the contract that holds all money, in wei. */
export interface Books {
  held: bigint;
  burned: bigint;
  balance: bigint;
}

export type Contracts = Awaited<ReturnType<typeof deploy>>;

/** Deploys the contracts with production parameters, publishes a model, and speaks their language. */
export async function deploy(chain: Chain) {
  const { run, create } = await createDeployer(chain, ADMIN);

  const manager = await create("AccessManager", "@openzeppelin/contracts/access/manager", [ADMIN]);
  const modelRegistry = await create("ModelRegistry", "contracts", []);
  const registry = await create("AttestationRegistry", "contracts", [modelRegistry, manager]);
  const bondsAddress = await create("Bonds", "contracts", []);
  const campaignAddress = await create("Campaign", "contracts", [registry, CLOSING_MARGIN, manager]);
  const beacon = await create("MockBeacon", "contracts/mocks", []);
  const core = { campaign: campaignAddress, bonds: bondsAddress, beacon, deployer: ADMIN, methods: {} };
  const shown = fraudProofDeployment.constructorArguments(core, fraudProofDeployment.production);
  const fraudProof = await create("FraudProof", "contracts/methods", shown);
  const voted = quorumDeployment.constructorArguments({ ...core, methods: { fraudProof } }, parameters);
  const method = await create("Quorum", "contracts/methods", voted);

  const access = { address: manager, abi: accessManagerAbi };
  const models = { address: modelRegistry, abi: modelRegistryAbi };
  const attestations = { address: registry, abi: attestationRegistryAbi };
  const bonds = { address: bondsAddress, abi: bondsAbi };
  const campaign = { address: campaignAddress, abi: campaignAbi };
  const quorum = { address: method, abi: quorumAbi };

  const layout = encodeLayout(floatLayout);
  const layoutBytes = bytesToHex(layout);
  const modelId = modelIdOf({ ...publication, layoutHash: keccak256(layout), weightsRoot: ZERO_HASH });
  const selectors = campaignAbi
    .filter((item) => item.type === "function" && ["draft", "open"].includes(item.name))
    .map((item) => toFunctionSelector(item as never));
  await run(callOf({ ...access, functionName: "setTargetFunctionRole", args: [campaignAddress, selectors, 1n] }));
  await run(callOf({ ...access, functionName: "grantRole", args: [1n, ADMIN, 0] }));
  await run(callOf({ ...attestations, functionName: "addMethod", args: [method] }));
  await run(callOf({ ...models, functionName: "publish", args: [publication, layoutBytes, "0x", ""] }));

  async function read<const abi extends Abi, name extends ContractFunctionName<abi, "view" | "pure">>(
    call: EncodeFunctionDataParameters<abi, name> & { address: Address },
  ) {
    const data = await chain.call(call.address, encodeFunctionData(call as EncodeFunctionDataParameters));
    return decodeFunctionResult<abi, name>({ ...call, data } as never);
  }

  const saltOf = (uid: Hex, member: Address): Hex => keccak256(`${uid}${member.slice(2)}`);

  return {
    addresses: { registry, bonds: bondsAddress, campaign: campaignAddress, quorum: method },

    /** Opens a season of one task under Quorum and lets it begin; a verifier earns `verifierCap` points at most. */
    async openSeason(verifierCap: bigint): Promise<void> {
      const startsAt = chain.now() + 20 * SLOT;
      const [endsAt, closesAt] = [startsAt + YEAR, startsAt + 2 * YEAR];
      const rules = { modelId, method: QUORUM, points: UNIT_POINTS, unitsPerAccount: UNITS_PER_ACCOUNT, noise: 1 };
      await run(callOf({ ...campaign, functionName: "draft", args: [startsAt, endsAt, closesAt, verifierCap] }));
      await run(callOf({ ...campaign, functionName: "addTask", args: [SEASON, rules, layoutBytes, inputs] }));
      await run(callOf({ ...campaign, functionName: "open", args: [SEASON, ""] }));
      await chain.mine(chain.now() + 3 * SLOT, []);
      await run(callOf({ ...campaign, functionName: "seed", args: [SEASON] }));
      await chain.mine(startsAt, []);
    },

    /** A prover's attestation of an output: of its unit of this number, or a free one. */
    attest(prover: Address, unit: number | undefined, outputHash: Hex, nonce: Hex): Named {
      const ids = { campaign: campaignAddress, seasonId: SEASON, taskId: TASK };
      const attestation = {
        prover,
        method: QUORUM,
        modelId,
        inputHash: unit === undefined ? nonce : keccak256(`0x${unit.toString(16).padStart(64, "0")}`),
        context: unit === undefined ? FREE_CONTEXT : unitContext({ ...ids, unit: BigInt(unit) }),
        answer: answerHash(prover, { outputHash, traceHash: ZERO_HASH, salt: nonce }),
      };
      return { uid: attestationUid(CHAIN_ID, registry, attestation), attestation, salt: nonce };
    },

    /** What participants may send. */
    calls: {
      deposit: (account: Address, value: bigint) =>
        callOf({ ...bonds, functionName: "deposit", args: [method, account], value }),
      join: () => callOf({ ...quorum, functionName: "join" }),
      quit: () => callOf({ ...quorum, functionName: "quit" }),
      commit: ({ attestation: { modelId: model, inputHash, context, answer } }: Named) =>
        callOf({ ...attestations, functionName: "commit", args: [QUORUM, model, inputHash, context, answer] }),
      reveal: ({ attestation: { modelId: model, inputHash, context }, salt }: Named, outputHash: Hex) => {
        const opened = { outputHash, traceHash: ZERO_HASH, salt };
        return callOf({ ...attestations, functionName: "reveal", args: [QUORUM, model, inputHash, context, opened] });
      },
      draw: (uid: Hex) => callOf({ ...quorum, functionName: "draw", args: [uid, "0x"] }),
      refill: (uid: Hex) => callOf({ ...quorum, functionName: "refill", args: [uid] }),
      commitVote: (uid: Hex, seat: number, commitment: Hex) =>
        callOf({ ...quorum, functionName: "commit", args: [uid, BigInt(seat), commitment] }),
      revealVote: (uid: Hex, seat: number, member: Address, vote: Hex) =>
        callOf({ ...quorum, functionName: "reveal", args: [uid, BigInt(seat), vote, saltOf(uid, member)] }),
      appeal: (uid: Hex) => callOf({ ...quorum, functionName: "appeal", args: [uid] }),
      settle: (uid: Hex) => callOf({ ...quorum, functionName: "settle", args: [uid] }),
      award: ({ attestation }: Named) => {
        const noInput = { header: "0x", base: "0x", proof: [] } as const;
        return callOf({ ...campaign, functionName: "award", args: [attestation.prover, attestation, noInput] });
      },
      burn: ({ attestation }: Named) => callOf({ ...campaign, functionName: "burn", args: [attestation] }),
    },

    /** How a member hides its vote. */
    commitment: (uid: Hex, round: number, member: Address, vote: Hex): Hex =>
      voteHash(uid, round, member, vote, saltOf(uid, member)),

    /** All that an account owns, in wei: in its hands, as bonds and to be claimed. */
    async wealthOf(account: Address): Promise<bigint> {
      const bond = await read({ ...bonds, functionName: "bondOf", args: [method, account] });
      const claimable = await read({ ...bonds, functionName: "claimableOf", args: [account] });
      return (await chain.balance(account)) + bond.free + bond.locked + bond.unbonding + claimable;
    },

    /** An account's points, and those that it owes. */
    async pointsOf(account: Address): Promise<{ has: number; owes: number }> {
      const [has, , owes] = await read({ ...campaign, functionName: "entryOf", args: [SEASON, account] });
      return { has: Number(has), owes: Number(owes) };
    },

    verifierPointsOf: async (account: Address): Promise<number> =>
      Number(await read({ ...campaign, functionName: "verifierPointsOf", args: [SEASON, account] })),

    /** Whether the list can bear another unit, or free attestation. */
    async bears(unit: number | undefined): Promise<boolean> {
      const listed = Number(await read({ ...quorum, functionName: "memberCount" }));
      if (listed <= 2 * parameters.firstPanel) return false;
      const most = mostPending(listed);
      const pending = Number(await read({ ...quorum, functionName: "pendingCount" }));
      return pending < (unit === undefined ? Math.floor(most / 2) : most);
    },

    books: async (): Promise<Books> => ({
      held: await read({ ...bonds, functionName: "held" }),
      burned: await read({ ...bonds, functionName: "burned" }),
      balance: await chain.balance(bondsAddress),
    }),
  };
}
