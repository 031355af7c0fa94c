import type { ReactNode } from "react";
import { short } from "../format.ts";
import type { Piece, Sentence } from "../sentence.ts";
import { Account } from "./account.tsx";
import { Status } from "./status.tsx";

/** Length of a hash, with its 0x: longer text is never shown whole, not even on hovering. */
const HASH_LENGTH = 66;

/** Shows a sentence; its accounts are links where a season is given. */
export function Text({ sentence, season }: { sentence: Sentence; season: string | undefined }) {
  return sentence.map((piece, i) => <Shown key={i} piece={piece} season={season} />);
}

function Shown({ piece, season }: { piece: Piece; season: string | undefined }): ReactNode {
  if (typeof piece === "string") return piece;
  if ("strong" in piece) return <strong>{piece.strong}</strong>;
  if ("command" in piece) return <code className="whole">{piece.command}</code>;
  if ("status" in piece) return <Status status={piece.status} />;
  if ("code" in piece)
    return <code {...(piece.code.length <= HASH_LENGTH && { title: piece.code })}>{short(piece.code)}</code>;
  const accounts = piece.accounts.map((address) => (
    <Account key={address} address={address} copy={false} {...(season !== undefined && { season })} />
  ));
  return accounts.length === 1 ? accounts : <span className="members">{accounts}</span>;
}
