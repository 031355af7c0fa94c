import type { Standing } from "../../sdk/wire.ts";

const numbers = new Intl.NumberFormat("en-US");

/** A whole number with its thousands set apart. */
export const group = (value: string | number | bigint): string => numbers.format(BigInt(value));

/** `0x1234…abcd` */
export const short = (address: string): string => `${address.slice(0, 6)}…${address.slice(-4)}`;

/** The first standings of a season, and what they are of. */
export interface Top {
  seasonId: string;
  blockNumber: number;
  participants: number;
  totalPoints: bigint;
  items: readonly Standing[];
}

const SLOGAN = "Every point is a verified AI inference.";

/** The first standings of a season as a picture, SVG. */
export function seasonCard({ seasonId, blockNumber, participants, totalPoints, items }: Top): string {
  const rows = items.map(
    ({ rank, account, points }, i) =>
      `<text x="80" y="${300 + 56 * i}">${group(rank)}</text><text x="180" y="${300 + 56 * i}">${short(account)}</text><text x="1120" y="${300 + 56 * i}" text-anchor="end">${group(points)}</text>`,
  );
  const none = `<text x="80" y="300">Nobody has points yet.</text>`;
  return card(`Standings of season ${seasonId} of Proofboard`, [
    heading(`Proofboard, season ${seasonId}`),
    lead(`${group(participants)} accounts, ${group(totalPoints)} points. ${SLOGAN}`),
    `<g font-size="36">${items.length === 0 ? none : rows.join("\n")}</g>`,
    foot(`At block ${group(blockNumber)}`),
  ]);
}

/** An account's standing in a season as a picture, SVG. */
export function accountCard(
  { seasonId, blockNumber, participants }: Omit<Top, "items" | "totalPoints">,
  { account, rank, points, verified, refuted }: Standing,
): string {
  const facts = [
    [`Rank ${group(rank)}`, `of ${group(participants)}`],
    [group(points), "points"],
    [group(verified), "units verified"],
    [group(refuted), "refuted"],
  ] as const;
  const placed = facts.map(([value, what], i) => {
    const [x, y] = [80 + 560 * (i % 2), 310 + 130 * Math.floor(i / 2)];
    return `<text x="${x}" y="${y}" font-size="56" font-weight="700">${value}</text><text x="${x}" y="${y + 44}" font-size="30" fill="#a6abb2">${what}</text>`;
  });
  return card(`${account} in season ${seasonId} of Proofboard`, [
    heading(`${short(account)} in season ${seasonId}`),
    lead(`Proofboard. ${SLOGAN}`),
    ...placed,
    foot(`At block ${group(blockNumber)}. ${account}`),
  ]);
}

/** What Proofboard is as a picture, SVG. */
export const siteCard = (): string =>
  card("Proofboard", [
    heading("Proofboard"),
    `<text x="80" y="300" font-size="64" font-weight="700">Every point is</text>`,
    `<text x="80" y="380" font-size="64" font-weight="700">a verified AI inference.</text>`,
    foot("Unit assigned, model run, attested, verified: points that nobody can edit."),
  ]);

const heading = (text: string): string => `<text x="80" y="144" font-size="56" font-weight="700">${text}</text>`;
const lead = (text: string): string => `<text x="80" y="200" font-size="30" fill="#a6abb2">${text}</text>`;
const foot = (text: string): string => `<text x="80" y="590" font-size="24" fill="#a6abb2">${text}</text>`;

/** 1200 by 630, as pages that show links want it. */
const card = (label: string, parts: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 630" width="1200" height="630" role="img" aria-label="${label}">
<rect width="1200" height="630" fill="#131416"/><rect x="80" y="72" width="64" height="8" fill="#9dbdff"/>
<g font-family="Inter, system-ui, sans-serif" fill="#e9eaec">${parts.join("\n")}</g></svg>
`;
