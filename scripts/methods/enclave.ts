import type { Address } from "viem";
import type { MethodDeployment } from "./method.ts";

export interface EnclaveParameters {
  /** Who vouches for enclaves at first, in ascending order; by default the account that deploys, alone. */
  registrars?: readonly Address[];
  /** How many of them must agree. */
  threshold: number;
}

export const enclaveDeployment: MethodDeployment<EnclaveParameters> = {
  // Whoever deploys names the registrars then, by `setRegistrars`: docs/methods/enclave.md.
  production: { threshold: 1 },
  constructorArguments: ({ campaign, deployer }, { registrars = [deployer], threshold }) => [
    ...[campaign, registrars, threshold],
  ],
};
