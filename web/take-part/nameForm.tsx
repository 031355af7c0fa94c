import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import type { Address } from "viem";
import type { Call } from "../../sdk/calls.ts";
import { type Client, hasContract } from "../../sdk/client.ts";
import { profiles, setProfileCall } from "../../sdk/profileSet.ts";
import { profileLimits, shownLink } from "../../sdk/profiles.ts";
import type { AccountProfileAnswer } from "../../sdk/wire.ts";
import { queries, useAnswer } from "../api.ts";
import { Identicon } from "../components/identicon.tsx";
import { announce } from "../components/live.tsx";
import { Name } from "../components/name.tsx";
import { Failed } from "../components/states.tsx";
import { short } from "../format.ts";
import { aboutEther } from "./ether.ts";
import { feeOf } from "./fee.ts";
import type { Tools } from "./prove.ts";
import { useSending } from "./useSending.ts";

/** Seconds after which the server is asked whether it has seen what was sent. */
const LOOK_AGAIN = 2;

interface Said {
  name: string;
  link: string;
}

/** Lets the account say what it is called, and shows beforehand what others will see. Nothing without a contract for it. */
export default function NameForm({ tools }: { tools: Tools }) {
  const { account } = tools.wallet;
  const [sent, setSent] = useState<Said>();
  const isSeen = ({ item }: AccountProfileAnswer) =>
    sent === undefined || ((item?.name ?? "") === sent.name && (item?.link ?? "") === (shownLink(sent.link) ?? ""));
  const query = useAnswer<AccountProfileAnswer>(`/v1/profiles/${account}`, (answer) =>
    isSeen(answer) ? 0 : LOOK_AGAIN,
  );
  const { name = "", link } = query.data?.item ?? {};
  useEffect(() => {
    // Where the name stands beside the address.
    void queries.invalidateQueries({ queryKey: [`/v1/profiles?account=${account}`] });
  }, [account, name]);
  if (!hasContract(tools.client, profiles)) return null;
  return (
    <section aria-labelledby="name-heading">
      <h2 id="name-heading">Your name</h2>
      {query.data === undefined && query.error && <Failed error={query.error} retry={query.refetch} />}
      {query.data && (
        <Form
          key={`${name} ${link}`}
          {...{ tools }}
          now={{ name, link: link ?? "" }}
          isSeen={isSeen(query.data)}
          onSent={setSent}
        />
      )}
    </section>
  );
}

function Form({
  tools,
  now,
  isSeen,
  onSent,
}: {
  tools: Tools;
  now: Said;
  /** The server has seen what was sent last. */
  isSeen: boolean;
  onSent: (said: Said) => void;
}) {
  const { client, wallet } = tools;
  const [{ name, link }, setSaid] = useState(now);
  const sending = useSending(tools);
  const fee = useMostFee(client, wallet.account);
  const asked = callOr(client, name.trim().normalize("NFC"), link.trim());
  const isChanged = name.trim() !== now.name || link.trim() !== now.link;
  const lacks = (fee.data?.lacking ?? 0n) > 0n;
  const set = async (call: Call, said: Said) => {
    if (!(await sending.send(call, "Setting your name …"))) return;
    onSent(said);
    announce(said.name === "" ? "Your name is taken away." : `You are called ${said.name} now.`);
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if ("call" in asked) void set(asked.call, { name: name.trim().normalize("NFC"), link: link.trim() });
  };
  const busy = sending.doing !== undefined;
  return (
    <form onSubmit={submit} className="card">
      <p>
        A name stands beside your address, for everybody and for ever in the chain's history. Anybody can take the same
        one: it proves nothing.
      </p>
      <p className="controls">
        <label>
          Name{" "}
          <input
            value={name}
            onChange={({ target }) => setSaid({ name: target.value, link })}
            maxLength={profileLimits.name}
            dir="auto"
            spellCheck={false}
            autoComplete="nickname"
            aria-describedby="name-said"
          />
        </label>
        <label>
          Link{" "}
          <input
            type="url"
            value={link}
            onChange={({ target }) => setSaid({ name, link: target.value })}
            placeholder="https://…"
            maxLength={profileLimits.link}
            spellCheck={false}
            autoComplete="url"
            aria-describedby="name-said"
          />
        </label>
      </p>
      <p id="name-said">
        {"refusal" in asked ? (
          asked.refusal
        ) : (
          <>
            Others will see:{" "}
            <span className="account">
              <Identicon address={wallet.account} />
              <code>{short(wallet.account)}</code>
              <Name value={name.trim() === "" ? null : name.trim().normalize("NFC")} />
            </span>
            {link.trim() !== "" && <>, and on your page {shownLink(link.trim())}</>}
          </>
        )}
      </p>
      <p className="muted">
        {fee.data?.fee === undefined
          ? "It costs the network's fee only."
          : `It costs the network's fee only, at most about ${aboutEther(fee.data.fee)}.`}
      </p>
      {lacks && <p role="alert">Your account has too little for that fee.</p>}
      <p className="controls">
        <button type="submit" disabled={busy || lacks || !isChanged || "refusal" in asked || name.trim() === ""}>
          Set the name
        </button>
        {now.name !== "" && (
          <button
            type="button"
            disabled={busy || lacks}
            onClick={() => set(setProfileCall(client, "", ""), { name: "", link: "" })}
          >
            Take it away
          </button>
        )}
      </p>
      {busy && <p aria-busy="true">{sending.doing}</p>}
      {!busy && !isSeen && <p aria-busy="true">It is in a block; this server hasn't read it yet …</p>}
      {sending.failure && <p role="alert">{sending.failure}</p>}
    </form>
  );
}

/** The call that sets a name, or why it would be refused. */
function callOr(client: Client, name: string, link: string): { call: Call } | { refusal: string } {
  try {
    return { call: setProfileCall(client, name, link) };
  } catch (error) {
    return { refusal: (error as Error).message };
  }
}

/** What setting a name costs at most: the longest one's fee, so that nothing is asked while somebody types. */
const useMostFee = (client: Client, account: Address) =>
  useQuery({
    queryKey: ["fee of a name", account],
    queryFn: () => feeOf(client.rpc, account, setProfileCall(client, "ü".repeat(profileLimits.name / 2), LONGEST_LINK)),
    retry: false,
  });

const LONGEST_LINK = "https://example.org/".padEnd(profileLimits.link, "x");
