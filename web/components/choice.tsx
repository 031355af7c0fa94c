import { useId } from "react";
import type { Hex } from "viem";
import { useModels } from "../api.ts";
import { cardOf } from "../cards/known.ts";
import { short } from "../format.ts";
import "./choice.css";

/** A filter of a list: one of some values, or any. */
export function Choice({
  label,
  value,
  options,
  change,
}: {
  label: string;
  value: string | undefined;
  options: readonly { value: string; text: string }[];
  change: (value: string) => void;
}) {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value ?? ""} onChange={({ target }) => change(target.value)}>
        <option value="">any</option>
        {options.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </>
  );
}

/** A filter by published model. */
export function ModelChoice({ value, change }: { value: Hex | undefined; change: (value: string) => void }) {
  const models = useModels().data?.pages.flatMap(({ items }) => items.map(({ modelId }) => modelId)) ?? [];
  const known = value && !models.includes(value) ? [value, ...models] : models;
  const options = known.map((modelId) => ({ value: modelId, text: cardOf(modelId)?.name ?? short(modelId) }));
  return <Choice label="Model" value={value} options={options} change={change} />;
}

/** A filter by an account's address. */
export const AddressField = ({ label, name, value }: { label: string; name: string; value: string | undefined }) => {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <input
        key={value ?? ""}
        id={id}
        name={name}
        defaultValue={value ?? ""}
        placeholder="0x…"
        pattern="0x[0-9a-fA-F]{40}"
        title="An address: 0x and 40 hexadecimal digits"
        autoComplete="off"
        spellCheck={false}
      />
    </>
  );
};
