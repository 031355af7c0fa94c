import type { Attestation } from "../../sdk/wire.ts";
import { Place } from "./place.tsx";
import { Text } from "./sentence.tsx";
import { stepSentence } from "./stepSentence.ts";
import "./steps.css";

/** All that happened to an attestation, in the order of the chain, each step with its transaction. */
export function Steps({ attestation }: { attestation: Attestation }) {
  return (
    <ol className="steps">
      {attestation.steps.map((step) => (
        <li key={`${step.at.blockNumber}-${step.at.logIndex}-${step.step}`}>
          <div className="step-text">
            <Text sentence={stepSentence(step, attestation)} season={attestation.unit?.seasonId} />
          </div>
          <div className="step-place">
            <Place at={step.at} />
          </div>
        </li>
      ))}
    </ol>
  );
}
