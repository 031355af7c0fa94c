import type { HardhatEthers, HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import type { Hex } from "viem";
import { type Answer, type Attestation, answerHash, voteHash } from "../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../sdk/contexts.ts";
import { attestationOf, ETHER, hash, opened, protocol, quorumParameters } from "./fixtures.ts";
import { contextOf, QUORUM, record, runSeason } from "./seasons.ts";

/** What the prover of these tests claims, and what other outputs there might be. */
export const RIGHT = opened.outputHash;
export const WRONG = hash("wrong output");
export const OTHER = hash("other output");

/** What a member votes; undefined if it never commits. */
export type Vote = Hex | undefined;

/**
 * A running season whose task 1 is Quorum's; `verifiers` have joined, prover and other have deposits for many
 * attestations. Parameters that differ give a Quorum of their own, a method of its own number without a task.
 */
export async function panelProtocol(
  ethers: HardhatEthers,
  helpers: NetworkHelpers,
  verifierCount = 9,
  parameters: Partial<typeof quorumParameters> = {},
) {
  const p = await protocol(ethers);
  const season = await runSeason(p, helpers);
  const set = { ...quorumParameters, ...parameters };
  const own = Object.keys(parameters).length > 0;
  const quorum = own ? await ethers.deployContract("Quorum", [p.campaign, p.bonds, set]) : p.quorum;
  if (own) await p.registry.addMethod(quorum);
  const methodId = own ? Number(await p.registry.methodCount()) : QUORUM;
  const verifiers = p.accounts.slice(0, verifierCount);
  const all = { ...p, ...season, quorum, methodId, verifiers, parameters: set, helpers };
  for (const verifier of verifiers) await join(all, verifier);
  for (const account of [p.prover, p.other]) await p.bonds.deposit(quorum, account, { value: ETHER });
  return all;
}

export type Panels = Awaited<ReturnType<typeof panelProtocol>>;

/** Deposits the bond and joins. */
export async function join({ bonds, quorum, parameters }: Panels, account: HardhatEthersSigner) {
  await bonds.deposit(quorum, account, { value: parameters.verifierBond });
  await quorum.connect(account).join();
}

/** Attestation of a unit of Quorum's task, or a free one under a Quorum without a task; give what differs. */
export const attestationUnder = async (p: Panels, prover: HardhatEthersSigner, fields: Partial<Attestation> = {}) =>
  attestationOf(prover, {
    method: p.methodId,
    modelId: p.integerModel,
    context: p.methodId === QUORUM ? await contextOf(p, 1n) : FREE_CONTEXT,
    ...fields,
  });

/** Commits the prover's attestation. */
export async function commitAttestation(p: Panels, fields: Partial<Attestation> = {}) {
  const attestation = await attestationUnder(p, p.prover, fields);
  return { attestation, uid: await record(p, p.prover, attestation) };
}

/** Draws the panel of the attestation's round and says who sits on it. */
export async function draw(p: Panels, uid: Hex) {
  const { drawBlock } = await p.quorum.caseOf(uid);
  if ((await p.helpers.time.latestBlock()) < drawBlock) await p.helpers.mineUpTo(drawBlock);
  await p.quorum.draw(uid);
  return membersOf(p, uid);
}

/** Members of the attestation's present round. */
export async function membersOf({ quorum, accounts, prover, other }: Panels, uid: Hex) {
  const { round } = await quorum.caseOf(uid);
  const seats = (await quorum.seatsOf(uid)).filter((seat) => seat.round === round);
  return seats.map(
    (seat) => [...accounts, prover, other].find(({ address }) => address === seat.member) as HardhatEthersSigner,
  );
}

export const saltOf = (member: HardhatEthersSigner): Hex => hash(`salt of ${member.address}`);

/** A member's commitment in the attestation's present round. */
export async function commitmentOf({ quorum }: Panels, uid: Hex, member: HardhatEthersSigner, vote: Hex) {
  return voteHash(uid, Number((await quorum.caseOf(uid)).round), member.address as Hex, vote, saltOf(member));
}

/** The members commit, in their order, and revealing begins. */
export async function commitVotes(p: Panels, uid: Hex, votes: readonly Vote[]) {
  for (const [i, member] of (await membersOf(p, uid)).entries()) {
    const vote = votes[i];
    if (vote !== undefined) await p.quorum.connect(member).commit(uid, await commitmentOf(p, uid, member, vote));
  }
  await until(p, (await p.quorum.caseOf(uid)).commitUntil);
}

/** The members reveal, in their order. */
export async function revealVotes(p: Panels, uid: Hex, votes: readonly Vote[]) {
  for (const [i, member] of (await membersOf(p, uid)).entries()) {
    const vote = votes[i];
    if (vote !== undefined) await p.quorum.connect(member).reveal(uid, vote, saltOf(member));
  }
}

/** The prover reveals. */
export const openAnswer = (
  { registry, prover }: Panels,
  { method, modelId, inputHash, context }: Attestation,
  answer: Answer = opened,
) => registry.connect(prover).reveal(method, modelId, inputHash, context, answer);

/** Commits, draws and has the first panel vote and everybody reveal. */
export async function firstRound(p: Panels, votes: readonly Vote[], fields: Partial<Attestation> = {}) {
  const committed = await commitAttestation(p, fields);
  const members = await draw(p, committed.uid);
  await commitVotes(p, committed.uid, votes);
  await openAnswer(p, committed.attestation);
  await revealVotes(p, committed.uid, votes);
  return { ...committed, members };
}

/** Draws the second panel, which votes and reveals. */
export async function secondRound(p: Panels, uid: Hex, votes: readonly Vote[]) {
  const members = await draw(p, uid);
  await commitVotes(p, uid, votes);
  await revealVotes(p, uid, votes);
  return members;
}

/** An attestation whose panel is drawn. */
export async function drawnPanel(ethers: HardhatEthers, helpers: NetworkHelpers) {
  const p = await panelProtocol(ethers, helpers);
  const { uid, attestation } = await commitAttestation(p);
  const members = (await draw(p, uid)) as [HardhatEthersSigner, HardhatEthersSigner, HardhatEthersSigner];
  const outsider = p.verifiers.find((verifier) => !members.includes(verifier)) as HardhatEthersSigner;
  return { ...p, uid, attestation, members, outsider };
}

/** An attestation whose panel has committed to what the prover claims. */
export async function committedPanel(ethers: HardhatEthers, helpers: NetworkHelpers) {
  const p = await drawnPanel(ethers, helpers);
  await commitVotes(p, p.uid, [RIGHT, RIGHT, RIGHT]);
  return p;
}

/** Lets time pass to `time`, unless it has. */
export async function until({ helpers }: Panels, time: bigint) {
  if ((await helpers.time.latest()) < time) await helpers.time.increaseTo(time);
}

/** The prover's answer with another output. */
export const answerOf = (prover: HardhatEthersSigner, outputHash: Hex, traceHash: Hex = FREE_CONTEXT) =>
  answerHash(prover.address as Hex, { ...opened, outputHash, traceHash });
