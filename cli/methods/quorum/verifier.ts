import type { Address } from "viem";
import { join as joinList } from "../../../participant/methods/quorum/membership.ts";
import { callOf } from "../../../sdk/calls.ts";
import { type Client, contractOf, hasContract } from "../../../sdk/client.ts";
import { quorum } from "../../../sdk/methods/quorum.ts";
import { type Member, type OpenSeat, readJoining, readMember, trial } from "../../../sdk/methods/quorumMember.ts";
import type { Command, Invocation } from "../../command.ts";
import { grouped, utc } from "../../format.ts";
import { eth } from "../../money.ts";
import { withSender } from "../../sending.ts";
import { openConnection, openSettingsAccount, readOwnAddress } from "../../settings.ts";
import { parseAddress, UsageError } from "../../usage.ts";
import type { Duties } from "../method.ts";

/** What `account` shows of a verifier; undefined where the deployment has no Quorum. */
export async function verifierDuties(client: Client, account: Address): Promise<Duties | undefined> {
  if (!hasContract(client, quorum)) return undefined;
  const member = await readMember(client, account);
  return { key: "verifier", lines: linesOf(member), json: jsonOf(member) };
}

/** What serving on panels puts at stake; throws a sentence where the account can't pay for it. */
export async function verifierStakes(client: Client, account: Address): Promise<string[]> {
  const contract = contractOf(client, quorum);
  const { verifierBond, voteLoss, absenceLoss, seatFee } = await client.rpc.readContract({
    ...contract,
    functionName: "parameters",
  });
  const joining = await readJoining(client, account);
  if (joining.can === "now") await requireMoney(client, account, joining.deposit);
  const deposit = joining.can === "now" ? joining.deposit : 0n;
  return [
    `Serving on panels locks a bond of ${eth(verifierBond)}; ${eth(deposit)} are deposited for it now.`,
    `A missed seat costs ${eth(absenceLoss)}, a lost or unrevealed vote ${eth(voteLoss)}; a served seat pays ${eth(seatFee)}.`,
    ...(joining.can === "later" ? [`It may join the list of verifiers at ${utc(joining.until)}.`] : []),
  ];
}

async function requireMoney({ rpc }: Client, account: Address, deposit: bigint): Promise<void> {
  const balance = await rpc.getBalance({ address: account });
  if (balance <= deposit)
    throw new Error(
      `${account} has ${eth(balance)}, too little for a bond of ${eth(deposit)} and gas: more than ${eth(deposit - balance)} are missing.`,
    );
}

const lostBy = ({ penalties }: Member): bigint => penalties.reduce((sum, { amount }) => sum + amount, 0n);

const jsonOf = (member: Member) => ({ ...member, lost: lostBy(member) });

function linesOf(member: Member): string[] {
  const { isMember, bondFreeAt, penalties, openSeats } = member;
  const off =
    bondFreeAt === undefined ? "not on the list" : `off the list; its bond is at stake until ${utc(bondFreeAt)}`;
  return [
    `Verifier   ${isMember ? "on the list: serve its seats by `work --verify`, or `verifier quit`" : off}`,
    `Penalties  ${eth(lostBy(member))} for ${grouped(penalties.length)} seats`,
    `Seats      ${openSeats.length === 0 ? "none open" : `${grouped(openSeats.length)} open`}`,
    ...openSeats.map(seatLine),
  ];
}

const seatLine = ({ uid, round, owes, until }: OpenSeat): string =>
  `           ${uid}, round ${round}: ${owes} until ${utc(until)}`;

const status: Command = {
  positionals: ["[ADDRESS]"],
  summary: "whether an account is on the list of verifiers, its seats and penalties",
  details: `Shows of ADDRESS, by default of the key's account, whether Quorum's list of verifiers has it, which seats it has still to serve and until when, what it lost so far, and what joining takes.
JSON: account, isMember, bondFreeAt, penalties (uid, amount), lost, openSeats (uid, round, owes, until), verifierBond, voteLoss, absenceLoss, seatFee; amounts in wei, times in unix seconds.`,
  options: {},
  async run({ positionals: [text], settings }) {
    const account = text === undefined ? await readOwnAddress(settings) : parseAddress("ADDRESS", text);
    if (account === undefined) throw new UsageError('"verifier status" needs ADDRESS, or a key.');
    const { client } = await openConnection(settings);
    const contract = contractOf(client, quorum);
    const { verifierBond, voteLoss, absenceLoss, seatFee } = await client.rpc.readContract({
      ...contract,
      functionName: "parameters",
    });
    const member = await readMember(client, account);
    return {
      good: true,
      text: [
        `Account    ${account}`,
        ...linesOf(member),
        `Terms      a bond of ${eth(verifierBond)}; a served seat pays ${eth(seatFee)}, a missed one costs ${eth(absenceLoss)}, a lost or`,
        `           unrevealed vote ${eth(voteLoss)}`,
      ].join("\n"),
      json: { account, ...jsonOf(member), verifierBond, voteLoss, absenceLoss, seatFee },
    };
  },
};

const join: Command = {
  positionals: [],
  summary: "join the list of verifiers",
  details: `Deposits what the bond lacks, and joins Quorum's list of verifiers. From then on panels may seat the account: \`work --verify\` serves its seats, and joins by itself. A missed seat costs a part of the bond. Needs a key.
JSON: account, deposited and bond (wei), transactionHash.`,
  options: {},
  async run(invocation) {
    const { settings, progress } = invocation;
    const { client } = await openConnection(settings);
    const contract = contractOf(client, quorum);
    const account = await openSettingsAccount(settings);
    const joining = await readJoining(client, account.address);
    if (joining.can === "not") throw new Error(`${account.address} is on the list of verifiers already.`);
    if (joining.can === "later")
      throw new Error(`${account.address} left the list, or was absent; it may join again at ${utc(joining.until)}.`);
    const { verifierBond, absenceLoss } = await client.rpc.readContract({ ...contract, functionName: "parameters" });
    const { transactionHash } = await withSender(client, account, progress, (sender) =>
      joinList(client, sender, joining.deposit),
    );
    return {
      good: true,
      text: [
        `Account      ${account.address}, on the list of verifiers`,
        `Bond         ${eth(verifierBond)} at stake, ${eth(joining.deposit)} of it deposited now`,
        `Transaction  ${transactionHash}`,
        `Serve its seats by \`work --verify\`: each that is missed costs ${eth(absenceLoss)}. \`verifier quit\` leaves the list.`,
      ].join("\n"),
      json: { account: account.address, deposited: joining.deposit, bond: verifierBond, transactionHash },
    };
  },
};

/** Sends a call without arguments to Quorum. */
async function call({ settings, progress }: Invocation, functionName: "quit" | "release", check: Check) {
  const { client } = await openConnection(settings);
  const account = await openSettingsAccount(settings);
  await check(client, account.address);
  const { transactionHash } = await withSender(client, account, progress, (sender) =>
    sender.send(callOf({ ...contractOf(client, quorum), functionName })),
  );
  return { client, account: account.address, transactionHash };
}

/** Throws a sentence where the call would be refused. */
type Check = (client: Client, account: Address) => Promise<void>;

const quit: Command = {
  positionals: [],
  summary: "leave the list of verifiers",
  details: `Takes the key's account off Quorum's list of verifiers. Panels of earlier attestations may still seat it: its bond stays at stake until the time that it prints, and \`work --verify\` must serve those seats. Refuses while seats are open, unless --anyway is given. Needs a key.
JSON: account, bondFreeAt (unix seconds), transactionHash.`,
  options: { anyway: { help: "also while seats are open" } },
  async run(invocation) {
    const { client, account, transactionHash } = await call(invocation, "quit", async (client, account) => {
      const { isMember, openSeats } = await readMember(client, account);
      if (!isMember) throw new Error(`${account} is not on the list of verifiers.`);
      const [first] = openSeats;
      if (first !== undefined && !invocation.switches.has("anyway"))
        throw new Error(
          `${account} has ${openSeats.length} seats open, the first until ${utc(first.until)}: serve them by \`work --verify\`, or quit with --anyway and serve them all the same.`,
        );
    });
    const { bondFreeAt } = await readMember(client, account);
    return {
      good: true,
      text: [
        `Account      ${account}, off the list of verifiers`,
        `At stake     its bond, until ${utc(bondFreeAt as number)}: panels of earlier attestations may still seat it`,
        `Transaction  ${transactionHash}`,
      ].join("\n"),
      json: { account, bondFreeAt, transactionHash },
    };
  },
};

const release: Command = {
  positionals: [],
  summary: "free the bond of a verifier that left",
  details: `Frees the bond of the key's account, which left the list long enough ago; \`bonds unbond\` and \`bonds withdraw\` pay it out. Needs a key.
JSON: account, transactionHash.`,
  options: {},
  async run(invocation) {
    const { account, transactionHash } = await call(invocation, "release", async (client, account) => {
      const refused = await trial(client, account, "release");
      if (refused === undefined) return;
      const { errorName, args } = refused;
      if (errorName === "AlreadyMember")
        throw new Error(`${account} is on the list of verifiers: it must leave by \`verifier quit\` first.`);
      if (errorName === "NoBondToRelease") throw new Error(`${account} has no verifier's bond.`);
      if (errorName === "BondStillAtStake")
        throw new Error(`The bond of ${account} is at stake until ${utc(args[0] as bigint)}.`);
      throw refused;
    });
    return {
      good: true,
      text: `Account      ${account}, its bond is free: \`bonds unbond Quorum\`\nTransaction  ${transactionHash}`,
      json: { account, transactionHash },
    };
  },
};

/** The commands of Quorum's verifiers. */
export const verifierCommands = {
  "verifier join": join,
  "verifier status": status,
  "verifier quit": quit,
  "verifier release": release,
} satisfies Record<string, Command>;
