import type { Address } from "viem";

/** The contracts that a method's constructor is given. */
export interface MethodCore {
  campaign: Address;
  bonds: Address;
  beacon: Address;
  /** Who deploys. */
  deployer: Address;
  /** The methods that it named in `after`, by their registered names. */
  methods: Readonly<Record<string, Address>>;
}

/** How a verification method is deployed. */
export interface MethodDeployment<Parameters> {
  /** For a public network. */
  production: Parameters;
  /** Registered names of the methods whose contracts it is given, and which are deployed before it. */
  after?: readonly string[];
  /** What the constructor takes. */
  constructorArguments(core: MethodCore, parameters: Parameters): readonly unknown[];
}

/** How any method is deployed. Only the method itself reads its parameters. */
export interface AnyMethodDeployment {
  production: unknown;
  after?: readonly string[];
  constructorArguments(core: MethodCore, parameters: never): readonly unknown[];
}
