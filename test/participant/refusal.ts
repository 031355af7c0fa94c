/** The message that a promise rejects with; fails when it resolves. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`It was not refused, but gave ${String(value)}.`);
}
