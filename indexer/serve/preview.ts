import type { FastifyRequest } from "fastify";
import type { Address } from "viem";
import { group, short } from "./cards.ts";
import type { Snapshot, State } from "./state.ts";

/** What other sites show of a link to one of the page's own pages. */
interface Preview {
  title: string;
  description: string;
  /** Where its picture is, below the prefix. */
  picture: string;
}

const SITE: Preview = {
  title: "Proofboard",
  description: "A leaderboard where every point is a verified AI inference",
  picture: "/embed/card.png",
};

const SEASON = /^\/seasons\/(\d{1,8})(?:\/network)?$/;
const ACCOUNT = /^\/seasons\/(\d{1,8})\/accounts\/(0x[0-9a-fA-F]{40})$/;

/** Whether a path is one of which more is told than of the site. */
export const hasPreview = (path: string): boolean => path === "/" || SEASON.test(path) || ACCOUNT.test(path);

/** What is told of a link, by a season's and an account's numbers as of now; what is told of the site, where there are none. */
export async function previewOf(state: State, url: string): Promise<Preview> {
  const { pathname, searchParams } = new URL(url, "http://page");
  const [, season = pathname === "/" ? searchParams.get("season") : undefined, account] =
    ACCOUNT.exec(pathname) ?? SEASON.exec(pathname) ?? [];
  if (season == null || !/^\d{1,8}$/.test(season)) return SITE;
  try {
    return await state.read(async (snapshot) => (await found(snapshot, season, account as Address)) ?? SITE);
  } catch {
    // It is shown without them during the first sync.
    return SITE;
  }
}

async function found(snapshot: Snapshot, id: string, account: Address | undefined): Promise<Preview | undefined> {
  const season = await snapshot.season(id);
  if (!season) return undefined;
  const { participants, totalPoints } = season;
  const picture = `/embed/card/${id}`;
  if (account === undefined)
    return {
      title: `Season ${id} of Proofboard`,
      description: `${group(participants)} accounts, ${group(totalPoints)} points. Every point is a verified AI inference.`,
      picture: `${picture}.png`,
    };
  const standing = await snapshot.standings(Number(id)).standingOf(account);
  if (!standing) return undefined;
  const { rank, points, verified } = standing;
  return {
    title: `${short(account)} in season ${id} of Proofboard`,
    description: `Rank ${group(rank)} of ${group(participants)} with ${group(points)} points, from ${group(verified)} verified units.`,
    picture: `${picture}/${standing.account}.png`,
  };
}

/** A host as the page may quote it: a name or an address, with or without a port. */
const HOST = /^([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/i;

/**
 * The page's document with the preview in its head. Pictures are named by whole URLs, so there is none where the request has no
 * proper host.
 */
export function withPreview(
  html: string,
  { title, description, picture }: Preview,
  { protocol, host = "" }: Pick<FastifyRequest, "protocol" | "host">,
  prefix: string,
): string {
  const origin = HOST.test(host) ? `${protocol}://${host}${prefix}` : undefined;
  const tags = [
    ["name", "description", description],
    ["property", "og:title", title],
    ["property", "og:description", description],
    ["property", "og:type", "website"],
    ["property", "og:site_name", "Proofboard"],
    ...(origin === undefined
      ? [["name", "twitter:card", "summary"]]
      : [
          ["property", "og:image", origin + picture],
          ["property", "og:image:type", "image/png"],
          ["property", "og:image:width", "1200"],
          ["property", "og:image:height", "630"],
          ["property", "og:image:alt", title],
          ["name", "twitter:card", "summary_large_image"],
        ]),
  ].map(([kind, name, content]) => `<meta ${kind}="${name}" content="${content}" />`);
  return html.replace("<!-- preview -->", () => tags.join("\n    "));
}
