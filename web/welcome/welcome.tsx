import { Link } from "wouter";
import type { Season } from "../../sdk/wire.ts";
import { Picture } from "./picture.tsx";
import { Prize } from "./prize.tsx";
import "./welcome.css";

/** What a first visitor reads: what this is, how a point comes about, how to take part and what there is to win. */
export function Welcome({ season }: { season: Season | undefined }) {
  return (
    <div className="welcome">
      <div>
        <p className="lead">
          People run AI models, others check their answers, and contracts keep the score: nobody, not even who runs this
          site, can give or take a point.
        </p>
        <p className="controls">
          <Link href="/take-part" className="button primary">
            Take part
          </Link>
          <Link href="/about">What you trust, and what you needn't</Link>
        </p>
      </div>
      {season && <Prize season={season} />}
      <Picture />
    </div>
  );
}
