/**
 * A menu below a button. Arrow keys walk through it, Escape and a click elsewhere close it.
 *
 * @module
 */
import { Fragment, type JSX } from "preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icons.js";
import { walkOn } from "./roving.js";

/** A line of a menu. */
export interface MenuItem {
  readonly text: string;
  /** What it is for, smaller, below. */
  readonly hint?: string;
  readonly keys?: string | undefined;
  readonly disabled?: boolean;
  /** Whether a line is drawn above it. */
  readonly gap?: boolean;
  readonly run: () => void;
}

/** A button that opens a menu. */
export function Menu(props: {
  readonly label: string;
  readonly icon: IconName;
  readonly kind?: "primary" | "quiet";
  readonly items: readonly MenuItem[];
}): JSX.Element {
  const { label, icon, kind = "quiet", items } = props;
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    if (open) box.current?.querySelector<HTMLElement>("[role=menuitem]:not(:disabled)")?.focus();
  }, [open]);
  useEffect(() => {
    if (!open) return;
    const leave = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!box.current?.contains(target) && !button.current?.contains(target)) setOpen(false);
    };
    document.addEventListener("pointerdown", leave, true);
    return () => document.removeEventListener("pointerdown", leave, true);
  }, [open]);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div class="menu">
      <button
        ref={button}
        type="button"
        class={`button ${kind}`}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          event.stopPropagation();
          setOpen(true);
        }}
      >
        <Icon name={icon} />
        <span>{label}</span>
      </button>
      {open && (
        <div
          ref={box}
          id={id}
          class="menu-list"
          role="menu"
          aria-label={label}
          onKeyDown={(event) => {
            if (event.key === "Escape" || event.key === "Tab") {
              close();
              event.stopPropagation();
            }
            walkOn(event, box.current, "vertical", "[role=menuitem]:not(:disabled)");
          }}
        >
          {items.map((item) => (
            <Fragment key={item.text}>
              {item.gap && <hr />}
              <button
                type="button"
                role="menuitem"
                class="menu-item"
                tabIndex={-1}
                disabled={item.disabled}
                onClick={() => {
                  close();
                  item.run();
                }}
              >
                <span class="menu-text">{item.text}</span>
                {item.keys && <span class="menu-keys">{item.keys}</span>}
                {item.hint && <span class="menu-hint">{item.hint}</span>}
              </button>
            </Fragment>
          ))}
        </div>
      )}
    </div>
  );
}
