import { isWebAddress } from "./seasonMetadata.ts";

/** What the contract takes, in bytes of UTF-8; a link is shown up to as many characters. */
export const profileLimits = { name: 64, link: 200 } as const;

/** Most user-perceived characters of a name that are shown. */
export const SHOWN_CLUSTERS = 32;

/** Marks above one another that are shown: more would run over the lines around. */
const MOST_MARKS = 3;

/** What an account calls itself, made harmless. It proves nothing: always show the address beside it. */
export interface ShownProfile {
  /** One line of at most {@link SHOWN_CLUSTERS} characters; not empty. Its direction is its own: isolate it. */
  name: string;
  /** An http or https URL in ASCII, to be offered and never fetched; null where there is none that is safe to show. */
  link: string | null;
}

/** What is shown of a name and a link that anybody may have set; undefined where nothing is left of the name. */
export function shownProfile(name: string, link: string): ShownProfile | undefined {
  const shown = shownName(name);
  return shown === "" ? undefined : { name: shown, link: shownLink(link) };
}

/**
 * What is shown of a name, on one line; empty if nothing is, or if it looks like an address.
 *
 * - White space of any kind, and the blank signs that fonts have beside it, become one space, none at the ends.
 * - Dropped without a trace: controls, formatting (direction, joiners, tags, zero width) and all that Unicode says may be
 *   ignored; marks at the beginning, and marks beyond three on one sign. Joined emoji come apart.
 * - Visible as U+FFFD: unassigned and private signs, half surrogates, the object replacement sign.
 * - In Unicode's composed form (NFC); what is longer than 32 clusters ends in "…".
 *
 * Applied to its own result, it changes nothing.
 */
export function shownName(name: string): string {
  const shown = clipped(harmless(name));
  return LIKE_AN_ADDRESS.test(skeletonOf(shown)) ? "" : shown;
}

/**
 * The same text for names that look alike: case, marks, spaces, punctuation and the commonest confusable letters make no
 * difference. The skeleton of a name's beginning is the beginning of its skeleton, so names can be searched by it. Empty
 * where the name is.
 */
export const nameSkeleton = (name: string): string => skeletonOf(shownName(name));

/** A link as it is shown, in the URL standard's form; null unless it is http or https, without credentials or hidden signs. */
export function shownLink(link: string): string | null {
  if (link.length > profileLimits.link || HIDDEN.test(link) || !isWebAddress(link)) return null;
  const { href } = new URL(link);
  return href.length <= profileLimits.link ? href : null;
}

const HIDDEN = /[\s\p{C}\p{Z}\p{DI}]/u;
/** U+2800 and U+1D159 are empty in every font. */
const BLANKS = /[\s\p{Z}\u2800\u{1d159}]+/gu;
const IGNORED = /[\p{Cc}\p{Cf}\p{DI}]+/gu;
const UNREADABLE = /[\p{Cn}\p{Co}\p{Cs}\ufffc]/gu;
const MARKS = new RegExp(`^[\\p{M} ]+|(\\p{M}{${MOST_MARKS}})\\p{M}+`, "gu");

function harmless(name: string): string {
  return name
    .replace(IGNORED, (signs) => (/\s/.test(signs) ? " " : ""))
    .replace(UNREADABLE, "\ufffd")
    .normalize("NFC")
    .replace(BLANKS, " ")
    .replace(MARKS, "$1")
    .trim();
}

const clusters = new Intl.Segmenter("und", { granularity: "grapheme" });

function clipped(line: string): string {
  const all = [...clusters.segment(line)];
  const rest = all[SHOWN_CLUSTERS];
  if (rest === undefined) return line;
  return `${line.slice(0, (all[SHOWN_CLUSTERS - 1] as Intl.SegmentData).index).trimEnd()}…`;
}

/**
 * Letters and digits that look like others, in lower case; where only the capitals look alike, their small letters stand
 * here. Chosen from Unicode's list of confusables (UTS 39, confusables.txt).
 */
const CONFUSABLES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    ...{ a: "аαɑ", b: "вβьƅ", c: "сϲᴄ", d: "ԁđɗ", e: "еεєҽ", f: "ƒ", g: "ɡԍ", h: "һнηհħ" },
    ...{ j: "јϳ", k: "кκ", l: "1i|іιıłǀӏ", m: "", n: "ոпɴ", o: "0оοօøσө", p: "рρ", q: "ԛզ", r: "гʀ" },
    ...{ s: "ѕꜱ", t: "тτŧ", u: "սʋ", v: "νѵᴠ", x: "хχ", y: "уγυү", z: "ζᴢ" },
    ...{ rn: "mмμ", vv: "wԝѡω", ae: "æ", oe: "œ" },
  }).flatMap(([like, letters]) => [...letters].map((letter) => [letter, like])),
);

/** 0x and six hex digits, or 24 of them, as they are in a skeleton. */
const LIKE_AN_ADDRESS = /ox[a-flo2-9]{6}|[a-flo2-9]{24}/;

function skeletonOf(shown: string): string {
  // Upper case first: it tells apart fewer letters. A last sigma depends on what follows.
  const folded = shown.normalize("NFKD").toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFKD");
  const letters = folded.replace(/./gsu, (letter) => CONFUSABLES[letter] ?? letter);
  return letters.replace(/[\p{M}\p{P}\p{Z}]/gu, "") || letters;
}
