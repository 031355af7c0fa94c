import type { HardhatEthers, HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import { expect } from "chai";
import type { Result } from "ethers";
import { encodeAbiParameters, type Hex, keccak256 } from "viem";
import { type Answer, type Attestation, answerHash, voteHash } from "../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../sdk/contexts.ts";
import { addressOf, attestationOf, ETHER, hash, opened, protocol, quorumParameters } from "./fixtures.ts";
import { contextOf, QUORUM, record, runSeason } from "./seasons.ts";

/** What the prover of these tests claims, and what other outputs there might be. */
export const RIGHT = opened.outputHash;
export const WRONG = hash("wrong output");
export const OTHER = hash("other output");

/** What neither a vote nor an answer can be. */
export const NOTHING: Hex = `0x${"00".repeat(32)}`;

/** How far a member has got, as contracts know it. */
export const SeatState = { Drawn: 0n, Committed: 1n, Revealed: 2n, Missed: 3n } as const;

/** What an attestation waits for, as contracts know it. */
export const Stage = { None: 0n, Drawing: 1n, Voting: 2n, Shown: 3n, Done: 4n } as const;

/** What a member votes: ABSENT if it never commits, SILENT if it never reveals. */
export type Vote = Hex | undefined;
export const ABSENT = undefined;
export const SILENT = hash("never revealed");

/**
 * A running season whose task 1 is Quorum's; `verifiers` have joined, prover and other have deposits for many
 * attestations; `fraudProof` calls as FraudProof does; `settler` is nobody else. Parameters that differ give a Quorum of their own, a method of its own number without a task.
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
  const quorum = own ? await ethers.deployContract("Quorum", [p.campaign, p.bonds, p.beacon, p.fraud, set]) : p.quorum;
  if (own) await p.registry.addMethod(quorum);
  const methodId = own ? Number(await p.registry.methodCount()) : QUORUM;
  const verifiers = p.accounts.slice(0, verifierCount);
  const fraudProof = await ethers.getImpersonatedSigner(addressOf(p.fraud));
  await helpers.setBalance(fraudProof.address, ETHER);
  const settler = p.accounts.at(-1) as HardhatEthersSigner;
  const all = { ...p, ...season, quorum, methodId, verifiers, fraudProof, settler, parameters: set, helpers };
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
  await p.quorum.draw(uid, "0x");
  return membersOf(p, uid);
}

/** All that the contract says of where an attestation stands. */
export const caseOf = async ({ quorum }: Panels, uid: Hex) =>
  ((await quorum.caseOf(uid)) as unknown as Result).toObject();

/** Numbers of the present round's seats; of the first round without those that were filled again. */
async function seatsOf({ quorum }: Panels, uid: Hex): Promise<bigint[]> {
  const { round } = await quorum.caseOf(uid);
  const seats = await quorum.seatsOf(uid);
  return seats.flatMap((seat, i) => (seat.round === round && seat.state !== SeatState.Missed ? [BigInt(i)] : []));
}

/** Members of all the attestation's seats, missed ones included. */
export async function allMembersOf({ quorum, accounts, prover, other }: Panels, uid: Hex) {
  const find = (member: string) => [...accounts, prover, other].find(({ address }) => address === member);
  return (await quorum.seatsOf(uid)).map(({ member }) => find(member) as HardhatEthersSigner);
}

/** Members of the attestation's present round, in the order of their seats. */
export async function membersOf(p: Panels, uid: Hex) {
  const all = await allMembersOf(p, uid);
  return (await seatsOf(p, uid)).map((seat) => all[Number(seat)] as HardhatEthersSigner);
}

export const saltOf = (member: HardhatEthersSigner): Hex => hash(`salt of ${member.address}`);

/** A member's commitment in the attestation's present round. */
export async function commitmentOf({ quorum }: Panels, uid: Hex, member: HardhatEthersSigner, vote: Hex) {
  return voteHash(uid, Number((await quorum.caseOf(uid)).round), member.address as Hex, vote, saltOf(member));
}

/** The members commit, in their order, and revealing begins unless seats were missed that can be filled again. */
export async function commitVotes(p: Panels, uid: Hex, votes: readonly Vote[]) {
  const seats = await seatsOf(p, uid);
  for (const [i, member] of (await membersOf(p, uid)).entries()) {
    const [vote, seat] = [votes[i], seats[i] as bigint];
    if (vote !== ABSENT) await p.quorum.connect(member).commit(uid, seat, await commitmentOf(p, uid, member, vote));
  }
  await until(p, (await p.quorum.caseOf(uid)).commitUntil);
}

/** The members reveal, in their order. */
export async function revealVotes(p: Panels, uid: Hex, votes: readonly Vote[]) {
  const seats = await seatsOf(p, uid);
  for (const [i, member] of (await membersOf(p, uid)).entries()) {
    const [vote, seat] = [votes[i], seats[i] as bigint];
    if (vote !== ABSENT && vote !== SILENT) await p.quorum.connect(member).reveal(uid, seat, vote, saltOf(member));
  }
}

/** The prover reveals. */
export const openAnswer = (
  { registry, prover }: Panels,
  { method, modelId, inputHash, context }: Attestation,
  answer: Answer = opened,
) => registry.connect(prover).reveal(method, modelId, inputHash, context, answer);

/**
 * Commits, draws, has the first panel vote and everybody reveal; the prover unless `opens` is false. More votes than the
 * panel has seats are those of the members that fill its missed seats again.
 */
export async function firstRound(
  p: Panels,
  votes: readonly Vote[],
  fields: Partial<Attestation> = {},
  { opens = true } = {},
) {
  const committed = await commitAttestation(p, fields);
  const { uid } = committed;
  await draw(p, uid);
  const { firstPanel } = p.parameters;
  const [kept, late] = [votes.slice(0, firstPanel).filter((vote) => vote !== ABSENT), votes.slice(firstPanel)];
  await commitVotes(p, uid, votes);
  if (late.length !== 0) {
    await p.quorum.refill(uid);
    await commitVotes(p, uid, [...kept.map(() => ABSENT), ...late]);
  }
  if (opens) await openAnswer(p, committed.attestation);
  await revealVotes(p, uid, [...kept, ...late]);
  return { ...committed, members: await allMembersOf(p, uid) };
}

/** Draws the deciding panel, which votes and reveals. */
export async function decidingRound(p: Panels, uid: Hex, votes: readonly Vote[]) {
  const members = await draw(p, uid);
  await commitVotes(p, uid, votes);
  await revealVotes(p, uid, votes);
  return members;
}

/** Lets the time to appeal pass and has somebody settle. */
export async function settle(p: Panels, uid: Hex, by: HardhatEthersSigner = p.admin) {
  const { round, revealUntil } = await p.quorum.caseOf(uid);
  await until(p, round === 1n ? revealUntil + BigInt(p.parameters.appealWindow) : revealUntil);
  return p.quorum.connect(by).settle(uid);
}

/** Somebody with a bond appeals. */
export async function appeal(p: Panels, uid: Hex, appellant: HardhatEthersSigner = p.other) {
  await p.bonds.deposit(p.quorum, appellant, { value: p.parameters.stake });
  return p.quorum.connect(appellant).appeal(uid);
}

/** The prover shows its run; `until` is the end of the time to refute it. */
export const show = ({ quorum, fraudProof }: Panels, uid: Hex, until = 0n, trace: Hex = "0x") =>
  quorum.connect(fraudProof).onShown(uid, until, trace);

/** How an attestation goes; its votes as in {@link firstRound}. */
export interface Course {
  first: readonly Vote[];
  /** Whether the prover reveals in the first round; it does by default. */
  opens?: boolean;
  appealed?: boolean;
  /** The deciding panel's votes; empty if nobody draws it, missing if there is none. */
  deciding?: readonly Vote[];
}

/** Has an attestation go its course, up to what settles it. */
export async function play(p: Panels, course: Course, fields: Partial<Attestation> = {}) {
  const { first, opens = true, appealed = false, deciding } = course;
  const { uid, attestation } = await firstRound(p, first, fields, { opens });
  if (deciding !== undefined) {
    await until(p, (await p.quorum.caseOf(uid)).revealUntil);
    await (appealed ? appeal(p, uid) : p.quorum.settle(uid));
    if (deciding.length !== 0) await decidingRound(p, uid, deciding);
    else await until(p, (await p.quorum.caseOf(uid)).drawUntil);
  }
  return { uid, attestation, members: await allMembersOf(p, uid) };
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

/**
 * Who lost and was paid what by an attestation: seat by seat, and others. Counted in hundred-thousandths of an ether: a vote costs
 * 10,000, an absence 4,000, a stake is 6,250, a seat's fee 1,000, half of it 500; the draw of five deciding seats brings 1,000, their
 * settlement 1,250.
 */
export interface Money {
  lost: readonly number[];
  paid: readonly number[];
  /** What the prover's deposit lost, by its stake or by paying others. */
  prover: number;
  /** What admin was paid, who draws the deciding panel and settles, unless `settler` does. */
  caller?: number;
  /** What `settler` was paid, where that account settles. */
  settler?: number;
  /** What other's bond lost, and what other was paid, who appeals. */
  appellant?: readonly [number, number];
  burned: number;
}

/** Checks everybody's balances after the only attestation was settled. */
export async function expectMoney(p: Panels, uid: Hex, money: Money) {
  const { bonds, quorum, verifiers, parameters } = p;
  const members = await allMembersOf(p, uid);
  const count = (wei: bigint) => Number((wei * 100n) / (ETHER / 100_000n)) / 100;
  const bySeat = (account: HardhatEthersSigner, amounts: readonly number[]) =>
    members.reduce((sum, member, i) => sum + (member === account ? (amounts[i] ?? 0) : 0), 0);
  const deposits = ETHER + ((await quorum.appellantOf(uid)) === p.other.address ? parameters.stake : 0n);
  const actual: Record<string, unknown> = {};
  const expected: Record<string, unknown> = {};
  for (const account of verifiers) {
    const { locked } = await bonds.bondOf(quorum, account);
    const seats = members.flatMap((member, i) => (member === account ? [i] : []));
    const name = `verifier ${verifiers.indexOf(account)} with the seats ${seats}`;
    actual[name] = [count(parameters.verifierBond - locked), count(await bonds.claimableOf(account))];
    expected[name] = [bySeat(account, money.lost), bySeat(account, money.paid)];
  }
  const [prover, appellant] = [await bonds.bondOf(quorum, p.prover), await bonds.bondOf(quorum, p.other)];
  actual.prover = [count(ETHER - prover.free), prover.locked];
  expected.prover = [money.prover, 0n];
  actual.appellant = [count(deposits - appellant.free), count(await bonds.claimableOf(p.other)), appellant.locked];
  expected.appellant = [...(money.appellant ?? [0, 0]), 0n];
  actual.caller = count(await bonds.claimableOf(p.admin));
  expected.caller = money.caller ?? 0;
  actual.settler = count(await bonds.claimableOf(p.settler));
  expected.settler = money.settler ?? 0;
  actual.burned = count(await bonds.burned());
  expected.burned = money.burned;
  expect(actual).to.deep.equal(expected);
}

/**
 * A list in the order in which a round of an attestation deals it: step i of the shuffle swaps place i with one after it, by
 * the value of the beacon.
 */
export function shuffled<T>(list: readonly T[], value: Hex, uid: Hex, round: number): T[] {
  const types = ["bytes32", "bytes32", "uint8"].map((type) => ({ type }));
  const seed = keccak256(encodeAbiParameters(types, [value, uid, round]));
  const places = [...list];
  for (let i = 0; i < places.length; i++) {
    const random = keccak256(encodeAbiParameters([{ type: "bytes32" }, { type: "uint256" }], [seed, BigInt(i)]));
    const chosen = i + Number(BigInt(random) % BigInt(places.length - i));
    [places[i], places[chosen]] = [places[chosen] as T, places[i] as T];
  }
  return places;
}
