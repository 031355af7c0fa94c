import type { Address } from "viem";
import { useProfile } from "../api.ts";
import { plural } from "../format.ts";
import { Account } from "./account.tsx";
import { Name } from "./name.tsx";
import { Time } from "./time.tsx";

/** What an account says of itself, and who else is called something that looks the same; nothing without a name. */
export function Profile({ account, season }: { account: Address; season: string }) {
  const { data } = useProfile(account);
  if (data?.item == null) return null;
  const { item, alike } = data;
  return (
    <div className="said-of-itself">
      <p>
        Calls itself <Name value={item.name} />
        {item.link !== null && (
          <>
            {", "}
            <a href={item.link} rel="nofollow ugc noopener noreferrer" target="_blank">
              {item.link}
            </a>
            {","}
          </>
        )}{" "}
        since <Time at={item.set.timestamp} />. Anybody can take any name: only the address says who it is.
      </p>
      {alike.length > 0 && (
        <p>
          {plural(alike.length, "other account has", "other accounts have")} a name that looks the same:{" "}
          <span className="members">
            {alike.map((other) => (
              <Account key={other} address={other} season={season} copy={false} />
            ))}
          </span>
        </p>
      )}
    </div>
  );
}
