import { PENALTY_FACTOR } from "../../sdk/protocol.ts";
import type { DrawnSeat, MoneyAnswer } from "../../sdk/wire.ts";
import { plural } from "../format.ts";

/** What a panel member did with a seat. */
export function seatWords({
  vote,
  attestation,
}: Pick<DrawnSeat, "vote"> & { attestation: Pick<DrawnSeat["attestation"], "status"> }): string {
  const isOpen = attestation.status === "pending";
  if (vote === "revealed") return "voted";
  if (vote === "committed") return isOpen ? "has a vote that isn't opened yet" : "had a vote that it didn't open";
  return isOpen ? "hasn't voted yet" : "didn't vote";
}

/** What an account owes in a season, why, and how it is paid. */
export const debtWords = ({ owed }: Pick<MoneyAnswer["debts"][number], "owed">): string =>
  `It owes ${plural(owed, "point")}: a refuted attestation costs ${PENALTY_FACTOR} times what it would have earned, and the account had less. ` +
  "What it earns in the season next pays this first, and until then its points stay at zero.";
