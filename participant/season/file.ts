import { type Address, getAddress, type Hex, isAddress } from "viem";
import { z } from "zod";
import { isWebAddress, metadataLimits, type SeasonMetadata } from "../../sdk/seasonMetadata.ts";

/** A point in time: unix seconds, or seconds after the one before it. */
export type When = { at: number } | { after: number };

/** A task as the file has it. */
export interface FileTask {
  /** A model's id, or the directory of a model. */
  model: { modelId: Hex } | { directory: string };
  /** The method's name. */
  method: string;
  points: bigint;
  unitsPerAccount: number;
  noise: number;
  /** File of base inputs; undefined for the directory's own. */
  inputs: string | undefined;
}

/** What is promised; amounts in the token's smallest unit. */
interface FileReward {
  token: Address;
  pool: bigint;
  posterBudget: bigint;
  perAccount: bigint;
  /** Seconds. */
  claimPeriod: number;
  /** Empty where the pool is shared by points. */
  prizes: { places: number; amount: bigint }[];
}

/** A season file: docs/run-a-season.md has its keys. */
export interface SeasonFile {
  metadata: SeasonMetadata;
  tasks: FileTask[];
  /** The first one after now; `closesAt` is as early as may be where it is left out. */
  dates: { startsAt: When; endsAt: When; closesAt: When | undefined };
  verifierCap: bigint;
  reward: FileReward | undefined;
}

/** A season file isn't one: a sentence for each thing that is wrong. */
export class SeasonFileError extends Error {
  override name = "SeasonFileError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/** Most points that an account can earn in a season, and so of any number of points: `MAX_ACCOUNT_POINTS` of Campaign. */
export const MOST_POINTS = 2 ** 31 - 1;

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const DAY = 86_400;

const whole = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};

const text = (most: number) => {
  const error = `must be a text of 1 to ${most} characters`;
  return z.string({ error }).trim().min(1, { error }).max(most, { error });
};

const written = <T>(what: string, read: (text: string) => T | undefined) =>
  z.string({ error: `must be ${what}` }).transform((given, context) => {
    const found = read(given);
    if (found !== undefined) return found;
    context.addIssue({ code: "custom", message: `must be ${what}` });
    return z.NEVER;
  });

const secondsOf = (given: string): number | undefined => {
  const [, count, unit] = /^\+?([0-9]{1,9})([smhd])$/.exec(given) ?? [];
  return unit === undefined ? undefined : Number(count) * (SECONDS[unit] as number);
};

const duration = written('a duration, as in "30d", "12h", "90m" or "45s"', secondsOf);

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/;

const when = written<When>('a date with its zone, as in "2027-03-01T12:00Z", or a duration, as in "+10m"', (given) => {
  const after = secondsOf(given);
  if (after !== undefined) return { after };
  const milliseconds = ISO.test(given) ? Date.parse(given) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : { at: Math.floor(milliseconds / 1000) };
});

const amount = written('an amount in the token\'s smallest unit, as in "1000000"', (given) =>
  /^(0|[1-9][0-9]{0,38})$/.test(given) && BigInt(given) < 2n ** 128n ? BigInt(given) : undefined,
);

const token = written("an address, all lower case or with its checksum", (given) =>
  isAddress(given) ? getAddress(given) : undefined,
);

/** An object whose other keys are refused by name. */
const strict = <Shape extends z.core.$ZodShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code }) =>
      code === "unrecognized_keys" ? `is not known; known are ${Object.keys(shape).join(", ")}` : "must be an object",
  });

const task = strict({
  model: z
    .string({ error: "must be a model's id, or the directory of a model" })
    .min(1, { error: "must be a model's id, or the directory of a model" })
    .transform((given) =>
      /^0x[0-9a-fA-F]{64}$/.test(given) ? { modelId: given.toLowerCase() as Hex } : { directory: given },
    ),
  method: text(40),
  points: whole(1, MOST_POINTS).transform(BigInt),
  units: whole(1, MOST_POINTS),
  noise: whole(0, 127),
  inputs: text(1000).optional(),
}).transform(({ units, ...rest }) => ({ ...rest, inputs: rest.inputs, unitsPerAccount: units }));

const reward = strict({
  token,
  pool: amount.optional(),
  prizes: z
    .array(strict({ places: whole(1, 2 ** 32 - 1), amount }), { error: "must be a list" })
    .max(64, { error: "must be at most 64 prizes" })
    .optional(),
  posterBudget: amount.optional(),
  perAccount: amount.optional(),
  claimPeriod: duration.refine((seconds) => seconds >= DAY && seconds <= 3650 * DAY, {
    error: "must be a duration from 1d to 3650d",
  }),
}).transform(({ token, pool, prizes = [], posterBudget = 0n, perAccount = 0n, claimPeriod }, context) => {
  const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
  const sum = prizes.reduce((total, { places, amount }) => total + BigInt(places) * amount, 0n);
  if (prizes.length === 0 && pool === undefined) refuse(["pool"], "is missing: give a pool, prizes or both");
  if (prizes.length > 0 && pool !== undefined && pool !== sum)
    refuse(["pool"], `must be what the prizes are together, ${sum}`);
  if (sum >= 2n ** 128n) refuse(["prizes"], "must be less than 2^128 together");
  const rising = prizes.findIndex(({ amount }, i) => i > 0 && amount > (prizes[i - 1]?.amount ?? 0n));
  if (rising !== -1) refuse(["prizes", rising, "amount"], "must not be more than the prize before it");
  return { token, pool: pool ?? sum, posterBudget, perAccount, claimPeriod, prizes };
});

const season = strict({
  metadata: strict({
    title: text(metadataLimits.title),
    description: text(metadataLimits.description).optional(),
    prize: text(metadataLimits.prize).optional(),
    link: text(metadataLimits.link).refine(isWebAddress, { error: "must be an http or https URL" }).optional(),
  }),
  tasks: z.array(task, { error: "must be a list" }).min(1, { error: "must have at least one task" }),
  dates: strict({ startsAt: when, endsAt: when, closesAt: when.optional() }).transform((dates) => ({
    ...dates,
    closesAt: dates.closesAt,
  })),
  verifierCap: whole(0, MOST_POINTS).transform(BigInt),
  reward: reward.optional(),
}).transform((file) => ({ ...file, reward: file.reward }));

/** Reads a season file; throws a {@link SeasonFileError} with everything that is wrong with it. */
export function parseSeasonFile(text: string): SeasonFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SeasonFileError([`The season file is not JSON: ${(error as Error).message}.`]);
  }
  const { success, data, error } = season.safeParse(value);
  if (success) return data;
  throw new SeasonFileError(error.issues.flatMap((issue) => sentencesOf(issue, value)));
}

function sentencesOf(issue: z.core.$ZodIssue, file: unknown): string[] {
  const path = issue.path as (string | number)[];
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => `${nameOf([...path, key])} ${issue.message}.`);
  const found = path.reduce<unknown>(
    (value, key) => (value as Record<string | number, unknown> | undefined)?.[key],
    file,
  );
  if (issue.code === "custom" && issue.message.startsWith("is missing")) return [`${nameOf(path)} ${issue.message}.`];
  return [
    `${nameOf(path)} ${found === undefined ? "is missing; it" : `is ${JSON.stringify(found).slice(0, 100)}; it`} ${issue.message}.`,
  ];
}

/** tasks[0].points */
const nameOf = (path: readonly (string | number)[]): string =>
  path.length === 0
    ? "The season file"
    : path.map((key, i) => (typeof key === "number" ? `[${key}]` : `${i > 0 ? "." : ""}${key}`)).join("");

/** A season's dates, unix seconds. */
export interface Dates {
  startsAt: number;
  endsAt: number;
  closesAt: number;
}

/** The dates of a season that is drafted now; `needed` is the least time between its end and its close. */
export function datesFrom({ startsAt, endsAt, closesAt }: SeasonFile["dates"], now: number, needed: number): Dates {
  const from = (when: When, before: number) => ("at" in when ? when.at : before + when.after);
  const start = from(startsAt, now);
  const end = from(endsAt, start);
  return { startsAt: start, endsAt: end, closesAt: closesAt === undefined ? end + needed : from(closesAt, end) };
}
