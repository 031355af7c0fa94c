import { setTimeout as sleep } from "node:timers/promises";
import type { NodeAccess } from "./access.ts";
import { type Checks, createEndpoint, type Endpoint, type EndpointOptions, noChecks } from "./endpoint.ts";
import { type Failure, FatalError, RpcError, WrongChain } from "./errors.ts";

/** Some nodes of one chain. Work throws {@link FatalError} where each of them says that it is of another chain. */
export interface Rpc {
  /** Work with the healthiest node; if it fails, with the others in turn. Throws {@link RpcError} when it fails with all. */
  any<T>(work: (node: Endpoint) => Promise<T>): Promise<T>;
  /** Work with the healthiest node; if it throws {@link RpcError}, another node is used next time. */
  once<T>(work: (node: Endpoint) => Promise<T>): Promise<T>;
  /**
   * The same work with every node at once, or besides one; in their order, errors as values. Those that haven't answered two
   * seconds after the first success are left out, and not asked for a while.
   */
  all<T>(work: (node: Endpoint) => Promise<T>, besides?: Besides): Promise<Answered<T>[]>;
  /** Asks this node first from now on. */
  prefer(node: Endpoint): void;
  /** Prefers another node from now on: the present one's answers don't fit together. */
  rotate(): void;
  readonly checks: Checks;
  readonly size: number;
  /** Whether logs are held against receipts' roots, whichever node tells them: none was found to offer no receipts. */
  provesLogs(): boolean;
  /** Failures so far, by kind. */
  failures(): ReadonlyMap<Failure, number>;
}

/** What one node answered. */
interface Answered<T> {
  node: Endpoint;
  result: T | RpcError;
}

/** Options of {@link createRpc}. */
export interface RpcOptions extends Omit<EndpointOptions, "node" | "onThrottled"> {
  nodes: readonly NodeAccess[];
}

/** A node that has answered already, and how long it took, in milliseconds: others that take much longer hold nobody up. */
interface Besides {
  node: Endpoint | undefined;
  took: number;
}

interface Member {
  node: Endpoint;
  /** Failures since the last success. */
  failures: number;
  /** That it is of another chain, if that is the last it said. */
  wrongChain: WrongChain | undefined;
  /** Not asked with all others before this time, by `performance.now()`, and how long it is left out next time. */
  silentUntil: number;
  silence: number;
  /** {@link silentUntil}, where that was because it didn't answer in time. */
  lateUntil: number;
}

/** How long slower nodes are waited for, in milliseconds. */
const GRACE = 2_000;
const FIRST_SILENCE = 500;
const LONGEST_SILENCE = 30_000;

/**
 * Uses several nodes of one chain: stays with one that answers, and switches to the next when it fails, or for new work
 * while it asks for a rest.
 */
export function createRpc({ nodes, checks = noChecks(), ...options }: RpcOptions): Rpc {
  const failures = new Map<Failure, number>();
  const count = (kind: Failure): unknown => failures.set(kind, (failures.get(kind) ?? 0) + 1);
  const onThrottled = () => count("rate-limited");
  const members: Member[] = nodes.map((node) => ({
    node: createEndpoint({ node, checks, onThrottled, ...options }),
    ...{ failures: 0, wrongChain: undefined, silentUntil: 0, silence: FIRST_SILENCE, lateUntil: 0 },
  }));
  let preferred = members[0] as Member;

  function healthiest(candidates: readonly Member[]): Member {
    const rests = new Map(candidates.map((member) => [member, member.node.rest()]));
    const rest = (member: Member) => rests.get(member) as number;
    const [best] = candidates.toSorted(
      (a, b) => rest(a) - rest(b) || a.failures - b.failures || Number(b === preferred) - Number(a === preferred),
    );
    return best as Member;
  }

  function demote(member: Member): void {
    member.failures++;
    preferred = members[(members.indexOf(member) + 1) % members.length] as Member;
  }

  /** Work with one node, whose failures then say which node it was. */
  async function attempt<T>(member: Member, work: (node: Endpoint) => Promise<T>): Promise<T> {
    try {
      const result = await work(member.node);
      member.wrongChain = undefined;
      return result;
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      error.attribute(member.node);
      member.wrongChain = error instanceof WrongChain ? error : undefined;
      const wrong = members.flatMap(({ wrongChain }) => wrongChain?.message ?? []);
      throw wrong.length === members.length ? new FatalError(wrong.join(" ")) : error;
    }
  }

  async function workWith<T>(member: Member, work: (node: Endpoint) => Promise<T>): Promise<T> {
    try {
      const result = await attempt(member, work);
      member.failures = 0;
      preferred = member;
      return result;
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      if (error.kind !== "rate-limited") count(error.kind);
      demote(member);
      throw error;
    }
  }

  async function any<T>(work: (node: Endpoint) => Promise<T>): Promise<T> {
    if (members.length === 0) throw new RpcError("No node is named.", "unreachable");
    const errors: RpcError[] = [];
    for (let untried = members; untried.length > 0; ) {
      const member = healthiest(untried);
      untried = untried.filter((each) => each !== member);
      try {
        return await workWith(member, work);
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        errors.push(error);
      }
    }
    const [last] = errors.slice(-1) as [RpcError];
    if (errors.length === 1) throw last;
    const kind = errors.every((error) => error.kind === last.kind) ? last.kind : "inconsistent";
    throw new RpcError(errors.map((error) => error.message).join(" "), kind);
  }

  async function all<T>(work: (node: Endpoint) => Promise<T>, besides?: Besides): Promise<Answered<T>[]> {
    const candidates = members.filter(({ node }) => node !== besides?.node);
    // One that failed is asked again at once where another's word is held against its own.
    const isAwake = ({ node, silentUntil, lateUntil }: Member) =>
      (besides ? lateUntil : silentUntil) <= performance.now() && node.rest() <= GRACE;
    const awake = candidates.filter(isAwake);
    const answered = new Map<Member, T | RpcError>();
    const first = Promise.withResolvers<void>();
    const asked = (awake.length > 0 || besides ? awake : candidates).map(async (member) => {
      try {
        answered.set(member, await attempt(member, work));
        member.silence = FIRST_SILENCE;
        first.resolve();
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        answered.set(member, error);
        silence(member);
      }
    });
    if (besides) first.resolve();
    const patience = GRACE + 2 * (besides?.took ?? 0);
    const late = first.promise.then(() => sleep(patience, undefined, { signal: options.signal, ref: false }));
    late.catch(() => {});
    if (asked.length > 0) await Promise.race([Promise.all(asked), late]);
    for (const member of awake.filter((each) => !answered.has(each))) {
      silence(member);
      member.lateUntil = member.silentUntil;
    }
    return members.flatMap((member) => {
      const result = answered.get(member);
      return result === undefined ? [] : [{ node: member.node, result }];
    });
  }

  /** One that doesn't answer holds nobody up again for a while. */
  function silence(member: Member): void {
    member.silentUntil = performance.now() + member.silence;
    member.silence = Math.min(2 * member.silence, LONGEST_SILENCE);
  }

  return {
    any,
    all,
    prefer(node) {
      preferred = members.find((member) => member.node === node) as Member;
      preferred.failures = 0;
    },
    checks,
    size: members.length,
    once: (work) => workWith(healthiest(members), work),
    rotate: () => demote(preferred),
    provesLogs: () =>
      checks.receipts && checks.seals === "required" && members.every(({ node }) => node.offers.receipts),
    failures: () => failures,
  };
}
