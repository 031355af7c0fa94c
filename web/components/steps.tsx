import type { ReactNode } from "react";
import type { Attestation, EventLocation } from "../../sdk/wire.ts";
import { Place } from "./place.tsx";
import { Text } from "./sentence.tsx";
import { stepSentence } from "./stepSentence.ts";
import "./steps.css";

/** What happened, in the order of the chain, each with its transaction. */
export const Happened = ({ items }: { items: readonly { at: EventLocation; text: ReactNode }[] }) => (
  <ol className="steps">
    {items.map(({ at, text }, i) => (
      <li key={`${at.blockNumber}-${at.logIndex}-${i}`}>
        <div className="step-text">{text}</div>
        <div className="step-place">
          <Place at={at} />
        </div>
      </li>
    ))}
  </ol>
);

/** All that happened to an attestation. */
export const Steps = ({ attestation }: { attestation: Attestation }) => (
  <Happened
    items={attestation.steps.map((step) => ({
      at: step.at,
      text: <Text sentence={stepSentence(step, attestation)} season={attestation.unit?.seasonId} />,
    }))}
  />
);
