import { useEffect, useState } from "react";
import { type Client, connect } from "../../sdk/client.ts";
import { parseDeployment } from "../../sdk/deployment.ts";
import { DEVELOPMENT_CHAIN } from "../../sdk/development.ts";
import { sentenceOf } from "../../sdk/errors.ts";
import type { DeploymentAnswer } from "../../sdk/wire.ts";
import { Account } from "../components/account.tsx";
import { announce } from "../components/live.tsx";
import { setMe } from "../me.ts";
import { load } from "../part.ts";
import { server } from "../prefix.ts";
import type { FoundWallet } from "./injected.ts";
import { openJournal } from "./journal.ts";
import { forgetLocalKey, hasLocalKey, openLocalKey } from "./localKey.ts";
import { NO_WALLET } from "./open.ts";
import type { Tools } from "./prove.ts";
import { runHere } from "./run.ts";
import type { Wallet } from "./wallet.ts";

/** Characters of a wallet's name that are shown. */
const LONGEST_NAME = 40;

/** Lets the visitor choose an account, and passes its tools to the page. */
export function AccountChoice({
  deployment: { rpcUrl, ...answer },
  tools,
  onTools,
}: {
  deployment: DeploymentAnswer & { rpcUrl: string };
  tools: Tools | undefined;
  onTools: (tools: Tools | undefined) => void;
}) {
  const [opening, setOpening] = useState(false);
  const [failure, setFailure] = useState<string>();
  const [choice, setChoice] = useState<FoundWallet[]>([]);
  const isDevelopment = answer.chainId === DEVELOPMENT_CHAIN;

  const trying = async (work: () => Promise<void>) => {
    setOpening(true);
    setFailure(undefined);
    await work()
      .catch((error: unknown) => setFailure(sentenceOf(error)))
      .finally(() => setOpening(false));
  };
  const open = (wallet: (client: Client) => Promise<Wallet>) =>
    trying(async () => {
      const made = await toolsOf({ ...answer, rpcUrl }, wallet);
      setMe(made.wallet.account);
      setChoice([]);
      onTools(made);
      announce(`You take part as ${made.wallet.account}.`);
    });
  const openLocal = () => open(({ rpc }) => openLocalKey(localStorage, rpc));
  const openWallet = () =>
    trying(async () => {
      const found = await (await load(() => import("./injected.ts"))).findWallets(answer.chainId, rpcUrl);
      const [only] = found;
      if (only === undefined) throw new Error(NO_WALLET);
      if (found.length > 1) setChoice(found);
      else await open(only.open);
    });

  // After a reload the throw-away key is used again: attestations of it may wait for their answers to be opened.
  useEffect(() => {
    if (isDevelopment && tools === undefined && hasLocalKey(localStorage, answer.chainId)) void openLocal();
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
    forgetLocalKey(localStorage, answer.chainId);
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
          {choice.map(({ name, open: openIt }, i) => (
            <button type="button" key={i} disabled={opening} onClick={() => open(openIt)} dir="auto">
              {name.slice(0, LONGEST_NAME)}
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

async function toolsOf(
  { rpcUrl, ...answer }: DeploymentAnswer & { rpcUrl: string },
  open: (client: Client) => Promise<Wallet>,
): Promise<Tools> {
  const deployment = parseDeployment(answer);
  const client = connect(deployment, rpcUrl);
  const wallet = await open(client);
  const registry = deployment.contracts.AttestationRegistry.address;
  return {
    client,
    wallet,
    journal: openJournal(localStorage, { chainId: deployment.chainId, registry, account: wallet.account }),
    run: (modelId, input) => runHere({ deployment, rpcUrl, origin: server(), modelId, input }),
  };
}
