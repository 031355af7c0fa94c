import type { z } from "zod";
import type { Invocation } from "../command.ts";

/** How a tool is called, besides its input. */
interface ToolCall {
  /** Ends the call. */
  signal: AbortSignal;
  /** Tells the client how far it has got. */
  tell(sentence: string): void;
}

/** What a client can have done. */
export interface Tool<Shape extends z.ZodRawShape> {
  title: string;
  description: string;
  input: Shape;
  /** Whether it spends money. */
  spends?: boolean;
  /** What it answers is bounded and made printable by the server. */
  run(input: z.output<z.ZodObject<Shape>>, call: ToolCall): Promise<unknown>;
}

/** Any tool: only the tool itself reads its input. */
export interface AnyTool extends Omit<Tool<z.ZodRawShape>, "run"> {
  run(input: never, call: ToolCall): Promise<unknown>;
}

/** Gives the definition of a tool its type. */
export const defineTool = <Shape extends z.ZodRawShape>(tool: Tool<Shape>): Tool<Shape> => tool;

/** A command's arguments, as if they had been typed. */
export const invocationOf = (
  { settings, progress }: Pick<Invocation, "settings" | "progress">,
  positionals: string[],
  options: Record<string, string | undefined> = {},
): Invocation => ({
  positionals,
  options: Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  ),
  ...{ further: {}, switches: new Set<string>(), settings, progress },
});
