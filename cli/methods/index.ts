import { knownMethods, type MethodName } from "../../sdk/methods/index.ts";
import { enclaveCommands } from "./enclave/commands.ts";
import { attestBatch } from "./fraudProof/attestBatch.ts";
import { challenge } from "./fraudProof/challenge.ts";
import type { CliMethod } from "./method.ts";
import { verifierCommands, verifierDuties, verifierStakes } from "./quorum/verifier.ts";
import { prove } from "./zkProof/prove.ts";

/** What the command line offers of each method. */
export const cliMethods = {
  quorum: {
    works: "commits and reveals in time",
    limit: "in a season",
    roles: [
      {
        role: "verifier",
        option: "verify",
        help: "also serve on panels",
        does: "joins Quorum's verifiers and serves on panels",
        hasDuties: true,
        before: verifierStakes,
        afterwards: async (client, account) => (await verifierDuties(client, account))?.lines ?? [],
      },
      {
        role: "appellant",
        option: "appeal",
        help: "also re-run what panels decided, and appeal",
        does: "re-runs what first panels decided under Quorum, appeals what is wrong and refutes wrong runs that are shown",
      },
    ],
    duties: verifierDuties,
    commands: verifierCommands,
  },
  fraudProof: {
    works: "attests them in batches",
    limit: "of each task",
    roles: [
      {
        role: "challenger",
        option: "challenge",
        help: "also re-run every attestation under FraudProof",
        does: "re-runs every attestation under FraudProof and refutes what is wrong",
      },
    ],
    batch: attestBatch,
    commands: { challenge },
  },
  zkProof: {
    works: "proves each before it is attested",
    limit: "in a season",
    roles: [],
    commands: { prove },
  },
  enclave: {
    works: "has an enclave run and sign them",
    limit: "of each task",
    roles: [],
    means: { enclave: { value: "URL", help: "under Enclave: where the enclave listens that runs and signs units" } },
    commands: enclaveCommands,
  },
} satisfies Record<MethodName, CliMethod>;

/** The methods with a part in the command line, each by the name that people know. */
export const offeredMethods = (): [name: string, offered: CliMethod][] => {
  const offered: Readonly<Record<string, CliMethod>> = cliMethods;
  return knownMethods().flatMap(([key, { name }]) => (offered[key] ? [[name, offered[key]]] : []));
};
