import type { ReactNode } from "react";
import { Link } from "wouter";
import { PENALTY_FACTOR } from "../../sdk/protocol.ts";
import { Page } from "../components/page.tsx";
import { Picture } from "../welcome/picture.tsx";
import "../welcome/welcome.css";

/** What Proofboard is, and whom a visitor trusts with what: docs/trust.md in plain words. */
export default function AboutPage() {
  return (
    <Page title="What you trust">
      <p>
        Proofboard is a leaderboard for running AI models. A season gives each account units of work: a model, and
        inputs that nobody chose. Whoever runs the model and attests the right answer earns points; whoever attests a
        wrong one and is caught loses {String(PENALTY_FACTOR)} times as many. All of it happens in contracts on a public
        chain.
      </p>
      <Picture />
      <h2>What you needn't trust</h2>
      <ul>
        <li>
          <strong>The points.</strong> This page reads the ledger's events from the chain and adds them up in your
          browser. The chip at the top says whether the numbers of this site are the same.
        </li>
        <li>
          <strong>An answer.</strong> On an attestation's page, your browser can run the model itself.
        </li>
        <li>
          <strong>The organiser.</strong> Nobody can edit points, change a season that is open, or decide a dispute.
          Escrowed prizes are paid by the final order alone.
        </li>
      </ul>
      <h2>What you do trust</h2>
      {trusted.map(({ title, sentences }) => (
        <section key={title}>
          <h3>{title}</h3>
          <ul>
            {sentences.map((sentence, i) => (
              <li key={i}>{sentence}</li>
            ))}
          </ul>
        </section>
      ))}
      <h2>How to check</h2>
      <p>
        <Link href="/take-part">Take part</Link>, open any row of <Link href="/">the standings</Link> to see why it has
        its score, or run <code>proofboard audit</code> with a node of your own.
      </p>
    </Page>
  );
}

const trusted: readonly { title: string; sentences: readonly ReactNode[] }[] = [
  {
    title: "Verification by a panel (Quorum)",
    sentences: [
      "The first panel's decision stands unless somebody who ran the model again appeals. A deciding panel is as honest as its majority.",
      "Who produces blocks can influence the draw, and the order of events within a block. That order decides no rank.",
      "A prover may tell the members its answer, so that they needn't run the model. A verifier may sit on more panels than its bond covers.",
    ],
  },
  {
    title: "Verification by anyone (FraudProof)",
    sentences: [
      "A wrong answer stands unless one honest challenger looks within the window. Half of the bond is the reward, which is enough while gas costs at most 20 gwei.",
      "A refutation can be copied before it is in a block. Half of a lost bond is burned, so catching oneself costs money.",
    ],
  },
  {
    title: "Verification by an enclave (Enclave)",
    sentences: [
      "Registrars looked at the attestation document of each enclave before they admitted its key. They can admit a bad one. The page checks the document again where AWS signed it.",
      "A document names an image. Whether the image runs the model is for whoever builds it again from its sources to say. AWS and its hardware are trusted.",
      "A receipt of a gateway names no owner, chain or contract, and proves what was passed on, not what the provider behind it ran. It earns no points.",
    ],
  },
  {
    title: "Penalties and accounts",
    sentences: [
      "An account without points has none to lose: the penalty is owed, and taken from what it earns later.",
      "An account is not a person. One person may have many.",
    ],
  },
  {
    title: "Models",
    sentences: [
      "The file of a float model is not on chain: somebody has to serve it. An attestation that nobody could run again proves nothing. An integer model can be made from the chain alone.",
      "What a model is called, and how good it is, are its publisher's words. No contract checks them.",
      "Large language models can't be verified by running them again, as that takes a runtime that always gives the same bits.",
    ],
  },
  {
    title: "This site",
    sentences: [
      "Points are checked. Counts of pending units, histories and what is measured of the network are this server's word.",
      "This server also serves the page that checks. Whoever doesn't trust it builds the page, or runs the audit.",
      "The node that it reads from is trusted with the consensus: a node that makes up a whole chain is not noticed while it is the only one.",
    ],
  },
  {
    title: "People",
    sentences: [
      "Accounts with a role of the access manager decide who may open seasons, and which verification methods are added.",
    ],
  },
];
