import { randomBytes } from "node:crypto";
import hre from "hardhat";
import {
  type Address,
  bytesToHex,
  encodeDeployData,
  formatEther,
  getAddress,
  type Hex,
  keccak256,
  type LocalAccount,
  parseEther,
} from "viem";
import type { OpenModel } from "../../inference/models.ts";
import { encodeTensor } from "../../inference/tensors.ts";
import type { CommittedModel } from "../../models/read.ts";
import type { ChainState } from "../../participant/chainState.ts";
import type { Content } from "../../participant/content.ts";
import { ensureDeposit } from "../../participant/deposits.ts";
import type { ChainFollower } from "../../participant/follow.ts";
import type { Participant } from "../../participant/jobs.ts";
import type { Journal } from "../../participant/journal.ts";
import { participantMethods } from "../../participant/methods/index.ts";
import type { ParticipantMethod, PreparedAnswer } from "../../participant/methods/method.ts";
import type { Sender } from "../../participant/sender.ts";
import { contractOf } from "../../sdk/client.ts";
import { attestationUid } from "../../sdk/commitments.ts";
import { RevertError } from "../../sdk/errors.ts";
import { decodeLayout, tensorHeader } from "../../sdk/layouts.ts";
import { fraudProof } from "../../sdk/methods/fraudProof.ts";
import { type MethodName, methods } from "../../sdk/methods/index.ts";
import { quorum } from "../../sdk/methods/quorum.ts";
import { execute, type Proposed, propose, type Vault } from "../../sdk/moves.ts";
import { Status } from "../../sdk/protocol.ts";
import { cover, lockCoverCall, settleCoverCall, withdrawCall } from "../../sdk/requests/contracts.ts";
import { ETH, methodBits } from "../../sdk/requests/request.ts";
import { Reading, tradeTensor } from "../../sdk/vault.ts";
import type { DemoAccounts } from "./accounts.ts";
import { short } from "./progress.ts";
import { untilState } from "./wait.ts";

export interface AgentOptions {
  follower: ChainFollower;
  accounts: DemoAccounts;
  senderOf(account: LocalAccount): Sender;
  journal: Journal;
  content: Content;
  /** The integer model, for answers that are acted on while they are pending, and the float one. */
  risk8: CommittedModel;
  risk: CommittedModel;
  open(modelId: Hex): Promise<OpenModel>;
  /** Whose answers the demo's challenger leaves alone until they are acted on. */
  spared: Set<Address>;
  signal: AbortSignal;
  print: (line: string) => void;
}

/** What the vault holds at first, and what it may move: in a day, and on an answer that is only covered. */
const [FUNDS, DAILY, COVERED] = [parseEther("20"), parseEther("10"), parseEther("1")];
const [SMALL, LARGE] = [parseEther("0.5"), parseEther("2")];
/** The owner's calls are announced this long, in seconds. */
const DELAY = 60;

/** What the owner says of a trade by each route, from 0 to 1, in the order of models/risk/data.ts. */
const SOUND = [0, 0.1, 0.05, 0.2, 0.9, 0.9, 0.9, 0.2, 0.05, 0, 1, 0, 0.1, 0, 0.1, 0];
const RISKY = [0, 0.9, 0.9, 0.9, 0.1, 0.05, 0.05, 0.9, 0.8, 0.9, 0, 0, 0.6, 0, 0.9, 0];

/**
 * An agent with a vault proposes trades: a sound one runs on a covered answer, a risky one doesn't, and neither does a forged
 * answer to it that the vault can see through. One that it can't see through runs, is refuted, and is paid for by its prover's
 * cover. A large trade waits for a panel.
 */
export async function playAgent(options: AgentOptions): Promise<void> {
  const { accounts, senderOf, print } = options;
  const agent = senderOf(accounts.agent);
  const vault = await createVault(options);
  const market = accounts.market.address;
  const trade = async (route: number, value: bigint): Promise<Proposed> =>
    propose(agent, vault, route, { target: market, value, data: "0x" });

  const sound = await trade(0, SMALL);
  const right = await answerByProof(options, accounts.agentProver, sound, SMALL, vault);
  await run(options, vault, sound, right);
  print(`The agent's trade of ${formatEther(SMALL)} ETH ran on an answer that its prover covers with as much.`);

  const risky = await trade(1, SMALL);
  const denied = await answerByProof(options, accounts.agentProver, risky, SMALL, vault);
  print(`A risky one doesn't run: ${await refusal(run(options, vault, risky, denied))}`);
  const yes = new Uint8Array([127, 0]);
  const changed = { ...denied, output: yes };
  print(`Nor does it with another answer's bytes: ${await refusal(run(options, vault, risky, changed))}`);

  const again = await trade(1, SMALL);
  const forged = await answerByProof(options, accounts.agentForger, again, SMALL, vault, yes);
  const { uid } = await run(options, vault, again, forged);
  options.spared.delete(accounts.agentForger.address);
  print(`A forged answer to a risky trade was acted on while it was pending: ${short(uid)}.`);
  const paid = compensate(options, vault, uid);

  const large = await trade(0, LARGE);
  const hasty = await answerByProof(options, accounts.agentProver, large, SMALL, vault);
  print(
    `A trade of ${formatEther(LARGE)} ETH doesn't run on a pending answer: ${await refusal(run(options, vault, large, hasty))}`,
  );
  await Promise.all([paid, answerByPanel(options, vault, large)]);
}

/** Deploys and funds the vault. */
async function createVault({ follower, accounts, senderOf, risk8, risk, print }: AgentOptions): Promise<Vault> {
  const { client } = follower;
  const owner = senderOf(accounts.organiser);
  const rule = ({ model, layout }: CommittedModel, method: number, reading: number) => ({
    ...{ modelId: model.modelId, methods: methodBits([method]), reading },
    outputHeaderHash: keccak256(tensorHeader(decodeLayout(layout).output)),
  });
  const route = (features: readonly number[]) => ({
    ...{ target: accounts.market.address, selector: "0x00000000" as Hex, asset: 0, amountWord: 0 },
    features: bytesToHex(new Uint8Array(features.map((share) => Math.round(255 * share) - 128))),
  });
  const policy = {
    ...{ agent: accounts.agent.address, expiresAt: 2 ** 40 - 1, lifetime: 3_600, provers: [] },
    covered: rule(risk8, fraudProof.id, Reading.scores),
    verified: rule(risk, quorum.id, Reading.verdict),
    assets: [{ token: ETH, dailyLimit: DAILY, coveredLimit: COVERED }],
    routes: [route(SOUND), route(RISKY)],
  };
  const { abi, bytecode } = await hre.artifacts.readArtifact("AgentVault");
  const args = [owner.account.address, contractOf(client, cover).address, DELAY, policy];
  const data = encodeDeployData({ abi, bytecode: bytecode as Hex, args });
  const { contractAddress } = await owner.send({ name: "deploy AgentVault", to: undefined, data, value: 0n });
  const address = getAddress(contractAddress as Address);
  await owner.send({ name: "fund the vault", to: address, data: "0x", value: FUNDS });
  print(`An agent has a vault with ${formatEther(FUNDS)} ETH at ${address}.`);
  return { address, policy };
}

interface Brought extends Pick<PreparedAnswer, "attestation" | "answer" | "output"> {
  uid: Hex;
}

/** Runs the features on a model and records the attestation under a method; `told` instead of what comes out, if it is given. */
async function attest(
  options: AgentOptions,
  [method, { model }]: readonly [MethodName, CommittedModel],
  account: LocalAccount,
  { features, context }: Proposed,
  told?: Uint8Array,
): Promise<Brought> {
  const { follower, senderOf, journal, content, open } = options;
  const { client } = follower;
  const { chainId, contracts } = client.deployment;
  const sender = senderOf(account);
  const opened = await open(model.modelId);
  const run = told === undefined ? opened : { ...opened, session: { ...opened.session, run: async () => told } };
  const known: ParticipantMethod = participantMethods[method];
  const answering = known.createAnswering?.(client, content);
  if (answering === undefined) throw new Error(`Nobody answers under ${methods[method].name}.`);
  const input = new Uint8Array(features.buffer);
  const { attestation, answer, output, call, bond } = await answering.prepare({
    ...{ prover: account.address, model: run, input, context, salt: bytesToHex(randomBytes(32)) },
  });
  // A panel has to know it.
  await content.put(encodeTensor({ spec: tradeTensor, data: input }), "keccak-256");
  const registry = contracts.AttestationRegistry.address;
  const uid = attestationUid(chainId, registry, attestation);
  journal.keepAttestation({ chainId, registry, uid, attestation, answer });
  await ensureDeposit(client, sender, bond.holder, bond.amount);
  await sender.send(call);
  return { uid, attestation, answer, output };
}

/** Answers under FraudProof, and locks cover for the vault. */
async function answerByProof(
  options: AgentOptions,
  account: LocalAccount,
  proposed: Proposed,
  amount: bigint,
  vault: Vault,
  told?: Uint8Array,
): Promise<Brought> {
  const brought = await attest(options, ["fraudProof", options.risk8], account, proposed, told);
  const { client } = options.follower;
  await options.senderOf(account).send(lockCoverCall(client, brought.uid, vault.address, ETH, amount));
  return brought;
}

/** Answers under Quorum with the float model, waits for the panel, and runs the trade. */
async function answerByPanel(options: AgentOptions, vault: Vault, proposed: Proposed): Promise<void> {
  const { follower, accounts, signal, print } = options;
  const brought = await attest(options, ["quorum", options.risk], accounts.agentProver, proposed);
  const statusOf = (state: ChainState) => state.attestations.byId.get(brought.uid)?.status ?? Status.none;
  await untilState(follower, signal, () => statusOf(follower.state) > Status.pending);
  if (statusOf(follower.state) !== Status.verified)
    return print(`No panel verified the answer to the trade of ${formatEther(LARGE)} ETH: it doesn't run.`);
  await run(options, vault, proposed, brought);
  print(`The agent's trade of ${formatEther(LARGE)} ETH ran on an answer that a panel verified.`);
}

/** Brings an answer to the vault. */
function run(
  { senderOf, accounts, risk8, risk }: AgentOptions,
  vault: Vault,
  { proposal }: Proposed,
  brought: Brought,
) {
  const { attestation, answer, output } = brought;
  const { layout } = attestation.modelId === risk8.model.modelId ? risk8 : risk;
  const bytes = bytesToHex(encodeTensor({ spec: decodeLayout(layout).output, data: output }));
  return execute(senderOf(accounts.agent), vault, proposal, { attestation, answer, output: bytes });
}

/** Waits until an answer that was acted on is settled, and has its cover paid to the vault if it was refuted. */
async function compensate(options: AgentOptions, vault: Vault, uid: Hex): Promise<void> {
  const { follower, accounts, senderOf, signal, print } = options;
  const { client } = follower;
  const status = () => follower.state.attestations.byId.get(uid)?.status ?? Status.none;
  await untilState(follower, signal, () => status() > Status.pending);
  if (status() !== Status.refuted) return print(`Nobody refuted ${short(uid)} in time: the vault gets nothing for it.`);
  const keeper = senderOf(accounts.market);
  const before = await client.rpc.getBalance({ address: vault.address });
  // A keeper may have been faster.
  await keeper.send(settleCoverCall(client, uid, vault.address, ETH)).catch(rethrowUnless("NothingLocked"));
  await keeper.send(withdrawCall(client, "Cover", ETH, vault.address)).catch(rethrowUnless("NothingToWithdraw"));
  const after = await client.rpc.getBalance({ address: vault.address });
  print(`${short(uid)} is refuted: the vault got the cover, ${formatEther(after - before)} ETH.`);
}

const rethrowUnless = (name: string) => (error: unknown) => {
  if (!(error instanceof RevertError && error.errorName === name)) throw error;
};

/** What a call is refused with. */
async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof RevertError) return error.message;
    throw error;
  }
  throw new Error("The vault moved money that it must not move.");
}

/** A challenger that doesn't look at some provers' attestations for now. */
export const sparing = (challenger: Participant, spared: ReadonlySet<Address>): Participant => ({
  name: challenger.name,
  due: ({ attestations, ...state }) => {
    const byId = new Map([...attestations.byId].filter(([, { message }]) => !spared.has(message.prover)));
    return challenger.due({ ...state, attestations: { ...attestations, byId } });
  },
});
