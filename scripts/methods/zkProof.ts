import type { MethodDeployment } from "./method.ts";

/** It has no parameters: what a model's proofs are checked against is part of the model. */
export const zkProofDeployment: MethodDeployment<undefined> = {
  production: undefined,
  constructorArguments: ({ campaign, bonds }) => [campaign, bonds],
};
