import type { TensorSpec } from "../../sdk/layouts.ts";
import { numbersOf } from "./numbers.ts";
import type { Network } from "./reader.ts";
import { ImportError } from "./source.ts";

/** How an imported model does on samples beside the file that it was made of. */
export interface Quality {
  /** Samples that both were run on. */
  samples: number;
  /** Share of the samples whose largest output is the same; of one output, on the same side of the middle. */
  agreement: number;
  /** Mean distance of an output from what it was before, and the range of the outputs before. */
  meanDifference: number;
  range: number;
  /** Share of the samples that are answered as their label says; null without labels of classes. */
  accuracyBefore: number | null;
  accuracy: number | null;
  /** Mean distance from the labels, where these are numbers to be met; null otherwise. */
  errorBefore: number | null;
  error: number | null;
}

/** Outputs of one sample as numbers. */
export type Answer = readonly number[];

/** An output's bytes as numbers. Throws an {@link ImportError} for a type that has none, and for what is not finite. */
export function answerOf({ name, dtype, dims }: TensorSpec, data: Uint8Array): Answer {
  const numbers = numbersOf({ name, dtype, dims, data });
  if (!numbers)
    throw new ImportError(`The model's output "${name}" has the element type ${dtype}, which isn't measured.`);
  const odd = numbers.values.find((value) => !Number.isFinite(value));
  if (odd !== undefined) throw new ImportError(`The model gives ${odd} on a sample; its answers must be finite.`);
  return Array.from(numbers.values);
}

/** Scores of integers as the network would end with them. */
export function endedAs({ ending, shares }: Network, scores: Answer, scale: number): Answer {
  const real = scores.map((score) => score * scale);
  const highest = Math.max(...real);
  const powers = real.map((each) => Math.exp(each - highest));
  const ends = {
    none: () => real,
    Sigmoid: () => real.map((each) => 1 / (1 + Math.exp(-each))),
    Tanh: () => real.map(Math.tanh),
    Softmax: () => powers.map((power) => power / sumOf(powers)),
    LogSoftmax: () => real.map((each) => each - highest - Math.log(sumOf(powers))),
  };
  const ended = ends[ending ?? "none"]();
  const sum = sumOf(ended.map(Math.abs));
  return shares && sum > 0 ? ended.map((each) => each / sum) : ended;
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

/** Compares answers before and after; labels are class numbers, or numbers to be met. */
export function measure(
  before: readonly Answer[],
  after: readonly Answer[],
  labels: readonly number[] | undefined,
): Quality {
  const all = before.flat();
  const [low, high] = [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
  const middle = low >= 0 && high <= 1 ? 0.5 : 0;
  const same = before.filter((answer, i) => classOf(answer, middle) === classOf(after[i] as Answer, middle)).length;
  const distance = before.reduce((sum, answer, i) => sum + distanceOf(answer, after[i] as Answer), 0);
  const classes = (before[0] as Answer).length;
  const areClasses = labels !== undefined && (classes > 1 || labels.every((label) => label === 0 || label === 1));
  if (areClasses && classes > 1) checkClasses(labels, classes);
  const accuracyOf = (answers: readonly Answer[]) =>
    answers.filter((answer, i) => classOf(answer, middle) === labels?.[i]).length / answers.length;
  const errorOf = (answers: readonly Answer[]) =>
    answers.reduce((sum, [answer = 0], i) => sum + Math.abs(answer - (labels?.[i] ?? 0)), 0) / answers.length;
  const areNumbers = labels !== undefined && !areClasses;
  return {
    samples: before.length,
    agreement: same / before.length,
    meanDifference: distance / all.length,
    range: high - low,
    accuracyBefore: areClasses ? accuracyOf(before) : null,
    accuracy: areClasses ? accuracyOf(after) : null,
    errorBefore: areNumbers ? errorOf(before) : null,
    error: areNumbers ? errorOf(after) : null,
  };
}

/** The class that an answer stands for: its largest output, the first of several. */
const classOf = (answer: Answer, middle: number): number =>
  answer.length === 1 ? Number((answer[0] as number) > middle) : answer.indexOf(Math.max(...answer));

const distanceOf = (a: Answer, b: Answer): number =>
  a.reduce((sum, each, i) => sum + Math.abs(each - (b[i] as number)), 0);

function checkClasses(labels: readonly number[], classes: number): void {
  const odd = labels.find((label) => !Number.isInteger(label) || label < 0 || label >= classes);
  if (odd !== undefined)
    throw new ImportError(
      `A sample has the label ${odd}; the model has ${classes} outputs, numbered 0 to ${classes - 1}.`,
    );
}
