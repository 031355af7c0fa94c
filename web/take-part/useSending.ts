import { useState } from "react";
import type { Call } from "../../sdk/calls.ts";
import { announce } from "../components/live.tsx";
import type { Tools } from "./prove.ts";
import { send, walletSentence } from "./wallet.ts";

/** Transactions of the visitor's wallet, one at a time. */
export interface Sending {
  /** What is under way, in words. */
  doing: string | undefined;
  failure: string | undefined;
  /** Sends a call and waits until it is mined; whether it was. `doing` is said meanwhile. */
  send(call: Call, doing: string): Promise<boolean>;
}

/** Sends by the account that the visitor chose, and says how it went. */
export function useSending({ client, wallet }: Pick<Tools, "client" | "wallet">): Sending {
  const [doing, setDoing] = useState<string>();
  const [failure, setFailure] = useState<string>();
  return {
    doing,
    failure,
    async send(call, said) {
      setDoing(said);
      setFailure(undefined);
      announce(said);
      try {
        await send(client.rpc, wallet, call);
        return true;
      } catch (error) {
        setFailure(walletSentence(error));
        return false;
      } finally {
        setDoing(undefined);
      }
    },
  };
}
