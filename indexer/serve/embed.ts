import { createHash } from "node:crypto";
import { z } from "zod";
import type { Standing } from "../../sdk/wire.ts";
import { group, seasonCard, short, type Top } from "./cards.ts";
import { noQuery, seasonId } from "./parameters.ts";
import { type App, requireSeason, type Snapshot, type State } from "./state.ts";

const SHOWN = 10;
/** Standings on a card. */
export const ON_CARD = 5;

// Light, then dark; each text has at least 4.5:1 on its ground.
const STYLE = `
:root { color-scheme: light dark; }
body { margin: 0; padding: 12px; font: 15px/1.4 system-ui, sans-serif; color: light-dark(#1d1f21, #e9eaec); background: light-dark(#fff, #1b1d20); }
a { color: light-dark(#1f4fbf, #9dbdff); }
table { width: 100%; border-collapse: collapse; }
h1 { margin: 0 0 6px; font-size: 1em; }
p { color: light-dark(#585b60, #a6abb2); margin: 8px 0 0; }
th, td { padding: 4px 6px; text-align: left; font-weight: 400; border-top: 1px solid light-dark(#dcdcd6, #34383d); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
`;

/** Lets any page show the widget in a frame; it runs no script and asks nobody. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors *",
].join("; ");

/** `/top/:season`, a page for frames of other sites, and `/card/:season`, a picture of it. Both hold only numbers and addresses. */
export function embedRoutes(app: App, state: State, prefix: string): void {
  const params = z.object({ seasonId });

  app.get(
    "/top/:seasonId",
    { config: { cost: 20 }, schema: { hide: true, params, querystring: noQuery } },
    async ({ params }, reply) => {
      const html = await state.read(async (snapshot) =>
        widgetOf(await topOf(snapshot, params.seasonId, SHOWN), prefix),
      );
      return reply
        .headers({ "content-security-policy": POLICY, "referrer-policy": "no-referrer", "cache-control": "no-cache" })
        .type("text/html; charset=utf-8")
        .send(html as never);
    },
  );

  app.get(
    "/card/:seasonId",
    { config: { cost: 20 }, schema: { hide: true, params, querystring: noQuery } },
    async ({ params }, reply) => {
      const svg = await state.read(async (snapshot) => seasonCard(await topOf(snapshot, params.seasonId, ON_CARD)));
      return reply
        .headers({
          "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
          "cache-control": "no-cache",
        })
        .type("image/svg+xml; charset=utf-8")
        .send(svg as never);
    },
  );
}

/** The first standings of a season, and what they are of; throws a problem of status 404 where there is no such season. */
export async function topOf(snapshot: Snapshot, id: string, limit: number): Promise<Top> {
  const { seasonId, participants, totalPoints } = await requireSeason(snapshot, id);
  return {
    ...{ seasonId: String(seasonId), participants, totalPoints },
    blockNumber: snapshot.progress.cursor.number,
    items: await snapshot.standings(seasonId).pageFrom(1, limit),
  };
}

const rowOf = ({ rank, account, points }: Standing): string =>
  `<tr><td class="number">${group(rank)}</td><th scope="row" title="${account}">${short(account)}</th><td class="number">${group(points)}</td></tr>`;

function widgetOf({ seasonId, blockNumber, participants, items }: Top, prefix: string): string {
  const title = `Proofboard: top ${SHOWN} of season ${seasonId}`;
  const table = `<table>
<thead><tr><th scope="col" class="number">Rank</th><th scope="col">Account</th><th scope="col" class="number">Points</th></tr></thead>
<tbody>${items.map(rowOf).join("\n")}</tbody></table>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${STYLE}</style></head>
<body><main>
<h1>${title}</h1>
${items.length === 0 ? `<p>Nobody has points in season ${seasonId} yet.</p>` : table}
<p>At block ${group(blockNumber)}, of ${group(participants)} accounts. <a href="${prefix}/?season=${seasonId}" target="_blank" rel="noopener">Check it</a></p>
</main></body></html>
`;
}
