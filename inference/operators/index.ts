import { add } from "./add.ts";
import { argmax } from "./argmax.ts";
import { constant } from "./constant.ts";
import { embed } from "./embed.ts";
import { exponents } from "./exponents.ts";
import { gather } from "./gather.ts";
import { input } from "./input.ts";
import { linear } from "./linear.ts";
import { max } from "./max.ts";
import { mix } from "./mix.ts";
import type { OperatorKind } from "./operator.ts";
import { scores } from "./scores.ts";
import { table } from "./table.ts";
import { transpose } from "./transpose.ts";

/** Every kind of operator, in the order of their numbers. */
export const operatorKinds: readonly OperatorKind[] = [
  input,
  constant,
  embed,
  linear,
  table,
  add,
  gather,
  max,
  transpose,
  scores,
  exponents,
  mix,
  argmax,
];
