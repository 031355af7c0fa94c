import type { ContractFunctionReturnType } from "viem";
import { type Client, contractOf } from "../../../sdk/client.ts";
import { quorum } from "../../../sdk/methods/quorum.ts";
import type { Job } from "../../jobs.ts";

type Parameters = ContractFunctionReturnType<typeof quorum.abi, "view", "parameters">;

/** Quorum's parameters, which never change: read from the chain once, by a job. */
export interface ReadOnce {
  /** Undefined until `job` has run. */
  known(): Parameters | undefined;
  job: Job;
}

export function createParameters(client: Client): ReadOnce {
  const contract = contractOf(client, quorum);
  let read: Parameters | undefined;
  return {
    known: () => read,
    job: {
      key: "parameters",
      async run() {
        read = await client.rpc.readContract({ ...contract, functionName: "parameters" });
      },
    },
  };
}
