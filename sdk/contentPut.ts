import type { Deployment } from "./deployment.ts";

/** What an organiser signs to put content: which bytes, and until when the signature is taken. */
export interface Put {
  cid: string;
  /** Bytes. */
  size: bigint;
  /** Unix seconds. */
  deadline: bigint;
}

/** The EIP-712 message of `PUT /v1/content/:cid`; docs/protocol.md has it. */
export const putTypedData = ({ chainId, contracts }: Deployment, message: Put) =>
  ({
    domain: { name: "Proofboard Content", version: "1", chainId, verifyingContract: contracts.Campaign.address },
    types: {
      Put: [
        { name: "cid", type: "string" },
        { name: "size", type: "uint64" },
        { name: "deadline", type: "uint64" },
      ],
    },
    primaryType: "Put",
    message,
  }) as const;

/** Longest time for which a server takes a signature, in seconds. */
export const LONGEST_PUT = 3600;
