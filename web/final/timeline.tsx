import type { Season } from "../../sdk/wire.ts";
import { useDeployment } from "../api.ts";
import { useNow } from "../clock.ts";
import { Place } from "../components/place.tsx";
import { Text } from "../components/sentence.tsx";
import { useToken } from "./amount.tsx";
import { type EndStep, endOf } from "./end.ts";
import { amountText } from "./token.ts";
import "../components/steps.css";
import "./final.css";

/** How a season ends, step by step. */
export function Timeline({ season }: { season: Season }) {
  const now = useNow();
  const address = season.rewards?.token;
  const token = useToken(address);
  const deployment = useDeployment().data;
  const hasStandings = deployment === undefined || deployment.contracts.Standings !== undefined;
  const steps = endOf(season, now, (amount) => (address ? amountText(amount, address, token) : amount));
  if (steps.length === 0) return null;
  return (
    <section aria-labelledby="end-heading">
      <h2 id="end-heading">{season.final ? "How it ended" : "How it ends"}</h2>
      <ol className="steps">
        {(hasStandings ? steps : steps.slice(0, 1)).map((step) => (
          <li key={step.name} className={`end-${step.state}`}>
            <div className="step-text">
              <strong>{step.name}</strong> <span className="tag">{words[step.state]}</span>{" "}
              <Text sentence={step.text} season={season.seasonId} />
            </div>
            {step.at && (
              <div className="step-place">
                <Place at={step.at} />
              </div>
            )}
          </li>
        ))}
      </ol>
      {!hasStandings && (
        <p>This deployment has no contract that checks a final order: with its closing the season is over.</p>
      )}
    </section>
  );
}

const words: Readonly<Record<EndStep["state"], string>> = { done: "done", now: "now", later: "not yet" };
