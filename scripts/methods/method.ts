import type { Address } from "viem";

/** The contracts that a method's constructor is given. */
export interface MethodCore {
  campaign: Address;
  bonds: Address;
}

/** How a verification method is deployed. */
export interface MethodDeployment<Parameters> {
  /** For a public network. */
  production: Parameters;
  /** What the constructor takes. */
  constructorArguments(core: MethodCore, parameters: Parameters): readonly unknown[];
}

/** How any method is deployed. Only the method itself reads its parameters. */
export interface AnyMethodDeployment {
  production: unknown;
  constructorArguments(core: MethodCore, parameters: never): readonly unknown[];
}
