import { setTimeout as sleep } from "node:timers/promises";
import { LruMap } from "toad-cache";
import type { Hex } from "viem";
import type { NetworkGas } from "../../sdk/wire.ts";
import { RpcError } from "../ingest/errors.ts";
import { readGas } from "../ingest/gas.ts";
import type { Rpc } from "../ingest/rpc.ts";

/** An attestation and the transactions that say something of it. */
export interface GasSample {
  units: number;
  transactions: readonly SampledTransaction[];
}

interface SampledTransaction {
  hash: Hex;
  /** The step of the attestation's life that it is for. */
  step: string;
  /** Attestations that it is about, which share its gas equally. */
  shared: number;
}

/** What transactions used, as far as it is known. */
type KnownGas = (hash: Hex) => number | undefined;

const MOST_KEPT = 20_000;
/** Milliseconds after which a node is asked again for what it didn't know. */
const PAUSE = 60_000;

/**
 * Asks a node what transactions used, once each: one series of requests at a time, however many want to know. An answer
 * waits for it `patience` milliseconds at most.
 */
export function createGas(rpc: Pick<Rpc, "any">, { patience = 2_000 } = {}) {
  const known = new LruMap<number>(MOST_KEPT);
  let asking: Promise<void> | undefined;
  let restUntil = 0;

  async function ask(hashes: readonly Hex[]): Promise<void> {
    try {
      const found = await readGas(rpc, hashes);
      for (const [i, gas] of found.entries()) if (gas !== undefined) known.set(hashes[i] as Hex, gas);
      if (found.includes(undefined)) restUntil = performance.now() + PAUSE;
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      restUntil = performance.now() + PAUSE;
    } finally {
      asking = undefined;
    }
  }

  return {
    /** What is known of some transactions; what the node doesn't say in time is known the next time. */
    async of(hashes: readonly Hex[]): Promise<KnownGas> {
      const unknown = [...new Set(hashes)].filter((hash) => known.get(hash) === undefined);
      if (unknown.length > 0 && performance.now() >= restUntil) {
        asking ??= ask(unknown);
        await Promise.race([asking, sleep(patience, undefined, { ref: false })]);
      }
      return (hash) => known.get(hash);
    },
  };
}

/** Gas a unit, of the attestations whose transactions' gas is known; null where there is none. */
export function gasOf(samples: readonly GasSample[], known: KnownGas): NetworkGas | null {
  const whole = samples.filter(({ transactions }) => transactions.every(({ hash }) => known(hash) !== undefined));
  const units = whole.reduce((sum, sample) => sum + sample.units, 0);
  if (units === 0) return null;
  const bySteps = new Map<string, { transactions: number; gas: number }>();
  for (const { hash, step, shared } of whole.flatMap(({ transactions }) => transactions)) {
    const { transactions, gas } = bySteps.get(step) ?? { transactions: 0, gas: 0 };
    bySteps.set(step, { transactions: transactions + 1, gas: gas + (known(hash) as number) / shared });
  }
  const steps = [...bySteps].map(([step, { transactions, gas }]) => ({
    ...{ step, transactions, perUnit: Math.round(gas / units) },
  }));
  const total = [...bySteps.values()].reduce((sum, { gas }) => sum + gas, 0);
  return { attestations: whole.length, units, perUnit: Math.round(total / units), steps };
}
