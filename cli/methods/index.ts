import { knownMethods, type MethodName } from "../../sdk/methods/index.ts";
import { lazily } from "../command.ts";
import type { CliMethod } from "./method.ts";

/** What the command line offers of each method; what does it is loaded when it is asked for. */
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
        before: async (client, account) => (await import("./quorum/verifier.ts")).verifierStakes(client, account),
        afterwards: async (client, account) =>
          (await (await import("./quorum/verifier.ts")).verifierDuties(client, account))?.lines ?? [],
      },
      {
        role: "appellant",
        option: "appeal",
        help: "also re-run what panels decided, and appeal",
        does: "re-runs what first panels decided under Quorum, appeals what is wrong and refutes wrong runs that are shown",
      },
    ],
    duties: async (client, account) => (await import("./quorum/verifier.ts")).verifierDuties(client, account),
    commands: lazily(
      ["verifier join", "verifier status", "verifier quit", "verifier release"],
      async () => (await import("./quorum/verifier.ts")).verifierCommands,
    ),
  },
  fraudProof: {
    works: "attests them in batches",
    limit: "of each task",
    roles: [
      {
        role: "challenger",
        option: "challenge",
        help: "also re-run every attestation under FraudProof and DisputeGame",
        does: "re-runs every attestation under FraudProof and refutes what is wrong",
      },
    ],
    batch: {
      means:
        "with every activation in calldata. Anyone who shows one wrong row within the window refutes it, and its bond is lost; otherwise the bond is returned and all units are paid at once. Money missing for the bond is deposited.",
      keys: "id, prover, modelId, seasonId, taskId, first, count, root, bond (wei), refutableUntil (unix seconds), gasUsed, transactionHash",
      run: async (units, invocation) => (await import("./fraudProof/attestBatch.ts")).attestBatch(units, invocation),
    },
    commands: { challenge: async () => (await import("./fraudProof/challenge.ts")).challenge },
  },
  zkProof: {
    works: "proves each before it is attested",
    limit: "in a season",
    roles: [],
    commands: { prove: async () => (await import("./zkProof/prove.ts")).prove },
  },
  enclave: {
    works: "has an enclave run and sign them",
    limit: "of each task",
    roles: [],
    means: { enclave: { value: "URL", help: "under Enclave: where the enclave listens that runs and signs units" } },
    commands: lazily(
      ["enclave inspect", "enclave keys", "enclave admit", "enclave revoke"],
      async () => (await import("./enclave/commands.ts")).enclaveCommands,
    ),
  },
  disputeGame: {
    works: "attests them by the roots of batches, and answers whoever challenges one",
    limit: "of each task",
    roles: [
      {
        role: "challenger",
        option: "challenge",
        help: "also re-run every attestation under FraudProof and DisputeGame",
        does: "re-runs every attestation under DisputeGame, challenges what is wrong and plays until one number decides",
        hasDuties: true,
      },
    ],
    commands: {},
  },
} satisfies Record<MethodName, CliMethod>;

/** The methods with a part in the command line, each by the name that people know. */
export const offeredMethods = (): [name: string, offered: CliMethod][] => {
  const offered: Readonly<Record<string, CliMethod>> = cliMethods;
  return knownMethods().flatMap(([key, { name }]) => (offered[key] ? [[name, offered[key]]] : []));
};
