import { useState } from "react";
import { announce } from "./live.tsx";

/** Copies a text to the clipboard. */
export function Copy({ text, what }: { text: string; what: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      announce(`Copied ${what}.`);
      setTimeout(() => setCopied(false), 2_000);
    } catch {
      announce(`This browser doesn't let the page copy; ${what} is ${text}.`);
    }
  };
  return (
    <button type="button" className="copy" onClick={copy} aria-label={`Copy ${what}`} title={`Copy ${what}`}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        {copied ? <path d="M2 9l4 4 8-10" /> : <path d="M5 5V2h9v9h-3M2 5h9v9H2z" />}
      </svg>
    </button>
  );
}
