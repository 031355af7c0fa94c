import type { Address } from "viem";
import { nameSkeleton, profileLimits, shownProfile } from "../../sdk/profiles.ts";
import type { LogLocation } from "../decode/events.ts";
import type { Kind } from "./identity-map.ts";
import { type FoldSteps, IntegrityError } from "./step.ts";

interface OfAccount {
  account: Address;
}

/** What an account calls itself, as it is shown. An account whose name shows nothing has no row. */
export interface Named extends OfAccount, LogLocation {
  name: string;
  link: string | null;
  /** The same for names that look alike. */
  skeleton: string;
}

export const profiles: Kind<OfAccount, Named> = {
  group: () => undefined,
  name: ({ account }) => account,
};

/** Names and links of accounts. */
export const profileSteps: FoldSteps = {
  ProfileSet({ args: { account, name, link }, location }, rows) {
    // Bytes were read as text: each made one UTF-16 unit at most, and a byte order mark made none.
    if (name.length > profileLimits.name || link.length > profileLimits.link)
      throw new IntegrityError(`${account} set a name of ${name.length} characters and a link of ${link.length}.`);
    const shown = shownProfile(name, link);
    if (shown) rows.profiles.set({ account, ...shown, skeleton: nameSkeleton(name), ...location });
    else if (rows.profiles.get({ account })) rows.profiles.remove({ account });
  },
};
