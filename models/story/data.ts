import { type Random, randomFrom } from "../random.ts";

export const TRAINING = { seed: 20_261_129, bytes: 12_000_000 };
export const HELD_OUT = { seed: 20_261_130, stories: 33, prompts: 64 };
export const PROMPTS = { seed: 20_261_201, count: 1024 };

/** Bytes of a prompt; a shorter text has NULs before it. */
export const PROMPT_BYTES = 64;

/** Ends a story. */
export const END = "\0";

/**
 * What a story draws once, at its first mention, and names again in any of the forms: `hero she her` are three forms of
 * one word. Earlier values are likelier, see {@link weightOf}.
 */
const words: Readonly<Record<string, readonly string[]>> = {
  "hero she her": [
    ...["Mira she her", "Tom he his", "Ada she her", "Nils he his", "Rosa she her", "Otto he his", "Ivy she her"],
    ...["Finn he his", "Lena she her", "Hugo he his", "Cleo she her", "Max he his", "Vera she her", "Jon he his"],
  ],
  trait: ["clever", "shy", "brave", "sleepy", "small", "proud", "quiet", "hungry", "lonely", "curious"],
  animal: ["fox", "hare", "badger", "otter", "mouse", "goat", "bear", "crow", "mole", "cat", "frog", "wolf", "lynx"],
  place: ["lake", "wood", "hill", "river", "sea", "meadow", "castle", "harbour", "railway", "marsh", "village"],
  make: ["golden", "silver", "wooden", "glass", "copper", "paper", "velvet", "stone"],
  thing: [
    ...["key", "lantern", "bell", "boat", "crown", "kite", "drum", "ring", "mirror", "map", "flute", "clock"],
    ...["feather", "book"],
  ],
  friend: ["heron", "hedgehog", "miller", "sailor", "witch", "giant", "raven", "tailor", "beggar", "shepherd", "king"],
  spot: ["oak", "bridge", "well", "mill", "tower", "waterfall", "barn", "chapel", "fence", "stair"],
};

/**
 * The scenes of a story, in an order in which none leads back. `{form}` names a word, `[a|b]` draws afresh; both are
 * drawn with falling weights, and so is the scene that follows, out of `next`.
 */
const scenes: Readonly<Record<string, { text: string; next: readonly string[] }>> = {
  opening: {
    text: "[Long ago|Once|Far away|One winter|Last summer], a {trait} {animal} called {hero} lived [by|near|below|behind] the {place}.",
    next: ["wish", "loss", "rumour", "gift"],
  },
  wish: {
    text: " Every [evening|morning|night|spring] {hero} [dreamt of|longed for|wished for] a {make} {thing}.",
    next: ["question", "meeting", "search"],
  },
  loss: {
    text: " One [day|evening|morning|night] {hero} lost {her} {make} {thing} [on the way home|in the snow|under the leaves|at the market].",
    next: ["question", "search", "meeting"],
  },
  rumour: {
    text: " People told {hero} that a {make} {thing} was [hidden|buried|kept] [nearby|far below|in the clouds].",
    next: ["search", "meeting", "question"],
  },
  gift: {
    text: " Grandmother gave {hero} a {make} {thing}, but [the wind took it|it would not work|a thief came|it broke in two].",
    next: ["question", "meeting"],
  },
  question: {
    text: " So {she} asked a {friend} [about|to look for|for help with] the {thing}.",
    next: ["advice", "bargain", "errand"],
  },
  meeting: {
    text: " Then {she} met a {friend} who [had seen|had heard of|wanted|feared] the {thing}.",
    next: ["bargain", "advice", "errand"],
  },
  search: {
    text: " For [three|seven|nine|two] [days|nights|weeks] {hero} and a {friend} [looked for|followed|drew] the {thing}.",
    next: ["errand", "advice"],
  },
  advice: {
    text: ' "[Look|Search|Dig|Wait] [under|behind|inside|beside] the {spot}", [said|whispered|sang|laughed] the {friend} to {hero}.',
    next: ["success", "failure"],
  },
  bargain: {
    text: " The {friend} asked {hero} for [a song|two apples|a story|a warm coat] first, and then for the {thing}.",
    next: ["failure", "success"],
  },
  errand: {
    text: " They [searched|climbed|crossed|circled] the {spot} until [dawn|dark|noon|it rained].",
    next: ["success", "failure"],
  },
  success: {
    text: " In the end {hero} found the {thing} and [thanked|hugged|paid|fed] the {friend}.",
    next: ["memory", "friendship", "end"],
  },
  failure: {
    text: " But the {thing} was [gone|only a dream|broken|stolen], and {hero} [laughed|wept|went home|shrugged].",
    next: ["friendship", "memory", "end"],
  },
  memory: { text: " Since that [day|night] the {thing} [hangs|rests|shines|sings] beside the {spot}.", next: ["end"] },
  friendship: {
    text: " Now {hero} and the {friend} [became friends|never met again|shared a supper|told nobody].",
    next: ["memory", "end"],
  },
  end: { text: END, next: [] },
};

/** What a scene's text is made of: letters as they stand, a form of a word, or a fresh choice. */
type Part = { letters: string } | { form: string } | { options: readonly string[] };

const partsOf = (text: string): Part[] =>
  Array.from(text.matchAll(/\{(\w+)\}|\[([^\]]+)\]|[^{[]+/g), ([letters, form, options]) => {
    if (form !== undefined) return { form };
    return options === undefined ? { letters } : { options: options.split("|") };
  });

/** A word's forms by their names, each with what it is for every value of the word. */
type Word = ReadonlyMap<string, readonly string[]>;

const wordOf = new Map<string, Word>();
for (const [names, values] of Object.entries(words)) {
  const word = new Map(names.split(" ").map((form, i) => [form, values.map((value) => value.split(" ")[i] as string)]));
  for (const form of word.keys()) wordOf.set(form, word);
}

const parts = new Map(Object.entries(scenes).map(([name, { text }]) => [name, partsOf(text)]));

const sceneOf = (name: string) => scenes[name] as (typeof scenes)[string];
const sceneParts = (name: string) => parts.get(name) as Part[];
const wordWith = (form: string) => wordOf.get(form) as Word;
const formsOf = (form: string) => wordWith(form).get(form) as readonly string[];

/** The letters by which a scene is known, as one of those that may follow another. */
const cueOf = (name: string): string => {
  const [first] = sceneParts(name);
  return first && "letters" in first ? first.letters : "";
};

/** How likely option i of n is, beside the others. */
const weightOf = (i: number, n: number): number => n - i;
const probabilityOf = (i: number, n: number): number => weightOf(i, n) / ((n * (n + 1)) / 2);

/** Takes one of the options, of which none is the beginning of another; -1 if none can be taken. */
export type Choose = (options: readonly string[], written: string) => number;

/** A story, and how many bits its derivation takes: −log2 of its probability. */
export interface Story {
  text: string;
  bits: number;
}

/** Derives a story, its {@link END} with it; undefined where an option can't be taken. */
export function derive(choose: Choose): Story | undefined {
  const drawn = new Map<Word, number>();
  let [text, bits, scene] = ["", 0, "opening"];
  const take = (options: readonly string[]): number | undefined => {
    const taken = choose(options, text);
    if (taken === -1) return undefined;
    bits -= Math.log2(probabilityOf(taken, options.length));
    return taken;
  };
  for (;;) {
    for (const part of sceneParts(scene)) {
      if ("letters" in part) {
        text += part.letters;
        continue;
      }
      const options = "form" in part ? formsOf(part.form) : part.options;
      const word = "form" in part ? wordWith(part.form) : undefined;
      const taken = (word && drawn.get(word)) ?? take(options);
      if (taken === undefined) return undefined;
      if (word) drawn.set(word, taken);
      text += options[taken];
    }
    const { next } = sceneOf(scene);
    if (next.length === 0) return { text, bits };
    const taken = take(next.map(cueOf));
    if (taken === undefined) return undefined;
    scene = next[taken] as string;
  }
}

const drawing =
  (random: Random): Choose =>
  ({ length }) => {
    let left = random.uniform(0, (length * (length + 1)) / 2);
    let i = 0;
    while (i < length - 1 && left >= weightOf(i, length)) left -= weightOf(i++, length);
    return i;
  };

const drawStory = (random: Random): Story => derive(drawing(random)) as Story;

/** Reads a text: it takes the option that stands there, or, where the text ends, one that it may go on with. */
const reading =
  (text: string): Choose =>
  (options, { length }) =>
    options.findIndex((option) => text.startsWith(option, length) || option.startsWith(text.slice(length)));

/** Whether a text is the beginning of a story, or a whole one and nothing but {@link END} after it. */
export function isStory(text: string): boolean {
  const end = text.indexOf(END) + 1;
  const [story, rest] = end === 0 ? [text, ""] : [text.slice(0, end), text.slice(end)];
  const read = derive(reading(story))?.text;
  return read?.startsWith(story) === true && /^\0*$/.test(rest);
}

/** The bits of a whole story, found in its text alone; undefined if it is none. */
export function bitsOf(text: string): number | undefined {
  const story = derive(reading(text));
  return story?.text === text ? story.bits : undefined;
}

/** Stories one after another, as many as are asked for. */
export function drawStories({ seed, stories }: { seed: number; stories: number }): Story[] {
  const random = randomFrom(seed);
  return Array.from({ length: stories }, () => drawStory(random));
}

/** Stories one after another, up to the first that reaches this many bytes. */
export function drawText({ seed, bytes }: { seed: number; bytes: number }): Uint8Array {
  const random = randomFrom(seed);
  const stories: string[] = [];
  for (let length = 0; length < bytes; length += (stories.at(-1) as string).length)
    stories.push(drawStory(random).text);
  return new TextEncoder().encode(stories.join(""));
}

/** Beginnings of stories, all different: what has room in a prompt, up to its last space. */
export function drawPrompts({ seed, count }: { seed: number; count: number }): string[] {
  const random = randomFrom(seed);
  const prompts = new Set<string>();
  while (prompts.size < count) {
    const begun = drawStory(random).text.slice(0, PROMPT_BYTES);
    prompts.add(begun.slice(0, begun.lastIndexOf(" ")));
  }
  return [...prompts];
}

/** What a story has in the mean: −log2 of its probability, and its length. */
export interface Means {
  bits: number;
  bytes: number;
}

/**
 * The source's exact means. The text gives each choice away, because no option is the beginning of another: so a text has
 * one derivation, and their probabilities are equal. Stories are independent and each ends with {@link END}: so the
 * source's entropy per byte is `bits / bytes`. No choice's odds hang on what was drawn before: so means are added up
 * over the scenes, each after those that may lead to it, and over which words were drawn already.
 */
export function meansOf(scene = "opening", drawnBefore: ReadonlySet<Word> = new Set()): Means {
  const drawn = new Set(drawnBefore);
  let [bits, bytes] = [0, 0];
  for (const part of sceneParts(scene)) {
    if ("letters" in part) {
      bytes += part.letters.length;
      continue;
    }
    const options = "form" in part ? formsOf(part.form) : part.options;
    const word = "form" in part ? wordWith(part.form) : undefined;
    bytes += meanOf(options, ({ length }) => length);
    if (word === undefined || !drawn.has(word)) bits += surpriseOf(options);
    if (word) drawn.add(word);
  }
  const { next } = sceneOf(scene);
  const after = next.map((name) => meansOf(name, drawn));
  if (next.length > 0) bits += surpriseOf(next);
  return { bits: bits + meanOf(after, (each) => each.bits), bytes: bytes + meanOf(after, (each) => each.bytes) };
}

/** The mean over options, by their odds. */
const meanOf = <T>(options: readonly T[], value: (option: T, i: number) => number): number =>
  options.reduce((sum, option, i) => sum + probabilityOf(i, options.length) * value(option, i), 0);

const surpriseOf = (options: readonly unknown[]): number =>
  meanOf(options, (_, i) => -Math.log2(probabilityOf(i, options.length)));
