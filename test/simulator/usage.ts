/** Thrown when a command is used wrongly. */
export class UsageError extends Error {}

/** Reads an option's whole number from 1. */
export function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--${name} is "${text}"; a whole number from 1 is asked.`);
  return Number(text);
}
