import { Stage } from "../../../sdk/dispute.ts";
import type { disputeGame as method } from "../../../sdk/methods/disputeGame.ts";
import type { StepsOf } from "../method.ts";

type GameStep = StepsOf<typeof method>;
type Guard = (value: unknown) => boolean;

const within =
  (least: number, most: number): Guard =>
  (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
const matches =
  (pattern: RegExp): Guard =>
  (value) =>
    typeof value === "string" && pattern.test(value);

const [u8, u16, u32, int8] = [within(0, 255), within(0, 65_535), within(0, 2 ** 32 - 1), within(-128, 127)];
const decimal = matches(/^\d{1,78}$/);
const by = matches(/^0x[0-9a-fA-F]{40}$/);

const place = {
  stage: within(Stage.units, Stage.element),
  unit: (value: unknown) => value === null || decimal(value),
  operator: u16,
  level: u8,
  index: u32,
};
const element = { row: decimal, column: decimal };

const fieldsOf = {
  challenged: { by },
  opened: { children: u32, bytes: u32, ...place },
  picked: place,
  demanded: element,
  elementShown: { ...element, claimed: int8, correct: int8, ...place },
  challengeClosed: { by, outcome: u8 },
} satisfies Record<GameStep["step"], Record<string, Guard>>;

/** Whether something that a server calls a step is a whole one of the game. */
export function isGameStep(value: unknown): value is GameStep {
  if (typeof value !== "object" || value === null || !("step" in value)) return false;
  const name = value.step;
  if (typeof name !== "string" || !Object.hasOwn(fieldsOf, name)) return false;
  const guards: Record<string, Guard> = { challenge: u32, ...fieldsOf[name as GameStep["step"]] };
  return Object.entries(guards).every(([field, guard]) => guard((value as Record<string, unknown>)[field]));
}
