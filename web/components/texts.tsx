/** Texts that others wrote, shown as they are: never a link, never fetched. */
export function Texts({ items, none }: { items: readonly string[]; none: string }) {
  if (items.length === 0) return <>{none}</>;
  return (
    <ul className="texts">
      {[...new Set(items)].map((text) => (
        <li key={text}>
          <code dir="auto">{text}</code>
        </li>
      ))}
    </ul>
  );
}
