import type { Address, Hex } from "viem";
import type { z } from "zod";
import { keyName } from "../../sdk/enclaves.ts";
import type { enclave as known } from "../../sdk/methods/enclave.ts";
import type { LogLocation } from "../decode/events.ts";
import type { Kind } from "../fold/identity-map.ts";
import { IntegrityError } from "../fold/step.ts";
import { count, hex, step } from "./fields.ts";
import type { IndexedMethod } from "./method.ts";

type Step = NonNullable<ReturnType<typeof known.stepOf>>;

/** An enclave's key, as registrars admitted it last. */
export interface EnclaveKey extends LogLocation {
  key: Hex;
  measurement: Hex;
  publicKey: Hex;
  /** Unix seconds. */
  expiresAt: number;
  /** The registrar who revoked it, and when, in unix seconds; null while nobody did. */
  revokedBy: Address | null;
  revokedAt: number | null;
}

export const enclaves: Kind<Pick<EnclaveKey, "key">, EnclaveKey> = {
  group: () => undefined,
  name: ({ key }) => key,
};

/** Who vouches for enclaves: one row, whose id is 1. */
export interface Registrars extends LogLocation {
  id: 1;
  accounts: readonly Address[];
  threshold: number;
}

export const registrars: Kind<Pick<Registrars, "id">, Registrars> = {
  group: () => undefined,
  name: ({ id }) => id,
};

/** Enclave: a key that registrars admitted signs. */
export const enclave: IndexedMethod = {
  steps: {
    KeyAdmitted({ args: { key, measurement, expiresAt, publicKey }, location }, rows) {
      const before = rows.enclaves.get({ key });
      if (before !== undefined && (before.revokedBy !== null || before.measurement !== measurement))
        throw new IntegrityError(`The key ${key} was admitted after it was revoked, or for another measurement.`);
      if (nameOf(publicKey) !== key) throw new IntegrityError(`The key ${key} was admitted with another's bytes.`);
      const admitted = { key, measurement, publicKey, expiresAt, revokedBy: null, revokedAt: null };
      rows.enclaves.set({ ...admitted, ...location });
    },
    KeyRevoked({ args: { key, registrar } }, rows, { timestamp }) {
      const before = rows.enclaves.get({ key });
      if (before === undefined || before.revokedBy !== null)
        throw new IntegrityError(`The key ${key} was revoked, but it isn't one that could be.`);
      rows.enclaves.set({ ...before, revokedBy: registrar, revokedAt: timestamp });
    },
    RegistrarsSet({ args: { registrars, threshold }, location }, rows) {
      rows.registrars.set({ id: 1, accounts: registrars, threshold, ...location });
    },
  },
  stepSchemas: [
    step("enclaveSigned", { key: hex }),
    step("receiptTaken", { key: hex, timestamp: count }),
  ] satisfies z.ZodType<Step>[],
};

function nameOf(publicKey: Hex): Hex | undefined {
  try {
    return keyName(publicKey);
  } catch {
    return undefined;
  }
}
