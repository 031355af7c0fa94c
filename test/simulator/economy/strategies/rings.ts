import type { Hex } from "viem";
import { UNAVAILABLE } from "../../../../sdk/votes.ts";
import { votesFor } from "../cases.ts";
import { decidingThreshold, parameters } from "../contracts.ts";
import { join, quit } from "../members.ts";
import { allOf, blocks, decides, isOwn, lieAbout, type Strategy, voids } from "./strategy.ts";

const HOUR = 3_600;

/** Seconds after which who has quit can surely join again. */
const AWAY = 24 * HOUR + 60;

/** Provers who lie and members who help them. */
export const rings: readonly Strategy[] = [
  {
    name: "lying ring",
    about: "The provers lie; members vote for the lie when they hold the threshold, else honestly.",
    prover: { answer: lieAbout, tries: 1 },
    member: { vote: (seat) => (isOwn(seat) && decides(seat) ? seat.at.answer : seat.honest) },
  },
  {
    name: "retrying cheat",
    about:
      "As the ring, but members void the lie where they can't pass it and nobody can outvote them; it is tried again.",
    prover: { answer: lieAbout, tries: 12 },
    member: {
      vote(seat) {
        if (!isOwn(seat)) return seat.honest;
        if (decides(seat)) return seat.at.answer;
        return voids(seat) ? UNAVAILABLE : seat.honest;
      },
    },
  },
  {
    name: "withholding prover",
    about: "Members always vote for the lie; the prover opens its answer only if the lie has won.",
    prover: {
      answer: lieAbout,
      tries: 1,
      revealsWhen: "last",
      reveals: (at) => votesFor(at, at.answer) >= at.threshold,
    },
    member: { vote: (seat) => (isOwn(seat) ? seat.at.answer : seat.honest) },
  },
  {
    name: "bribed members",
    about: "The prover makes good what members lose: they vote for its lie whatever the odds.",
    prover: { answer: lieAbout, tries: 1 },
    member: { vote: (seat) => (isOwn(seat) ? seat.at.answer : seat.honest) },
  },
  {
    name: "occasional lies",
    about: "The lying ring, but only one unit in five is a lie.",
    prover: { answer: (work) => ((work.unit ?? 0) % 5 === 0 ? lieAbout(work) : work.truth), tries: 1 },
    member: { vote: (seat) => (isOwn(seat) && decides(seat) ? seat.at.answer : seat.honest) },
  },
  {
    name: "lazy",
    about: "Members don't run anything: they vote what the prover tells them. The provers lie.",
    prover: { answer: lieAbout, tries: 1 },
    member: { vote: ({ at }) => at.answer },
  },
  {
    name: "lazy copying",
    about: "Members push a lie before the deciding panel, where they copy the prover's opened answer.",
    prover: { answer: lieAbout, tries: 1 },
    member: {
      vote(seat) {
        if (!isOwn(seat)) return seat.honest;
        if (seat.at.opened !== undefined) return seat.at.opened;
        return blocks(seat) ? UNAVAILABLE : seat.honest;
      },
    },
  },
  {
    name: "last look",
    about: "Members commit to the lie, wait until the others have opened, and open only if the lie has won.",
    prover: { answer: lieAbout, tries: 3 },
    member: {
      vote: (seat) => (isOwn(seat) ? seat.at.answer : seat.honest),
      revealsWhen: "last",
      reveals: (seat) => !isOwn(seat) || decides(seat),
    },
  },
  {
    name: "last look at the end",
    about:
      "Members keep the first panel from refuting a lie; they commit to it in the deciding one, and open it only if it wins.",
    prover: { answer: lieAbout, tries: 3 },
    member: {
      vote(seat) {
        if (!isOwn(seat)) return seat.honest;
        return seat.at.round > 1 || decides(seat) ? seat.at.answer : UNAVAILABLE;
      },
      revealsWhen: "last",
      reveals: (seat) => !isOwn(seat) || seat.at.round === 1 || decides(seat),
    },
  },
  {
    name: "redraw",
    about: "Nobody draws for others: the prover draws only panels that its friends decide, and lets the others lapse.",
    nobodyDraws: true,
    prover: {
      answer: lieAbout,
      tries: 3,
      draws: (_at, me, panel) =>
        panel.filter((member) => me.ring.members.has(member)).length >= fourOrHalf(panel.length),
    },
    member: { vote: (seat) => (isOwn(seat) ? seat.at.answer : seat.honest) },
  },
  {
    name: "caller retries",
    about: "The same, while bystanders draw what lies undrawn.",
    prover: {
      answer: lieAbout,
      tries: 3,
      draws: (_at, me, panel) =>
        panel.filter((member) => me.ring.members.has(member)).length >= fourOrHalf(panel.length),
    },
    member: { vote: (seat) => (isOwn(seat) && decides(seat) ? seat.at.answer : seat.honest) },
  },
  {
    name: "rejoining",
    about: "Members are on the list only while their prover's lies are drawn.",
    startsOff: true,
    prover: { answer: lieAbout, tries: 1 },
    member: { vote: (seat) => (isOwn(seat) ? seat.at.answer : seat.honest) },
    begins({ members }, world) {
      for (const member of allOf(members, world)) {
        world.at(world.now(), () => join(member, world));
        world.at(world.lastWorkAt + parameters.drawWindow, () => quit(member, world));
      }
    },
  },
  {
    name: "flicker",
    about: "Members quit when the season begins, and join each time that they may for an hour; their provers lie.",
    prover: { answer: lieAbout, tries: 1 },
    member: { vote: (seat) => (isOwn(seat) && decides(seat) ? seat.at.answer : seat.honest) },
    begins({ members }, world) {
      for (const member of allOf(members, world)) {
        world.at(world.now(), () => quit(member, world));
        for (let when = world.now() + AWAY; when < world.lastWorkAt; when += AWAY + HOUR) {
          world.at(when, () => join(member, world));
          world.at(when + HOUR, () => quit(member, world));
        }
      }
    },
  },
  {
    name: "unavailable losers",
    about: "Members who can't win with a lie vote UNAVAILABLE, in both rounds, so that they don't lose.",
    prover: { answer: lieAbout, tries: 3 },
    member: {
      vote(seat) {
        if (!isOwn(seat)) return seat.honest;
        return decides(seat) ? seat.at.answer : UNAVAILABLE;
      },
    },
  },
  {
    name: "copying the first panel",
    about: "Members don't run anything in the deciding panel: they vote what most of the first one voted. Provers lie.",
    prover: { answer: lieAbout, tries: 1 },
    member: {
      vote(seat) {
        if (seat.at.round > 1) return mostOf([...seat.at.firstVotes.values()]) ?? seat.at.answer;
        return isOwn(seat) && decides(seat) ? seat.at.answer : seat.honest;
      },
    },
  },
  {
    name: "bribed deciding panel",
    about: "Members push a lie before the deciding panel with UNAVAILABLE, where all of them vote for it.",
    prover: { answer: lieAbout, tries: 1 },
    member: {
      vote(seat) {
        if (!isOwn(seat)) return seat.honest;
        return seat.at.round > 1 || decides(seat) ? seat.at.answer : UNAVAILABLE;
      },
    },
  },
  {
    name: "ring catches itself",
    about: "Members vote for the lie of a friend, and a friend of theirs appeals for half of what they lose.",
    prover: { answer: lieAbout, tries: 1 },
    member: { vote: (seat) => (isOwn(seat) && seat.at.round === 1 && decides(seat) ? seat.at.answer : seat.honest) },
    appeals: (at, { provers }) => provers.has(at.prover) && at.decision === at.answer,
  },
  {
    name: "prover against itself",
    about: "The provers lie, are voted down, and appeal it; their friends vote for the lie in the deciding panel.",
    prover: { answer: lieAbout, tries: 1 },
    member: { vote: (seat) => (isOwn(seat) && seat.at.round > 1 ? seat.at.answer : seat.honest) },
    appeals: (at, { provers }) => provers.has(at.prover) && at.decision === at.work.truth,
  },
];

/** Seats that decide a panel, by its size alone. */
const fourOrHalf = (seats: number): number =>
  seats === parameters.firstPanel ? parameters.firstThreshold : decidingThreshold(seats);

function mostOf(votes: readonly Hex[]): Hex | undefined {
  const groups = [...Map.groupBy(votes, (vote) => vote)];
  return groups.sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
}
