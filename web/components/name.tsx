/**
 * What an account calls itself: text that anybody may choose, set apart from what is around it, and clipped. It stands
 * beside the address, never instead of it.
 */
export function Name({ value }: { value: string | null | undefined }) {
  if (value == null) return null;
  return (
    <bdi className="name" title={value}>
      {value}
    </bdi>
  );
}
