const DAY = 86_400;
const LENGTHS = [10, 30, 60, 5 * 60, 15 * 60, 3_600, 6 * 3_600, DAY];

/** How many epochs a season has at most. */
const MOST = 100;

/** How a season's time is divided; epoch k, from 1 on, ends `k * length` after the start. */
export interface Epochs {
  startsAt: number;
  /** Seconds. */
  length: number;
  count: number;
}

/** Divides the time from start to close (unix seconds) into at most 100 epochs of a round length; the last may end later. */
export function epochsOf(startsAt: number, closesAt: number): Epochs {
  const time = Math.max(closesAt - startsAt, 0);
  const length = LENGTHS.find((one) => time <= one * MOST) ?? Math.ceil(time / MOST / DAY) * DAY;
  return { startsAt, length, count: Math.ceil(time / length) };
}

/** When an epoch ends, in unix seconds. */
export const endOf = ({ startsAt, length }: Epochs, epoch: number): number => startsAt + epoch * length;
