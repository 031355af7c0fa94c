import type { MethodName } from "../../sdk/methods/index.ts";
import { enclaveDeployment } from "./enclave.ts";
import { fraudProofDeployment } from "./fraudProof.ts";
import type { AnyMethodDeployment } from "./method.ts";
import { quorumDeployment } from "./quorum.ts";
import { zkProofDeployment } from "./zkProof.ts";

/** How each method is deployed. */
export const methodDeployments = {
  quorum: quorumDeployment,
  fraudProof: fraudProofDeployment,
  zkProof: zkProofDeployment,
  enclave: enclaveDeployment,
} satisfies Record<MethodName, AnyMethodDeployment>;

/** What methods' constructors take, by the methods' registered names. */
export type MethodParameters = { [Name in MethodName]: (typeof methodDeployments)[Name]["production"] };
