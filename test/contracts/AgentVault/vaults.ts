import type { HardhatEthers, HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { bytesToHex, encodeFunctionData, type Hex, hexToBytes, keccak256, parseAbi } from "viem";
import { readModel } from "../../../models/read.ts";
import { answerHash, type Answer as Opened, ZERO_HASH } from "../../../sdk/commitments.ts";
import { decodeLayout, tensorHeader } from "../../../sdk/layouts.ts";
import { Status } from "../../../sdk/protocol.ts";
import { policyHash, Reading, type Policy as SdkPolicy } from "../../../sdk/vault.ts";
import { addressOf, ETHER, hash, protocol } from "../fixtures.ts";

export const ETH: Hex = `0x${"00".repeat(20)}`;

/** The owner's delay, in seconds. */
export const DELAY = 3_600;

/** The life of a proposal, in seconds. */
export const LIFETIME = 600;

export const DAILY_LIMIT = 1_000n;
export const COVERED_LIMIT = 100n;

/** Numbers of the methods in these tests: Quorum, and a MockMethod under which nothing ends Void. */
export const QUORUM = 1;
export const MOCK = 2;

/** What the owner says of every route's calls. */
export const CONSTANTS: Hex = `0x${"10".repeat(16)}`;

/** A policy as ethers takes it: its lists may be written. */
export type Policy = {
  -readonly [K in keyof SdkPolicy]: SdkPolicy[K] extends readonly (infer T)[] ? T[] : SdkPolicy[K];
};

const targetAbi = parseAbi([
  "function trade(address to, uint256 amount)",
  "function deposit(uint256 note)",
  "function transfer(address to, uint256 amount)",
]);

/** Calldata of `trade`, whose second argument is the amount. */
const tradeOf = (amount: bigint): Hex =>
  encodeFunctionData({ abi: targetAbi, functionName: "trade", args: [ETH, amount] });

/** Calldata of `deposit`, whose amount is the value. */
export const depositOf = (note: bigint): Hex =>
  encodeFunctionData({ abi: targetAbi, functionName: "deposit", args: [note] });

/** Calldata of an ERC-20's `transfer`. */
export const transferOf = (to: HardhatEthersSigner, amount: bigint): Hex =>
  encodeFunctionData({ abi: targetAbi, functionName: "transfer", args: [to.address as Hex, amount] });

/** A committed model, published. */
async function publishModel({ models }: Awaited<ReturnType<typeof protocol>>, name: string) {
  const { layout, rows, card, model } = await readModel(name);
  const { artifactHash, runtimeId } = model;
  await models.publish(
    { artifactHash, runtimeId, verifyingKeyHash: ZERO_HASH, measurement: ZERO_HASH },
    layout,
    rows,
    "",
  );
  const { output } = decodeLayout(layout);
  return { modelId: card.modelId, header: tensorHeader(output), layout, rows };
}

/** Limits are of a day: without this, a test that is run about midnight has two. */
async function beginDay({ provider }: HardhatEthers): Promise<void> {
  const { timestamp = 0 } = (await provider.getBlock("latest")) ?? {};
  await provider.send("evm_setNextBlockTimestamp", [(Math.floor(timestamp / 86_400) + 1) * 86_400]);
  await provider.send("evm_mine", []);
}

/**
 * A vault of `organiser`, whose agent is `other`, with ETH and tokens. Its policy allows, by number: 0 a trade in tokens, 1 a
 * deposit of ETH, 2 a payment, 3 a transfer of tokens. Covered answers are of `risk8` under the mock, verified ones of `risk`
 * under Quorum or the mock.
 */
export async function vaultProtocol(ethers: HardhatEthers) {
  await beginDay(ethers);
  const p = await protocol(ethers);
  const { organiser: owner, other: agent, prover } = p;
  const [stranger, payee] = p.accounts as [HardhatEthersSigner, HardhatEthersSigner];
  const [scores, verdict] = [await publishModel(p, "risk8"), await publishModel(p, "risk")];
  const cover = await ethers.deployContract("Cover", [p.registry]);
  const target = await ethers.deployContract("MockTarget");
  const token = await ethers.deployContract("MockToken");
  const now = (await ethers.provider.getBlock("latest"))?.timestamp as number;
  const limits = { dailyLimit: DAILY_LIMIT, coveredLimit: COVERED_LIMIT };
  const route = { target: addressOf(target), asset: 0, amountWord: 0, features: CONSTANTS };
  const policy: Policy = {
    agent: agent.address as Hex,
    expiresAt: now + 10 * 86_400,
    lifetime: LIFETIME,
    covered: {
      ...{ modelId: scores.modelId, methods: 1n << BigInt(MOCK), reading: Reading.scores },
      outputHeaderHash: keccak256(scores.header),
    },
    verified: {
      ...{ modelId: verdict.modelId, methods: (1n << BigInt(QUORUM)) | (1n << BigInt(MOCK)), reading: Reading.verdict },
      outputHeaderHash: keccak256(verdict.header),
    },
    provers: [],
    assets: [
      { token: ETH, ...limits },
      { token: addressOf(token), ...limits },
    ],
    routes: [
      { ...route, selector: tradeOf(1n).slice(0, 10) as Hex, asset: 1, amountWord: 2 },
      { ...route, selector: depositOf(1n).slice(0, 10) as Hex },
      { ...route, target: payee.address as Hex, selector: "0x00000000" },
      {
        ...route,
        target: addressOf(token),
        selector: transferOf(payee, 1n).slice(0, 10) as Hex,
        asset: 1,
        amountWord: 2,
      },
    ],
  };
  const vault = await ethers.deployContract("AgentVault", [owner, cover, DELAY, policy]);
  await owner.sendTransaction({ to: vault, value: ETHER });
  await token.mint(vault, ETHER);
  await token.mint(prover, ETHER);
  await token.connect(prover).approve(cover, ETHER);
  const { chainId } = await ethers.provider.getNetwork();
  return {
    ...{ ...p, ethers, owner, agent, stranger, payee, scores, verdict, cover, target, token },
    ...{ policy, vault: vault.connect(agent), chainId: Number(chainId) },
  };
}

export type VaultProtocol = Awaited<ReturnType<typeof vaultProtocol>>;

/** A call to be proposed. */
export interface Move {
  route: number;
  target: Hex;
  value: bigint;
  data: Hex;
}

/** A trade of tokens by route 0. */
export const tradeMove = ({ target }: VaultProtocol, amount = 50n): Move => ({
  ...{ route: 0, target: addressOf(target), value: 0n, data: tradeOf(amount) },
});

/** A deposit of ETH by route 1. */
export const depositMove = ({ target }: VaultProtocol, amount = 50n): Move => ({
  ...{ route: 1, target: addressOf(target), value: amount, data: depositOf(7n) },
});

/** The agent proposes a call; returns what the event says. */
export async function propose(p: VaultProtocol, move: Move, shown = p.policy) {
  await p.vault.propose(shown, move.route, move.target, move.value, move.data);
  return newestProposal(p);
}

/** What the last block's event says of a proposal. */
export async function newestProposal({ vault }: VaultProtocol) {
  const [event] = await vault.queryFilter(vault.filters.Proposed(), "latest");
  if (event === undefined) throw new Error("Nothing was proposed.");
  const { context, features, proposal } = event.args;
  const { nonce, proposedAt, asset, amount, inputHash, target, value, data } = proposal;
  return {
    context: context as Hex,
    features: new Int8Array(hexToBytes(features as Hex).buffer),
    proposal: { nonce, proposedAt, asset, amount, inputHash: inputHash as Hex, target, value, data },
  };
}

export type Proposed = Awaited<ReturnType<typeof propose>>;

/** An answer to a proposal; what isn't given allows it under the policy's rule `covered`. */
interface Answering {
  /** Two bytes of output after the header. */
  bytes?: readonly [number, number];
  header?: Uint8Array;
  modelId?: Hex;
  method?: number;
  prover?: HardhatEthersSigner;
  inputHash?: Hex;
  context?: Hex;
}

/** The output that allows by `risk8`'s scores. */
const YES = [5, 251] as const;

/** An answer to a proposal, not recorded. */
export function answerOf(p: VaultProtocol, { proposal, context: expected }: Proposed, answering: Answering = {}) {
  const { bytes = YES, header = p.scores.header, modelId = p.scores.modelId, method = MOCK } = answering;
  const { prover = p.prover, inputHash = proposal.inputHash, context = expected } = answering;
  const output = bytesToHex(Uint8Array.from([...header, ...bytes]));
  const opened: Opened = { outputHash: keccak256(output), traceHash: ZERO_HASH, salt: hash("salt") };
  const answer = answerHash(prover.address as Hex, opened);
  return {
    attestation: { prover: prover.address as Hex, method, modelId, inputHash, context, answer },
    ...{ opened, output, prover },
  };
}

/** An answer to a proposal, recorded. */
export async function attest(p: VaultProtocol, proposed: Proposed, answering: Answering = {}) {
  const made = answerOf(p, proposed, answering);
  const { method, modelId, inputHash, context } = made.attestation;
  await p.registry.connect(made.prover).attest(method, modelId, inputHash, context, made.opened, "0x");
  return { ...made, uid: (await p.registry.uidOf(made.attestation)) as Hex };
}

export type Answered = Awaited<ReturnType<typeof attest>>;

/** `risk`'s answer under the rule `verified`, recorded and settled. */
export async function attestVerified(p: VaultProtocol, proposed: Proposed, bytes: readonly [number, number] = [1, 9]) {
  const answered = await attest(p, proposed, { bytes, header: p.verdict.header, modelId: p.verdict.modelId });
  await settle(p, answered, Status.verified);
  return answered;
}

/** The mock settles an attestation. */
export async function settle({ registry, method, admin }: VaultProtocol, { uid }: Answered, status: number) {
  await method.execute(registry, registry.interface.encodeFunctionData("settle", [uid, status, admin.address]));
}

/** The prover covers its answer for the vault, in tokens unless another is given. */
export async function coverIt(p: VaultProtocol, { uid, prover }: Answered, amount: bigint, token = addressOf(p.token)) {
  const value = token === ETH ? amount : 0n;
  await p.cover.connect(prover).lock(uid, p.vault, token, amount, { value });
}

/** The call that a stranger sends with an answer. */
export const executeArguments = (
  { policy }: VaultProtocol,
  { proposal }: Proposed,
  { attestation, opened, output }: Pick<Answered, "attestation" | "opened" | "output">,
) => [policy, proposal, attestation, opened, output] as const;

/** A stranger executes a proposal with an answer. */
export const execute = (
  p: VaultProtocol,
  proposed: Proposed,
  answered: Pick<Answered, "attestation" | "opened" | "output">,
) => p.vault.connect(p.stranger).execute(...executeArguments(p, proposed, answered));

/** A move that was proposed, answered and covered: it may be executed. */
export async function covered(p: VaultProtocol, move = tradeMove(p), amount = 50n, token = addressOf(p.token)) {
  const proposed = await propose(p, move);
  const answered = await attest(p, proposed);
  await coverIt(p, answered, amount, token);
  return { proposed, answered };
}

/** A policy that differs, announced and set; returns its hash. */
export async function setPolicy(
  p: VaultProtocol,
  differing: Partial<Policy>,
  wait: (seconds: number) => Promise<unknown>,
) {
  const policy = { ...p.policy, ...differing };
  const data = p.vault.interface.encodeFunctionData("setPolicy", [policy]);
  const owned = p.vault.connect(p.owner);
  await owned.schedule(p.vault, 0, data);
  await wait(DELAY);
  await owned.run(p.vault, 0, data);
  return { ...p, policy, hash: policyHash(policy) };
}
