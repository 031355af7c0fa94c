import { type FormEvent, useState } from "react";
import type { SecondState } from "../audit/messages.ts";
import { rpcIn, setSecondRpc, useSecondRpc } from "../audit/watch.ts";
import { secondOf } from "./verdict.ts";

/** Lets the visitor name an RPC to be asked beside the site's own, and shows what it says. */
export function SecondRpc({ rpcUrl, state }: { rpcUrl: string; state: SecondState | undefined }) {
  const second = useSecondRpc();
  const [wrong, setWrong] = useState("");
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const url = rpcIn(String(new FormData(event.currentTarget).get("rpc")));
    if (url === undefined) setWrong("That isn't the URL of an RPC.");
    else if (url === rpcIn(rpcUrl)) setWrong("That is the RPC that this site chose.");
    else {
      setWrong("");
      setSecondRpc(url);
    }
  };
  if (second !== undefined)
    return (
      <p>
        A second RPC of your choice is asked too: <code>{second}</code>. {secondOf(state)}{" "}
        <button type="button" onClick={() => setSecondRpc(undefined)}>
          Ask one only
        </button>
      </p>
    );
  return (
    <form onSubmit={submit}>
      <p>
        This site chose that RPC. Name another one, and your browser asks both and says where they differ. The site
        doesn't learn which.
      </p>
      <p>
        <label>
          A second RPC{" "}
          <input type="url" name="rpc" required placeholder="https://…" spellCheck={false} autoComplete="off" />
        </label>{" "}
        <button type="submit">Ask both</button> {wrong !== "" && <span role="alert">{wrong}</span>}
      </p>
    </form>
  );
}
