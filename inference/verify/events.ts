import type { parseEventLogs } from "viem";
import { attestationRegistryAbi, campaignAbi, fraudProofAbi, quorumAbi } from "../../sdk/abi.ts";

/** The events that tell how attestations came about and were settled. */
export const eventsAbi = [...attestationRegistryAbi, ...campaignAbi, ...quorumAbi, ...fraudProofAbi] as const;

/** One of them, read from a log. */
export type EventLog = ReturnType<typeof parseEventLogs<typeof eventsAbi, true>>[number];
