import type { StreamEvents } from "../../../../sdk/wire.ts";

/** A message of the stream. */
export type Message = {
  [Name in keyof StreamEvents]: { id: string; event: Name; data: StreamEvents[Name] };
}[keyof StreamEvents];

/** The messages in a piece of a stream, and what is left of it. */
export function parse(text: string): { messages: Message[]; rest: string } {
  const blocks = text.split("\n\n");
  const rest = blocks.pop() as string;
  const messages = blocks.flatMap((block): Message[] => {
    const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s) as [string, string]));
    const { id, event, data = "" } = fields;
    if (event === undefined) return [];
    const { at } = JSON.parse(data);
    // News beside another message of the same event have no id of their own.
    return [{ id: id ?? `${at.blockNumber}-${at.logIndex}`, event, data: JSON.parse(data) } as Message];
  });
  return { messages, rest };
}

/** What a client that heeds `reorg` holds in the end: what was sent and not undone. */
export function holding(all: readonly Message[]): { id: string; event: string }[] {
  let held: { id: string; event: string }[] = [];
  for (const { id, event, data } of all)
    if (event === "reorg") held = held.filter((one) => Number.parseInt(one.id, 10) <= data.blockNumber);
    else if (event !== "head") held.push({ id, event });
  return held;
}
