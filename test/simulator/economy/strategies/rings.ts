import { UNAVAILABLE } from "../../../../sdk/commitments.ts";
import { parameters } from "../contracts.ts";
import { join } from "../members.ts";
import { blocks, decides, isOwn, lieAbout, type Strategy, voids, votesFor } from "./strategy.ts";

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
      reveals: (at) => votesFor(at) >= at.threshold,
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
    about: "Members push a lie into the second round, where they copy the prover's opened answer.",
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
    name: "redraw",
    about: "Nobody draws for others: the prover previews each draw and takes the panel that its friends decide.",
    nobodyDraws: true,
    prover: {
      answer: lieAbout,
      tries: 20,
      draws: (at, me, panel) => panel.filter((member) => me.ring.members.has(member)).length >= at.threshold,
    },
    member: { vote: (seat) => (isOwn(seat) ? seat.at.answer : seat.honest) },
  },
  {
    name: "caller retries",
    about: "The same, while bystanders draw what lies undrawn.",
    prover: {
      answer: lieAbout,
      tries: 20,
      draws: (at, me, panel) => panel.filter((member) => me.ring.members.has(member)).length >= at.threshold,
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
      const { quit } = world.contracts.calls;
      const all = [...members].flatMap((address) => world.actors.get(address) ?? []);
      for (const member of all) {
        world.at(world.now(), () => join(member, world));
        world.at(world.lastWorkAt + parameters.drawWindow, () => world.send(member, quit()));
      }
    },
  },
];
