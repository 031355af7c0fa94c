import { z } from "zod";

// What schemas of the API's answers are made of.

export const decimal = z.string().regex(/^-?\d+$/);
export const hex = z.templateLiteral([z.literal("0x"), z.string()]);
export const count = z.int().min(0);

/** A step of this name, without its location. */
export const step = <Name extends string, Fields extends z.ZodRawShape>(name: Name, fields: Fields) =>
  z.strictObject({ step: z.literal(name), ...fields });
