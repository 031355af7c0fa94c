import { type Address, formatEther } from "viem";
import { type AttestationState, detailOf } from "../../../sdk/attestations.ts";
import { isOver, quorum } from "../../../sdk/methods/quorum.ts";
import { Status } from "../../../sdk/protocol.ts";
import type { ChainState } from "../../chainState.ts";

/** Something that happened to a member on a panel. */
interface News {
  /** Its name among all news. */
  key: string;
  sentence: string;
  /** It is told also where it happened before the first look. */
  isOpen?: boolean;
}

/**
 * Tells what happened on a member's seats since the last look: seats that it got, its votes, what it lost, how they ended. At
 * the first look, only of seats that are still open.
 */
export function createSeatNews(member: Address): (state: ChainState) => string[] {
  const told = new Set<string>();
  let isFirst = true;
  return ({ attestations, head }) => {
    const news = [...attestations.byId.values()]
      .flatMap((attestation) => newsOf(attestation, member, head.timestamp))
      .filter(({ key }) => !told.has(key));
    const open = isFirst ? news.filter(({ isOpen }) => isOpen) : news;
    for (const { key } of news) told.add(key);
    isFirst = false;
    return open.map(({ sentence }) => sentence);
  };
}

function newsOf(attestation: AttestationState, member: Address, now: bigint): News[] {
  const { id, status } = attestation;
  const detail = detailOf(quorum, attestation);
  if (detail === undefined) return [];
  const { round, commitUntil, committed, votes, penalties } = detail;
  const news: News[] = [];
  const tell = (key: string, sentence: string, isOpen = false) => news.push({ key: `${id} ${key}`, sentence, isOpen });
  if (detail.panel.includes(member)) {
    const isOpen = status === Status.pending && !isOver(detail, now);
    tell(`seat ${round}`, `it has a seat on ${id}, round ${round}, and votes until ${timeOf(commitUntil)}.`, isOpen);
    if (committed.has(member)) tell(`vote ${round}`, `it committed its vote on ${id}.`);
    if (votes.has(member)) tell(`reveal ${round}`, `it revealed its vote on ${id}.`);
    const ending = endings.get(status);
    if (ending) tell("end", `${id}, on which it had a seat, is ${ending}.`);
  }
  const lost = penalties.get(member);
  if (lost) tell(`lost ${lost}`, `it lost ${formatEther(lost)} ETH by its seats on ${id}.`);
  return news;
}

const endings: ReadonlyMap<number, string> = new Map([
  [Status.verified, "Verified"],
  [Status.refuted, "Refuted"],
  [Status.void, "Void"],
]);

/** Unix seconds as `2026-03-01T12:00:00.000Z`. */
export const timeOf = (seconds: bigint): string => new Date(Number(seconds) * 1000).toISOString();
