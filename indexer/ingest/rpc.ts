import { setTimeout as sleep } from "node:timers/promises";
import { type Checks, createEndpoint, type Endpoint, type EndpointOptions, noChecks } from "./endpoint.ts";
import { type Failure, RpcError } from "./errors.ts";

/** Some nodes of one chain. */
export interface Rpc {
  /** Work with the healthiest node; if it fails, with the others in turn. Throws {@link RpcError} when it fails with all. */
  any<T>(work: (node: Endpoint) => Promise<T>): Promise<T>;
  /** Work with the healthiest node; if it throws {@link RpcError}, another node is used next time. */
  once<T>(work: (node: Endpoint) => Promise<T>): Promise<T>;
  /**
   * The same work with every node at once, but for one; in their order, errors as values. Those that haven't answered two
   * seconds after the first success are left out, and not asked for a while.
   */
  all<T>(work: (node: Endpoint) => Promise<T>, options?: { except?: Endpoint | undefined }): Promise<Answered<T>[]>;
  /** Asks this node first from now on. */
  prefer(node: Endpoint): void;
  /** Prefers another node from now on: the present one's answers don't fit together. */
  rotate(): void;
  readonly checks: Checks;
  readonly size: number;
  /** Failures so far, by kind. */
  failures(): ReadonlyMap<Failure, number>;
}

/** What one node answered. */
export interface Answered<T> {
  node: Endpoint;
  result: T | RpcError;
}

/** Options of {@link createRpc}. */
export interface RpcOptions extends Omit<EndpointOptions, "url"> {
  urls: readonly string[];
}

interface Member {
  node: Endpoint;
  /** Failures since the last success. */
  failures: number;
  /** Pause after it answered "too many requests", in milliseconds. */
  rest: number;
  /** Not used before this time, by `performance.now()`. */
  restsUntil: number;
  /** Not asked with all others before this time, by `performance.now()`, and how long it is left out next time. */
  silentUntil: number;
  silence: number;
}

/** How long slower nodes are waited for, in milliseconds. */
const GRACE = 2_000;
const FIRST_SILENCE = 500;
const LONGEST_SILENCE = 30_000;
const FIRST_REST = 50;
const LONGEST_REST = 5_000;
/** Longest such pause. */
const LONGEST_WAIT = 10_000;

/** Uses several nodes of one chain: stays with one that answers, and switches to the next when it fails. */
export function createRpc({ urls, checks = noChecks(), ...options }: RpcOptions): Rpc {
  const members: Member[] = urls.map((url) => ({
    node: createEndpoint({ url, checks, ...options }),
    failures: 0,
    rest: FIRST_REST,
    restsUntil: 0,
    silentUntil: 0,
    silence: FIRST_SILENCE,
  }));
  const failures = new Map<Failure, number>();
  let preferred = members[0] as Member;

  function healthiest(candidates: readonly Member[]): Member {
    const now = performance.now();
    const rest = (member: Member) => Math.max(member.restsUntil - now, 0);
    const [best] = candidates.toSorted(
      (a, b) => rest(a) - rest(b) || a.failures - b.failures || Number(b === preferred) - Number(a === preferred),
    );
    return best as Member;
  }

  function demote(member: Member): void {
    member.failures++;
    preferred = members[(members.indexOf(member) + 1) % members.length] as Member;
  }

  async function awaken({ restsUntil }: Member): Promise<void> {
    const pause = restsUntil - performance.now();
    if (pause > LONGEST_WAIT)
      throw new RpcError(`No node may be asked for another ${Math.ceil(pause / 1000)} s.`, "rate-limited", pause);
    if (pause > 0) await sleep(pause, undefined, { signal: options.signal });
  }

  async function workWith<T>(member: Member, work: (node: Endpoint) => Promise<T>): Promise<T> {
    await awaken(member);
    try {
      const result = await work(member.node);
      member.failures = 0;
      member.rest = FIRST_REST;
      preferred = member;
      return result;
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      error.attribute(member.node.name);
      failures.set(error.kind, (failures.get(error.kind) ?? 0) + 1);
      if (error.kind === "rate-limited") {
        member.restsUntil = performance.now() + (error.retryAfter ?? member.rest);
        member.rest = Math.min(2 * member.rest, LONGEST_REST);
      }
      demote(member);
      throw error;
    }
  }

  async function any<T>(work: (node: Endpoint) => Promise<T>): Promise<T> {
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

  async function all<T>(
    work: (node: Endpoint) => Promise<T>,
    { except }: { except?: Endpoint | undefined } = {},
  ): Promise<Answered<T>[]> {
    const candidates = members.filter(({ node }) => node !== except);
    const awake = candidates.filter(({ silentUntil }) => silentUntil <= performance.now());
    const answered = new Map<Member, T | RpcError>();
    const first = Promise.withResolvers<void>();
    const asked = (awake.length > 0 ? awake : candidates).map(async (member) => {
      try {
        answered.set(member, await work(member.node));
        member.silence = FIRST_SILENCE;
        first.resolve();
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        error.attribute(member.node.name);
        answered.set(member, error);
        silence(member);
      }
    });
    const late = first.promise.then(() => sleep(GRACE, undefined, { signal: options.signal, ref: false }));
    late.catch(() => {});
    if (asked.length > 0) await Promise.race([Promise.all(asked), late]);
    for (const member of awake) if (!answered.has(member)) silence(member);
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
    failures: () => failures,
  };
}
