import type { Hex } from "viem";

// Hashes of the names with "_V1" behind, written out: who only reads votes needs no hash function.

/** A panel member's vote that there is no valid run, or that the input is not the assigned one. */
export const INVALID: Hex = "0xf332cb4df1988bcdbd018108c87fb5856aa267aea2fba56469266bdfc497e24f";

/** A panel member's vote that the model's file or the input is unavailable. */
export const UNAVAILABLE: Hex = "0xd8e8a9f731a79cd3c6d1823961407181922c533293e88f0bad863969fa28eb98";
