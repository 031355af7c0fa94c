import { useEffect, useState } from "react";
import { DEVELOPMENT_CHAIN } from "../../sdk/development.ts";
import type { Reachable } from "../chain.ts";
import { Account } from "../components/account.tsx";
import { announce } from "../components/live.tsx";
import { setMe } from "../me.ts";
import { load } from "../part.ts";
import type { FoundWallet } from "./injected.ts";
import { forgetKey, keptKey } from "./keptKey.ts";
import type { Tools } from "./prove.ts";

/** Characters of a wallet's name that are shown. */
const LONGEST_NAME = 40;

/** Lets the visitor choose an account, and passes its tools to the page. */
export function AccountChoice({
  deployment,
  tools,
  onTools,
}: {
  deployment: Reachable;
  tools: Tools | undefined;
  onTools: (tools: Tools | undefined) => void;
}) {
  const { chainId, rpcUrl } = deployment;
  const [opening, setOpening] = useState(false);
  const [failure, setFailure] = useState<string>();
  const [choice, setChoice] = useState<FoundWallet[]>([]);
  const isDevelopment = chainId === DEVELOPMENT_CHAIN;

  const trying = async (work: () => Promise<void>) => {
    setOpening(true);
    setFailure(undefined);
    await work()
      .catch((error: Error) => setFailure(error.message))
      .finally(() => setOpening(false));
  };
  const takePart = (made: Tools) => {
    setMe(made.wallet.account);
    setChoice([]);
    onTools(made);
    announce(`You take part as ${made.wallet.account}.`);
  };
  const opener = () => load(() => import("./tools.ts"));
  const openLocal = () => trying(async () => takePart(await (await opener()).openByKey(deployment)));
  const open = (wallet: FoundWallet) =>
    trying(async () => takePart(await (await opener()).openByWallet(deployment, wallet)));
  const openWallet = () =>
    trying(async () => {
      const found = await (await load(() => import("./injected.ts"))).findWallets(chainId, rpcUrl);
      if (found.length > 1) setChoice(found);
      else await open(found[0] as FoundWallet);
    });

  // After a reload the throw-away key is used again: attestations of it may wait for their answers to be opened.
  useEffect(() => {
    if (isDevelopment && tools === undefined && keptKey(localStorage, chainId) !== null) void openLocal();
  }, []);

  const leave = () => {
    onTools(undefined);
    setMe(undefined);
  };
  // What an account began belongs to it: with another one the visitor begins anew.
  useEffect(
    () =>
      tools?.wallet.onAccount?.((account) => {
        leave();
        setFailure(
          account === undefined
            ? "Your wallet was locked or disconnected. Connect it again to go on."
            : `Your wallet switched to ${account}. Connect it again to take part as that account.`,
        );
      }),
    [tools],
  );
  const forget = () => {
    if (!confirm("Forget the key? After that nobody can use what it earned.")) return;
    forgetKey(localStorage, chainId);
    leave();
  };

  if (tools !== undefined)
    return (
      <p>
        You take part as <Account address={tools.wallet.account} />{" "}
        {tools.wallet.kind === "local" ? "with a throw-away key of this browser." : "with your wallet."}{" "}
        <button type="button" onClick={tools.wallet.kind === "local" ? forget : leave}>
          {tools.wallet.kind === "local" ? "Forget the key" : "Disconnect"}
        </button>
      </p>
    );
  return (
    <>
      <p className="controls">
        <button type="button" disabled={opening} onClick={openWallet}>
          Connect a wallet
        </button>
        {isDevelopment && (
          <button type="button" disabled={opening} onClick={openLocal}>
            Use a throw-away key
          </button>
        )}
      </p>
      {choice.length > 0 && (
        <fieldset className="controls">
          <legend>Which wallet?</legend>
          {choice.map((wallet, i) => (
            <button type="button" key={i} disabled={opening} onClick={() => open(wallet)} dir="auto">
              {wallet.name.slice(0, LONGEST_NAME)}
            </button>
          ))}
        </fieldset>
      )}
      {isDevelopment && (
        <p className="note">
          This is a development chain: a throw-away key is made in this browser and given play money. Never use it
          elsewhere.
        </p>
      )}
      {failure && <p role="alert">{failure}</p>}
    </>
  );
}
