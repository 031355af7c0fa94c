/** How many ranks an account rose or fell. */
export function Change({ rise }: { rise: number | undefined }) {
  if (rise === undefined) return <span className="change">new</span>;
  if (rise === 0)
    return (
      <span className="change">
        <span aria-hidden="true">=</span>
        <span className="unseen">unchanged</span>
      </span>
    );
  return (
    <span className={rise > 0 ? "change change-up" : "change change-down"}>
      <span aria-hidden="true">{rise > 0 ? "▲" : "▼"}</span>
      <span className="unseen">{rise > 0 ? "up" : "down"}</span> {Math.abs(rise)}
    </span>
  );
}
