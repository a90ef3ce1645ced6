/**
 * What panels are made of: buttons, sliders, choices, numbers. Each has a label that a screen reader speaks.
 *
 * @module
 */
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";
import { useDraft } from "./draft.js";
import { Icon, type IconName } from "./icons.js";

/** A button with a word, an icon, or both. */
export function Button(props: {
  /** Spoken and shown as a hint where only an icon is seen. */
  readonly label: string;
  readonly icon?: IconName;
  /** Whether the label is hidden behind the icon. */
  readonly bare?: boolean;
  readonly kind?: "primary" | "quiet" | "danger";
  /** For buttons that stay down. */
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  /** The key that does the same, such as "Ctrl+Z". */
  readonly keys?: string;
  readonly tabIndex?: number;
  readonly onClick: () => void;
}): JSX.Element {
  const { label, icon, bare, kind = "quiet", pressed, disabled, keys, tabIndex, onClick } = props;
  return (
    <button
      type="button"
      class={`button ${kind} ${bare ? "bare" : ""}`}
      aria-label={bare ? label : undefined}
      aria-pressed={pressed}
      aria-keyshortcuts={keys?.replaceAll("Ctrl", "Control")}
      title={bare || keys ? `${label}${keys ? ` (${keys})` : ""}` : undefined}
      disabled={disabled}
      tabIndex={tabIndex}
      onClick={onClick}
    >
      {icon && <Icon name={icon} />}
      {!bare && <span>{label}</span>}
    </button>
  );
}

/** A line of a panel: its name at the left, its control at the right. */
export function Row(props: {
  readonly label: string;
  readonly for?: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div class="row">
      <label class="row-label" for={props.for}>
        {props.label}
      </label>
      <div class="row-control">{props.children}</div>
    </div>
  );
}

/** A number on a slider, its value beside it. */
export function Slider(props: {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number | "any";
  readonly text?: string;
  readonly onChange: (value: number) => void;
}): JSX.Element {
  const { label, value, min, max, step, text = `${value}`, onChange } = props;
  const id = useId();
  return (
    <Row label={label} for={id}>
      <input
        id={id}
        class="slider"
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={text}
        style={{ "--share": `${(100 * (value - min)) / Math.max(max - min, 1e-12)}%` }}
        onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
      <output class="value" for={id}>
        {text}
      </output>
    </Row>
  );
}

/** One of several, from a list. */
export function Choice(props: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly hint?: string;
  readonly disabled?: boolean;
  readonly onChange: (value: string) => void;
}): JSX.Element {
  const id = useId();
  return (
    <Row label={props.label} for={id}>
      <select
        id={id}
        class="input"
        value={props.value}
        disabled={props.disabled}
        title={props.hint}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      >
        {props.options.map(([value, text]) => (
          <option key={value} value={value} selected={value === props.value}>
            {text}
          </option>
        ))}
      </select>
    </Row>
  );
}

/** One of a few, all of them in sight. */
export function Switch<T extends string>(props: {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [value: T, text: string])[];
  readonly onChange: (value: T) => void;
}): JSX.Element {
  const name = useId();
  return (
    <fieldset class="row switch">
      <legend class="row-label">{props.label}</legend>
      <div class="row-control switch-options">
        {props.options.map(([value, text]) => (
          <label key={value} class="switch-option">
            <input
              type="radio"
              name={name}
              value={value}
              checked={value === props.value}
              onChange={() => props.onChange(value)}
            />
            <span>{text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Something that is so or is not. */
export function Check(props: {
  readonly label: string;
  readonly checked: boolean;
  readonly hint?: string;
  readonly keys?: string;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}): JSX.Element {
  const { label, checked, hint, keys, disabled, onChange } = props;
  return (
    <label class="check" title={hint ?? (keys ? `${label} (${keys})` : undefined)}>
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

/** A number to type. What is no number is left as it was. */
export function NumberInput(props: {
  readonly label: string;
  readonly value: number | undefined;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number | "any";
  readonly placeholder?: string;
  readonly id?: string;
  readonly onChange: (value: number) => void;
  /** Called where the field was emptied. */
  readonly onEmpty?: () => void;
}): JSX.Element {
  const { label, value, min, max, step = 1, placeholder, id, onChange, onEmpty } = props;
  const draft = useDraft(`${value ?? ""}`);
  return (
    <input
      id={id}
      class="input number"
      type="number"
      aria-label={label}
      min={min}
      max={max}
      step={step}
      placeholder={placeholder}
      value={draft.text}
      onInput={(event) => draft.type(event.currentTarget.value)}
      onBlur={draft.end}
      onChange={(event) => {
        const typed = event.currentTarget.valueAsNumber;
        draft.end();
        if (Number.isFinite(typed)) onChange(typed);
        else if (onEmpty) onEmpty();
        else event.currentTarget.value = `${value ?? ""}`;
      }}
    />
  );
}

/** A part of a panel under a heading. */
export function Section(props: {
  readonly title: string;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}): JSX.Element {
  const id = useId();
  return (
    <section class="section" aria-labelledby={id}>
      <header class="section-head">
        <h2 id={id}>{props.title}</h2>
        {props.actions}
      </header>
      {props.children}
    </section>
  );
}
