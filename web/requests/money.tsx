import type { Address } from "viem";
import { useToken } from "../final/amount.tsx";
import { moneyText } from "../final/token.ts";

/** An amount of ETH, where `token` is null, or of a token as it calls itself on chain. */
export function Money({ amount, token }: { amount: string; token: Address | null }) {
  const known = useToken(token ?? undefined);
  return (
    <span className="amount" {...(token && { title: `Token ${token}` })}>
      {moneyText(amount, token, known)}
    </span>
  );
}
