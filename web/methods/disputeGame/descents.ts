import type { Address } from "viem";
import { Stage } from "../../../sdk/dispute.ts";
import { DisputeOutcome, type disputeGame as method, type Place } from "../../../sdk/methods/disputeGame.ts";
import { group, plural } from "../../format.ts";
import { type Sentence, sentence, who } from "../../sentence.ts";
import type { Descent, DescentLevel, Disputed, StepsOf } from "../method.ts";
import { isGameStep } from "./steps.ts";

type GameStep = StepsOf<typeof method>;
type Named<Name extends GameStep["step"]> = Extract<GameStep, { step: Name }>;

/** A challenge, as far as the steps tell. */
interface Game {
  challenge: number;
  by: Address | undefined;
  picked: Place[];
  demanded: Named<"demanded"> | undefined;
  shown: Named<"elementShown"> | undefined;
  outcome: number | undefined;
}

/** All challenges of an attestation, and what was opened in any of them. */
interface Dispute {
  attestation: Disputed;
  kinds: readonly (string | undefined)[];
  /** What every challenge begins with. */
  top: Place;
  openings: ReadonlyMap<string, Named<"opened">>;
}

/** Reads the challenges of an attestation from its steps: see `DescentsOf`. */
export function descentsOf(attestation: Disputed, kinds: readonly (string | undefined)[]): Descent[] {
  const games = new Map<number, Game>();
  const openings = new Map<string, Named<"opened">>();
  for (const step of attestation.steps as readonly unknown[]) {
    if (!isGameStep(step)) continue;
    const { challenge } = step;
    const game = games.get(challenge) ?? begun(challenge);
    games.set(challenge, game);
    if (step.step === "opened" && !openings.has(keyOf(step))) openings.set(keyOf(step), step);
    follow(game, step);
  }
  const [first] = openings.values();
  const dispute = { attestation, kinds, top: first ?? unopenedTop(attestation), openings };
  return [...games.values()]
    .sort((a, b) => a.challenge - b.challenge)
    .map((game) => ({
      challenge: game.challenge,
      by: game.by === undefined ? sentence`an account that this server doesn't name` : [who(game.by)],
      ...standingOf(game, dispute),
      levels: levelsOf(game, dispute),
    }));
}

const begun = (challenge: number): Game => ({
  ...{ challenge, by: undefined, picked: [], demanded: undefined, shown: undefined, outcome: undefined },
});

function follow(game: Game, step: GameStep): void {
  switch (step.step) {
    case "challenged":
      game.by ??= step.by;
      break;
    case "picked":
      game.picked.push(step);
      break;
    case "demanded":
      game.demanded = step;
      break;
    case "elementShown":
      game.shown = step;
      break;
    case "challengeClosed":
      game.by ??= step.by;
      game.outcome = step.outcome;
  }
}

/** The place that an opening is kept for, whichever challenge it was made in. */
function keyOf({ stage, unit, operator, level, index }: Place): string {
  return `${stage} ${stage === Stage.units ? "" : unit} ${operator} ${level} ${index}`;
}

/** Nothing was opened: its level isn't known, nor needed. */
const unopenedTop = ({ root, unit }: Disputed): Place => ({
  ...{
    stage: root === null ? Stage.operators : Stage.units,
    unit: unit?.unit ?? null,
    operator: 0,
    level: 0,
    index: 0,
  },
});

function standingOf(game: Game, dispute: Dispute): Pick<Descent, "state" | "standing"> {
  const { outcome, shown, demanded } = game;
  const asked = askedOf(game, dispute);
  switch (outcome) {
    case DisputeOutcome.won:
      return {
        state: "won",
        standing: shown
          ? sentence`It refuted the attestation: the contract computed another number than the prover attested.`
          : sentence`It refuted the attestation by the clock: ${asked} was not ${demanded ? "shown" : "opened"} in time.`,
      };
    case DisputeOutcome.lost:
      return {
        state: "lost",
        standing: shown
          ? sentence`It was lost: the number that was demanded is the one that the prover attested.`
          : sentence`It was lost by the clock: the challenger made no move in time.`,
      };
    case DisputeOutcome.released:
      return {
        state: "overtaken",
        standing: sentence`Another challenge refuted the attestation first; the bond of this one was returned.`,
      };
    case undefined:
      break;
    default:
      return { state: "unknown", standing: sentence`It is over, in a way that this page doesn't know.` };
  }
  if (dispute.attestation.status === "refuted")
    return {
      state: "overtaken",
      standing: sentence`Another challenge refuted the attestation first; the bond of this one waits for its owner.`,
    };
  if (dispute.attestation.status !== "pending")
    return { state: "unknown", standing: sentence`This server doesn't report how it ended.` };
  const opening = openingOf(questionOf(game, dispute), dispute);
  if (demanded || !opening)
    return {
      state: "open",
      standing: sentence`It is the prover's turn: ${asked} is to be ${demanded ? "shown" : "opened"}.`,
    };
  return {
    state: "open",
    standing:
      opening.bytes > 0
        ? sentence`It is the challenger's turn: it shows the contract the number that is wrong, or demands to see it.`
        : sentence`It is the challenger's turn: it picks what is wrong of what was opened.`,
  };
}

const questionOf = ({ picked }: Game, { top }: Dispute): Place => picked.at(-1) ?? top;

const openingOf = (place: Place, { openings }: Dispute) => openings.get(keyOf(place));

/** What the prover's side was asked for last. */
function askedOf(game: Game, dispute: Dispute): Sentence {
  const { demanded } = game;
  if (demanded) return sentence`row ${group(demanded.row)}, column ${group(demanded.column)}`;
  const place = questionOf(game, dispute);
  switch (place.stage) {
    case Stage.units:
      return sentence`the batch`;
    case Stage.operators:
      return sentence`${unitName(place, dispute).toLowerCase()}, with input and output,`;
    case Stage.rows:
      return sentence`operator ${place.operator}`;
    default:
      return sentence`row ${place.index}`;
  }
}

function levelsOf(game: Game, dispute: Dispute): DescentLevel[] {
  const { demanded, shown, picked } = game;
  const { attestation, kinds, top } = dispute;
  const last = shown ?? questionOf(game, dispute);
  const depth = shown ? Stage.element : last.stage;
  const row = (shown ?? demanded)?.row ?? (last.stage >= Stage.row ? String(last.index) : undefined);
  const column = (shown ?? demanded)?.column;
  const isOnTheWay = (place: Place): boolean =>
    (place.stage === Stage.units || place.unit === last.unit) &&
    (place.stage < Stage.rows || place.operator === last.operator) &&
    (place.stage < Stage.row || String(place.index) === row);
  const passed = [top, ...picked].filter(isOnTheWay);
  const opened = (stage: number): Sentence =>
    passed
      .filter((place) => place.stage === stage)
      .flatMap((place, i) => [...(i === 0 ? [] : [" "]), ...openedAt(place, i > 0, game, dispute)]);
  const kind = kinds[last.operator];
  const levels: DescentLevel[] = [];
  if (attestation.root !== null)
    levels.push({ name: `${plural(attestation.count, "unit")} in one batch`, text: opened(Stage.units) });
  if (depth >= Stage.operators) levels.push({ name: unitName(last, dispute), text: opened(Stage.operators) });
  if (depth >= Stage.rows)
    levels.push({
      name: `Operator ${group(last.operator)}${kind === undefined ? "" : `, ${kind}`}`,
      text: opened(Stage.rows),
    });
  if (row !== undefined) levels.push({ name: `Row ${group(row)}`, text: opened(Stage.row) });
  if (column !== undefined)
    levels.push({
      name: `Column ${group(column)}`,
      text: shown ? [] : sentence`The challenger demanded to see this number.`,
      ...(shown && { numbers: { claimed: shown.claimed, correct: shown.correct } }),
    });
  return levels;
}

function unitName({ unit }: Place, { attestation: { root } }: Dispute): string {
  if (unit !== null) return `Unit ${group(unit)}`;
  return root === null ? "The run" : "One unit";
}

/** Most levels of a tree that one opening goes down. */
const LEVELS_AT_ONCE = 8;

const leaves = new Map<number, string>([
  [Stage.units, "unit"],
  [Stage.operators, "operator"],
  [Stage.rows, "row"],
]);

/** What was opened at a place; `isPart` where that is a part of its tree, and not its top. */
function openedAt(place: Place, isPart: boolean, game: Game, dispute: Dispute): Sentence {
  const { stage, level, index } = place;
  const leaf = leaves.get(stage) ?? "row";
  const first = index * 2 ** level + (stage === Stage.units ? Number(dispute.attestation.unit?.unit ?? 0) : 0);
  const from = isPart ? `From ${leaf} ${group(first)} on: ` : "";
  const opening = openingOf(place, dispute);
  if (!opening) return sentence`${from}not opened${game.outcome === undefined ? " yet" : ""}.`;
  const children = plural(opening.children, level > LEVELS_AT_ONCE ? "node" : leaf);
  const ends = stage === Stage.operators && !isPart ? "input, output and " : "";
  const what = opening.bytes > 0 ? plural(opening.bytes, "byte") : `${ends}${children}`;
  const where = opening.challenge === game.challenge ? "" : `, in challenge ${group(opening.challenge)}`;
  return sentence`${from}${what} opened${where}.`;
}
