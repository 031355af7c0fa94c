import "./said.css";

/** Texts of a stranger, each after what it is, in a list of terms; those that were left out aren't shown. */
export const Said = ({ items }: { items: readonly (readonly [what: string, text: string | undefined])[] }) => (
  <>
    {items.map(
      ([what, text]) =>
        text !== undefined && [
          <dt key={what}>{what}</dt>,
          <dd key={text} className="said" dir="auto">
            {text}
          </dd>,
        ],
    )}
  </>
);
