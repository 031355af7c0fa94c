import { assumptions } from "../assumptions.ts";
import type { MemberPlay, ProverPlay, Strategy } from "./strategy.ts";

export const honestMember: MemberPlay = {
  vote: ({ honest }) => honest,
  commits: "soon",
  reveals: () => true,
  revealsWhen: "soon",
};

export const honestProver: ProverPlay = {
  answer: ({ truth }) => truth,
  reveals: () => true,
  revealsWhen: "soon",
  draws: "soon",
  refills: true,
  settles: true,
  insists: true,
  tries: assumptions.honestTries,
  serves: () => 30,
};

export const honest: Strategy = { name: "honest", about: "Runs everything and says what it gave." };
